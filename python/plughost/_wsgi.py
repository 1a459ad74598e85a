"""WSGI applications (PEP 3333) as handlers that run in a thread."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from typing import Any, Optional
from urllib.parse import unquote_to_bytes

from .request import Request
from .response import Response

Headers = list[tuple[str, str]]

_OF_THE_CONNECTION = ("connection", "keep-alive", "transfer-encoding")
_KEYS = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH", "host": "HTTP_HOST"}


def handler_of(app: Callable[..., Any], mount: str) -> Callable[[Request], Response]:
    """A handler that calls app, whose SCRIPT_NAME is mount."""

    def wsgi(request: Request) -> Response:
        return _Answer(request.method).to(app, environ_of(request, mount))

    return wsgi


def environ_of(request: Request, mount: str) -> dict[str, Any]:
    target = request._target
    if not target.startswith("/") and "://" in target:  # RFC 9112 section 3.2.2
        target = "/" + target.partition("://")[2].partition("/")[2]
    path, _, query = target.partition("?")
    if "%" in path or not path.isascii():
        path = unquote_to_bytes(path).decode("latin-1")
    script = mount.encode().decode("latin-1")
    host, _, port = request._host.rpartition(":") if _has_port(request._host) else (
        request._host, "", "443" if request._scheme == "https" else "80")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": script,
        "PATH_INFO": path.removeprefix(script),
        "QUERY_STRING": query,
        "SERVER_NAME": host or "localhost",
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request._scheme,
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if request.client is not None:
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = request.client[0], str(request.client[1])
    _add_headers(environ, request)
    return environ


def _has_port(host: str) -> bool:
    return ":" in host.rpartition("]")[2]


def _add_headers(environ: dict[str, Any], request: Request) -> None:
    for line in request._header_lines.split("\n"):
        name, colon, value = line.partition(":")
        if not colon or "_" in name:  # X_User would pass for X-User
            continue
        key = _KEYS.get(name) or "HTTP_" + name.upper().replace("-", "_")
        if key in environ:
            value = environ[key] + ("; " if key == "HTTP_COOKIE" else ",") + value
        environ[key] = value
    if request.body:
        environ["CONTENT_LENGTH"] = str(len(request.body))  # whatever way it came


class _Answer:
    """One call of an application: what it gives to start_response, write() and its result."""

    def __init__(self, method: str) -> None:
        self._method = method
        self._status: Optional[int] = None
        self._headers: Headers = []
        self._written: list[bytes] = []
        self._begun = False

    def to(self, app: Callable[..., Any], environ: dict[str, Any]) -> Response:
        result = app(environ, self._start_response)
        if type(result) is list and len(result) == 1 and self._is_body(result[0]):
            return Response(result[0], self._status or 200, self._sent_headers())
        pieces = self._pieces(result)
        # What the first piece needs is known then: the status, and how long the whole may be.
        first = next(pieces, b"")
        if self._status is None:
            raise RuntimeError("the WSGI application did not call start_response()")
        if isinstance(result, (list, tuple)) and self._method != "HEAD":
            return Response(first + b"".join(pieces), self._status, self._sent_headers())
        return Response(_Body(first, pieces), self._status, self._sent_headers())

    def _is_body(self, piece: Any) -> bool:
        """All there is to send."""
        known = self._status is not None and not self._written
        return known and type(piece) is bytes and self._method != "HEAD"

    def _start_response(
        self, status: str, headers: Headers, exc_info: Any = None
    ) -> Callable[[bytes], None]:
        try:
            if exc_info and self._begun:
                raise exc_info[1].with_traceback(exc_info[2])
            if self._status is not None and not exc_info:
                raise RuntimeError("start_response() was called twice without exc_info")
        finally:
            exc_info = None
        self._status, self._headers = int(status[:3]), list(headers)
        return self._written.append

    def _pieces(self, result: Any) -> Iterator[bytes]:
        try:
            for piece in result:
                if self._written:
                    piece = b"".join([*self._written, piece])
                    self._written.clear()
                if piece:
                    self._begun = True
                    yield piece
            if self._written:
                yield b"".join(self._written)
        finally:
            if hasattr(result, "close"):
                result.close()

    def _sent_headers(self) -> Headers:
        return [(n, v) for n, v in self._headers if n.lower() not in _OF_THE_CONNECTION]


class _Body:
    """The pieces, the first of which is known."""

    def __init__(self, first: bytes, rest: Iterator[bytes]) -> None:
        self._first: Optional[bytes] = first
        self._rest = rest

    def __iter__(self) -> _Body:
        return self

    def __next__(self) -> bytes:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        return next(self._rest)

    def close(self) -> None:
        self._rest.close()  # type: ignore[attr-defined]
