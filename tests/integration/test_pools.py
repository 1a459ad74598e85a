"""Several pools: which one a route gets, how workers are prepared, what the log says of deaths."""
import os
import signal

from routes import python_routes
from support.http_client import get
from support.server import Server, run_to_end
from support.waiting import wait_until

POOLS = ", ml: { workers: 1 }, unused: { workers: 3 }"


def test_each_route_runs_in_the_pool_it_names():
    routes = """
        GET /first: { to: python values:process_id, pool: ml }
        GET /second: { to: python values:process_id, mode: pool, pool: ml }
        GET /default: { to: python values:process_id, mode: pool }
    """
    with Server(python_routes(routes, workers=1, pools=POOLS)) as server:
        first, second, default = (get(server.port, path).json()["pid"]
                                  for path in ("/first", "/second", "/default"))
        workers = server.workers()

    assert first == second != default
    assert sorted(workers) == sorted([first, default]), "a pool without routes has no process"


def test_an_unknown_pool_is_refused_with_the_place_and_the_cure():
    text = python_routes("GET /x: { to: python values:process_id, pool: mll }", pools=POOLS)

    ended = run_to_end(text)

    line = next(i for i, each in enumerate(text.splitlines(), 1) if "/x" in each)
    assert ended.returncode == 3
    assert f"routes.yaml:{line}:" in ended.stderr
    assert "there is no pool 'mll'" in ended.stderr
    assert "did you mean 'ml'?" in ended.stderr


def test_workers_are_prepared_before_they_take_work():
    pools = ", ml: { workers: 2, preload: [values], start: 'model:load' }"
    with Server(python_routes("GET /model: { to: python model:state, pool: ml }",
                              pools=pools)) as server:
        answers = [get(server.port, "/model").json() for _ in range(10)]

    assert {answer["loads"] for answer in answers} == {1}
    assert server.pid not in {answer["loaded_in"] for answer in answers}


def test_workers_stand_back_as_far_as_their_pool_says():
    routes = """
        GET /default: { to: python values:process_id, mode: pool }
        GET /ml: { to: python values:process_id, pool: ml }
    """
    with Server(python_routes(routes, workers=1, pools=", ml: { workers: 1, nice: 0 }")) as server:
        nice = {path: os.getpriority(os.PRIO_PROCESS, get(server.port, path).json()["pid"])
                for path in ("/default", "/ml")}
        host = os.getpriority(os.PRIO_PROCESS, server.pid)

    assert nice == {"/default": min(host + 10, 19), "/ml": host}


def test_a_start_function_that_fails_refuses_the_start():
    pools = ", ml: { workers: 2, start: 'model:fail' }"
    ended = run_to_end(python_routes("GET /model: { to: python model:state, pool: ml }",
                                     pools=pools))

    assert ended.returncode == 3
    assert "of 'ml' cannot start: start function model:fail" in ended.stderr
    assert "model.py:" in ended.stderr and "ValueError: no weights" in ended.stderr


def test_the_log_tells_deaths_apart():
    routes = """
        GET /exit: { to: python dying:leave, pool: ml }
        GET /crash: { to: python dying:crash, pool: ml }
        GET /pid: { to: python values:process_id, pool: ml }
    """
    with Server(python_routes(routes, pools=", ml: { workers: 1 }")) as server:
        lost = get(server.port, "/exit")
        assert lost.status == 502
        assert lost.json()["instance"] == "/exit"
        assert get(server.port, "/crash").status == 502
        os.kill(get(server.port, "/pid").json()["pid"], signal.SIGKILL)
        for part in ("with exit code 7: something called os._exit()",
                     "of signal 11 (SIGSEGV): it crashed in C code",
                     "in crash\n",  # of faulthandler's stack
                     "of signal 9 (SIGKILL): somebody killed it",
                     "while it ran dying:crash for GET /crash"):
            wait_until(lambda: part in server.log(), part)
        assert get(server.port, "/pid").status == 200


def test_recycling_costs_no_request():
    pools = ", ml: { workers: 2, recycle: { tasks: 20, rss: 1GiB, age: 1h } }"
    with Server(python_routes("GET /pid: { to: python values:process_id, pool: ml }",
                              pools=pools)) as server:
        answers = [get(server.port, "/pid") for _ in range(300)]
        wait_until(lambda: "has retired: it had done" in server.log(), "a worker has retired")
        wait_until(lambda: len(server.workers()) == 2, "as many workers as before")
        log = server.log()

    assert {answer.status for answer in answers} == {200}
    assert " ended " not in log


def test_a_stuck_request_costs_its_worker_and_nothing_else(tmp_path):
    routes = """
        GET /stuck: { to: python waiting:hang, pool: ml, timeout: 200ms }
        GET /pid: { to: python values:process_id, pool: ml }
    """
    mark = tmp_path / "mark"
    with Server(python_routes(routes, pools=", ml: { workers: 1 }")) as server:
        assert get(server.port, f"/stuck?mark={mark}").status == 504
        answer = get(server.port, "/pid")

        pid = int(mark.read_text())
        line = (f"pool worker {pid} of 'ml' was ended: it had not returned from waiting:hang "
                "for GET /stuck a second after the deadline")
        wait_until(lambda: line in server.log(), line)

    assert answer.status == 200
    assert answer.json()["pid"] != pid
