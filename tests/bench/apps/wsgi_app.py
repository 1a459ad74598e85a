"""Python hello as a WSGI application."""
import json
import platform

_VERSION = platform.python_version()


def app(environ, start_response):
    body = json.dumps({"message": "Hello from Python", "version": _VERSION}).encode()
    start_response("200 OK", [("Content-Type", "application/json"),
                              ("Content-Length", str(len(body)))])
    return [body]
