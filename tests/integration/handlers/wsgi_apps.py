"""WSGI applications, raw ones and one of Flask."""
import json
import sys
from pathlib import Path
from wsgiref.validate import validator

TEXT = [("Content-Type", "text/plain")]


def _show(environ, start_response):
    shown = {key: value for key, value in environ.items() if isinstance(value, str)}
    shown["body"] = environ["wsgi.input"].read(1000).decode()
    body = json.dumps(shown).encode()
    start_response("200 OK", [("Content-Type", "application/json"),
                              ("Content-Length", str(len(body)))])
    return [body]


show = validator(_show)


def raw(environ, start_response):
    return _show(environ, start_response)


class _Pieces:
    def __init__(self, mark: str):
        self._mark = mark
        self._left = [b"one\n", b"", b"two\n"]

    def __iter__(self):
        return self

    def __next__(self):
        if not self._left:
            raise StopIteration
        return self._left.pop(0)

    def close(self):
        Path(self._mark).write_text("closed")


def _pieces(environ, start_response):
    start_response("202 Accepted", TEXT)
    return _Pieces(environ["QUERY_STRING"].removeprefix("mark="))


pieces = validator(_pieces)


def generator(environ, start_response):
    """start_response is called when the first piece is asked for."""
    start_response("200 OK", TEXT)
    yield b"a"
    yield b"b"


def writes(environ, start_response):
    write = start_response("200 OK", TEXT)
    write(b"written ")
    return [b"returned"]


def replaces_its_answer(environ, start_response):
    start_response("200 OK", TEXT)
    try:
        raise ValueError("on purpose")
    except ValueError:
        start_response("503 Sorry", TEXT, sys.exc_info())
    return [b"sorry"]


def fails(environ, start_response):
    raise ValueError("on purpose")


def forgets(environ, start_response):
    return [b"x"]


def no_content(environ, start_response):
    start_response("204 No Content", [])
    return []


def make():
    return raw
