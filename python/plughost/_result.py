"""Makes an answer of what a handler returned, as the host does (core/result.cpp)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, Callable, Iterator, Mapping
from typing import Any, NamedTuple, Optional

from ._simplify import simplify
from .errors import HeadersLike
from .response import Response

_JSON = "application/json"
_TEXT = "text/plain; charset=utf-8"
_BYTES = "application/octet-stream"
_WITHOUT_CONTENT = (204, 205, 304)


class Answer(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    body: bytes


class ResultError(Exception):
    """What was returned cannot be sent: the host answers 500 and logs the text."""


#: The pieces of a body that come by `async for`.
Collect = Callable[[AsyncIterable[Any]], list[Any]]


def answer_of(result: Any, collect: Optional[Collect] = None) -> Answer:
    """A body that comes in pieces is read to its end; collect: how, if it takes an event loop."""
    if result is None:
        return Answer(204, [], b"")
    if type(result) is tuple:
        if len(result) not in (2, 3):
            raise ResultError(f"returned a tuple of {len(result)}, not (body, status[, headers])")
        body, status, *rest = result
        return _answer(body, status, rest[0] if rest else None, collect)
    if isinstance(result, Response):
        headers = list(result.headers)
        if result.content_type is not None:
            headers.append(("content-type", result.content_type))
        return _answer(result.body, result.status, headers, collect=collect)
    return _answer(result, 200, collect=collect)


def to_json(value: Any) -> bytes:
    """Raises ResultError. Other than the host, names no key path."""
    try:
        text = json.dumps(
            _worded(value), ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
        return text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ResultError(f"the result cannot be sent as JSON: {error}") from error


def _worded(value: Any) -> Any:
    """value with what simplify() knows replaced, keys included."""
    if isinstance(value, dict):
        return {_worded(key): _worded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_worded(item) for item in value]
    if value is None or isinstance(value, (str, int, float)):
        return value
    simple = simplify(value)
    if simple is NotImplemented:
        raise TypeError(f"a value of type {type(value).__name__} is not JSON")
    return _worded(simple)


def _answer(
    body: Any,
    status: Any,
    headers: HeadersLike | None = None,
    collect: Optional[Collect] = None,
) -> Answer:
    if isinstance(status, bool) or not isinstance(status, int) or not 200 <= status <= 599:
        raise ResultError(f"the status must be an int from 200 to 599, not {status!r}")
    pairs = _pairs(headers)
    if isinstance(body, Iterator):
        content, kind = _joined(list(body))
    elif isinstance(body, AsyncIterable) and collect is not None:
        content, kind = _joined(collect(body))
    else:
        content, kind = _content(body)
    names = [name.lower() for name, _ in pairs]
    if kind and "content-type" not in names:
        pairs.append(("content-type", kind))
    if status in _WITHOUT_CONTENT:
        return Answer(status, [p for p in pairs if p[0].lower() != "content-type"], b"")
    return Answer(status, pairs, content)


def _pairs(headers: HeadersLike | None) -> list[tuple[str, str]]:
    items = headers.items() if isinstance(headers, Mapping) else headers or ()
    pairs: list[tuple[str, str]] = []
    for name, value in items:
        values = value if isinstance(value, (list, tuple)) else [value]
        pairs.extend((name, each) for each in values)
    for name, value in pairs:
        if not isinstance(name, str) or not isinstance(value, str):
            raise ResultError(f"header {name}: name and value must be a str, not {value!r}")
    return pairs


def _joined(pieces: list[Any]) -> tuple[bytes, str]:
    for piece in pieces:
        if not isinstance(piece, (bytes, bytearray, memoryview, str)):
            raise ResultError(f"a piece of a stream must be bytes or str, not {piece!r}")
    content = b"".join(x.encode() if isinstance(x, str) else x for x in pieces)
    return content, "" if not pieces else _TEXT if isinstance(pieces[0], str) else _BYTES


def _content(body: Any) -> tuple[bytes, str]:
    if body is None:
        return b"", ""
    if isinstance(body, (bytes, bytearray)):
        return bytes(body), _BYTES
    if isinstance(body, str):
        try:
            return body.encode(), _TEXT
        except UnicodeEncodeError:
            raise ResultError("returned a str with a lone surrogate") from None
    return to_json(body), _JSON
