"""`pool` and `pools`: the process pools of routes.yaml as executors, for handlers that call one."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from itertools import islice
from typing import Any, Generic, NoReturn, Optional, ParamSpec, Protocol, TypeVar

from . import _generations, _pool_calls
from ._generations import Generation

P = ParamSpec("P")
T = TypeVar("T")


class Backend(Protocol):
    """What runs the calls of this process."""

    def trouble_with(self, pool: str) -> str:
        """Why there is no pool of that name; empty: there is one."""

    def submit(self, pool: str, name: str, call: bytes, caller: Generation) -> Future[Any]:
        """name: of the function, for the log."""


class Pool(Executor):
    """A process pool of routes.yaml: `submit`, `map`, and `loop.run_in_executor(pool, …)`.

    Functions are found in the worker by the names of their modules; arguments and results travel
    pickled. The server starts the pool when it is first used, and ends it: there is no shutdown.
    After a reload, code of before it goes on in the pool that it had, until its last request ends.

    Any thread. Raises PoolUnavailable when the queue is full, PicklingError for what cannot travel.
    A future raises what the function raised, or a PoolError.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Calls fn in a worker. cancel() of the future drops a call that waits in the queue."""
        caller = _generations.calling(fn)
        call = _pool_calls.pack(fn, args, kwargs, caller)
        return _backend.submit(self.name, _pool_calls.name_of(fn), call, caller)

    def map(
        self,
        fn: Callable[..., T],
        *iterables: Iterable[Any],
        timeout: Optional[float] = None,
        chunksize: int = 1,
    ) -> Iterator[T]:
        """fn of each item, in order; all are submitted at once, chunksize of them in one call."""
        if chunksize < 1:
            raise ValueError("chunksize must be at least 1")
        end = None if timeout is None else time.monotonic() + timeout
        rows = zip(*iterables)
        chunks = iter(lambda: list(islice(rows, chunksize)), [])
        futures: deque[Future[list[T]]] = deque()
        try:
            for chunk in chunks:
                futures.append(self.submit(_Each(fn), chunk))
        except BaseException:
            _cancel(futures)
            raise
        return _results(futures, end)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Refused: other handlers use the pool too."""
        self._refuse_shutdown()

    def __enter__(self) -> NoReturn:
        self._refuse_shutdown()

    def __repr__(self) -> str:
        return f"<plughost pool {self.name!r}>"

    def _refuse_shutdown(self) -> NoReturn:
        raise RuntimeError(
            f"pool {self.name!r} is the server's, which ends it when it stops: "
            "use it without 'with' and shutdown()"
        )


class Pools:
    """`pools["ml"]` is the pool `ml` of routes.yaml."""

    def __init__(self) -> None:
        self._known: dict[str, Pool] = {}

    def __getitem__(self, name: str) -> Pool:
        trouble = _backend.trouble_with(name)
        if trouble:
            raise LookupError(trouble)
        return self._known.setdefault(name, Pool(name))


class Inline:
    """Without the host: calls run at once, in the thread that makes them. It has every pool."""

    def trouble_with(self, pool: str) -> str:
        return ""

    def submit(self, pool: str, name: str, call: bytes, caller: Generation) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()
        _pool_calls.settle(future, _pool_calls.run(call), caller)
        return future


class InWorker(Inline):
    """In a worker, where modules that name pools are imported too, but may not use them."""

    def submit(self, pool: str, name: str, call: bytes, caller: Generation) -> NoReturn:
        raise RuntimeError(
            "a pool cannot be used inside a pool worker, which would wait for workers that wait "
            "themselves: call the function, or submit from a handler in mode thread or async"
        )


_backend: Backend = Inline()


def use(backend: Backend) -> None:
    global _backend
    _backend = backend


class _Each(Generic[T]):
    """A function of a row of arguments, for several rows."""

    def __init__(self, fn: Callable[..., T]) -> None:
        self.__wrapped__ = fn

    def __call__(self, rows: list[tuple[Any, ...]]) -> list[T]:
        return [self.__wrapped__(*row) for row in rows]


def _results(futures: deque[Future[list[T]]], end: Optional[float]) -> Iterator[T]:
    try:
        while futures:
            left = None if end is None else end - time.monotonic()
            results = futures[0].result(left)
            futures.popleft()
            yield from results
    finally:
        _cancel(futures)


def _cancel(futures: Iterable[Future[Any]]) -> None:
    for future in futures:
        future.cancel()


pools = Pools()
pool = pools["default"]
