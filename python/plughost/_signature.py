"""Reads a handler's signature into rows that say where each argument comes from."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any, NamedTuple

from ._convert import Converter, Description, Unsupported, converter_for
from ._kinds import kind_of
from .request import Request

#: (name, source, type[, default]): a Parameter as the host reads it.
Row = tuple[Any, ...]

_UNSUPPORTED_KINDS: dict[Any, str] = {
    inspect.Parameter.POSITIONAL_ONLY: "positional-only parameter '{}' is not supported",
    inspect.Parameter.VAR_POSITIONAL: "parameter '*{}' is not supported",
    inspect.Parameter.VAR_KEYWORD: "parameter '**{}' is not supported",
}

_ANY = converter_for(Any)


class SignatureError(Exception):
    """A signature the host cannot call; the text names the parameter."""


class Parameter(NamedTuple):
    name: str
    source: str  #: path, field, request, body, raw_body or stream
    converter: Converter
    default: Any  #: inspect.Parameter.empty: it is required

    def row(self) -> Row:
        plain = self.converter.plain
        described: Description = ("custom", False, self.converter) if plain is None else plain
        row = (self.name, self.source, described)
        return row if self.default is inspect.Parameter.empty else (*row, self.default)


def plan_of(function: Callable[..., Any], params: Sequence[str]) -> list[Row]:
    """One row for each parameter of function; params are the names of the path parameters."""
    return [parameter.row() for parameter in parameters_of(function, params)]


def parameters_of(function: Callable[..., Any], params: Sequence[str]) -> list[Parameter]:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError) as error:
        raise SignatureError(f"its signature cannot be read: {error}") from error
    found = [_parameter(function, p, params) for p in signature.parameters.values()]
    if any(parameter.source == "stream" for parameter in found):
        _check_beside_stream(found)
    return found


def _check_beside_stream(parameters: Sequence[Parameter]) -> None:
    for name, source, converter, _ in parameters:
        if source == "field" and converter.not_text:
            raise SignatureError(
                f"parameter '{name}' is {converter.not_text}, which only a body can have, and "
                "'body' is the body's bytes"
            )


def _parameter(
    function: Callable[..., Any], p: inspect.Parameter, params: Sequence[str]
) -> Parameter:
    if p.kind in _UNSUPPORTED_KINDS:
        raise SignatureError(_UNSUPPORTED_KINDS[p.kind].format(p.name) + " in this version")
    annotation = _evaluated(function, p)
    source, converter = _source(p.name, annotation, params)
    if source == "stream":
        _check_stream(function, annotation)
    if source == "path" and converter.not_text:
        raise SignatureError(
            f"path parameter '{p.name}' cannot be {converter.not_text}: a path is text"
        )
    return Parameter(p.name, source, converter, p.default)


def _source(name: str, annotation: Any, params: Sequence[str]) -> tuple[str, Converter]:
    converter = _ANY
    if _is_request(annotation) or (name == "request" and annotation is inspect.Parameter.empty):
        source = "request"
    elif name == "request":
        raise SignatureError(
            "parameter 'request' is the request: annotate it Request or not at all"
        )
    elif name == "body" and annotation is bytes:
        source = "raw_body"
    elif name == "body" and typing.get_origin(annotation) in (Iterator, AsyncIterator):
        source = "stream"
    else:
        source = "body" if name == "body" else "path" if name in params else "field"
        converter = _converter(name, annotation)
    if name in params and source != "path":
        raise SignatureError(
            f"parameter '{name}' is the {name}, so the path cannot have a {{{name}}}"
        )
    return source, converter


def _check_stream(function: Callable[..., Any], annotation: Any) -> None:
    is_async = kind_of(function) in ("coroutine", "async generator")
    name = "AsyncIterator" if is_async else "Iterator"
    wanted = AsyncIterator if is_async else Iterator
    if typing.get_origin(annotation) is not wanted or typing.get_args(annotation) != (bytes,):
        what = "an 'async def'" if is_async else "a plain function"
        raise SignatureError(
            f"parameter 'body': {what} that reads the body as it arrives says {name}[bytes]"
        )


def _converter(name: str, annotation: Any) -> Converter:
    try:
        return converter_for(annotation)
    except Unsupported as error:
        raise SignatureError(f"parameter '{name}': {error}") from error


def _is_request(annotation: Any) -> bool:
    return inspect.isclass(annotation) and issubclass(annotation, Request)


def _evaluated(function: Callable[..., Any], p: inspect.Parameter) -> Any:
    """The annotation of p as a type, text evaluated where the function was defined."""
    if p.annotation is p.empty:
        return p.empty
    holder = types.SimpleNamespace(__annotations__={p.name: p.annotation})
    try:
        names = _globals_of(function)
        return typing.get_type_hints(holder, globalns=names, include_extras=True)[p.name]
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise SignatureError(
            f"parameter '{p.name}': the annotation {p.annotation!r} cannot be read: {reason}"
        ) from error


def _globals_of(function: Any) -> dict[str, Any]:
    function = inspect.unwrap(function)
    while hasattr(function, "func") and not inspect.isroutine(function):  # functools.partial
        function = inspect.unwrap(function.func)
    if not inspect.isroutine(function):
        function = type(function).__call__
    found = getattr(function, "__globals__", None)
    return found if isinstance(found, dict) else {}

