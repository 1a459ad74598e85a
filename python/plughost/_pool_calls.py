"""A call on its way to a worker process and back, as bytes.

Both ends are here, so that without the host, where a call runs in the thread that makes it, it goes
through the same bytes: what cannot be pickled shows in a unit test too.
"""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from inspect import iscoroutinefunction, unwrap
from pickle import PicklingError
from typing import Any

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


def pack(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> bytes:
    """Raises TypeError for what no worker can run, PicklingError for what cannot travel."""
    if not callable(function):
        raise TypeError(f"a pool calls functions, and {function!r} is none")
    if iscoroutinefunction(function):
        raise TypeError(f"{name_of(function)} is an async def function: a pool calls plain ones")
    try:
        return pickle.dumps((function, args, kwargs), pickle.HIGHEST_PROTOCOL)
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


def settle(future: Future[Any], reply: bytes) -> None:
    """Sets the future to what run() came to."""
    try:
        result = pickle.loads(memoryview(reply)[1:])
    except BaseException as error:
        future.set_exception(_kept(error))
        return
    if reply[:1] == _RETURNED:
        future.set_result(result)
    else:
        future.set_exception(_error_of(*result))


def _packed_error(error: BaseException) -> bytes:
    text = "".join(traceback.format_exception(error))
    summary = "".join(traceback.format_exception_only(type(error), error)).strip()
    try:
        pickled = pickle.dumps(error, pickle.HIGHEST_PROTOCOL)
    except Exception:
        pickled = b""
    return pickle.dumps((pickled, summary, text), pickle.HIGHEST_PROTOCOL)


def _error_of(pickled: bytes, summary: str, text: str) -> BaseException:
    try:
        error = pickle.loads(pickled)
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
