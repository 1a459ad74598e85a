"""How calls in a pool end before they have a result: cancelled, past a limit, or with the server."""
import signal
import time

import pytest

from routes import python_routes
from support.background import Background
from support.http_client import get
from support.server import Server
from support.waiting import wait_until

ROUTES = """
    GET /squares: python calls:squares
    GET /pids: python calls:pids
    GET /until: python calls:until
    GET /hang: python calls:hang
    GET /hang_async: { to: python calls:hang_async, timeout: 300ms }
    GET /hang_briefly: { to: python calls:hang, timeout: 300ms }
    GET /forget: python calls:forget
    GET /cancel_one: python calls:cancel_one
    GET /fill: python calls:fill
    GET /overfill: python calls:overfill
"""


def test_a_call_that_waits_can_be_cancelled(tmp_path):
    mark, go = tmp_path / "mark", tmp_path / "go"
    with Server(python_routes(ROUTES, workers=1)) as server:
        answer = get(server.port, f"/cancel_one?mark={mark}&go={go}").json()
        get(server.port, "/squares?numbers=1")

    assert answer == {"cancelled": [True, False], "went": True}
    assert not (tmp_path / "mark2").exists()


def test_a_full_queue_is_raised_and_unhandled_503(tmp_path):
    mark, go = tmp_path / "mark", tmp_path / "go"
    with Server(python_routes(ROUTES, workers=1, pool_queue=4)) as server:
        full = get(server.port, f"/fill?mark={mark}&go={go}").json()
        assert full == {"full": "503: The queue of pool 'default' is full.", "done": [True] * 4}

        go.unlink()
        unhandled = get(server.port, f"/overfill?mark={mark}&go={go}")
        go.touch()

        assert unhandled.status == 503
        assert unhandled.headers["retry-after"] == "1"


@pytest.mark.parametrize("route", ["/hang_async", "/hang_briefly"])
def test_a_deadline_ends_the_wait_and_drops_what_has_not_begun(route, tmp_path):
    mark, go, dropped = tmp_path / "mark", tmp_path / "go", tmp_path / "dropped"
    with Server(python_routes(ROUTES, workers=1, threads=2)) as server:
        first = Background(get, server.port, f"/until?mark={mark}&go={go}")
        wait_until(mark.exists, "the first call runs")

        assert get(server.port, f"{route}?mark={dropped}").status == 504
        if route == "/hang_briefly":
            wait_until(lambda: "DeadlineExceeded" in server.log(), "the thread is interrupted")
        else:
            wait_until((tmp_path / "dropped-left").exists, "the task is cancelled")
        go.touch()
        assert first.result().status == 200
        assert get(server.port, "/squares?numbers=2").status == 200

        assert "takes its place" not in server.log(), "no thread is stuck"
    assert not dropped.exists()


def test_a_call_over_the_pools_limit_loses_its_worker(tmp_path):
    pools = ", ml: { workers: 1, call_timeout: 1s }"
    mark = tmp_path / "mark"
    routes = """
        GET /overdue: python calls:hang_in_ml
        GET /pid: { to: python values:process_id, pool: ml }
    """
    with Server(python_routes(routes + ROUTES, pools=pools)) as server:
        answer = get(server.port, f"/overdue?mark={mark}")

        assert answer.status == 504
        assert answer.json()["detail"] == "A call in a pool did not return in time."
        says = f"pool worker {mark.read_text()} of 'ml' was ended: it had not returned from " \
               "waiting:hang for pool.submit()"
        wait_until(lambda: says in server.log(), "the log names it")
        wait_until(lambda: get(server.port, "/pids?name=ml").status == 200, "the next worker")


def test_stopping_drops_calls_that_nobody_waits_for(tmp_path):
    mark, go = tmp_path / "mark", tmp_path / "go"
    with Server(python_routes(ROUTES, workers=1)) as server:
        get(server.port, f"/forget?mark={mark}&go={go}&times=3")
        wait_until((tmp_path / "mark0").exists, "the first call runs")

        server.signal(signal.SIGTERM)
        wait_until(lambda: mark.exists() and mark.read_text() == "2", "two are cancelled")
        assert server.process.poll() is None, "it waits for the one that runs"
        go.touch()

        assert server.wait() == 0
        server.wait_for_no_process()
    assert not (tmp_path / "mark1").exists()
    assert not (tmp_path / "mark2").exists()


def test_stopping_waits_for_a_handler_that_waits_for_a_call(tmp_path):
    mark, go = tmp_path / "mark", tmp_path / "go"
    with Server(python_routes(ROUTES, workers=1)) as server:
        waiting = Background(get, server.port, f"/until?mark={mark}&go={go}")
        wait_until(mark.exists, "the call runs")

        server.signal(signal.SIGTERM)
        wait_until(lambda: "stopping" in server.log(), "it stops")
        go.touch()

        assert waiting.result().status == 200
        assert server.wait() == 0


def test_stopping_does_not_wait_for_ever(tmp_path):
    mark = tmp_path / "mark"
    with Server(python_routes(ROUTES, "shutdown: { timeout: 1s }", workers=1)) as server:
        waiting = Background(get, server.port, f"/hang?mark={mark}")
        wait_until(mark.exists, "the call runs")
        begun = time.monotonic()

        server.signal(signal.SIGTERM)

        assert waiting.result().status == 503
        assert server.wait() == 5
        assert time.monotonic() - begun < 20
        server.wait_for_no_process()
