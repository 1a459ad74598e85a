"""Python handlers that take their time: beside each other, beside native ones, past a deadline."""
import time

import pytest

from routes import python_routes
from support.background import Background
from support.http_client import get
from support.server import Server
from support.waiting import wait_until

ROUTES = """
    GET /nap: python waiting:nap
    GET /until: python waiting:until
    GET /late: { to: python waiting:second, timeout: 100ms }
    GET /count: { to: python waiting:count, timeout: 100ms }
    GET /runs: python waiting:runs
    GET /policy: python waiting:policy
"""


def held(server: Server, tmp_path, number: int = 0) -> Background:
    """A request inside a handler, until release() is called."""
    mark = tmp_path / f"mark{number}"
    running = Background(get, server.port, f"/until?mark={mark}&go={tmp_path / 'go'}")
    wait_until(mark.exists, "the handler runs")
    return running


def release(tmp_path) -> None:
    (tmp_path / "go").touch()


@pytest.fixture(scope="module")
def server():
    with Server(python_routes(ROUTES)) as running:
        yield running


@pytest.fixture
def one_thread():
    with Server(python_routes(ROUTES, threads=1, queue=4)) as running:
        yield running


def test_eight_sleepers_sleep_together(server):
    start = time.monotonic()

    answers = [each.result() for each in [Background(get, server.port, "/nap") for _ in range(8)]]

    assert [answer.status for answer in answers] == [200] * 8
    assert time.monotonic() - start < 0.5, "one after the other they need 0.8 s"


def test_native_handlers_do_not_wait_for_python(server, tmp_path):
    waiting = [held(server, tmp_path, number) for number in range(8)]

    statuses = {get(server.port, "/hello").status for _ in range(100)}
    release(tmp_path)

    assert statuses == {200}
    assert {each.result().status for each in waiting} == {200}


def test_dispatch_threads_do_not_push_out_who_wakes_them(server):
    assert get(server.port, "/policy").json() == {"yields_to_who_wakes_it": True}


def test_python_handlers_run_beside_one_that_waits(server, tmp_path):
    waiting = held(server, tmp_path)

    assert get(server.port, "/runs").status == 200
    release(tmp_path)
    assert waiting.result().json() == {"went": True}


def test_deadline_is_answered_504_while_the_handler_runs(server):
    start = time.monotonic()

    answer = get(server.port, "/late")

    assert answer.status == 504
    assert answer.headers["content-type"] == "application/problem+json"
    assert time.monotonic() - start < 0.9, "the handler takes 1 s"


def test_queued_work_past_its_deadline_is_dropped(one_thread, tmp_path):
    waiting = held(one_thread, tmp_path)

    late = [get(one_thread.port, "/count").status for _ in range(3)]
    release(tmp_path)

    assert late == [504] * 3
    assert waiting.result().status == 200
    assert get(one_thread.port, "/runs").json() == {"runs": 0}


def test_full_queue_is_503_with_retry_after(one_thread, tmp_path):
    waiting = held(one_thread, tmp_path)

    crowd = [Background(get, one_thread.port, "/nap") for _ in range(30)]
    wait_until(lambda: sum(each.done() for each in crowd) >= 20, "the ones beyond the queue")
    release(tmp_path)
    answers = [each.result() for each in [waiting, *crowd]]

    refused = [answer for answer in answers if answer.status == 503]
    assert {answer.status for answer in answers} == {200, 503}
    assert all(answer.headers["retry-after"] == "1" for answer in refused)
