"""Requests that are right, as bytes: what is answered, in which order, and what stays open."""
import re
import socket
import struct
from email.utils import parsedate_to_datetime

import pytest

from routes import native_routes
from support.http_client import RawConnection, exchange
from support.server import Server

GET_HELLO = b"GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"


def echo(body: bytes, extra: bytes = b"") -> bytes:
    return (b"POST /echo HTTP/1.1\r\nHost: localhost\r\n" + extra +
            b"Content-Length: %d\r\n\r\n" % len(body) + body)


@pytest.fixture(scope="module")
def port():
    routes = """
        GET /twice: native hello
        POST /twice: native echo
        ANY /any: native hello
        GET /users/{id:int}: native hello
    """
    with Server(native_routes(routes=routes)) as server:
        yield server.port


def test_connection_serves_many_requests(port):
    with RawConnection(port) as connection:
        for _ in range(50):
            assert connection.send(GET_HELLO).read_response().status == 200


def test_answer_has_date_and_length(port):
    answer = exchange(port, GET_HELLO)

    assert parsedate_to_datetime(answer.headers["date"])
    assert int(answer.headers["content-length"]) == len(answer.body)


def test_pipelined_requests_are_answered_in_order(port):
    bodies = [b'{"n": %d}' % number for number in range(200)]

    with RawConnection(port) as connection:
        connection.send(b"".join(echo(body) for body in bodies))
        answers = [connection.read_response().json()["echo"]["n"] for _ in bodies]

    assert answers == list(range(200))


def test_request_cut_at_every_byte_is_understood(port):
    whole = echo(b'{"a": 1}')

    with RawConnection(port) as connection:
        for cut in range(1, len(whole)):
            connection.send(whole[:cut])
            connection.send(whole[cut:])
            assert connection.read_response().status == 200


def test_head_has_the_head_of_get_and_no_body(port):
    with RawConnection(port) as connection:
        got = connection.send(GET_HELLO).read_response()
        head = connection.send(GET_HELLO.replace(b"GET", b"HEAD")).read_response(to_head=True)
        after = connection.send(GET_HELLO).read_response()

    assert (head.status, after.status) == (200, 200)
    assert head.headers["content-length"] == got.headers["content-length"]
    assert head.headers["content-type"] == got.headers["content-type"]


@pytest.mark.parametrize("path, allow", [
    pytest.param(b"/hello", {"GET", "HEAD", "OPTIONS"}, id="get"),
    pytest.param(b"/twice", {"GET", "HEAD", "OPTIONS", "POST"}, id="get_and_post"),
    pytest.param(b"/users/7", {"GET", "HEAD", "OPTIONS"}, id="pattern"),
])
def test_options_says_what_the_path_takes(port, path, allow):
    answer = exchange(port, b"OPTIONS " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n")

    assert answer.status == 204
    assert set(re.split(", *", answer.headers["allow"])) == allow
    assert "content-length" not in answer.headers


def test_options_of_the_server(port):
    answer = exchange(port, b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")

    assert answer.status in (200, 204)


def test_options_goes_to_a_route_that_takes_any_method(port):
    assert exchange(port, b"OPTIONS /any HTTP/1.1\r\nHost: x\r\n\r\n").json()["message"]


@pytest.mark.parametrize(
    "target", [b"/nothing", b"/hello/", b"//hello", b"/users/07", b"/HELLO", b"/"])
def test_unknown_path_is_404(port, target):
    answer = exchange(port, b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n\r\n")

    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404


def test_known_path_with_another_method_is_405(port):
    answer = exchange(port, b"DELETE /twice HTTP/1.1\r\nHost: x\r\n\r\n")

    assert answer.status == 405
    assert set(re.split(", *", answer.headers["allow"])) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_registered_method_on_unknown_path_is_404(port):
    assert exchange(port, b"PROPFIND /nothing HTTP/1.1\r\nHost: x\r\n\r\n").status == 404


def test_unregistered_method_is_501_unless_a_route_takes_any(port):
    assert exchange(port, b"BREW /hello HTTP/1.1\r\nHost: x\r\n\r\n").status == 501
    assert exchange(port, b"BREW /any HTTP/1.1\r\nHost: x\r\n\r\n").status == 200


@pytest.mark.parametrize("target", [
    pytest.param(b"/%68ello", id="escaped_path"),
    pytest.param(b"/hello?q=100%&%zz", id="raw_query"),
    pytest.param(b"http://localhost/hello", id="absolute_form"),
    pytest.param(b"/hello?", id="empty_query"),
])
def test_target_that_means_hello(port, target):
    assert exchange(port, b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 200


@pytest.mark.parametrize("field", [b"close", b"Close", b"x-one, close", b"CLOSE , x"])
def test_connection_close_is_said_and_done(port, field):
    request = b"GET /hello HTTP/1.1\r\nHost: x\r\nConnection: " + field + b"\r\n\r\n"

    with RawConnection(port) as connection:
        answer = connection.send(request + GET_HELLO).read_response()
        rest = connection.read_until_closed()

    assert answer.status == 200
    assert answer.headers["connection"].lower() == "close"
    assert rest == b"", "what follows a close is not served"


def test_http_1_0_is_closed_after_its_answer(port):
    with RawConnection(port) as connection:
        answer = connection.send(b"GET /hello HTTP/1.0\r\n\r\n").read_response()
        rest = connection.read_until_closed()

    assert (answer.status, rest) == (200, b"")


def test_http_1_0_stays_open_when_it_asks(port):
    request = b"GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"

    with RawConnection(port) as connection:
        first = connection.send(request).read_response()
        second = connection.send(request).read_response()

    assert first.headers["connection"].lower() == "keep-alive"
    assert second.status == 200


def test_half_closed_client_is_answered_then_closed(port):
    with RawConnection(port) as connection:
        connection.send(GET_HELLO * 3).end_sending()
        answers = [connection.read_response().status for _ in range(3)]
        rest = connection.read_until_closed()

    assert (answers, rest) == ([200, 200, 200], b"")


def test_empty_lines_before_a_request_are_skipped(port):
    assert exchange(port, b"\r\n\r\n" + GET_HELLO).status == 200


def test_reset_by_a_client_harms_nobody(port):
    reset = struct.pack("ii", 1, 0)
    for _ in range(20):
        with RawConnection(port) as connection:
            connection.send(GET_HELLO * 5)
            connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)

    assert exchange(port, GET_HELLO).status == 200
