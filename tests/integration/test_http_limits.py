"""Limits of size and of time."""
import contextlib
import socket
import time
from pathlib import Path

import pytest

from conformance import FIXTURE
from routes import native_routes
from support.http_client import RawConnection, exchange
from support.server import Server
from support.waiting import wait_until

GET_HELLO = b"GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"
LIMITS = """limits:
  header_bytes: 2KiB
  headers: 20
  body: 1KiB
  connections: 40
  keep_alive: 300ms
  header_timeout: 300ms
  body_timeout: 300ms
"""


@pytest.fixture(scope="module")
def port():
    with Server(native_routes(LIMITS)) as server:
        yield server.port


def post(size: int) -> bytes:
    body = b'{"a": "' + b"x" * (size - 9) + b'"}'
    return b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size + body


def test_body_at_the_limit_is_taken(port):
    assert exchange(port, post(1024)).status == 200


def test_announced_body_beyond_the_limit_is_413(port):
    with RawConnection(port) as connection:
        answer = connection.send(post(1025)).read_response()

        assert answer.status == 413
        assert connection.read_until_closed() == b""


def test_chunked_body_beyond_the_limit_is_413(port):
    head = b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"

    answer = exchange(port, head + (b"100\r\n" + b"x" * 256 + b"\r\n") * 5)

    assert answer.status == 413


@pytest.mark.parametrize("head", [
    pytest.param(b"X-Long: " + b"x" * 3000 + b"\r\n", id="one_long_line"),
    pytest.param(b"X-Long: " + b"x" * 70000 + b"\r\n", id="line_beyond_64_kib"),
    pytest.param(b"X: y\r\n" * 30, id="many_lines"),
])
def test_head_beyond_the_limit_is_431(port, head):
    with RawConnection(port) as connection:
        connection.send(b"GET /hello HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n")
        answer = connection.read_response()

        assert answer.status == 431
        assert connection.read_until_closed() == b""


def test_target_beyond_the_limit_is_refused(port):
    answer = exchange(port, b"GET /" + b"x" * 3000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")

    assert answer.status in (414, 431)


def test_slow_head_is_answered_408_or_closed(port):
    with RawConnection(port) as connection:
        rest = connection.send(GET_HELLO[:20]).read_until_closed()

    assert rest == b"" or rest.startswith(b"HTTP/1.1 408 ")


def test_slow_body_is_answered_408(port):
    with RawConnection(port) as connection:
        rest = connection.send(post(100)[:-5]).read_until_closed()

    assert rest.startswith(b"HTTP/1.1 408 ")


def test_idle_connection_is_closed_without_a_word(port):
    with RawConnection(port) as connection:
        assert connection.send(GET_HELLO).read_response().status == 200
        rest = connection.read_until_closed()

    assert rest == b""


def test_connection_that_says_nothing_is_closed(port):
    with RawConnection(port) as connection:
        assert connection.read_until_closed() == b""


def test_server_answers_again_after_too_many_connections(port):
    crowd = [socket.create_connection(("127.0.0.1", port), 30) for _ in range(60)]
    for each in crowd:
        each.close()

    def answered() -> bool:
        try:
            return exchange(port, GET_HELLO).status == 200
        except (AssertionError, OSError):
            return False

    wait_until(answered, "an answer once the crowd has gone")


def test_client_that_does_not_read_its_answer_is_closed():
    settings = "limits: { write_timeout: 300ms }"
    body = b'{"x":"' + b"y" * 8_000_000 + b'"}'
    with Server(native_routes(settings)) as server:
        descriptors = Path(f"/proc/{server.pid}/fd")
        without_clients = len(list(descriptors.iterdir()))
        with RawConnection(server.port) as connection:
            connection.send(
                b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body))
            connection.send(body)
            wait_until(lambda: len(list(descriptors.iterdir())) == without_clients, "it is cut")

            assert len(connection.read_until_closed()) < len(body)


def test_pipeline_depth_bounds_the_requests_that_run_at_once():
    routes = f"""limits: {{ pipeline_depth: 3 }}
plugins: {{ fixture: "{FIXTURE}" }}
routes:
  GET /hold: fixture hold
  GET /release: fixture release_held
"""
    with Server(routes) as server, RawConnection(server.port) as connection:
        connection.send(b"GET /hold HTTP/1.1\r\nHost: x\r\n\r\n" * 10)
        answered = 0
        while answered < 10:
            exchange(server.port, b"GET /release HTTP/1.1\r\nHost: x\r\n\r\n")
            connection.socket.settimeout(0.3)
            released = 0
            with contextlib.suppress(socket.timeout):
                while answered < 10:
                    assert connection.read_response().body == b"held"
                    answered += 1
                    released += 1
            assert released <= 3, "no more than pipeline_depth were running"


def test_bodies_beyond_the_common_budget_are_503():
    with Server(native_routes("limits: { buffered_bytes: 1KiB, body: 1KiB }")) as server, \
         RawConnection(server.port) as first, RawConnection(server.port) as second:
        first.send(post(1000)[:-1])
        exchange(server.port, GET_HELLO)  # so that the first head has been read
        refused = second.send(post(1000)).read_response()

        assert (refused.status, refused.headers["retry-after"]) == (503, "1")
        assert second.read_until_closed() == b""
        assert first.send(b"}").read_response().status == 200
