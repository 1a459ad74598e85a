"""Python hello without a framework: what uvicorn itself can do."""
import json
import platform

_START = {"type": "http.response.start", "status": 200,
          "headers": [(b"content-type", b"application/json")]}


async def app(scope, receive, send):
    body = json.dumps({"message": "Hello from Python", "version": platform.python_version()})
    await send(_START)
    await send({"type": "http.response.body", "body": body.encode()})
