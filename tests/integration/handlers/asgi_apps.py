"""Raw ASGI applications. `mark` names a file that tells the test what happened."""
import asyncio
import json
from pathlib import Path
from urllib.parse import parse_qs

JSON = [(b"content-type", b"application/json")]


def _text(value):
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, (list, tuple)):
        return [_text(item) for item in value]
    return value


async def answer(send, value, status=200):
    body = json.dumps(value).encode()
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*JSON, length]})
    await send({"type": "http.response.body", "body": body})


async def show_scope(scope, receive, send):
    await answer(send, {key: _text(value) for key, value in scope.items() if key != "state"})


async def echo(scope, receive, send):
    """Without lifespan: it raises at any scope but http."""
    assert scope["type"] == "http"
    message = await receive()
    await answer(send, [message["type"], message["body"].decode(), message["more_body"]], 201)


async def stream(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": JSON})
    for number in range(3):
        await send({"type": "http.response.body", "body": b"%d\n" % number, "more_body": True})
        await asyncio.sleep(0)
    await send({"type": "http.response.body"})


async def endless(scope, receive, send):
    mark = Path(parse_qs(scope["query_string"].decode())["mark"][0])
    sent = 0
    await send({"type": "http.response.start", "status": 200})
    await receive()
    gone = asyncio.create_task(receive())
    while not gone.done():
        await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
        sent += 1
        await asyncio.sleep(0)
    mark.write_text(f"{gone.result()['type']} {sent}")


async def wait_for_disconnect(scope, receive, send):
    mark = parse_qs(scope["query_string"].decode())["mark"][0]
    await receive()
    Path(mark + ".begun").touch()
    message = await receive()
    Path(mark).write_text(message["type"])
    await answer(send, "nobody reads this")


async def after_the_answer(scope, receive, send):
    mark = parse_qs(scope["query_string"].decode())["mark"][0]
    await receive()
    await answer(send, "done")
    message = await receive()
    await asyncio.sleep(0.01)
    Path(mark).write_text(message["type"])


async def fails(scope, receive, send):
    raise ValueError("on purpose")


async def fails_later(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": JSON})
    await send({"type": "http.response.body", "body": b"first\n", "more_body": True})
    raise ValueError("on purpose")


async def silent(scope, receive, send):
    if scope["type"] == "lifespan":
        raise RuntimeError("no lifespan here")


async def wrong_order(scope, receive, send):
    await send({"type": "http.response.body", "body": b"x"})


async def never(scope, receive, send):
    assert scope["type"] == "http"
    await asyncio.sleep(60)


def make():
    async def made(scope, receive, send):
        await answer(send, "made")

    return made


class WithLifespan:
    """Counts requests in the state of its lifespan; FAIL says which event it fails."""

    def __init__(self, fail: str = ""):
        self.fail = fail

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            for event in ("startup", "shutdown"):
                assert (await receive())["type"] == f"lifespan.{event}"
                with open("lifespan.log", "a", encoding="utf-8") as log:
                    log.write(event + "\n")
                scope["state"]["counts"] = []
                kind = "failed" if event == self.fail else "complete"
                await send({"type": f"lifespan.{event}.{kind}", "message": "no database"})
            return
        scope["state"]["counts"].append(1)
        scope["state"]["own"] = True  # of this request only
        await answer(send, [len(scope["state"]["counts"]), "own" in scope["state"]])


with_lifespan = WithLifespan()
fails_startup = WithLifespan("startup")


async def fails_after_the_answer(scope, receive, send):
    await answer(send, "done")
    raise ValueError("too late")


async def slow_stream(scope, receive, send):
    """Watches for the disconnect meanwhile, as frameworks do."""
    await receive()
    gone = asyncio.create_task(receive())
    await send({"type": "http.response.start", "status": 200, "headers": JSON})
    for number in range(5):
        if gone.done():
            return
        await send({"type": "http.response.body", "body": b"%d\n" % number, "more_body": True})
        await asyncio.sleep(0.05)
    gone.cancel()
    await send({"type": "http.response.body", "body": b"end\n"})


async def background(scope, receive, send):
    mark = Path(parse_qs(scope["query_string"].decode())["mark"][0])
    await answer(send, "done")
    mark.with_suffix(".begun").touch()
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        mark.write_text("cancelled")
        raise


async def deaf_stream(scope, receive, send):
    """Sends for ever to whoever, and never asks whether he is there."""
    mark = Path(parse_qs(scope["query_string"].decode())["mark"][0])
    await send({"type": "http.response.start", "status": 200, "headers": JSON})
    try:
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        mark.write_text("cancelled")
        raise


async def not_modified(scope, receive, send):
    await send({"type": "http.response.start", "status": 304,
                "headers": [(b"content-length", b"99")]})
    await send({"type": "http.response.body"})


async def exits(scope, receive, send):
    if scope["type"] == "lifespan":
        raise SystemExit("no database")


async def two_receivers(scope, receive, send):
    """One that is given up must not take the other with it."""
    await receive()
    first, second = asyncio.create_task(receive()), asyncio.create_task(receive())
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait([first])
    await answer(send, [first.cancelled(), second.done()])
    Path(parse_qs(scope["query_string"].decode())["mark"][0]).write_text((await second)["type"])


async def two_readers(scope, receive, send):
    """The same while the body is still to come."""
    first, second = asyncio.create_task(receive()), asyncio.create_task(receive())
    await asyncio.sleep(0.05)
    first.cancel()
    await asyncio.wait([first])
    Path(parse_qs(scope["query_string"].decode())["mark"][0]).write_text("waits")
    await answer(send, (await second)["body"].decode())


async def two_senders(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    piece = {"type": "http.response.body", "body": b"x" * 500_000, "more_body": True}
    for _ in range(20):
        await asyncio.gather(send(piece), send(piece))
    await send({"type": "http.response.body"})


async def hop_by_hop(scope, receive, send):
    headers = [(b"Keep-Alive", b"5"), (b"Connection", scope["query_string"])]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"whole"})
