"""What a plugin answers can't break the response: header lines, and statuses without a body."""
import pytest

from conformance import FIXTURE
from support.http_client import Response
from support.server import Server
from support.strict_client import StrictConnection

ROUTES = f"""plugins: {{ fixture: "{FIXTURE}" }}
routes:
  POST /header: fixture header_of_body
  POST /no-content: {{ to: fixture header_of_body, http_status: 204 }}
  POST /reset-content: {{ to: fixture header_of_body, http_status: 205 }}
  POST /not-modified: {{ to: fixture header_of_body, http_status: 304 }}
  ANY /unregistered: {{ to: fixture header_of_body, http_status: 599 }}
  GET /hello: fixture hello
"""
REFUSED = b"-1"  # PH_E_INVALID


@pytest.fixture(scope="module")
def port():
    with Server(ROUTES) as server:
        yield server.port


def answer_to(port: int, path: str, header: bytes) -> Response:
    """The answer, held to the grammar, on a connection that serves another request behind it."""
    with StrictConnection(port) as connection:
        connection.send(b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
                        b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n" %
                        (path.encode(), len(header), header))
        answer = connection.read_strictly()
        behind = connection.read_strictly()
        assert (behind.status, behind.body) == (200, b"hello")
        return answer


@pytest.mark.parametrize("header", [
    pytest.param(b"x-note:a\r\nx-injected: b", id="9112-2.2 CR LF in a value"),
    pytest.param(b"x-note:a\nx-injected: b", id="9112-2.2 LF in a value"),
    pytest.param(b"x-note:a\rx-injected: b", id="9112-2.2 CR in a value"),
    pytest.param(b"x-note:a\r\n\r\n<html>", id="9112-2.2 a body in a value"),
    pytest.param(b"x-note:a\r\n b", id="9112-5.2 a folded value"),
    pytest.param(b"x-note:a\0b", id="9110-5.5 NUL in a value"),
    pytest.param(b"x-note:a\x0bb", id="9110-5.5 vertical tab in a value"),
    pytest.param(b"x-note:a\x1bb", id="9110-5.5 escape in a value"),
    pytest.param(b"x-note:a\x7fb", id="9110-5.5 DEL in a value"),
    pytest.param(b":a", id="9110-5.1 no name"),
    pytest.param(b"x note:a", id="9110-5.6.2 space in a name"),
    pytest.param(b"x-note :a", id="9112-5.1 space behind a name"),
    pytest.param(b"x\r\ny:a", id="9112-2.2 CR LF in a name"),
    pytest.param(b"x\0:a", id="9110-5.6.2 NUL in a name"),
    pytest.param("x-né:a".encode(), id="9110-5.6.2 name beyond ASCII"),
    pytest.param(b"content-length:5", id="9110-8.6 another length"),
    pytest.param(b"Content-Length:4, 4", id="9110-8.6 two lengths"),
    pytest.param(b"content-length:+4", id="9110-8.6 length with a sign"),
    pytest.param(b"content-length:", id="9110-8.6 empty length"),
    pytest.param(b"transfer-encoding:chunked", id="9112-6.1 Transfer-Encoding"),
    pytest.param(b"Transfer-Encoding:identity", id="9112-6.1 Transfer-Encoding in another case"),
    pytest.param(b"trailer:x", id="9110-6.6.2 Trailer"),
    pytest.param(b"upgrade:tea", id="9110-7.8 Upgrade"),
    pytest.param(b"connection:keep-alive", id="9110-7.6.1 Connection"),
    pytest.param(b"keep-alive:timeout=5", id="9112-C.2.2 Keep-Alive"),
])
def test_header_that_breaks_a_rule_is_refused(port, header):
    answer = answer_to(port, "/header", header)

    assert answer.body == REFUSED
    assert "x-injected" not in answer.headers


@pytest.mark.parametrize("header, name, value", [
    pytest.param(b"x-note:a b", "x-note", "a b", id="9110-5.5 value"),
    pytest.param(b"x-note:", "x-note", "", id="9110-5.5 empty value"),
    pytest.param(b"x-note:a\tb", "x-note", "a\tb", id="9110-5.5 tab"),
    pytest.param("x-note:é".encode(), "x-note", "é".encode().decode("latin-1"),
                 id="9110-5.5 value beyond ASCII"),
    pytest.param(b"content-length: 4 ", "content-length", "4", id="9110-8.6 the length it has"),
    pytest.param(b"date:Sun, 06 Nov 1994 08:49:37 GMT", "date", "Sun, 06 Nov 1994 08:49:37 GMT",
                 id="9110-6.6.1 a Date of its own"),
])
def test_header_that_is_right_is_sent_once(port, header, name, value):
    answer = answer_to(port, "/header", header)

    assert (answer.body, answer.headers[name]) == (b"lent", value)


@pytest.mark.parametrize("path, status, length", [
    pytest.param("/no-content", 204, None, id="9110-15.3.5"),
    pytest.param("/reset-content", 205, "0", id="9110-15.3.6"),
    pytest.param("/not-modified", 304, None, id="9110-15.4.5"),
])
def test_status_that_has_no_body_gets_none(port, path, status, length):
    answer = answer_to(port, path, b"x-note:a")

    assert (answer.status, answer.body) == (status, b"")
    assert answer.headers.get("content-length") == length


def test_handlers_close_is_done(port):
    with StrictConnection(port) as connection:
        connection.send(b"POST /header HTTP/1.1\r\nHost: x\r\nContent-Length: 16\r\n\r\n"
                        b"connection:close" + b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")

        assert connection.read_strictly().headers["connection"] == "close"
        connection.expect_end()


def test_status_that_is_not_registered_has_a_reason_all_the_same(port):
    with StrictConnection(port) as connection:
        connection.send(b"POST /unregistered HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nx:y")
        answer = connection.read_response()

    assert (answer.status, answer.reason) == (599, "Server Error")
