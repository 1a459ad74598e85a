"""The event loop on which `async def` handlers run, one for the process, on a thread of its own."""

from __future__ import annotations

import asyncio
import importlib
import sys
import traceback
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol


class Call(Protocol):
    """One request, as the host hands it over (plugins/python/loop/call.cpp)."""

    def finish(self, result: Any) -> None: ...
    def fail(self, error: BaseException) -> None: ...


async def run(call: Call, result: Awaitable[Any]) -> None:
    """The task of one request."""
    try:
        call.finish(await result)
    except BaseException as error:  # SystemExit in a task would end the loop
        trace = error.__traceback__
        call.fail(error.with_traceback(trace and trace.tb_next))  # without this function


def serve(
    kind: str,
    descriptor: int,
    receive: Callable[[], None],
    started: Callable[[asyncio.AbstractEventLoop], None],
    is_stopping: Callable[[], bool],
) -> None:
    """Runs the loop until it is stopped; receive is called when descriptor is readable."""
    loop = new_loop(kind)
    asyncio.set_event_loop(loop)
    loop.add_reader(descriptor, receive)
    try:
        started(loop)
        while not is_stopping():
            try:
                loop.run_forever()
            except BaseException:  # SystemExit in a task of the user's own
                traceback.print_exc()
        _end(loop)
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def new_loop(kind: str) -> asyncio.AbstractEventLoop:
    if kind == "asyncio":
        return asyncio.new_event_loop()
    try:
        uvloop: Any = importlib.import_module("uvloop")
    except ImportError as error:
        if kind == "uvloop":
            raise RuntimeError(f"loop: uvloop, but it cannot be imported: {error}") from error
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


def _end(loop: asyncio.AbstractEventLoop) -> None:
    """What asyncio.run does at its end: no task, generator or thread of the loop is left."""
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(_settled(tasks))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.run_until_complete(loop.shutdown_default_executor())


async def _settled(tasks: Iterable[asyncio.Task[Any]]) -> None:
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception):
            print("while stopping:", *traceback.format_exception(result), file=sys.stderr)
