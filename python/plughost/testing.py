"""Calls handlers as the host would, without the host, for their unit tests.

    client = TestClient({"GET /greet/{name}": "greetings:greet"})

    def test_greets() -> None:
        answer = client.get("/greet/Ada", query={"times": 2})
        assert (answer.status, answer.json()) == (200, {"greeting": "Hello Ada! Hello Ada!"})
"""

from __future__ import annotations

import inspect
import json as json_module
import secrets
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping
from http import HTTPStatus
from types import ModuleType
from typing import Any, Optional, Union
from urllib.parse import quote, urlencode, urlsplit

from ._arguments import ArgumentError, arguments_of
from ._bind import load_target
from ._declare import declared_by
from ._hooks import Hooks
from ._loop_thread import LoopThread
from ._result import Answer, ResultError, answer_of
from ._routes import Route, find
from ._signature import parameters_of
from .body import BodyStream
from .errors import HTTPError
from .form import UploadFile
from .multidict import Headers
from .request import Request

Handler = Union[str, Callable[..., Any]]
Fields = Union[Mapping[str, Any], Iterable[tuple[str, Any]]]


class TestAnswer:
    """What a client would have got."""

    __test__ = False  # for pytest, which would take it for a test

    status: int
    headers: Headers
    body: bytes

    def __init__(self, answer: Answer) -> None:
        self.status = answer.status
        self.headers = Headers(answer.headers)
        self.body = answer.body

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json_module.loads(self.body)

    def __repr__(self) -> str:
        return f"<TestAnswer {self.status} {self.body[:64]!r}>"


