"""The event loop on which `async def` handlers run, one for the process, on a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import importlib
import sys
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from typing import Any, Optional, Protocol, Union


class Call(Protocol):
    """One request, as the host hands it over (plugins/python/loop/call.cpp)."""

    def finish(self, result: Any) -> Any:
        """Answers; or gives what the pieces of the body come from."""

    def put(self, piece: Any) -> Optional[bool]:
        """Sends a piece. False: wait for writable() now. None: nobody wants more."""

    def writable(self) -> Awaitable[None]: ...
    def end(self) -> None: ...
    def read(self) -> Union[bytes, Awaitable[None]]:
        """What plughost.BodyStream reads by."""

    def fail(self, error: BaseException) -> None: ...


async def run(call: Call, result: Awaitable[Any]) -> None:
    """The task of one request."""
    try:
        source = call.finish(await result)
        if source is not None:
            await send(call, source)
    except BaseException as error:  # SystemExit in a task would end the loop
        _fail(call, error)


async def run_stream(call: Call, source: Any) -> None:
    """The task of one request whose handler is an async generator."""
    try:
        await send(call, source)
    except BaseException as error:
        _fail(call, error)


class AppCall(Protocol):
    """One request of an ASGI application (plugins/python/loop/app_call.cpp, socket_call.cpp)."""

    def next_event(self) -> Awaitable[Any]:
        """Of a message; of None if it is to be called again."""


async def receive(call: AppCall) -> Any:
    """What an application receives by; it makes tasks of it, so a future is not enough."""
    while (message := await call.next_event()) is None:
        pass
    return message


async def wait_for(awaitable: Awaitable[Any]) -> None:
    """For an application that is no coroutine function."""
    await awaitable


def _fail(call: Call, error: BaseException) -> None:
    trace = error.__traceback__
    call.fail(error.with_traceback(trace and trace.tb_next))  # without run()


async def send(call: Call, source: Any) -> None:
    """Sends what source yields, as fast as the client takes it, and closes source."""
    pieces = aiter(source) if hasattr(source, "__aiter__") else _in_thread(source)
    beat = Heartbeat(call, source.ping) if getattr(source, "ping", None) else None
    try:
        async for piece in pieces:
            taken = call.put(piece)
            if taken is None:
                return
            if not taken:
                await call.writable()
            if beat is not None:
                beat.postpone()
    finally:
        if beat is not None:
            beat.stop()
        if hasattr(pieces, "aclose"):
            await pieces.aclose()
    call.end()


async def _in_thread(source: Iterator[Any]) -> AsyncIterator[Any]:
    """The items of a plain iterator, which may block."""
    end = object()
    step = functools.partial(next, source, end)
    try:
        while (item := await asyncio.to_thread(step)) is not end:
            yield item
    finally:
        if hasattr(source, "close"):
            with contextlib.suppress(ValueError):  # it runs in its thread; it ends unfinished
                source.close()


class Heartbeat:
    """Writes a comment into an event stream in which nothing has happened for some seconds."""

    def __init__(self, call: Call, seconds: float) -> None:
        self._call = call
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self.postpone()
        self._timer = self._loop.call_at(self._due, self._beat)

    def postpone(self) -> None:
        self._due = self._loop.time() + self._seconds

    def stop(self) -> None:
        self._timer.cancel()

    def _beat(self) -> None:
        if self._loop.time() >= self._due:
            if self._call.put(b":\n\n") is None:
                return
            self.postpone()
        self._timer = self._loop.call_at(self._due, self._beat)


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
