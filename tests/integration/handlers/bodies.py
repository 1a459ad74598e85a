"""Handlers and applications that read their bodies as they arrive.

`mark` names a file, which gets a line for each thing that happened.
"""
import asyncio
import hashlib
import threading
import time
import wsgiref.validate
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qs

from plughost import IncompleteBody, Request


def note(mark: str, line: str) -> None:
    if mark:
        with open(mark, "a", encoding="utf-8") as file:
            file.write(line + "\n")


def size(body: Iterator[bytes], mark: str = "") -> dict:
    count, digest, largest = 0, hashlib.blake2b(), 0
    try:
        for piece in body:
            note(mark, f"{len(piece)}")
            count += len(piece)
            largest = max(largest, len(piece))
            digest.update(piece)
    except IncompleteBody:
        note(mark, "incomplete")
        raise
    return {"count": count, "largest": largest, "digest": digest.hexdigest()}


async def size_async(body: AsyncIterator[bytes], mark: str = "") -> dict:
    count, digest, largest = 0, hashlib.blake2b(), 0
    try:
        async for piece in body:
            note(mark, f"{len(piece)}")
            count += len(piece)
            largest = max(largest, len(piece))
            digest.update(piece)
    except (IncompleteBody, asyncio.CancelledError):
        note(mark, "incomplete")
        raise
    return {"count": count, "largest": largest, "digest": digest.hexdigest()}


async def size_asgi(scope, receive, send) -> None:
    assert scope["type"] == "http"
    mark = parse_qs(scope["query_string"].decode()).get("mark", [""])[0]
    count, events, digest, largest, more = 0, 0, hashlib.blake2b(), 0, True
    while more:
        try:
            message = await receive()
        except asyncio.CancelledError:  # its time is up
            message = {"type": "http.disconnect"}
        events += 1
        if message["type"] == "http.disconnect":
            note(mark, "incomplete")
            return
        note(mark, f"{len(message['body'])}")
        count += len(message["body"])
        largest = max(largest, len(message["body"]))
        digest.update(message["body"])
        more = message["more_body"]
    said = f'{{"count": {count}, "largest": {largest}, "digest": "{digest.hexdigest()}"}}'
    await send({"type": "http.response.start", "status": 200,
                "headers": [(b"x-events", b"%d" % events)]})
    await send({"type": "http.response.body", "body": said.encode()})


async def patient_asgi(scope, receive, send) -> None:
    """Gives up on the first receive() before there is anything, and then reads the body."""
    assert scope["type"] == "http"
    mark = Path(parse_qs(scope["query_string"].decode())["mark"][0])
    try:
        await asyncio.wait_for(receive(), 0.01)
    except asyncio.TimeoutError:
        mark.touch()
    message = await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": message["body"]})


async def answer_first_asgi(scope, receive, send) -> None:
    """Begins its answer before it reads the body."""
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"begun,", "more_body": True})
    message = await receive()
    await send({"type": "http.response.body", "body": message["body"]})


def size_wsgi(environ, start_response):
    mark = parse_qs(environ["QUERY_STRING"]).get("mark", [""])[0]
    count, digest, largest = 0, hashlib.blake2b(), 0
    try:
        while piece := environ["wsgi.input"].read1(65536):
            note(mark, f"{len(piece)}")
            count += len(piece)
            largest = max(largest, len(piece))
            digest.update(piece)
    except OSError as error:
        note(mark, "incomplete")
        start_response("500 Internal Server Error", [])
        return [str(error).encode()]
    start_response("200 OK", [])
    said = f'{{"count": {count}, "largest": {largest}, "digest": "{digest.hexdigest()}"}}'
    return [said.encode()]


def lines_wsgi(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    first = environ["wsgi.input"].readline()
    return [repr([first, *environ["wsgi.input"]]).encode()]


valid_wsgi = wsgiref.validate.validator(lines_wsgi)


def slow_wsgi(environ, start_response):
    go = parse_qs(environ["QUERY_STRING"])["go"][0]
    while not Path(go).exists():
        time.sleep(0.002)
    return size_wsgi(environ, start_response)


def echo(body: Iterator[bytes]):
    yield from body


async def echo_async(body: AsyncIterator[bytes]):
    async for piece in body:
        yield piece


def slow(body: Iterator[bytes], go: str) -> dict:
    while not Path(go).exists():
        time.sleep(0.002)
    return {"count": sum(map(len, body))}


async def slow_async(body: AsyncIterator[bytes], go: str) -> dict:
    while not Path(go).exists():
        await asyncio.sleep(0.002)
    return {"count": sum([len(piece) async for piece in body])}


async def slow_asgi(scope, receive, send) -> None:
    assert scope["type"] == "http"
    go = parse_qs(scope["query_string"].decode())["go"][0]
    while not Path(go).exists():
        await asyncio.sleep(0.002)
    await size_asgi(scope, receive, send)


def ignore(body: Iterator[bytes]) -> str:
    return "ignored"


def with_request(request: Request, body: Iterator[bytes], tag: str = "") -> dict:
    assert request.stream() is body
    try:
        request.json()
    except RuntimeError as error:
        refusal = str(error)
    return {"tag": tag, "count": sum(map(len, body)), "refusal": refusal}


async def wrong_loop(request: Request, body: AsyncIterator[bytes]) -> str:
    return str(next(request.stream()))


def whole(request: Request) -> dict:
    return {"pieces": [piece.decode() for piece in request.stream()], "body": request.text}


async def whole_async(request: Request) -> dict:
    return {"pieces": [piece.decode() async for piece in request.stream()]}


_kept = []


def keep(body: Iterator[bytes]) -> str:
    _kept.append(body)
    return "kept"


async def keep_async(body: AsyncIterator[bytes]) -> str:
    _kept.append(body)
    return "kept"


async def read_kept() -> str:
    try:
        return str(await anext(_kept.pop()))
    except IncompleteBody as error:
        return str(error)


def plain_async(body: AsyncIterator[bytes]) -> None: ...


async def async_plain(body: Iterator[bytes]) -> None: ...


def of_texts(body: Iterator[str]) -> None: ...


def read_elsewhere(body: Iterator[bytes], mark: str, go: str) -> str:
    """Answers when it is told to, while a thread of its own still reads."""
    def read() -> None:
        try:
            list(body)
        except IncompleteBody:
            note(mark, "incomplete")

    threading.Thread(target=read).start()
    while not Path(go).exists():
        time.sleep(0.002)
    return "answered"
