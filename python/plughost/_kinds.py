"""What a call of a function gives."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

#: By name; the host knows the same names (core/target.cpp).
_KINDS: tuple[tuple[Callable[[Any], bool], str], ...] = (
    (inspect.isasyncgenfunction, "async generator"),
    (inspect.iscoroutinefunction, "coroutine"),
    (inspect.isgeneratorfunction, "generator"),
)


def kind_of(function: Callable[..., Any]) -> str:
    """function, generator, coroutine or async generator; looks into decorators and partials."""
    body: Any = inspect.unwrap(function)
    while hasattr(body, "func") and not inspect.isroutine(body):  # functools.partial
        body = body.func
    if not inspect.isroutine(body):
        body = type(body).__call__
    return next((kind for test, kind in _KINDS if test(body) or test(function)), "function")
