"""Python handlers past their deadline, and ones whose client has left."""
import time

from routes import python_routes
from support.background import Background
from support.http_client import RawConnection, get
from support.server import Server
from support.waiting import wait_until

ROUTES = """
    GET /polite: { to: python overdue:polite, timeout: 200ms }
    GET /left: python overdue:polite
    GET /loop: { to: python overdue:loop, timeout: 200ms }
    GET /deaf: { to: python overdue:deaf, timeout: 200ms }
    GET /runs: python waiting:runs
"""


def test_cancelled_becomes_true_at_the_deadline(tmp_path):
    noted = tmp_path / "noted"
    with Server(python_routes(ROUTES)) as server:
        assert get(server.port, f"/polite?note={noted}").status == 504

        wait_until(noted.exists, "the handler has seen it")
        assert "DeadlineExceeded" not in server.log()


def test_cancelled_becomes_true_when_the_client_leaves(tmp_path):
    noted, begun = tmp_path / "noted", tmp_path / "begun"
    with Server(python_routes(ROUTES)) as server:
        client = RawConnection(server.port)
        client.send(f"GET /left?note={noted}&begun={begun} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        wait_until(begun.exists, "the handler runs")
        assert not noted.exists()

        client.socket.close()

        wait_until(noted.exists, "the handler has seen it")


def test_a_handler_that_loops_is_interrupted(tmp_path):
    noted = tmp_path / "noted"
    with Server(python_routes(ROUTES, threads=1)) as server:
        start = time.monotonic()
        assert get(server.port, f"/loop?note={noted}").status == 504
        assert time.monotonic() - start < 1.0, "the answer does not wait for the interrupt"

        wait_until(lambda: "DeadlineExceeded" in server.log(), "the interrupt is logged")
        log = server.log()
        assert get(server.port, "/runs").status == 200

    assert noted.read_text() == "left by DeadlineExceeded"
    assert "python overdue:loop failed on GET /loop" in log
    assert "takes its place" not in log


def test_requests_go_on_beside_a_stuck_handler(tmp_path):
    go = tmp_path / "go"
    with Server(python_routes(ROUTES, threads=1)) as server:
        assert get(server.port, f"/deaf?go={go}").status == 504

        waiting = Background(get, server.port, "/runs")

        assert waiting.result().status == 200
        wait_until(lambda: "overdue:deaf has not returned" in server.log(), "who is stuck")
        go.touch()
        assert server.stop() == 0


def test_when_every_thread_is_stuck_requests_are_refused_until_one_is_back(tmp_path):
    go = tmp_path / "go"
    with Server(python_routes(ROUTES, threads=2)) as server:
        # Four get a thread in the end, the two there are and two in their place.
        wait_until(lambda: get(server.port, f"/deaf?go={go}").status == 503, "no thread is left")
        wait_until(lambda: "every Python thread is stuck in overdue:deaf" in server.log(), "who")

        refused = get(server.port, "/runs")
        assert refused.status == 503
        assert refused.headers["retry-after"] == "1"
        assert get(server.port, "/hello").status == 200

        go.touch()
        wait_until(lambda: get(server.port, "/runs").status == 200, "threads are back")
