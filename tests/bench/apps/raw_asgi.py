"""Python hello as an ASGI application without a framework: what a server itself can do."""
import asyncio
import json
import platform

_VERSION = platform.python_version()
_START = {"type": "http.response.start", "status": 200,
          "headers": [(b"content-type", b"application/json")]}


async def app(scope, receive, send):
    body = json.dumps({"message": "Hello from Python", "version": _VERSION}).encode()
    await send(_START)
    await send({"type": "http.response.body", "body": body})


async def napping(scope, receive, send):
    """The same after 10 ms of waiting."""
    await asyncio.sleep(0.01)
    await app(scope, receive, send)
