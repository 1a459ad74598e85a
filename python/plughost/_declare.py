"""`route`: the decorator by which a module declares its own routes."""

from __future__ import annotations

import difflib
import inspect
import json
import os
import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType, ModuleType
from typing import Any, NamedTuple, NoReturn, Optional, TypeVar, Union

Function = TypeVar("Function", bound=Callable[..., Any])

_KEPT_AS = "__plughost_routes__"  # in the globals of the module: it goes when the module goes
_ANGLES = re.compile(r"<(?:(\w+):)?([^<>:]*)>")
_KINDS = {None: "", "string": "", "str": "", "int": ":int", "path": ":path"}
_MOUNT = "ANY /app/{rest:path}: { to: python module:app, mode: asgi }"
_ELSEWHERE = {
    "to": "the handler is the function below the decorator",
    "factory": f"mount an application in routes.yaml: {_MOUNT}",
    "stream_body": "annotate the parameter, body: Iterator[bytes], to read a body as it arrives",
    "endpoint": "a route has no name of its own; leave it out",
    "name": "a route has no name of its own; leave it out",
    "redirect": "it is answered without Python: write it in routes.yaml",
    "respond": "it is answered without Python: write it in routes.yaml",
    "static": "it is answered without Python: write it in routes.yaml",
}


class RouteError(ValueError):
    """A route that cannot be declared like that; the text begins with FILE:LINE."""


class Mistake(NamedTuple):
    origin: str
    text: str


class Declaration(NamedTuple):
    methods: list[str]  # upper case; empty: ANY
    pattern: str  # in the spelling of routes.yaml
    target: str  # module:qualname
    options: dict[str, Any]  # what JSON can say; as in routes.yaml
    origin: str  # FILE:LINE of the decorator
    function: Callable[..., Any]


def route(
    pattern: str,
    methods: Collection[str] = ("GET",),
    *,
    use_process_pool: bool = False,
    mode: Optional[str] = None,
    pool: Optional[str] = None,
    timeout: Union[str, int, timedelta, None] = None,
    body: Union[str, int, None] = None,
    max_in_flight: Optional[int] = None,
    cors: Union[str, Sequence[str], Mapping[str, Any], None] = None,
    compress: Union[bool, str, Sequence[str], None] = None,
    debug: Optional[bool] = None,
    **others: NoReturn,
) -> Callable[[Function], Function]:
    """Declares that the function below answers METHODS PATTERN.

    The host serves it if the module stands in `routes:` of the Python plugin's `config:`. The
    function itself is returned, and may have several routes.

    pattern is written as in routes.yaml, "/users/{id:int}", or as "/users/<int:id>".
    use_process_pool is `mode="pool"`. All other options are those of a route in routes.yaml, with
    its units: timeout="5s", body="1MiB".
    """
    origin = _origin(sys._getframe(1))
    given = {
        "mode": mode,
        "pool": pool,
        "timeout": timeout,
        "body": body,
        "max_in_flight": max_in_flight,
        "cors": cors,
        "compress": compress,
        "debug": debug,
    }
    try:
        _refuse_unknown(others, [*given, "methods", "use_process_pool"])
        spelled = _pattern_of(pattern)
        named = _methods_of(methods)
        options = _options_of(given, use_process_pool)
    except _Wrong as wrong:
        _report(Mistake(origin, str(wrong)))
        return lambda function: function

    def declare(function: Function) -> Function:
        try:
            target = _target_of(function)
        except _Wrong as wrong:
            _report(Mistake(origin, str(wrong)))
            return function
        declared, place = _home_of(function, sys._getframe(1))
        declared.append(Declaration(named, spelled, target, options, place, function))
        return function

    return declare


def declared_by(module: ModuleType) -> list[Declaration]:
    """In the order of the file."""
    found: list[Declaration] = vars(module).get(_KEPT_AS, [])
    return found


@contextmanager
def keep_mistakes() -> Iterator[list[Mistake]]:
    """Inside, modules that are imported do not end at their first mistake: all are in the list."""
    global _kept
    _kept = []
    try:
        yield _kept
    finally:
        _kept = None


_kept: Optional[list[Mistake]] = None


class _Wrong(Exception):
    """What is wrong, and the cure."""


def _report(mistake: Mistake) -> None:
    if _kept is None:
        raise RouteError(f"{mistake.origin}: {mistake.text}") from None
    _kept.append(mistake)


