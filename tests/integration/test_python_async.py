"""Handlers that are `async def`: one event loop, tasks that are cancelled, and the loop's end."""
import signal
import time
from pathlib import Path

import pytest

from routes import python_routes
from support.background import Background
from support.http_client import RawConnection, get, request
from support.python_packages import site_packages
from support.server import BINARY_DIR, Server
from support.waiting import wait_until

ROUTES = """
    GET /now: python waiting_async:hello
    GET /nap: python waiting_async:nap
    GET /late: { to: python waiting_async:until, timeout: 100ms }
    ANY /greet/{name}: python waiting_async:greet
    GET /until: python waiting_async:until
    GET /stubborn: python waiting_async:stubborn
    GET /cancelled: python waiting_async:cancelled
    GET /identity: python waiting_async:identity
    GET /limited: { to: python waiting_async:limited, debug: true }
    GET /refuse: python waiting_async:refuse
    GET /fail: python waiting_async:fail
    GET /leave: python waiting_async:leave
    GET /give_up: python waiting_async:give_up
    GET /unsendable: python waiting_async:unsendable
    GET /stop_loop: python waiting_async:stop_loop
    GET /loop: python waiting_async:loop_name
    GET /block: python waiting_async:block
    GET /thread: { to: python waiting:nap, mode: thread }
"""


@pytest.fixture(scope="module")
def server():
    with Server(python_routes(ROUTES)) as running:
        yield running


@pytest.fixture
def own_server():
    with Server(python_routes(ROUTES)) as running:
        yield running


def begun(server: Server, path: str, mark: Path) -> Background:
    """A request whose handler waits."""
    running = Background(get, server.port, path)
    wait_until(mark.exists, "the handler runs")
    return running


def test_is_served_like_a_plain_function(server):
    answer = request(server.port, "POST", "/greet/Ada?times=2")

    assert (answer.status, answer.headers["content-type"]) == (201, "application/json")
    assert answer.json() == {"greeting": "Hello Ada!Hello Ada!", "method": "POST"}
    assert get(server.port, "/greet/Ada?times=two").json()["parameter"] == "times"


def test_hundreds_wait_together(server):
    start = time.monotonic()

    answers = [each.result() for each in [Background(get, server.port, "/nap?seconds=0.3")
                                          for _ in range(200)]]

    assert {answer.status for answer in answers} == {200}
    assert time.monotonic() - start < 20, "one after the other they need 60 s"


def test_tasks_have_variables_of_their_own(server):
    names = [f"n{number}" for number in range(20)]

    answers = [each.result().json() for each in [
        Background(get, server.port, f"/identity?name={name}") for name in names]]

    assert answers == [
        {"before": "nobody", "after": name, "same": True, "is_task": True} for name in names]


def test_http_error_is_a_problem(server):
    answer = get(server.port, "/refuse")

    assert (answer.status, answer.headers["x-a"]) == (409, "b")
    assert answer.json()["detail"] == "not now"


@pytest.mark.parametrize(("path", "says"), [
    ("/fail", "ValueError: on purpose"),
    ("/leave", "SystemExit: 3"),
    ("/give_up", "CancelledError"),
    ("/unsendable", "returned a value of type object"),
])
def test_failure_is_500_and_logged(server, path, says):
    answer = get(server.port, path)

    assert answer.status == 500
    assert answer.json()["request_id"] in server.log()
    assert says in server.log()
    assert "_loop.py" not in server.log()
    assert get(server.port, "/now").status == 200


def test_timeout_of_the_handlers_own_is_its_failure(server):
    answer = get(server.port, "/limited")

    assert answer.status == 500
    assert answer.json()["traceback"].endswith("TimeoutError")


def test_handler_cannot_stop_the_loop(server):
    assert get(server.port, "/stop_loop").json() == {"stopped": False}

    assert get(server.port, "/nap").status == 200


def test_task_is_cancelled_at_its_deadline(server, tmp_path):
    go = tmp_path / "go"

    answer = get(server.port, f"/late?mark={tmp_path / 'mark'}&go={go}")

    assert answer.status == 504
    wait_until(Path(f"{go}.cancelled").exists, "the task is cancelled")


def test_task_is_cancelled_when_the_client_leaves(server, tmp_path):
    mark = tmp_path / "mark"
    with RawConnection(server.port) as connection:
        connection.send(f"GET /cancelled?mark={mark} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        wait_until(Path(f"{mark}.begun").exists, "the handler runs")

    wait_until(lambda: mark.exists() and mark.read_text(), "the task is cancelled")
    assert mark.read_text() == "[False, True]"
    assert "error" not in server.log().partition(str(mark))[2]


def test_task_that_goes_on_after_its_deadline_may(server, tmp_path):
    mark, go = tmp_path / "mark", tmp_path / "go"
    with RawConnection(server.port) as connection:
        connection.send(f"GET /stubborn?mark={mark}&go={go} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        wait_until(mark.exists, "the handler runs")
    wait_until(Path(f"{go}.cancelled").exists, "the task is cancelled")

    go.touch()

    assert get(server.port, "/now").status == 200


def test_others_are_served_while_a_task_blocks_the_loop(own_server, tmp_path):
    mark = tmp_path / "mark"
    Background(get, own_server.port, f"/block?mark={mark}")
    wait_until(mark.exists, "the handler blocks")

    statuses = {get(own_server.port, "/thread").status for _ in range(5)}

    assert statuses == {200}
    own_server.signal(signal.SIGKILL)  # it would not come back for a minute


def test_too_many_at_once_are_503_with_retry_after(tmp_path):
    mark, go = tmp_path / "mark", tmp_path / "go"
    with Server(python_routes(ROUTES, config="tasks: 2")) as server:
        first = begun(server, f"/until?mark={mark}&go={go}", mark)
        second = begun(server, f"/until?mark={mark}2&go={go}", tmp_path / "mark2")

        refused = get(server.port, "/now")
        go.touch()

        assert (refused.status, refused.headers["retry-after"]) == (503, "1")
        assert {first.result().status, second.result().status} == {200}
        assert get(server.port, "/now").status == 200


def test_running_task_is_waited_for_at_the_stop(own_server, tmp_path):
    mark, go = tmp_path / "mark", tmp_path / "go"
    running = begun(own_server, f"/until?mark={mark}&go={go}", mark)
    own_server.signal(signal.SIGTERM)
    wait_until(lambda: "stopping" in own_server.log(), "the signal has arrived")

    go.touch()

    assert running.result().status == 200
    assert own_server.wait() == 0, own_server.log()


@pytest.mark.parametrize("path", ["/until", "/stubborn"])
def test_task_without_time_left_is_abandoned_at_the_stop(path, tmp_path):
    mark, go = tmp_path / "mark", tmp_path / "go"
    with Server(python_routes(ROUTES, "shutdown: { timeout: 1s }")) as server:
        running = begun(server, f"{path}?mark={mark}&go={go}", mark)

        assert server.stop() == 5, server.log()
        assert running.result().status == 503


def test_uvloop_is_used_if_it_can_be_imported():
    packages = site_packages(BINARY_DIR)
    for kind, name in (("auto", "uvloop"), ("asyncio", "asyncio")):
        with Server(python_routes(ROUTES, config=f"loop: {kind}", folders=[packages])) as server:
            assert get(server.port, "/loop").json() == {"loop": name}
            assert get(server.port, "/nap").status == 200
            assert server.stop() == 0, server.log()


def test_asyncio_is_used_without_uvloop(server):
    assert get(server.port, "/loop").json() == {"loop": "asyncio"}
