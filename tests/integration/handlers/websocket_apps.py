"""ASGI applications with WebSocket scopes. `?mark=FILE` names a file that tells how one ended."""
import asyncio
import json
from pathlib import Path
from urllib.parse import parse_qs

told = {"held_at": 0, "received": 0}
go_on = asyncio.Event()


def mark(scope, text):
    for name in parse_qs(scope["query_string"].decode()).get("mark", []):
        Path(name).write_text(text)


async def accept(receive, send, **more):
    assert await receive() == {"type": "websocket.connect"}
    await send({"type": "websocket.accept", **more})


async def read_text(receive):
    return (await receive())["text"]


async def mark_end(scope, receive):
    """Reads on to the end."""
    event = await receive()
    while event["type"] == "websocket.receive":
        event = await receive()
    assert event == await receive(), "the end stays the end"
    mark(scope, f"{event['type']} {event['code']} {event['reason']}")


async def control(scope, receive, send):
    """Of the others: what they told; ?go lets them go on."""
    assert scope["type"] == "http"
    if scope["query_string"] == b"go":
        go_on.set()
    body = json.dumps(told).encode()
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": body})


async def echo(scope, receive, send):
    await accept(receive, send)
    while (event := await receive())["type"] == "websocket.receive":
        await send({**event, "type": "websocket.send"})
    await send({"type": "websocket.close", "code": event["code"]})  # too late for any code
    mark(scope, f"{event['type']} {event['code']} {event['reason']}")


async def show_scope(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"plain"})
        return
    names = [*scope["subprotocols"], None]
    await accept(receive, send, subprotocol=names[0], headers=[(b"set-cookie", b"a=b")])
    text = json.dumps({key: value for key, value in scope.items() if key != "state"},
                      default=lambda value: value.decode("latin-1"))
    await send({"type": "websocket.send", "text": text, "bytes": None})


class WithLifespan:
    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            scope["state"]["greeting"] = "hello"
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        await accept(receive, send)
        await send({"type": "websocket.send", "text": scope["state"]["greeting"]})


with_lifespan = WithLifespan()


async def refuses(scope, receive, send):
    await receive()
    await send({"type": "websocket.close", "code": 4000})
    await mark_end(scope, receive)


async def denies(scope, receive, send):
    await receive()
    await send({"type": "websocket.http.response.start", "status": 401,
                "headers": [(b"www-authenticate", b"Basic")]})
    await send({"type": "websocket.http.response.body", "body": b"who ", "more_body": True})
    await send({"type": "websocket.http.response.body", "body": b"are you?"})


async def silent(scope, receive, send):
    assert scope["type"] == "websocket"
    await receive()


async def fails_at_once(scope, receive, send):
    assert scope["type"] == "websocket"
    raise ValueError("before it accepts")


async def fails(scope, receive, send):
    await accept(receive, send)
    raise ValueError("a message it cannot bear: " + await read_text(receive))


async def wrong(scope, receive, send):
    """Tells what each message out of order raises."""
    said = []

    async def try_to(**event):
        try:
            await send(event)
        except (RuntimeError, TypeError, ValueError) as error:
            said.append(f"{type(error).__name__}: {error}")

    await receive()
    await try_to(type="websocket.send", text="x")
    await try_to(type="websocket.accept", subprotocol="never-offered")
    await try_to(type="websocket.accept", headers=[(b"sec-websocket-protocol", b"x")])
    await try_to(type="websocket.accept", subprotocol=7)
    await send({"type": "websocket.accept"})
    await try_to(type="websocket.accept")
    await try_to(type="websocket.send")
    await try_to(type="websocket.send", text=b"bytes")
    await try_to(type="websocket.send", text="\ud800")
    await try_to(type="websocket.close", code=1005)
    await try_to(type="websocket.close", code=65536 + 1000)
    await try_to(type="websocket.close", reason="r" * 124)
    await send({"type": "websocket.send", "text": "\n".join(said)})
    await send({"type": "websocket.close"})
    said.clear()
    await try_to(type="websocket.send", text="x")
    mark(scope, said[0])


async def returns(scope, receive, send):
    await accept(receive, send)
    await send({"type": "websocket.send", "bytes": memoryview(b"bye")})


async def closes(scope, receive, send):
    await accept(receive, send)
    code, _, reason = (await read_text(receive)).partition(" ")
    await send({"type": "websocket.close", "code": int(code), "reason": reason})
    await mark_end(scope, receive)


async def pushes(scope, receive, send):
    """So many messages of such a size; tells after how many it was held back."""
    await accept(receive, send)
    count, size = map(int, (await read_text(receive)).split())
    for number in range(count):
        sending = asyncio.ensure_future(
            send({"type": "websocket.send", "bytes": b"%06d" % number + b"x" * size}))
        if not (await asyncio.wait({sending}, timeout=0.2))[0]:
            told["held_at"] = told["held_at"] or number
        await sending


async def pushes_at_once(scope, receive, send):
    await accept(receive, send)
    count, size = map(int, (await read_text(receive)).split())
    await asyncio.gather(*(send({"type": "websocket.send", "bytes": b"%06d" % n + b"x" * size})
                           for n in range(count)))


async def pushes_for_ever(scope, receive, send):
    """Never asks whether anybody is there; lets pass what send() raises."""
    await accept(receive, send)
    try:
        while True:
            await send({"type": "websocket.send", "bytes": b"x" * 1000})
            await asyncio.sleep(0)
    except OSError as error:
        mark(scope, type(error).__name__)
        raise


async def waits_to_receive(scope, receive, send):
    """Receives one message, and the others when it is let go on."""
    await accept(receive, send)
    while (event := await receive())["type"] == "websocket.receive":
        told["received"] += 1
        await go_on.wait()
    mark(scope, str(event["code"]))


async def looks_now_and_then(scope, receive, send):
    """Gives up waiting some times; no message may be lost by that."""
    await accept(receive, send)
    for _ in range(3):
        try:
            await asyncio.wait_for(receive(), 0.01)
        except asyncio.TimeoutError:
            await send({"type": "websocket.send", "text": "nothing yet"})
    await send({"type": "websocket.send", "text": await read_text(receive)})


async def takes_no_notice(scope, receive, send):
    await accept(receive, send)
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        mark(scope, "cancelled")
        raise


async def hesitates(scope, receive, send):
    assert scope["type"] == "websocket"
    await receive()
    try:
        await receive()
    except asyncio.CancelledError:
        mark(scope, "cancelled")
        raise


async def speaks_late(scope, receive, send):
    await accept(receive, send)
    await asyncio.sleep(0.4)
    await send({"type": "websocket.send", "text": "still here"})
