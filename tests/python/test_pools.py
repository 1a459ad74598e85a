"""`pool` and `pools` without the host: calls run at once, but through the same bytes."""

from __future__ import annotations

import asyncio
import math
import threading
from concurrent.futures import Executor, as_completed, wait
from pickle import PicklingError

import pytest

from plughost import HTTPError, PoolError, PoolUnavailable, WorkerLost, pool, pools
from plughost._pool_calls import RemoteTraceback
from plughost.testing import TestClient


class Unmakeable(Exception):
    """Cannot be made from its `args`, which is what pickle does."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)


def add(left: int, right: int = 1) -> int:
    return left + right


def fail_unmakeably() -> None:
    raise Unmakeable(1, "odd")


def stop_iterating() -> None:
    raise StopIteration


def leave() -> None:
    raise SystemExit(3)


def refuse() -> None:
    raise HTTPError(404, "no such thing")


def lock() -> object:
    return threading.Lock()


async def wait_for_it() -> None:
    await asyncio.sleep(0)


def nothing_is_there() -> None:
    pool.submit(refuse).result()


def test_calls_a_function() -> None:
    assert isinstance(pool, Executor)
    assert pool.submit(add, 2, right=3).result() == 5
    assert pools["ml"].submit(add, 1).result() == 2
    assert pools["ml"] is pools["ml"] is not pool


def test_arguments_and_results_are_copies() -> None:
    given: list[int] = [1]

    returned = pool.submit(sorted, given).result()

    assert returned == given
    assert pool.submit(list, given).result() is not given


def test_maps_in_order_and_in_chunks() -> None:
    assert list(pool.map(add, [1, 2, 3, 4, 5])) == [2, 3, 4, 5, 6]
    assert list(pool.map(add, range(7), range(7), chunksize=3)) == [0, 2, 4, 6, 8, 10, 12]
    assert list(pool.map(add, [])) == []
    with pytest.raises(ValueError, match="chunksize must be at least 1"):
        pool.map(add, [1], chunksize=0)


def test_an_exception_comes_with_its_traceback() -> None:
    error = pool.submit(math.sqrt, -1).exception()

    assert isinstance(error, ValueError)
    assert isinstance(error.__cause__, RemoteTraceback)
    assert "in run" in str(error.__cause__) and "math domain error" in str(error.__cause__)


def test_an_exception_that_pickle_cannot_make_again_is_described() -> None:
    error = pool.submit(fail_unmakeably).exception()

    assert isinstance(error, RuntimeError)
    assert "Unmakeable: odd" in str(error)
    assert "in fail_unmakeably" in str(error.__cause__)


@pytest.mark.parametrize("function", [stop_iterating, leave])
def test_what_would_end_its_reader_is_an_ordinary_error(function) -> None:  # type: ignore[no-untyped-def]
    async def awaited() -> None:
        await asyncio.get_running_loop().run_in_executor(pool, function)

    with pytest.raises(RuntimeError, match="a call in a pool raised (StopIteration|SystemExit: 3)"):
        asyncio.run(asyncio.wait_for(awaited(), 30))


def test_what_cannot_be_pickled_is_refused_by_name() -> None:
    with pytest.raises(PicklingError, match="the call of .*<lambda> cannot be sent to a worker"):
        pool.submit(lambda: 1)
    with pytest.raises(PicklingError, match="call of builtins:len .*cannot pickle '_thread.lock'"):
        pool.submit(len, threading.Lock())
    with pytest.raises(PicklingError, match="the call of builtins:len cannot be sent"):
        pool.map(len, [threading.Lock()])
    with pytest.raises(PicklingError, match="what test_pools:lock returned cannot be sent back"):
        pool.submit(lock).result()


def test_what_a_worker_cannot_call_is_refused() -> None:
    with pytest.raises(TypeError, match="wait_for_it is an async def function"):
        pool.submit(wait_for_it)
    with pytest.raises(TypeError, match="3 is none"):
        pool.submit(3)  # type: ignore[arg-type]


def test_serves_an_event_loop() -> None:
    async def both() -> list[int]:
        loop = asyncio.get_running_loop()
        one = loop.run_in_executor(pool, add, 1)
        other = asyncio.wrap_future(pool.submit(add, 2))
        return await asyncio.gather(one, other)

    assert asyncio.run(both()) == [2, 3]


def test_cannot_be_shut_down() -> None:
    with pytest.raises(RuntimeError, match="pool 'default' is the server's, which ends it"):
        pool.shutdown()
    with pytest.raises(RuntimeError, match="without 'with' and shutdown"):
        with pools["ml"]:
            pass


def test_an_error_for_the_client_passes_through() -> None:
    answer = TestClient({"GET /x": nothing_is_there}).get("/x")

    assert answer.status == 404
    assert answer.json()["detail"] == "no such thing"


def test_errors_survive_a_copy() -> None:
    copied = pool.submit(list, [PoolUnavailable("full"), WorkerLost("gone")]).result()

    assert [(type(each), each.status, each.detail) for each in copied] == [
        (PoolUnavailable, 503, "full"), (WorkerLost, 502, "gone")]
    assert copied[0].headers == [("Retry-After", "1")]
    assert all(isinstance(each, PoolError) for each in copied)


def test_futures_can_be_waited_for_together() -> None:
    futures = [pool.submit(add, n) for n in range(3)]

    assert sorted(each.result() for each in as_completed(futures)) == [1, 2, 3]
    assert wait(futures).not_done == set()
