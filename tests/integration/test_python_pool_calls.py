"""Handlers that call functions in the process pools: `from plughost import pool, pools`."""
import os
import signal

import pytest

from routes import python_routes
from support.background import Background
from support.http_client import get
from support.server import Server, run_to_end
from support.waiting import wait_until

ROUTES = """
    GET /squares: python calls:squares
    GET /squares_async: python calls:squares_async
    GET /pids: python calls:pids
    GET /until: python calls:until
    GET /kill_worker: python calls:kill_worker
    GET /lose_worker: python calls:lose_worker
    GET /root: python calls:root_of
    GET /refused: python calls:refused
    GET /unpicklable: python calls:unpicklable
    GET /nest: python calls:nest
    GET /large: python calls:large
"""
NESTED = "GET /nested: { to: python calls:nested, mode: pool, pool: ml }"
ML = ", ml: { workers: 1 }"


@pytest.fixture(scope="module")
def server():
    with Server(python_routes(ROUTES + NESTED, workers=2, pools=ML)) as running:
        yield running


def test_a_thread_gets_results(server):
    assert get(server.port, "/squares?numbers=1,2,3").json() == {"squares": [1, 4, 9]}
    in_chunks = get(server.port, "/squares?numbers=1,2,3,4,5&chunksize=2").json()
    assert in_chunks == {"squares": [1, 4, 9, 16, 25]}


def test_an_event_loop_gets_results(server):
    assert get(server.port, "/squares_async?numbers=1,2,3").json() == {"squares": [1, 4, 9, 81]}


def test_calls_run_in_the_pool_they_name(server):
    pids = get(server.port, "/pids?name=ml").json()

    assert pids["here"] == server.pid
    assert len(set(pids.values())) == 3
    assert {pids["default"], pids["named"]} <= set(server.workers())


def test_an_unknown_pool_is_named_in_the_log(server):
    assert get(server.port, "/pids?name=mll").status == 500
    assert "there is no pool 'mll' under 'pools' of the plugin (did you mean 'ml'?)" in server.log()


def test_large_arguments_and_results_pass(server):
    assert get(server.port, "/large?size=5000000").json() == {"size": 5_000_000}


def test_what_the_function_raises_is_raised_with_its_traceback(server):
    assert get(server.port, "/root?number=4").json() == {"root": 2}

    assert get(server.port, "/root?number=-1").status == 500

    log = server.log()
    assert "plughost._pool_calls.RemoteTraceback" in log
    assert "ValueError: math domain error" in log


def test_an_error_for_the_client_passes_through(server):
    answer = get(server.port, "/refused")

    assert answer.status == 410
    assert answer.json()["detail"] == "it is gone"


def test_what_cannot_be_pickled_is_named_in_the_log(server):
    assert get(server.port, "/unpicklable").status == 500
    assert "the call of calls:unpicklable.<locals>.<lambda> cannot be sent" in server.log()


def test_a_worker_cannot_use_a_pool(server):
    assert "cannot be used inside a pool worker" in get(server.port, "/nest").json()["refused"]
    assert get(server.port, "/nested").status == 500


def test_a_dead_worker_costs_the_call_it_ran(server):
    told = get(server.port, "/kill_worker").json()["told"]
    assert "502: The worker process that ran this request ended of signal 9 (SIGKILL)." == told

    unhandled = get(server.port, "/lose_worker")

    assert unhandled.status == 502
    assert get(server.port, "/squares?numbers=3").json() == {"squares": [9]}
    wait_until(lambda: "while it ran calls:die for pool.submit()" in server.log(), "it is logged")


def test_a_killed_worker_costs_no_other_call(server, tmp_path):
    mark, go = tmp_path / "mark", tmp_path / "go"
    waiting = Background(get, server.port, f"/until?mark={mark}&go={go}")
    pid = int(wait_until(lambda: mark.exists() and mark.read_text(), "the call runs"))
    others = [Background(get, server.port, "/squares?numbers=1,2") for _ in range(10)]

    os.kill(pid, signal.SIGKILL)

    assert waiting.result().status == 502
    assert {each.result().status for each in others} == {200}


def test_a_pool_starts_with_its_first_call():
    with Server(python_routes(ROUTES + NESTED, workers=1, pools=ML)) as server:
        before = server.workers()
        get(server.port, "/squares?numbers=1")
        after = server.workers()

    assert len(before) == 1, "of the pool that a route uses"
    assert len(after) == 2


def test_hooks_can_call(tmp_path, monkeypatch):
    mark = tmp_path / "mark"
    monkeypatch.setenv("PLUGHOST_TEST_MARK", str(mark))
    with Server(python_routes("GET /total: python calls_hooked:total", workers=1)) as server:
        assert get(server.port, "/total").json() == {"total": 6}
        assert server.stop() == 0

    assert mark.read_text() == "15"


def test_a_call_while_a_module_is_imported_is_refused():
    ended = run_to_end(python_routes("GET /x: python calls_at_import:anything"))

    assert ended.returncode == 3
    assert "Pools take calls from on_startup to on_shutdown." in ended.stderr
    assert "calls_at_import.py:4: " in ended.stderr


def test_a_slow_call_delays_nobody_whom_an_idle_worker_could_serve(tmp_path):
    mark, go = tmp_path / "mark", tmp_path / "go"
    with Server(python_routes("GET /pid: { to: python values:process_id, mode: pool }\n" + ROUTES,
                              workers=2)) as server:
        for _ in range(40):
            get(server.port, "/pid")
        slow = Background(get, server.port, f"/until?mark={mark}&go={go}")
        wait_until(mark.exists, "the slow call runs")

        others = [get(server.port, "/pid").status for _ in range(20)]

        assert not slow.done()
        go.touch()
        assert (set(others), slow.result().status) == ({200}, 200)
