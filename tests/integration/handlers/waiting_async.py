"""Handlers that are `async def`. `mark` names a file, which tells the test that one has begun."""
import asyncio
import contextvars
import sys
import time
from pathlib import Path

from plughost import HTTPError, Request

_who = contextvars.ContextVar("who", default="nobody")
_events: list[str] = []


async def hello() -> dict:
    return {"message": "Hello from a task"}


async def nap(seconds: float = 0.1) -> dict:
    await asyncio.sleep(seconds)
    return {"slept": seconds}


async def greet(name: str, request: Request, times: int = 1) -> tuple:
    await asyncio.sleep(0)
    return {"greeting": f"Hello {name}!" * times, "method": request.method}, 201


async def until(mark: str, go: str) -> dict:
    """Ends when the file `go` is there."""
    Path(mark).touch()
    try:
        while not Path(go).exists():
            await asyncio.sleep(0.005)
    except asyncio.CancelledError:
        Path(go + ".cancelled").touch()
        raise
    return {"went": True}


async def stubborn(mark: str, go: str) -> dict:
    """Ends when the file `go` is there, cancelled or not."""
    Path(mark).touch()
    while not Path(go).exists():
        try:
            await asyncio.sleep(0.005)
        except asyncio.CancelledError:
            Path(go + ".cancelled").touch()
    return {"went": True}


async def cancelled(request: Request, mark: str) -> None:
    """Says in the file `mark` what request.cancelled was before, and when the task is cancelled."""
    seen = [request.cancelled]
    Path(mark + ".begun").touch()
    try:
        await asyncio.sleep(60)
    finally:
        seen.append(request.cancelled)
        Path(mark).write_text(str(seen))


async def identity(name: str) -> dict:
    """What a task's own variables are, before and after it has waited."""
    first = asyncio.current_task()
    before = _who.get()
    _who.set(name)
    await asyncio.sleep(0.01)
    return {"before": before, "after": _who.get(), "same": asyncio.current_task() is first,
            "is_task": isinstance(first, asyncio.Task)}


async def limited() -> dict:
    async with asyncio.timeout(0.01):
        await asyncio.sleep(60)


async def refuse() -> None:
    await asyncio.sleep(0)
    raise HTTPError(409, "not now", {"X-A": "b"})


async def fail() -> None:
    await asyncio.sleep(0)
    raise ValueError("on purpose")


async def leave() -> None:
    await asyncio.sleep(0)
    sys.exit(3)


async def give_up() -> None:
    raise asyncio.CancelledError


async def unsendable() -> object:
    return object()


async def stop_loop() -> dict:
    asyncio.get_running_loop().stop()
    return {"stopped": False}


async def loop_name() -> dict:
    return {"loop": type(asyncio.get_running_loop()).__module__.partition(".")[0]}


async def block(mark: str) -> dict:
    """Holds up every other task."""
    Path(mark).touch()
    time.sleep(60)
    return {}
