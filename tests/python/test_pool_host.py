"""Calls on their way through a host, which here is a list of what was submitted."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Future, wait
from typing import Any, Optional

import pytest

from plughost import CallTimeout, DeadlineExceeded, PoolUnavailable, WorkerLost, _pools, pool, pools
from plughost._pool_calls import run
from plughost._pool_host import attach

Ended = tuple[int, int, bytes]


class Host:
    """Holds the calls until the test ends them."""

    def __init__(self, room: int = 100) -> None:
        self.room = room
        self.interrupts = False  # whoever submits, once the call is accepted
        self.calls: dict[int, bytes] = {}
        self.names: list[tuple[str, str]] = []
        self._ended: queue.SimpleQueue[list[Ended]] = queue.SimpleQueue()

    def trouble_with(self, pool: str) -> str:
        return "" if pool == "default" else f"there is no pool '{pool}'"

    def submit(self, caller: int, pool: str, number: int, name: str, call: bytes) -> str:
        if len(self.calls) == self.room:
            return "The queue is full."
        self.calls[number] = call
        self.names.append((pool, name))
        if self.interrupts:
            raise DeadlineExceeded
        return ""

    def withdraw(self, caller: int, pool: str, number: int) -> bool:
        return self.calls.pop(number, None) is not None

    def take(self) -> list[Ended]:
        return self._ended.get()

    def run_all(self) -> None:
        self._ended.put([(number, 200, run(call)) for number, call in self.calls.items()])
        self.calls.clear()

    def end(self, status: int, detail: str = "") -> None:
        number, _ = self.calls.popitem()
        self._ended.put([(number, status, detail.encode())])

    def close(self) -> None:
        self._ended.put([])


@pytest.fixture
def host() -> Iterator[Host]:
    host = Host()
    backend = attach(host.trouble_with, host.submit, host.withdraw, host.take)
    yield host
    host.close()
    backend.stop(30)
    _pools.use(_pools.Inline())


def test_sets_the_futures_of_calls_that_have_ended(host: Host) -> None:
    futures = [pool.submit(pow, n, 2) for n in range(5)]
    assert not any(future.done() for future in futures)

    host.run_all()

    assert [future.result(30) for future in futures] == [0, 1, 4, 9, 16]
    assert host.names[0] == ("default", "builtins:pow")


def test_a_pool_that_there_is_not_is_refused_by_name(host: Host) -> None:
    with pytest.raises(LookupError, match="there is no pool 'mll'"):
        pools["mll"]


def test_a_full_queue_is_an_answer(host: Host) -> None:
    host.room = 2
    with pytest.raises(PoolUnavailable, match="The queue is full") as raised:
        list(pool.map(abs, [1, 2, 3]))

    assert (raised.value.status, raised.value.headers) == (503, [("Retry-After", "1")])
    assert host.calls == {}, "what came before it is dropped"


@pytest.mark.parametrize(
    "status, kind", [(502, WorkerLost), (503, PoolUnavailable), (504, CallTimeout)]
)
def test_each_end_has_its_exception(host: Host, status: int, kind: type) -> None:
    future = pool.submit(abs, 1)

    host.end(status, "because")

    with pytest.raises(kind, match="because"):
        future.result(30)
    assert issubclass(WorkerLost, BrokenExecutor)


def test_cancel_drops_a_call_that_waits(host: Host) -> None:
    future = pool.submit(abs, 1)

    assert future.cancel()

    assert host.calls == {}
    assert future.cancelled() and future.cancel()
    assert wait([future], 30).done == {future}
    with pytest.raises(CancelledError):
        future.result()


def test_cancel_leaves_a_call_that_runs(host: Host) -> None:
    future = pool.submit(abs, -1)
    calls, host.calls = host.calls, {}  # it has begun

    assert not future.cancel()

    host.calls = calls
    host.run_all()
    assert future.result(30) == 1
    assert not future.cancel()


def test_the_host_can_cancel(host: Host) -> None:
    future = pool.submit(abs, 1)

    host.end(0)

    with pytest.raises(CancelledError):
        future.result(30)
    assert future.cancelled()


def test_a_timeout_is_an_ordinary_one(host: Host) -> None:
    future = pool.submit(abs, 1)

    with pytest.raises(TimeoutError):
        future.result(0.01)
    with pytest.raises(TimeoutError):
        list(pool.map(abs, [1], timeout=0.01))
    assert len(host.calls) == 1, "map has dropped what it gave up"


def test_results_of_a_callback_that_fails_reach_the_others(host: Host) -> None:
    def fail(future: Future[Any]) -> None:
        raise SystemExit

    first, second = pool.submit(abs, 1), pool.submit(abs, -2)
    first.add_done_callback(fail)

    host.run_all()

    assert (first.result(30), second.result(30)) == (1, 2)


def test_who_waits_for_a_result_can_be_interrupted(host: Host) -> None:
    import ctypes

    seen: list[Optional[BaseException]] = []
    future = pool.submit(abs, 1)

    def handler() -> None:
        try:
            future.result()
        except DeadlineExceeded as error:
            seen.append(error)

    thread = threading.Thread(target=handler)
    thread.start()
    raised = ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread.ident or 0), ctypes.py_object(DeadlineExceeded))
    thread.join(30)

    assert raised == 1 and len(seen) == 1
    assert future.cancelled() and host.calls == {}


def test_a_call_whose_caller_was_interrupted_costs_no_other(host: Host) -> None:
    host.interrupts = True
    with pytest.raises(DeadlineExceeded):
        pool.submit(abs, -1)
    host.interrupts = False
    future = pool.submit(abs, -2)

    host.run_all()

    assert future.result(30) == 2


def test_waits_no_longer_than_it_must(host: Host) -> None:
    future = pool.submit(abs, -3)
    threading.Timer(0.05, host.run_all).start()
    start = time.monotonic()

    assert future.result(30) == 3

    assert time.monotonic() - start < 10
