"""Bodies and their framing, and wrong requests: one answer, then the connection is closed."""
import pytest

from routes import native_routes
from support.http_client import RawConnection, exchange
from support.server import Server

HEAD = b"POST /echo HTTP/1.1\r\nHost: localhost\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
GET_HELLO = b"GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def port():
    with Server(native_routes()) as server:
        yield server.port


def chunks(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


@pytest.mark.parametrize("body", [
    pytest.param(chunks(b'{"a": 1}'), id="one"),
    pytest.param(chunks(*(b'{"a"', b": ", b"1}")), id="several"),
    pytest.param(b'8;name=value\r\n{"a": 1}\r\n0\r\n\r\n', id="extension"),
    pytest.param(b'8\r\n{"a": 1}\r\n0\r\nX-Sum: 7\r\n\r\n', id="trailer"),
    pytest.param(b'0008\r\n{"a": 1}\r\n000\r\n\r\n', id="leading_zeros"),
])
def test_chunked_body_is_read(port, body):
    with RawConnection(port) as connection:
        answer = connection.send(CHUNKED + body).read_response()

        assert answer.json()["echo"] == {"a": 1}
        assert connection.is_open_after_answer()


def test_chunked_body_cut_at_every_byte_is_understood(port):
    whole = CHUNKED + chunks(b'{"a"', b": 1}")

    with RawConnection(port) as connection:
        for cut in range(1, len(whole)):
            connection.send(whole[:cut])
            connection.send(whole[cut:])
            assert connection.read_response().json()["echo"] == {"a": 1}


def test_expect_continue_is_answered_before_the_body(port):
    with RawConnection(port) as connection:
        connection.send(HEAD + b"Expect: 100-continue\r\nContent-Length: 8\r\n\r\n")
        interim = connection.read_response()
        final = connection.send(b'{"a": 1}').read_response()

    assert (interim.status, final.status) == (100, 200)


def test_expect_continue_is_not_answered_when_the_body_is_refused(port):
    with RawConnection(port) as connection:
        connection.send(HEAD + b"Expect: 100-continue\r\nContent-Length: 99999999999\r\n\r\n")

        assert connection.read_response().status == 413


def test_unknown_expectation_is_417(port):
    answer = exchange(port, HEAD + b"Expect: tea\r\nContent-Length: 0\r\n\r\n")

    assert answer.status == 417


WRONG = {
    "no_host": (b"GET /hello HTTP/1.1\r\n\r\n", 400),
    "two_hosts": (b"GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    "bad_host": (b"GET /hello HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
    "garbage": (b"hello\r\n\r\n", 400),
    "tls": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "no_version": (b"GET /hello\r\nHost: x\r\n\r\n", 400),
    "http_2": (b"GET /hello HTTP/2.0\r\nHost: x\r\n\r\n", 505),
    "http_1_2_spelled_badly": (b"GET /hello HTTP/1.x\r\nHost: x\r\n\r\n", 400),
    "space_before_colon": (b"GET /hello HTTP/1.1\r\nHost: x\r\nX : y\r\n\r\n", 400),
    "folded_line": (b"GET /hello HTTP/1.1\r\nHost: x\r\nX: y\r\n z\r\n\r\n", 400),
    "line_without_colon": (b"GET /hello HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n", 400),
    "nul_in_value": (b"GET /hello HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n", 400),
    "control_in_target": (b"GET /he\x01llo HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "bad_escape": (b"GET /he%zzllo HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "nul_escape": (b"GET /hello%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "dot_segment": (b"GET /a/../hello HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "escaped_dot_segment": (b"GET /a/%2e%2e/hello HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "relative_target": (b"GET hello HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "connect": (b"CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n", 501),
    "length_not_a_number": (HEAD + b"Content-Length: 8x\r\n\r\n{\"a\": 1}", 400),
    "length_negative": (HEAD + b"Content-Length: -1\r\n\r\n", 400),
    "length_signed": (HEAD + b"Content-Length: +8\r\n\r\n{\"a\": 1}", 400),
    "length_beyond_64_bits": (HEAD + b"Content-Length: 99999999999999999999\r\n\r\n", 400),
    "two_lengths": (HEAD + b"Content-Length: 8\r\nContent-Length: 9\r\n\r\n{\"a\": 1}", 400),
    "length_and_chunked": (
        HEAD + b"Content-Length: 8\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "unknown_coding": (HEAD + b"Transfer-Encoding: gzip\r\n\r\n", 501),
    "coding_behind_chunked": (HEAD + b"Transfer-Encoding: chunked, gzip\r\n\r\n", (400, 501)),
    "chunked_twice": (HEAD + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", (400, 501)),
    "chunked_prefix": (HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", (400, 501)),
    "chunked_in_1_0": (b"POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "chunk_size_not_hex": (CHUNKED + b"x\r\n", 400),
    "chunk_size_negative": (CHUNKED + b"-8\r\n", 400),
    "chunk_size_prefixed": (CHUNKED + b"0x8\r\n{\"a\": 1}\r\n0\r\n\r\n", 400),
    "chunk_without_end": (CHUNKED + b"8\r\n{\"a\": 1}xx0\r\n\r\n", 400),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_request_is_refused_once_and_the_connection_closed(port, name):
    data, status = WRONG[name]

    with RawConnection(port) as connection:
        answer = connection.send(data + GET_HELLO).read_response()
        rest = connection.read_until_closed()

    assert answer.status in (status if isinstance(status, tuple) else (status,)), answer
    assert answer.headers["connection"].lower() == "close"
    assert answer.json()["detail"], "a reason that a person can use"
    assert rest == b"", "nothing behind a refused request is served"


def test_good_requests_before_a_wrong_one_are_answered(port):
    with RawConnection(port) as connection:
        connection.send(GET_HELLO * 2 + b"nonsense\r\n\r\n")
        statuses = [connection.read_response().status for _ in range(3)]

    assert statuses == [200, 200, 400]
