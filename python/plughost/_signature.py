"""Reads a handler's signature into rows that say where each argument comes from."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import types
import typing
from collections.abc import Callable, Sequence
from typing import Any, Union

from .request import Request

#: (kind, None fits too, type of the items of a list or the values of a dict; None: any)
Type = tuple[str, bool, Any]
#: (name, source, type[, default])
Row = tuple[Any, ...]

_ANY: Type = ("any", False, None)
_SCALARS = {int: "int", float: "float", bool: "bool", str: "str", bytes: "bytes"}
_CONTAINERS = {list: "list", dict: "dict"}
_SUPPORTED = "int, float, bool, str, bytes, list, dict, Optional and Request"
_UNSUPPORTED_KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: "positional-only parameter '{}' is not supported",
    inspect.Parameter.VAR_POSITIONAL: "parameter '*{}' is not supported",
    inspect.Parameter.VAR_KEYWORD: "parameter '**{}' is not supported",
}


class SignatureError(Exception):
    """A signature the host cannot call; the text names the parameter."""


def plan_of(function: Callable[..., Any], params: Sequence[str]) -> list[Row]:
    """One row for each parameter of function; params are the names of the path parameters."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError) as error:
        raise SignatureError(f"its signature cannot be read: {error}") from error
    return [_row(function, p, params) for p in signature.parameters.values()]


def _row(function: Callable[..., Any], p: inspect.Parameter, params: Sequence[str]) -> Row:
    if p.kind in _UNSUPPORTED_KINDS:
        raise SignatureError(_UNSUPPORTED_KINDS[p.kind].format(p.name) + " in this version")
    annotation = _evaluated(function, p)
    source, described = _source(p.name, annotation, params)
    if source == "path" and _innermost(described) == "dict":
        raise SignatureError(f"path parameter '{p.name}' cannot be a dict: a path is text")
    row = (p.name, source, described)
    return row if p.default is p.empty else (*row, p.default)


def _source(name: str, annotation: Any, params: Sequence[str]) -> tuple[str, Type]:
    if _is_request(annotation) or (name == "request" and annotation is inspect.Parameter.empty):
        source, described = "request", _ANY
    elif name == "request":
        raise SignatureError(
            "parameter 'request' is the request: annotate it Request or not at all"
        )
    elif name == "body" and annotation is bytes:
        source, described = "raw_body", _ANY
    else:
        source = "body" if name == "body" else "path" if name in params else "field"
        described = _describe(name, annotation)
    if name in params and source != "path":
        raise SignatureError(
            f"parameter '{name}' is the {name}, so the path cannot have a {{{name}}}"
        )
    return source, described


def _is_request(annotation: Any) -> bool:
    return inspect.isclass(annotation) and issubclass(annotation, Request)


def _innermost(described: Type) -> str:
    kind, _, item = described
    return _innermost(item) if kind == "list" and item is not None else kind


def _evaluated(function: Callable[..., Any], p: inspect.Parameter) -> Any:
    """The annotation of p as a type, text evaluated where the function was defined."""
    if p.annotation is p.empty:
        return p.empty
    holder = types.SimpleNamespace(__annotations__={p.name: p.annotation})
    try:
        return typing.get_type_hints(holder, globalns=_globals_of(function))[p.name]
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


def _describe(name: str, annotation: Any) -> Type:
    if annotation in (inspect.Parameter.empty, Any, object):
        return _ANY
    if inspect.isclass(annotation) and annotation in _SCALARS:
        return (_SCALARS[annotation], False, None)
    origin = typing.get_origin(annotation) or annotation
    if origin is Union or origin is types.UnionType:
        return _describe_optional(name, annotation)
    if inspect.isclass(origin) and origin in _CONTAINERS:
        return (_CONTAINERS[origin], False, _describe_item(name, origin, annotation))
    raise SignatureError(
        f"parameter '{name}': {_name_of(annotation)} is not supported in this "
        f"version; supported are {_SUPPORTED}"
    )


def _describe_optional(name: str, annotation: Any) -> Type:
    members = [x for x in typing.get_args(annotation) if x is not types.NoneType]
    if len(members) != 1 or len(typing.get_args(annotation)) != 2:
        raise SignatureError(
            f"parameter '{name}': a Union of several types is not supported in this version"
        )
    kind, _, item = _describe(name, members[0])
    return (kind, True, item)


def _describe_item(name: str, container: type, annotation: Any) -> Type | None:
    args = typing.get_args(annotation)
    if not args or isinstance(args[-1], typing.TypeVar):
        return None
    if container is dict and args[0] not in (str, Any):
        raise SignatureError(f"parameter '{name}': the keys of a dict from JSON are str")
    described = _describe(name, args[-1])
    return None if described == _ANY else described


def _name_of(annotation: Any) -> str:
    if not inspect.isclass(annotation):
        return repr(annotation)
    if issubclass(annotation, enum.Enum):
        return f"the enum {annotation.__name__}"
    if dataclasses.is_dataclass(annotation):
        return f"the dataclass {annotation.__name__}"
    if any(base.__module__.startswith("pydantic") for base in annotation.__mro__):
        return f"the pydantic model {annotation.__name__}"
    return annotation.__qualname__
