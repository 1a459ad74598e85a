"""Ordered stop: what was accepted is answered, then everything ends, in time."""
import signal
import socket
import time

import pytest

from routes import native_routes, python_routes
from support.background import Background
from support.closed_loop import ClosedLoop
from support.http_client import RawConnection, get
from support.server import Server
from support.waiting import wait_until

ROUTES = """
    GET /thread: python endpoints:hello
    GET /async: python waiting_async:nap
    GET /pool: { to: python pool_workers:squares, mode: pool }
    GET /hang: python waiting:hang
    GET /pool/hang: { to: python waiting:hang, mode: pool }
    GET /until: python waiting:until
    GET /pool/until: { to: python waiting:until, mode: pool }
"""
LOADS = {"native": "/hello", "thread": "/thread",
         "async": "/async?seconds=0.001", "pool": "/pool?numbers=1,2,3"}
GET_HELLO = b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"


def python_server(settings: str = "") -> Server:
    return Server(python_routes(ROUTES, settings))


def begun(server: Server, path: str, mark) -> Background:
    """A request inside a handler; the client's connection error is its result too."""
    def call():
        try:
            return get(server.port, path).status
        except OSError as error:
            return type(error).__name__
    running = Background(call)
    wait_until(mark.exists, "the handler runs")
    return running


@pytest.mark.parametrize("kind", LOADS)
def test_nothing_is_lost_under_load(kind, attempt):
    make = (lambda: Server(native_routes())) if kind == "native" else python_server
    with make() as server:
        load = ClosedLoop(server.port, LOADS[kind])

        report = load.run(answers_before=2000, signal=lambda: server.signal(signal.SIGTERM))

        report.assert_nothing_lost()
        assert server.wait() == 0, server.log()
        server.wait_for_no_process()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_lost_when_the_signal_reaches_the_whole_group(number, attempt):
    with python_server() as server:
        load = ClosedLoop(server.port, LOADS["pool"])

        report = load.run(answers_before=500, signal=lambda: server.signal_group(number))

        report.assert_nothing_lost()
        assert server.wait() == 0, server.log()
        server.wait_for_no_process()


@pytest.mark.parametrize("path", ["/until", "/pool/until"])
def test_running_handler_is_waited_for(path, tmp_path):
    mark, go = tmp_path / "mark", tmp_path / "go"
    with python_server() as server:
        running = begun(server, f"{path}?mark={mark}&go={go}", mark)
        server.signal(signal.SIGTERM)
        wait_until(lambda: refuses_connections(server.port), "the listening socket is closed")

        go.touch()

        assert running.result() == 200
        assert server.wait() == 0
        server.wait_for_no_process()


def refuses_connections(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_request_on_an_open_connection_is_answered_after_the_signal():
    with Server(native_routes("shutdown: { linger: 2s }")) as server, \
         RawConnection(server.port) as connection:
        assert connection.send(GET_HELLO).read_response().status == 200
        server.signal(signal.SIGTERM)
        wait_until(lambda: refuses_connections(server.port), "the listening socket is closed")

        # The first may still be answered by an I/O thread that has not heard of the stop.
        answers = [connection.send(GET_HELLO).read_response()]
        while "connection" not in answers[-1].headers:
            answers.append(connection.send(GET_HELLO).read_response())

        assert {answer.status for answer in answers} == {200}
        assert answers[-1].headers["connection"].lower() == "close"
        assert connection.read_until_closed() == b""
        assert server.wait() == 0


def test_pipelined_requests_are_all_answered():
    with Server(native_routes()) as server, RawConnection(server.port) as connection:
        connection.send(GET_HELLO * 100)
        server.signal(signal.SIGTERM)

        assert [connection.read_response().status for _ in range(100)] == [200] * 100
        assert connection.read_until_closed() == b""
        assert server.wait() == 0


def test_connections_that_nobody_has_accepted_yet_are_answered(attempt):
    with Server(native_routes()) as server:
        crowd = [RawConnection(server.port).send(GET_HELLO) for _ in range(200)]
        server.signal(signal.SIGTERM)

        assert [each.read_response().status for each in crowd] == [200] * 200
        assert [each.read_until_closed() for each in crowd] == [b""] * 200
        assert server.wait() == 0


def test_idle_connection_does_not_hold_up_the_stop():
    with Server(native_routes()) as server, RawConnection(server.port) as connection:
        assert connection.send(GET_HELLO).read_response().status == 200
        start = time.monotonic()

        assert server.stop() == 0
        assert time.monotonic() - start < 5
        assert connection.read_until_closed() == b""


@pytest.mark.parametrize("path", ["/hang", "/pool/hang"])
def test_work_past_the_time_limit_is_abandoned(path, tmp_path):
    mark = tmp_path / "mark"
    with python_server("shutdown: { timeout: 500ms }") as server:
        running = begun(server, f"{path}?mark={mark}", mark)
        start = time.monotonic()

        assert server.stop() == 5, server.log()
        assert time.monotonic() - start < 10
        assert running.result() == 503
        server.wait_for_no_process()


@pytest.mark.parametrize("path", ["/hang", "/pool/hang"])
def test_second_signal_ends_it_at_once(path, tmp_path):
    mark = tmp_path / "mark"
    with python_server() as server:
        running = begun(server, f"{path}?mark={mark}", mark)
        server.signal(signal.SIGTERM)
        wait_until(lambda: refuses_connections(server.port), "the stop has begun")

        server.signal(signal.SIGINT)

        assert server.wait(10) == 5, server.log()
        assert running.result() == 503
        server.wait_for_no_process()


def test_second_signal_without_work_is_a_clean_end():
    with Server(native_routes("shutdown: { linger: 20s }")) as server, \
         RawConnection(server.port) as connection:
        connection.send(GET_HELLO).read_response()
        server.signal(signal.SIGINT)
        wait_until(lambda: refuses_connections(server.port), "the stop has begun")

        server.signal(signal.SIGTERM)

        assert server.wait(10) == 0


@pytest.mark.parametrize("number", [signal.SIGUSR1, signal.SIGUSR2])
def test_signal_of_a_later_version_is_logged_and_nothing_more(number):
    with Server(native_routes()) as server:
        before = server.log()
        server.signal(number)
        wait_until(lambda: server.log() != before, "a line in the log")

        assert get(server.port, "/hello").status == 200
        assert server.stop() == 0
        assert server.log()[len(before):].count(number.name) == 1