class TestClient:
    """Handlers by route, as in routes.yaml: `METHODS PATTERN` to `module:function` or a function.

    Or a module, or several, for the routes that they declare with `plughost.route`.

    An exception that the host would answer with 500 is raised, for the test to show, unless
    raise_exceptions is False. Wrong routes and signatures raise when the client is made.

    `async def` handlers run on an event loop. A `with` statement calls on_startup and on_shutdown
    of the handlers' modules, and is one loop from the first to the last. A stream is read to its
    end: its pieces together are the body.
    """

    __test__ = False

    def __init__(
        self,
        routes: Union[Mapping[str, Handler], ModuleType, Iterable[ModuleType]],
        *,
        raise_exceptions: bool = True,
    ) -> None:
        self._raise = raise_exceptions
        self._targets = []
        self._loop: Optional[LoopThread] = None
        self._hooks = Hooks()
        for text, handler in _lines_of(routes):
            route = Route(text)
            function = _function_of(handler, route)
            self._targets.append((route, function, parameters_of(function, route.params)))
            self._hooks.add(handler if isinstance(handler, str) else function.__module__)

    def __enter__(self) -> TestClient:
        self._loop = LoopThread()
        try:
            self._hooks.start(self._loop.loop)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None
        failed = self._hooks.stop(self._loop.loop)
        self._loop.__exit__()
        self._loop = None
        if failed:
            raise failed[0]

    def get(self, path: str, **options: Any) -> TestAnswer:
        """request() with GET."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> TestAnswer:
        """request() with POST."""
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> TestAnswer:
        """request() with PUT."""
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> TestAnswer:
        """request() with PATCH."""
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> TestAnswer:
        """request() with DELETE."""
        return self.request("DELETE", path, **options)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Fields = (),
        json: Any = None,
        form: Fields = (),
        files: Union[Mapping[str, UploadFile], Iterable[tuple[str, UploadFile]]] = (),
        body: Union[bytes, str, Iterable[bytes]] = b"",
        headers: Optional[Mapping[str, str]] = None,
    ) -> TestAnswer:
        """One request. Of json, form with files, and body at most one makes the body.

        body may be pieces of bytes, for a handler that reads it as a stream.
        """
        sent = dict(headers or {})
        if query:
            path += ("&" if "?" in path else "?") + urlencode(_pairs(query))
        if files:
            kind, body = _multipart(_pairs(form), _pairs(files))
            sent.setdefault("Content-Type", kind)
        elif form:
            body = urlencode(_pairs(form))
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        elif json is not None:
            body = json_module.dumps(json)
            sent.setdefault("Content-Type", "application/json")
        pieces: list[bytes] = []
        if not isinstance(body, (bytes, str)):
            pieces = list(body)
            body = b"".join(pieces)
        request = Request(method, path, headers=sent, body=body)
        if pieces:
            request._stream = BodyStream.of(pieces)
        return TestAnswer(self._answer(request))

    def _answer(self, request: Request) -> Answer:
        found = find([target[0] for target in self._targets], request.method, request._target)
        if isinstance(found, HTTPError):
            return _problem(request, found.status, found.detail, found.headers)
        index, request.path_params = found
        _, function, parameters = self._targets[index]
        try:
            result = function(**arguments_of(parameters, request))
            if inspect.isawaitable(result):
                result = self._awaited(result)
            return answer_of(result, self._all_of)
        except ArgumentError as error:
            members = {"parameter": error.parameter, "in": error.place}
            return _problem(request, error.status, error.detail, [], members)
        except HTTPError as error:
            return _problem(request, error.status, error.detail, error.headers)
        except (Exception, ResultError):
            if self._raise:
                raise
            return _problem(request, 500, "the handler failed; the log says why", [])

    def _all_of(self, pieces: AsyncIterable[Any]) -> list[Any]:
        async def collect() -> list[Any]:
            return [piece async for piece in pieces]

        return list(self._awaited(collect()))

    def _awaited(self, result: Awaitable[Any]) -> Any:
        if self._loop is not None:
            return self._loop.run(result)
        with LoopThread() as loop:
            return loop.run(result)


def _lines_of(
    routes: Union[Mapping[str, Handler], ModuleType, Iterable[ModuleType]],
) -> list[tuple[str, Handler]]:
    if isinstance(routes, Mapping):
        return list(routes.items())
    modules: Iterable[ModuleType] = (routes,) if isinstance(routes, ModuleType) else routes
    return [
        ("|".join(declared.methods or ["ANY"]) + " " + declared.pattern, declared.target)
        for module in modules
        for declared in declared_by(module)
    ]


def _function_of(handler: Handler, route: Route) -> Callable[..., Any]:
    return load_target(handler, route.params)[0] if isinstance(handler, str) else handler


def _problem(
    request: Request,
    status: int,
    detail: Optional[str],
    headers: list[tuple[str, str]],
    members: Mapping[str, str] = {},
) -> Answer:
    problem = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "",
        "status": status,
        "detail": detail,
        "instance": urlsplit(request._target).path,
        **members,
    }
    kept = [pair for pair in headers if pair[0].lower() != "content-type"]
    body = json_module.dumps({name: value for name, value in problem.items() if value})
    return Answer(status, [*kept, ("content-type", "application/problem+json")], body.encode())


def _pairs(fields: Any) -> list[tuple[str, Any]]:
    """Every name and value; a value that is a list is several."""
    items = fields.items() if isinstance(fields, Mapping) else fields
    pairs: list[tuple[str, Any]] = []
    for name, value in items:
        values = value if isinstance(value, (list, tuple)) else [value]
        pairs.extend((name, _written(each)) for each in values)
    return pairs


def _written(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _multipart(
    form: list[tuple[str, Any]], files: list[tuple[str, UploadFile]]
) -> tuple[str, bytes]:
    boundary = secrets.token_hex(16)
    body = b""
    for name, value in form:
        body += _part(boundary, f'name="{_escaped(name)}"', "", str(value).encode())
    for name, file in files:
        disposition = f'name="{_escaped(name)}"; filename="{_escaped(file.filename)}"'
        kind = f"\r\nContent-Type: {file.content_type}"
        file.seek(0)
        body += _part(boundary, disposition, kind, file.read())
        file.seek(0)
    return f"multipart/form-data; boundary={boundary}", body + f"--{boundary}--\r\n".encode()


def _part(boundary: str, disposition: str, more: str, content: bytes) -> bytes:
    head = f"--{boundary}\r\nContent-Disposition: form-data; {disposition}{more}\r\n\r\n"
    return head.encode() + content + b"\r\n"


def _escaped(name: str) -> str:
    return "".join(quote(c) if c in '"\r\n' else c for c in name)
