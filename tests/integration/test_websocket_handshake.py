"""How a request becomes a WebSocket connection, or does not."""
import pytest

from routes import websocket_routes
from support.http_client import RawConnection, get
from support.server import Server
from support.waiting import wait_until
from support.websocket_client import TEXT, WebSocketClient, frame, handshake

STATE, INVALID, UNSUPPORTED = -7, -1, -2


@pytest.fixture(scope="module")
def server():
    with Server(websocket_routes()) as running:
        yield running


@pytest.fixture
def port(server) -> int:
    return server.port


def ask(port: int, wire: bytes):
    with RawConnection(port) as connection:
        return connection.send(wire).read_response()


def counters(port: int) -> dict:
    return get(port, "/counters").json()


@pytest.mark.parametrize("path", ["/echo", "/echo_fast"])
def test_good_handshake_is_accepted(port, path):
    with WebSocketClient(port, path) as client:
        assert "sec-websocket-protocol" not in client.response.headers
        assert "sec-websocket-extensions" not in client.response.headers
        assert "content-length" not in client.response.headers
        assert client.send_text("hello").read_message() == "hello"


def test_frames_right_behind_the_handshake_are_not_lost(port):
    early = frame(TEXT, b"one") + frame(TEXT, b"two")
    with WebSocketClient(port, "/echo", send=early + frame(TEXT, b"three")[:4]) as client:
        assert [client.read_message() for _ in range(2)] == ["one", "two"]


def test_handshake_arrives_byte_by_byte(port):
    with RawConnection(port) as connection:
        for byte in handshake("/echo"):
            connection.send(bytes([byte]))
        assert connection.read_response().status == 101


def test_requests_before_the_handshake_are_answered_first(port):
    hello = b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
    with RawConnection(port) as connection:
        connection.send(hello * 3 + handshake("/echo") + frame(TEXT, b"x"))

        assert [connection.read_response().status for _ in range(4)] == [200, 200, 200, 101]
        assert connection.read_exactly(3) == b"\x81\x01x"


def test_handler_chooses_protocol_and_headers(port):
    with WebSocketClient(port, "/greet", "Sec-WebSocket-Protocol: v1, v2") as client:
        assert client.response.headers["sec-websocket-protocol"] == "v2"
        assert client.response.headers["set-cookie"] == "greeted=1"
    with WebSocketClient(port, "/greet", "Sec-WebSocket-Protocol: v1") as client:
        assert "sec-websocket-protocol" not in client.response.headers


@pytest.mark.parametrize("path", ["/greet", "/greet_fast"])
def test_plugin_may_send_before_it_hears_of_the_opening(port, path):
    with WebSocketClient(port, path) as client:
        assert {client.read_message(), client.read_message()} == {"early", "hello"}


@pytest.mark.parametrize("wire, status, word", [
    (handshake("/echo", key="short"), 400, "16 bytes"),
    (handshake("/echo").replace(b"GET", b"GET", 1).replace(b"Connection: Upgrade\r\n", b""), 400,
     "proxy"),
    (handshake("/echo", "Sec-WebSocket-Version: 13"), 400, "more than one"),
    (handshake("/echo", "Sec-WebSocket-Extensions: a b"), 400, "extensions"),
    (handshake("/echo", "Content-Length: 2") + b"{}", 400, "body"),
], ids=["key", "connection", "versions", "extensions", "body"])
def test_bad_handshake_is_answered_400_by_the_host(port, wire, status, word):
    answer = ask(port, wire)

    assert answer.status == status
    assert word in answer.json()["detail"]


def test_other_version_is_answered_426_with_the_one_that_is_spoken(port):
    answer = ask(port, handshake("/echo", version="8"))

    assert answer.status == 426
    assert answer.headers["sec-websocket-version"] == "13"
    assert answer.headers["upgrade"] == "websocket"
    assert answer.headers["connection"] == "Upgrade"


def test_connection_goes_on_after_a_refused_handshake(port):
    with RawConnection(port) as connection:
        connection.send(handshake("/echo", key="short") + b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")

        assert [connection.read_response().status for _ in range(2)] == [400, 200]


def test_plain_request_is_answered_426(port):
    answer = get(port, "/echo")

    assert answer.status == 426
    assert answer.headers["upgrade"] == "websocket"
    assert "WebSocket" in answer.json()["detail"]


def test_handler_may_answer_a_plain_request_itself(port):
    assert get(port, "/mixed").body == b"plain"
    with WebSocketClient(port, "/mixed") as client:
        assert client.send_text("x").read_message() == "x"


def test_http_1_0_has_no_upgrades(port):
    with RawConnection(port) as connection:
        connection.send(handshake("/mixed").replace(b"HTTP/1.1", b"HTTP/1.0"))

        assert connection.read_response().body == b"plain"


def test_handshake_for_an_ordinary_handler_is_an_ordinary_request(port):
    with RawConnection(port) as connection:
        connection.send(handshake("/hello") + b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")

        assert [connection.read_response().status for _ in range(2)] == [200, 200]


def test_handshake_without_a_route_is_answered_404(port):
    assert ask(port, handshake("/nowhere")).status == 404


def test_upgrade_refuses_bad_arguments_and_gives_back_what_it_took(port):
    before = counters(port)["released"]

    answer = ask(port, handshake("/wrong"))

    statuses = [int(each) for each in answer.body.split()]
    assert statuses == [UNSUPPORTED, INVALID, INVALID, INVALID, INVALID]
    # Neither of an unknown protocol nor of a struct too short to hold it can release be known.
    assert counters(port)["released"] - before == 3


def test_upgrade_may_come_later_from_any_thread():
    with Server(websocket_routes()) as server:
        with RawConnection(server.port) as connection:
            connection.send(handshake("/late") + frame(TEXT, b"early"))
            wait_until(lambda: get(server.port, "/open_gate").status == 200, "the gate is open")

            assert connection.read_response().status == 101
            assert connection.read_exactly(7) == b"\x81\x05early"


def test_client_that_leaves_before_the_upgrade_is_never_opened():
    with Server(websocket_routes()) as server:
        with RawConnection(server.port) as connection:
            connection.send(handshake("/late"))

        wait_until(lambda: counters(server.port)["released"] == 1, "the handler is gone")
        assert counters(server.port)["opened"] == 0
        assert counters(server.port)["closed"] == 0


def test_upgrade_after_the_deadline_is_too_late():
    routes = "GET /later: { to: websocket late, timeout: 100ms }"
    with Server(websocket_routes(routes=routes)) as server:
        answer = ask(server.port, handshake("/later"))

        assert answer.status == 504
        wait_until(lambda: counters(server.port)["released"] == 1, "the handler is gone")
        assert counters(server.port)["opened"] == 0


def test_other_calls_find_no_request_behind_the_token(port):
    with WebSocketClient(port, "/status") as client:
        for call, status in [("bad_text", INVALID), ("long_ping", INVALID), ("close_1005", INVALID),
                             ("long_reason", INVALID), ("bad_reason", INVALID), ("abort", -6),
                             ("write", -6), ("upgrade", -6), ("other_token", -6)]:
            assert client.send_text(call).read_message() == f"{call} {status}"
