"""The request as a handler sees it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Optional, Union
from urllib.parse import parse_qsl, unquote, urlsplit

from ._forms import read_form
from .body import BodyStream
from .errors import HTTPError
from .form import Form, UploadFile
from .multidict import Headers, MultiDict, MultiMapping

_UNREAD: Any = object()


class Request:
    """One HTTP request. Headers, query and cookies are taken apart when they are first asked for.

    A test makes one without the host: `Request("POST", "/users/7?full=1", body=b'{"a": 1}')`.
    """

    __slots__ = (
        "method",
        "path",
        "path_params",
        "body",
        "client",
        "_scheme",
        "_host",
        "_target",
        "_query",
        "_header_lines",
        "_headers",
        "_query_params",
        "_cookies",
        "_form",
        "_json",
        "_state",
        "_stream",
        "_is_cancelled",
    )

    method: str  #: as the client sent it: HEAD stays HEAD
    path: str  #: percent-decoded, without the query
    path_params: dict[str, str]  #: what the route's pattern took from the path
    body: bytes
    client: Optional[tuple[str, int]]  #: address and port; None on a Unix socket

    def __init__(
        self,
        method: str = "GET",
        url: str = "/",
        *,
        headers: Union[Mapping[str, str], Iterable[tuple[str, str]]] = (),
        body: Union[bytes, str] = b"",
        path_params: Optional[Mapping[str, str]] = None,
        client: Optional[tuple[str, int]] = None,
    ) -> None:
        parts = urlsplit(url)
        self.method = method
        self.path = unquote(parts.path)
        self.path_params = dict(path_params or {})
        self.body = body.encode() if isinstance(body, str) else body
        self.client = client
        self._headers = Headers(headers.items() if isinstance(headers, Mapping) else headers)
        self._scheme = parts.scheme or "http"
        self._host = parts.netloc or self._headers.get("host", "")
        self._target = parts.path + ("?" + parts.query if parts.query else "")
        self._query = parts.query.encode().decode("latin-1")
        self._header_lines = "".join(f"{n.lower()}:{v}\n" for n, v in self._headers.multi_items())
        self._query_params = self._cookies = self._form = self._state = None
        self._stream = self._is_cancelled = None
        self._json = _UNREAD

    _headers: Optional[Headers]
    _query_params: Optional[MultiDict]
    _cookies: Optional[dict[str, str]]
    _form: Optional[Form]
    _state: Optional[SimpleNamespace]
    _stream: Optional[BodyStream]
    _is_cancelled: Optional[Callable[[], bool]]

    @property
    def url(self) -> str:
        """The URL the client asked for; only the target if it named no host."""
        if self._host and self._target.startswith("/"):
            return f"{self._scheme}://{self._host}{self._target}"
        return self._target

    @property
    def headers(self) -> Headers:
        """Header names in any case; a header sent twice has two values (getlist)."""
        if self._headers is None:
            lines = self._header_lines.split("\n")
            self._headers = Headers(
                (name, value) for name, colon, value in (x.partition(":") for x in lines) if colon
            )
        return self._headers

    @property
    def query_params(self) -> MultiDict:
        """The query, decoded. HTTPError 422 if it is not UTF-8."""
        if self._query_params is None:
            try:
                query = self._query.encode("latin-1").decode()
                pairs = parse_qsl(query, keep_blank_values=True, errors="strict")
            except UnicodeError:
                raise HTTPError(422, "the query is not UTF-8") from None
            self._query_params = MultiDict(pairs)
        return self._query_params

    @property
    def args(self) -> MultiDict:
        """query_params, by Flask's name."""
        return self.query_params

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies by name; of a name sent twice the first."""
        if self._cookies is None:
            self._cookies = {}
            for line in self.headers.getlist("cookie"):
                for pair in line.split(";"):
                    name, equals, value = pair.partition("=")
                    if equals and name.strip():
                        self._cookies.setdefault(name.strip(), _unquoted(value.strip()))
        return self._cookies

    def stream(self) -> BodyStream:
        """The body in pieces: as it arrives, if the handler asks for that (`body:
        Iterator[bytes]`), else the whole in one. Once: what is read is gone."""
        if self._stream is None:
            self._stream = BodyStream.of([self.body])
        return self._stream

    @property
    def text(self) -> str:
        """The body as text. HTTPError 422 if it is not UTF-8."""
        try:
            return self.body.decode()
        except UnicodeDecodeError as error:
            raise HTTPError(422, f"the body is not UTF-8 at byte {error.start}") from None

    def json(self) -> Any:
        """The body as JSON. HTTPError 400 if it is not, 422 for an integer of too many digits."""
        if self._json is _UNREAD:
            self._json = _parse_json(self.body)
        return self._json

    @property
    def form(self) -> Form:
        """The fields of a form, empty without a body. HTTPError 415 if the body is no form."""
        if self._form is None:
            self._form = read_form(self.headers.get("content-type", ""), self.body)
        return self._form

    @property
    def files(self) -> MultiMapping[UploadFile]:
        """The files of the form."""
        return self.form.files

    @property
    def remote_addr(self) -> Optional[str]:
        """The client's address; None on a Unix socket."""
        return self.client[0] if self.client else None

    @property
    def state(self) -> SimpleNamespace:
        """A place for a handler's own values."""
        if self._state is None:
            self._state = SimpleNamespace()
        return self._state

    @property
    def cancelled(self) -> bool:
        """Whether the deadline has passed or the client has gone. A pool worker cannot know."""
        return self._is_cancelled is not None and self._is_cancelled()

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name == "body":  # an empty slot
                raise RuntimeError("the handler takes its body as a stream: see request.stream()")
            raise AttributeError(f"'Request' object has no attribute '{name}'", name=name, obj=self)

    def __repr__(self) -> str:
        return f"<Request {self.method} {self._target}>"


def request_from_host(
    method: str,
    path: str,
    scheme: str,
    host: str,
    target: str,
    query: str,
    header_lines: str,
    path_params: dict[str, str],
    body: bytes,
    client: Optional[tuple[str, int]],
    is_cancelled: Optional[Callable[[], bool]],
    stream: Optional[BodyStream] = None,
) -> Request:
    """The request the host made: what __init__ does, without taking anything apart."""
    request = Request.__new__(Request)
    request.method = method
    request.path = path
    request.path_params = path_params
    if stream is None:
        request.body = body
    request.client = client
    request._scheme = scheme
    request._host = host
    request._target = target
    request._query = query
    request._header_lines = header_lines
    request._headers = None
    request._query_params = None
    request._cookies = None
    request._form = None
    request._json = _UNREAD
    request._state = None
    request._stream = stream
    request._is_cancelled = is_cancelled
    return request


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return value[1:-1]
    return value


def _refuse_constant(name: str) -> Any:
    raise HTTPError(400, f"the body is not JSON: {name}")


def _parse_json(body: bytes) -> Any:
    try:
        return json.loads(body.decode(), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise HTTPError(400, f"the body is not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        at = len(error.doc[: error.pos].encode())
        raise HTTPError(400, f"the body is not JSON: at byte {at}: {error.msg}") from None
    except RecursionError:
        raise HTTPError(400, "the body is not JSON: nested too deep") from None
    except ValueError as error:
        raise HTTPError(422, f"the body: {error}") from None
