"""The process pool: what a dead worker costs, and what waiting costs."""
import os
import resource
import signal

import pytest

from conftest import REPEAT
from routes import python_routes
from support.background import Background
from support.http_client import RawConnection, get
from support.server import Server
from support.waiting import wait_until

ROUTES = """
    GET /squares: { to: python pool_workers:squares, mode: pool }
    GET /hang: { to: python waiting:hang, mode: pool }
    GET /until: { to: python waiting:until, mode: pool }
    GET /late: { to: python waiting:second, mode: pool, timeout: 100ms }
    GET /pid: { to: python values:process_id, mode: pool }
"""
SQUARES = "/squares?numbers=1,2,3"
WAITING = 2000


@pytest.fixture(scope="module")
def server():
    with Server(python_routes(ROUTES, workers=2)) as running:
        yield running


def hanging(server: Server, tmp_path, number: int) -> tuple[Background, int]:
    """A request inside a handler, and the pid of the worker it is in."""
    mark = tmp_path / f"mark{number}"
    running = Background(get, server.port, f"/hang?mark={mark}")
    pid = wait_until(lambda: mark.exists() and mark.read_text(), "the handler runs")
    return running, int(pid)


def test_handlers_run_in_other_processes(server):
    assert get(server.port, "/pid").json()["pid"] != server.pid


def test_both_workers_work_at_once(server, tmp_path):
    first, one = hanging(server, tmp_path, 1)
    second, other = hanging(server, tmp_path, 2)

    os.kill(one, signal.SIGKILL)
    os.kill(other, signal.SIGKILL)

    assert one != other
    assert {first.result().status, second.result().status} == {502}


def test_killed_worker_costs_the_request_it_was_running(server, tmp_path):
    running, pid = hanging(server, tmp_path, 0)
    others = [Background(get, server.port, SQUARES) for _ in range(20)]

    os.kill(pid, signal.SIGKILL)

    assert running.result().status == 502
    assert [each.result().status for each in others] == [200] * 20
    assert get(server.port, SQUARES).json() == {"squares": [1, 4, 9]}


def test_pool_recovers_from_ten_kills(server, tmp_path):
    for number in range(max(10, REPEAT)):
        running, pid = hanging(server, tmp_path, number)
        os.kill(pid, signal.SIGKILL)

        assert running.result().status == 502
        assert get(server.port, SQUARES).status == 200


def test_killing_idle_workers_costs_nothing(server):
    get(server.port, SQUARES)
    before = wait_until(lambda: len(server.workers()) == 2 and server.workers(), "two workers")

    for pid in before:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: len(set(server.workers()) - set(before)) == 2, "two new workers")

    assert {get(server.port, SQUARES).status for _ in range(20)} == {200}


def test_workers_ignore_a_terminals_interrupt(server):
    get(server.port, SQUARES)
    before = wait_until(lambda: len(server.workers()) == 2 and server.workers(), "two workers")

    for pid in before:
        os.kill(pid, signal.SIGINT)

    assert {get(server.port, SQUARES).status for _ in range(20)} == {200}
    assert server.workers() == before


def test_deadline_is_answered_504_while_the_worker_is_busy(server):
    assert get(server.port, "/late").status == 504


def test_full_queue_is_503_with_retry_after(tmp_path):
    mark, go = tmp_path / "mark", tmp_path / "go"
    with Server(python_routes(ROUTES, workers=1, pool_queue=4)) as server:
        waiting = Background(get, server.port, f"/until?mark={mark}&go={go}")
        wait_until(mark.exists, "the handler runs")

        crowd = [Background(get, server.port, SQUARES) for _ in range(30)]
        wait_until(lambda: sum(each.done() for each in crowd) >= 20, "the ones beyond the queue")
        go.touch()
        answers = [each.result() for each in [waiting, *crowd]]

    assert {answer.status for answer in answers} == {200, 503}
    assert {answer.headers["retry-after"] for answer in answers if answer.status == 503} == {"1"}


def test_waiting_requests_hold_no_threads(server, tmp_path):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    get(server.port, SQUARES)
    before = server.threads()
    mark, go = tmp_path / "mark", tmp_path / "go"
    request = f"GET /until?mark={mark}&go={go} HTTP/1.1\r\nHost: x\r\n\r\n".encode()

    crowd = [RawConnection(server.port).send(request) for _ in range(WAITING)]
    wait_until(mark.exists, "the first handler runs")
    assert get(server.port, "/hello").status == 200
    assert server.threads() < before + 20
    go.touch()

    assert [each.read_response().status for each in crowd] == [200] * WAITING
    for each in crowd:
        each.socket.close()
