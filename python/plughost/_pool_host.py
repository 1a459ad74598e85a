"""Calls of handlers on their way through the host's pools."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from functools import partial
from typing import Any, Optional, TypeVar

from . import _pool_calls, _pools
from ._generations import Generation
from .errors import CallTimeout, DeadlineExceeded, PoolUnavailable, WorkerLost

T = TypeVar("T")

# A thread that waits for a result looks up that often, so that its handler can be interrupted.
_TURN = 0.25  # seconds

_RETURNED, _CANCELLED = 200, 0  # CallEnd in call.hpp; what else there is are statuses of errors
_ERRORS: dict[int, Callable[[str], Exception]] = {
    502: WorkerLost,
    503: PoolUnavailable,
    504: CallTimeout,
}


class CallFuture(Future[T]):
    """The future of a call that the host has. caller: whose classes the result is made of."""

    def __init__(self, withdraw: Callable[[], bool], caller: Generation) -> None:
        super().__init__()
        self._withdraw = withdraw
        self.caller = caller

    def cancel(self) -> bool:
        if self.done() or not self._withdraw():
            return self.cancelled()
        super().cancel()
        self.set_running_or_notify_cancel()  # for those who wait for several
        return True

    def result(self, timeout: Optional[float] = None) -> T:
        return super().result(self._wait(timeout))

    def exception(self, timeout: Optional[float] = None) -> Optional[BaseException]:
        return super().exception(self._wait(timeout))

    def _wait(self, timeout: Optional[float]) -> float:
        """Until it is done or the time is over; then there is nothing left to wait for."""
        end = None if timeout is None else time.monotonic() + timeout
        try:
            while not self.done():
                left = _TURN if end is None else end - time.monotonic()
                if left <= 0:
                    break
                wait([self], min(left, _TURN))
        except DeadlineExceeded:
            self.cancel()
            raise
        return 0


class HostBackend:
    """Hands calls to the host, and sets their futures on a thread of its own.

    submit takes the caller's generation, pool, number, name and call and gives why it was refused,
    or nothing; withdraw takes generation, pool and number; take gives the calls that have ended as
    number, status and reply or detail, waits if there are none, and gives none when there will be
    no more.
    """

    def __init__(
        self,
        trouble_with: Callable[[str], str],
        submit: Callable[[int, str, int, str, bytes], str],
        withdraw: Callable[[int, str, int], bool],
        take: Callable[[], list[tuple[int, int, bytes]]],
    ) -> None:
        self.trouble_with = trouble_with
        self._submit = submit
        self._withdraw = withdraw
        self._take = take
        self._numbers = itertools.count(1)
        self._futures: dict[int, CallFuture[Any]] = {}
        self._starting = threading.Lock()
        self._thread: Optional[threading.Thread] = None

    def submit(self, pool: str, name: str, call: bytes, caller: Generation) -> Future[Any]:
        if self._thread is None:
            self._start()
        number = next(self._numbers)
        withdraw = partial(self._withdrawn, pool, number, caller)
        future: CallFuture[Any] = CallFuture(withdraw, caller)
        self._futures[number] = future
        try:
            refusal = self._submit(caller.number, pool, number, name, call)
            if refusal:
                raise PoolUnavailable(refusal)
        except BaseException:
            self._futures.pop(number, None)
            raise
        return future

    def stop(self, patience: float) -> None:
        """When the host has no more calls: until all futures are set, or patience is over."""
        if self._thread is not None:
            self._thread.join(patience)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                thread = threading.Thread(target=self._deliver, name="pool-calls", daemon=True)
                thread.start()
                self._thread = thread

    def _withdrawn(self, pool: str, number: int, caller: Generation) -> bool:
        if not self._withdraw(caller.number, pool, number):
            return False
        self._futures.pop(number, None)
        return True

    def _deliver(self) -> None:
        while ended := self._take():
            for number, status, reply in ended:
                future = self._futures.pop(number, None)
                if future is None:
                    continue  # whoever submitted it was interrupted
                try:
                    _settle(future, status, reply)
                except BaseException:  # of a callback: the others still want their results
                    logging.getLogger(__name__).exception("a callback of a pool's future failed")
            del ended, future, reply  # their memory, while there is nothing to do


def attach(*functions: Any) -> HostBackend:
    """Makes the host's functions what `plughost.pools` uses."""
    backend = HostBackend(*functions)
    _pools.use(backend)
    return backend


def _settle(future: CallFuture[Any], status: int, reply: bytes) -> None:
    if status == _RETURNED:
        _pool_calls.settle(future, reply, future.caller)
    elif status == _CANCELLED:
        Future.cancel(future)
        future.set_running_or_notify_cancel()
    else:
        error = _ERRORS.get(status, RuntimeError)
        future.set_exception(error(reply.decode(errors="replace")))
