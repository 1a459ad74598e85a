"""Resolves `module:attr[.attr]` and plans how it is called, when the host binds a route."""

from __future__ import annotations

import difflib
import importlib
import inspect
import os
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from ._asgi import Application
from ._kinds import kind_of
from ._signature import Row, SignatureError, plan_of

_SPEC = re.compile(r"(?P<module>[^\W\d]\w*(\.[^\W\d]\w*)*):(?P<path>[^\W\d]\w*(\.[^\W\d]\w*)*)")
_PACKAGE = os.path.dirname(__file__) + os.sep


class BindError(Exception):
    """A target that cannot be bound: message is one line, key a JSON pointer into the options."""

    def __init__(self, message: str, key: str = "") -> None:
        super().__init__(message)
        self.message = " ".join(message.split())
        self.key = key


def load_target(spec: str, params: Sequence[str]) -> tuple[Callable[..., Any], list[Row], str]:
    """The function spec names, where each of its arguments comes from, and its kind."""
    match = _SPEC.fullmatch(spec)
    if match is None:
        raise BindError(f"'{spec}' is not a Python target: write module:function")
    owner, function = resolve(import_module(match["module"]), match["path"])
    _check_callable(spec, owner, function, match["path"].rpartition(".")[2])
    try:
        return function, plan_of(function, params), kind_of(function)
    except SignatureError as error:
        raise BindError(f"{spec}: {error}") from error


def load_app(spec: str, interface: str, factory: bool) -> tuple[Any, list[Row], str]:
    """As load_target, for an application; factory: what spec names makes it."""
    match = _SPEC.fullmatch(spec)
    if match is None:
        raise BindError(f"'{spec}' is not a Python target: write module:application")
    _, app = resolve(import_module(match["module"]), match["path"])
    if factory:
        try:
            app = app()
        except BaseException as error:
            reason = f"{type(error).__name__}: {error}"
            raise BindError(f"{spec}: the factory failed: {reason}", "/factory") from error
    if not callable(app):
        raise BindError(f"{spec} is not an application: it is of type {type(app).__name__}")
    if interface == "asgi":
        if inspect.isclass(app):
            raise BindError(f"{spec} is a class, not an ASGI 3 application")
        _check_arguments(spec, app, 3, "ASGI (scope, receive, send)", "wsgi")
        return Application.of(app), [], "app"
    _check_arguments(spec, app, 2, "WSGI (environ, start_response)", "asgi")
    return app, [], "app"


def _check_arguments(spec: str, app: Any, count: int, convention: str, other: str) -> None:
    try:
        signature = inspect.signature(app)
    except (TypeError, ValueError):  # of a C function it may be unknown
        return
    try:
        signature.bind(*[None] * count)
    except TypeError as error:
        raise BindError(
            f"{spec} cannot be called as {convention}: {error}; is it for 'mode: {other}'?", "/mode"
        ) from error


def import_module(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name + ".").startswith(error.name + "."):
            raise BindError(f"no module named '{error.name}' in {_searched()}") from error
        raise _import_failed(error) from error
    except SyntaxError as error:
        place = f"{error.filename}:{error.lineno}"
        raise BindError(f"{place}: {type(error).__name__}: {error.msg}") from error
    except BaseException as error:  # a module that calls sys.exit() must not end the host
        raise _import_failed(error) from error


def _searched() -> str:
    standard = (sys.base_prefix + "/lib", sys.base_prefix + "/local/lib")
    return ", ".join(x for x in sys.path if x and not x.startswith(standard)) or "sys.path"


def _import_failed(error: BaseException) -> BindError:
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename != importlib.__file__
        and not frame.filename.startswith(("<frozen ", _PACKAGE))
    ]
    place = f"{frames[-1].filename}:{frames[-1].lineno}: " if frames else ""
    return BindError(place + "".join(traceback.format_exception_only(type(error), error)))


def resolve(module: ModuleType, path: str) -> tuple[Any, Any]:
    """The object at path, and what it is an attribute of."""
    owner: Any = module
    found: Any = module
    for name in path.split("."):
        owner = found
        try:
            found = getattr(owner, name)
        except BaseException as error:
            raise BindError(_no_attribute(owner, name, error)) from error
    return owner, found


def _no_attribute(owner: Any, name: str, error: BaseException) -> str:
    what = f"module '{owner.__name__}'" if inspect.ismodule(owner) else f"{owner!r}"
    if not isinstance(error, AttributeError):
        return f"{what}: attribute '{name}' failed: {type(error).__name__}: {error}"
    near = difflib.get_close_matches(name, [x for x in dir(owner) if not x.startswith("_")], n=1)
    return f"{what} has no attribute '{name}'" + (f" (did you mean '{near[0]}'?)" if near else "")


def _check_callable(spec: str, owner: Any, function: Any, name: str) -> None:
    if inspect.isclass(function):
        raise BindError(f"{spec} is a class, not a function")
    if not callable(function):
        raise BindError(f"{spec} is not callable: it is of type {type(function).__name__}")
    if inspect.isclass(owner) and inspect.isfunction(function):
        if not isinstance(inspect.getattr_static(owner, name), staticmethod):
            raise BindError(f"{spec} is a method and needs an instance of {owner.__name__}")