def _home_of(function: Any, frame: FrameType) -> tuple[list[Declaration], str]:
    """Where it is kept, and its place: those of the module that is being run, whose frame it is.

    A decorator in another module that calls `route` leaves the route to the function's module.
    """
    scope, origin = frame.f_globals, _origin(frame)
    if frame.f_code.co_name != "<module>" and scope.get("__name__") != function.__module__:
        code = getattr(inspect.unwrap(function), "__code__", None)
        home = sys.modules.get(function.__module__)
        if home is not None and code is not None:
            scope, origin = vars(home), _short(code.co_filename, code.co_firstlineno)
    kept: list[Declaration] = scope.setdefault(_KEPT_AS, [])
    return kept, origin


def _origin(frame: FrameType) -> str:
    return _short(frame.f_code.co_filename, frame.f_lineno)


def _short(file: str, line: int) -> str:
    """As a terminal finds it: relative to the working directory if it is below that."""
    try:
        relative = os.path.relpath(file)
    except (OSError, ValueError):  # there is no working directory
        relative = os.pardir
    return f"{file if relative.startswith(os.pardir) else relative}:{line}"


def _refuse_unknown(others: Mapping[str, Any], known: list[str]) -> None:
    for name in others:
        if name in _ELSEWHERE:
            raise _Wrong(f"@route takes no '{name}': {_ELSEWHERE[name]}")
        near = difflib.get_close_matches(name, known, n=1)
        cure = f"did you mean '{near[0]}'?" if near else "there are " + ", ".join(known)
        raise _Wrong(f"@route has no option '{name}' ({cure})")


def _pattern_of(pattern: Any) -> str:
    if callable(pattern):
        raise _Wrong("@route needs a path: write @route('/hello')")
    if not isinstance(pattern, str):
        raise _Wrong(f"a path is a text like '/hello', not {pattern!r}")
    host, slash, _ = pattern.partition("/")
    if not slash or (host and "." not in host):  # a host may stand before the path
        raise _Wrong(f"the path '{pattern}' must start with '/': write '/{pattern}'")
    return _ANGLES.sub(_parameter, pattern)


def _parameter(match: re.Match[str]) -> str:
    kind, name = match.groups()
    if kind not in _KINDS:
        raise _Wrong(
            f"'{match[0]}': a path has <name>, <int:name> and <path:name>; write '<{name}>', and "
            f"annotate the parameter '{name}' to convert it"
        )
    return "{" + name + _KINDS[kind] + "}"


def _methods_of(methods: Any) -> list[str]:
    if isinstance(methods, str):
        written = ", ".join(repr(word.upper()) for word in re.split(r"[|,\s]+", methods) if word)
        raise _Wrong(f"methods is a list: write methods=[{written}]")
    try:
        names = list(methods)
    except TypeError:
        raise _Wrong(f"methods is a list like ['GET', 'POST'], not {methods!r}") from None
    for name in names:
        if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z-]+", name):
            raise _Wrong(f"{name!r} is not a method; write methods like ['GET', 'POST']")
    names = [name.upper() for name in names]
    if not names:
        raise _Wrong("methods is empty; leave it out for GET, or write ['ANY'] for all of them")
    return [] if names == ["ANY"] else names


def _options_of(given: Mapping[str, Any], use_process_pool: Any) -> dict[str, Any]:
    options = {name: value for name, value in given.items() if value is not None}
    if use_process_pool not in (True, False):
        raise _Wrong(f"use_process_pool is True or False, not {use_process_pool!r}")
    mode = options.get("mode")
    if mode in ("asgi", "wsgi"):
        raise _Wrong(f"mode '{mode}' is for applications: mount one in routes.yaml: {_MOUNT}")
    if use_process_pool and options.setdefault("mode", "pool") != "pool":
        raise _Wrong(f"use_process_pool=True contradicts mode={mode!r}; keep one of the two")
    if isinstance(options.get("timeout"), timedelta):
        options["timeout"] = f"{options['timeout'] // timedelta(milliseconds=1)}ms"
    for name, value in options.items():
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError):
            raise _Wrong(f"{name}={value!r} is nothing that routes.yaml could say") from None
    return options


def _target_of(function: Any) -> str:
    """Routes name their functions, as a worker process imports them again."""
    name = getattr(function, "__qualname__", None)
    module = getattr(function, "__module__", None)
    if inspect.isclass(function):
        raise _Wrong(f"{name} is a class; @route is for functions")
    if isinstance(function, staticmethod):
        function = function.__func__
    if not callable(function) or not isinstance(name, str) or not isinstance(module, str):
        raise _Wrong(
            f"a {type(function).__name__} has no name in a module; @route is for functions. "
            f"Mount an application in routes.yaml: {_MOUNT}"
        )
    if "<lambda>" in name:
        raise _Wrong("a lambda has no name by which it could be found; write a function with def")
    if "<locals>" in name:
        raise _Wrong(
            f"'{name}' is made inside a function and cannot be found by its name; define it in the "
            "module, or, if a decorator made it, let that use functools.wraps"
        )
    return f"{module}:{name}"
