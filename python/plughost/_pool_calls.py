"""A call on its way to a worker process and back, as bytes.

Both ends are here, so that without the host, where a call runs in the thread that makes it, it goes
through the same bytes: what cannot be pickled shows in a unit test too.
"""

from __future__ import annotations

import importlib
import io
import pickle
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from inspect import iscoroutinefunction, unwrap
from pickle import PicklingError
from types import FunctionType
from typing import Any

from . import _generations
from ._generations import Generation

_RETURNED, _RAISED = b"\0", b"\1"


class RemoteTraceback(Exception):
    """The cause of an exception that came from a worker: where it was raised, as text."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return f'\n"""\n{self.text.rstrip()}\n"""'


def name_of(function: Callable[..., Any]) -> str:
    """For the log: `module:function`."""
    function = unwrap(function.func if isinstance(function, partial) else function)
    module = getattr(function, "__module__", None) or type(function).__module__
    name = getattr(function, "__qualname__", None) or type(function).__qualname__
    return f"{module}:{name}"


def pack(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], caller: Generation
) -> bytes:
    """Raises TypeError for what no worker can run, PicklingError for what cannot travel."""
    if not callable(function):
        raise TypeError(f"a pool calls functions, and {function!r} is none")
    if iscoroutinefunction(function):
        raise TypeError(f"{name_of(function)} is an async def function: a pool calls plain ones")
    try:
        return _dumps((function, args, kwargs), caller)
    except Exception as error:
        raise PicklingError(
            f"the call of {name_of(function)} cannot be sent to a worker process "
            "(a function must be found by its name in a module, its arguments must be picklable): "
            f"{error}"
        ) from error


def run(body: bytes) -> bytes:
    """In the worker, as a handler: makes the call. Never raises: what is raised is sent back."""
    try:
        function, args, kwargs = pickle.loads(body)
        result = function(*args, **kwargs)
        try:
            return _RETURNED + pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            raise PicklingError(
                f"what {name_of(function)} returned cannot be sent back from its worker process: "
                f"{error}"
            ) from error
    except BaseException as error:
        return _RAISED + _packed_error(error)


def settle(future: Future[Any], reply: bytes, caller: Generation) -> None:
    """Sets the future to what run() came to."""
    try:
        result = _loads(memoryview(reply)[1:], caller)
    except BaseException as error:
        future.set_exception(_kept(error))
        return
    if reply[:1] == _RETURNED:
        future.set_result(result)
    else:
        pickled, summary, text = result
        future.set_exception(_error_of(pickled, summary, text, caller))


def _packed_error(error: BaseException) -> bytes:
    text = "".join(traceback.format_exception(error))
    summary = "".join(traceback.format_exception_only(type(error), error)).strip()
    try:
        pickled = pickle.dumps(error, pickle.HIGHEST_PROTOCOL)
    except Exception:
        pickled = b""
    return pickle.dumps((pickled, summary, text), pickle.HIGHEST_PROTOCOL)


def _error_of(pickled: bytes, summary: str, text: str, caller: Generation) -> BaseException:
    try:
        error = _loads(pickled, caller)
    except BaseException:  # one that is made with other arguments than its `args`, say
        error = None
    kept = _kept(error, summary)
    kept.__cause__ = RemoteTraceback(text)
    return kept


def _kept(error: object, summary: str = "") -> Exception:
    """The error if a future may carry it: SystemExit would end who waits for it, an event loop say,
    and StopIteration a generator.
    """
    if isinstance(error, Exception) and not isinstance(error, (StopIteration, StopAsyncIteration)):
        return error
    return RuntimeError(f"a call in a pool raised {summary or repr(error)}")


# pickle finds classes and functions by name in sys.modules, where after a reload there are others
# than those of a caller from before it.


def find(module: str, name: str) -> Any:
    """In the worker: what the caller knows by that name."""
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, caller: Generation) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._modules = caller.modules

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, (type, FunctionType)) and obj.__module__ in self._modules:
            found: Any = self._modules[obj.__module__]
            for part in obj.__qualname__.split("."):
                found = getattr(found, part, None)
            if found is obj:
                return find, (obj.__module__, obj.__qualname__)
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, caller: Generation) -> None:
        super().__init__(file)
        self._modules = caller.modules

    def find_class(self, module: str, name: str) -> Any:
        found: Any = self._modules.get(module)
        if found is None:
            return super().find_class(module, name)
        for part in name.split("."):
            found = getattr(found, part)
        return found


def _dumps(value: Any, caller: Generation) -> bytes:
    if _generations.is_current(caller):
        return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    file = io.BytesIO()
    _Pickler(file, caller).dump(value)
    return file.getvalue()


def _loads(pickled: Any, caller: Generation) -> Any:
    if _generations.is_current(caller):
        return pickle.loads(pickled)
    return _Unpickler(io.BytesIO(pickled), caller).load()
