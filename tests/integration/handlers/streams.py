"""Handlers whose answers come in pieces. `mark` names a file that tells the test what happened."""
import asyncio
import io
import time
from pathlib import Path

from plughost import Event, EventStream, HTTPError, Request, Response


def note(mark: str, line: str) -> None:
    with open(mark, "a", encoding="utf-8") as file:
        file.write(line + "\n")


def count(n: int = 3):
    for number in range(n):
        yield f"{number}\n"


async def count_async(n: int = 3):
    for number in range(n):
        await asyncio.sleep(0)
        yield f"{number}\n"


def kinds():
    yield b"bytes "
    yield bytearray(b"bytearray ")
    yield memoryview(b"memoryview ")
    yield "text é"
    yield ""


def as_response() -> Response:
    return Response(iter(["a", "b"]), 201, {"X-A": "b"}, "text/csv")


async def as_response_async() -> Response:
    return Response(count_async(2), 201, {"X-A": "b"}, "text/csv")


def as_tuple():
    return count(2), 202, {"X-A": "b", "Content-Length": "4"}


async def plain_iterator_in_a_task():
    return count(3)


def a_file():
    return io.BytesIO(b"one\ntwo\n")


def no_pieces():
    yield from ()


def without_content():
    return count(2), 204


def paced(mark: str, go: str):
    """One piece, then none until the file `go` is there."""
    try:
        yield "first\n"
        while not Path(go).exists():
            time.sleep(0.005)
        yield "last\n"
    finally:
        note(mark, "closed")


async def paced_async(mark: str, go: str):
    try:
        yield "first\n"
        while not Path(go).exists():
            await asyncio.sleep(0.005)
        yield "last\n"
    finally:
        note(mark, "closed")


def endless(mark: str):
    sent = 0
    try:
        while True:
            sent += 1
            yield b"x" * 65536
    finally:
        note(mark, f"closed {sent}")


async def endless_async(mark: str):
    sent = 0
    try:
        while True:
            sent += 1
            yield b"x" * 65536
    finally:
        await asyncio.sleep(0)
        note(mark, f"closed {sent}")


def fails_at_once():
    raise HTTPError(409, "not now")
    yield


async def fails_at_once_async():
    raise HTTPError(409, "not now")
    yield


def fails_later():
    yield "first\n"
    raise ValueError("on purpose")


async def fails_later_async():
    yield "first\n"
    raise ValueError("on purpose")


def yields_a_number():
    yield 7


def slow_start():
    time.sleep(1)
    yield "too late"


def slow_end():
    yield "first\n"
    time.sleep(0.3)
    yield "last\n"


async def slow_end_async():
    yield "first\n"
    await asyncio.sleep(0.3)
    yield "last\n"


def plain_function_with_async_body():
    return Response(count_async())


async def events(request: Request):
    async def some():
        yield Event("hello", event="greeting", id="1", retry=500)
        yield "two\nlines"
        yield {"last": request.headers.get("last-event-id")}

    return EventStream(some())


def events_in_a_thread():
    return EventStream([Event("a"), Event(comment="note"), "b"], headers={"Cache-Control": "x"})


async def quiet_events(mark: str):
    async def nothing():
        try:
            await asyncio.sleep(60)
            yield "never"
        finally:
            note(mark, "closed")

    return EventStream(nothing(), ping=0.05)
