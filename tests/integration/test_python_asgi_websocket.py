"""WebSocket connections of ASGI applications."""
import json
import signal
import socket
import time

import pytest

from routes import python_routes
from support.background import Background
from support.certificates import client_context, make_certificate
from support.http_client import RawConnection, get
from support.processes import memory
from support.python_packages import site_packages
from support.server import BINARY_DIR, IS_SANITIZED, Server
from support.waiting import wait_until
from support.websocket_client import BINARY, TEXT, WebSocketClient, frame, handshake

KIB, MIB = 1024, 1024 * 1024
NAMES = ("control", "echo", "show_scope", "with_lifespan", "refuses", "denies", "silent",
         "fails_at_once", "fails", "wrong", "returns", "closes", "pushes", "pushes_at_once",
         "pushes_for_ever", "waits_to_receive", "looks_now_and_then", "takes_no_notice")
ROUTES = "\n".join(
    f"ANY /{name}/{{rest:path}}: {{ to: python websocket_apps:{name}, mode: asgi }}"
    for name in NAMES) + """
    GET /hesitates: { to: python websocket_apps:hesitates, mode: asgi, timeout: 300ms }
    GET /speaks_late: { to: python websocket_apps:speaks_late, mode: asgi, timeout: 100ms }
"""
FRAMEWORKS = """
    ANY /fastapi/{rest:path}: { to: python websocket_frameworks:fastapi, mode: asgi }
    ANY /starlette/{rest:path}: { to: python websocket_frameworks:starlette, mode: asgi }
"""


def own_server(settings: str = "", files=None) -> Server:
    return Server(python_routes(ROUTES, settings), files)


@pytest.fixture(scope="module")
def server():
    routes = python_routes(ROUTES + FRAMEWORKS, folders=[site_packages(BINARY_DIR)])
    with Server(routes) as running:
        yield running


@pytest.fixture
def mark(tmp_path):
    """The file that an application tells its end in, and what it says once it does."""
    class Mark:
        path = tmp_path / "mark"

        def query(self) -> str:
            return f"?mark={self.path}"

        def says(self) -> str:
            return wait_until(lambda: self.path.exists() and self.path.read_text(), "it has ended")

    return Mark()


def ask(server: Server, path: str, *fields: str):
    with RawConnection(server.port) as connection:
        return connection.send(handshake(path, *fields)).read_response()


def control(server: Server, query: str = "") -> dict:
    return get(server.port, "/control" + query).json()


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
@pytest.mark.parametrize("size", [0, 5, 64 * KIB, MIB])
def test_messages_come_back(server, opcode, size):
    payload = ("añ" * size).encode()[:size]
    payload = payload if opcode == BINARY else payload.decode(errors="ignore").encode()
    with WebSocketClient(server.port, "/echo") as client:
        for _ in range(3):
            sending = Background(client.send_frame, opcode, payload)
            found = client.read_message()
            assert (found.encode() if opcode == TEXT else found) == payload
            sending.result()
        assert client.close() == 1000


def test_messages_are_compressed_if_the_client_offers_it(server):
    with WebSocketClient(server.port, "/echo", offer="permessage-deflate") as client:
        client.send_frame(TEXT, client.deflate(b"x" * 1000), rsv=4)
        assert client.read_message() == "x" * 1000


def test_thousand_messages_at_once_come_back_in_order(server):
    with WebSocketClient(server.port, "/echo") as client:
        sending = Background(client.send, b"".join(frame(TEXT, b"%d" % i) for i in range(1000)))

        assert [client.read_message() for _ in range(1000)] == [str(i) for i in range(1000)]
        sending.result()


def test_scope_is_what_the_specification_says(server):
    with WebSocketClient(server.port, "/show_scope/a%20b?x=%20&y", "X-Twice: a",
                         "Sec-WebSocket-Protocol: v2, v1", "Sec-WebSocket-Protocol: v0") as client:
        assert client.response.headers["sec-websocket-protocol"] == "v2"
        assert client.response.headers["set-cookie"] == "a=b"
        scope = json.loads(client.read_message())

    assert scope.pop("client")[0] == "127.0.0.1"
    assert ["x-twice", "a"] in scope.pop("headers")
    assert scope == {
        "type": "websocket", "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1", "scheme": "ws", "path": "/show_scope/a b",
        "raw_path": "/show_scope/a%20b", "query_string": "x=%20&y", "root_path": "/show_scope",
        "server": ["127.0.0.1", server.port], "subprotocols": ["v2", "v1", "v0"],
        "extensions": {"websocket.http.response": {}}}


def test_scheme_is_wss_behind_tls(tmp_path):
    make_certificate(tmp_path, "server")
    files = {file.name: file for file in tmp_path.iterdir()}
    with own_server("tls: { cert: server.crt, key: server.key }", files) as server, \
         WebSocketClient(server.port, "/show_scope", tls=client_context(tmp_path)) as client:
        assert '"scheme": "wss"' in client.read_message()


def test_other_requests_are_http(server):
    assert get(server.port, "/show_scope").body == b"plain"
    assert get(server.port, "/show_scope", Upgrade="h2c", Connection="Upgrade").body == b"plain"
    assert get(server.port, "/show_scope", Upgrade="websocket").body == b"plain"
    post = handshake("/show_scope").replace(b"GET", b"POST")
    with RawConnection(server.port) as connection:
        assert connection.send(post).read_response().body == b"plain"


def test_lifespan_state_is_there(server):
    with WebSocketClient(server.port, "/with_lifespan") as client:
        assert client.read_message() == "hello"


def test_refusal_before_the_acceptance_is_403(server, mark):
    answer = ask(server, "/refuses" + mark.query())

    assert answer.status == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert mark.says() == "websocket.disconnect 1006 "


def test_refusal_may_be_an_answer_of_its_own(server):
    answer = ask(server, "/denies")

    assert (answer.status, answer.body) == (401, b"who are you?")
    assert answer.headers["www-authenticate"] == "Basic"


@pytest.mark.parametrize(("path", "says"), [
    ("/silent", "the ASGI application returned without an answer"),
    ("/fails_at_once", "ValueError: before it accepts"),
])
def test_failure_before_the_acceptance_is_500_and_logged(server, path, says):
    answer = ask(server, path)

    assert answer.status == 500
    assert answer.json()["request_id"] in server.log()
    assert says in server.log()


def test_bad_handshake_is_answered_by_the_host(server):
    with RawConnection(server.port) as connection:
        assert connection.send(handshake("/echo", version="8")).read_response().status == 426


def test_exception_closes_with_1011_and_is_logged(server):
    with WebSocketClient(server.port, "/fails", "X-Request-ID: of-this-one") as client:
        assert client.send_text("this").read_close().code == 1011
        client.send_close(1011)
        assert client.is_closed()

    log = server.log()
    assert "request of-this-one: python websocket_apps:fails failed on GET /fails" in log
    assert "ValueError: a message it cannot bear: this" in log
    assert "Traceback (most recent call last)" in log


def test_messages_out_of_order_raise(server, mark):
    with WebSocketClient(server.port, "/wrong" + mark.query()) as client:
        said = client.read_message().splitlines()
        assert client.read_close().code == 1000

    expected = ("RuntimeError: expected the ASGI message 'websocket.accept', 'websocket.close' or",
                "ValueError: the host refuses this websocket.accept",
                "ValueError: the host refuses this websocket.accept",
                "TypeError: 'subprotocol' of an ASGI message must be str or None, not int",
                "RuntimeError: expected the ASGI message 'websocket.send' or 'websocket.close'",
                "TypeError: websocket.send takes either 'bytes'",
                "TypeError: websocket.send takes either 'bytes'",
                "UnicodeEncodeError: 'utf-8' codec can't encode",
                "ValueError: websocket.close: 1005 may not be sent",
                "ValueError: websocket.close: 66536 may not be sent",
                "ValueError: websocket.close: 1000 may not be sent as a code, or the reason is")
    assert len(said) == len(expected), said
    for line, start in zip(said, expected):
        assert line.startswith(start)
    assert mark.says().startswith("RuntimeError: expected the ASGI message none, for the")
    assert "the client does not offer the subprotocol 'never-offered'" in server.log()


def test_return_closes_with_1000(server):
    with WebSocketClient(server.port, "/returns") as client:
        assert client.read_message() == b"bye"
        assert client.read_close().code == 1000
        client.send_close(1000)
        assert client.is_closed()


def test_application_closes_first(server, mark):
    with WebSocketClient(server.port, "/closes" + mark.query()) as client:
        found = client.send_text("4000 that is all").read_frame()
        assert (found.code, found.payload[2:]) == (4000, b"that is all")
        client.send_text("ignored by now").send_close(4000)
        assert client.is_closed()

    assert mark.says() == "websocket.disconnect 4000 that is all"


def test_client_closes_first(server, mark):
    with WebSocketClient(server.port, "/echo" + mark.query()) as client:
        client.send_close(4321, b"enough")
        assert client.read_close().code == 4321

    assert mark.says() == "websocket.disconnect 4321 enough"


def test_close_without_a_code_is_1005(server, mark):
    with WebSocketClient(server.port, "/echo" + mark.query()) as client:
        client.send_frame(8)
        client.read_close()

    assert mark.says() == "websocket.disconnect 1005 "


@pytest.mark.parametrize("leave", ["fin", "reset", "early"])
def test_client_that_vanishes_is_1006(server, mark, leave):
    if leave == "early":
        with RawConnection(server.port) as connection:
            connection.send(handshake("/echo" + mark.query()))
    else:
        client = WebSocketClient(server.port, "/echo" + mark.query())
        client.reset() if leave == "reset" else client.raw.socket.close()

    assert mark.says().startswith("websocket.disconnect 1006")


def test_mistake_of_the_client_is_told_to_the_application(server, mark):
    with WebSocketClient(server.port, "/echo" + mark.query()) as client:
        assert client.send_frame(TEXT, b"\xff").read_close().code == 1007

    assert mark.says().startswith("websocket.disconnect 1007")


def test_send_to_a_client_that_left_raises_and_is_not_logged(server, mark):
    client = WebSocketClient(server.port, "/pushes_for_ever" + mark.query())
    client.read_message()
    client.reset()

    assert mark.says() == "ClientDisconnected"
    with WebSocketClient(server.port, "/echo") as other:
        assert other.send_text("x").read_message() == "x"
    assert "pushes_for_ever failed" not in server.log()


def test_slow_client_holds_send_back(server):
    with WebSocketClient(server.port, "/pushes") as client:
        client.send_text(f"300 {64 * KIB}")
        held_at = wait_until(lambda: control(server)["held_at"], "send() waits")
        assert held_at < 200, "the kernel's buffers and 256 KiB of ours are full before that"

        assert [client.read_message()[:6] for _ in range(300)] == [b"%06d" % n for n in range(300)]
        assert client.read_close().code == 1000


def test_many_sends_at_once_to_a_slow_client_keep_their_order(server):
    with WebSocketClient(server.port, "/pushes_at_once") as client:
        client.send_text(f"300 {64 * KIB}")

        assert [client.read_message()[:6] for _ in range(300)] == [b"%06d" % n for n in range(300)]


def test_slow_application_holds_the_client_back(mark):
    with own_server() as server, \
         WebSocketClient(server.port, "/waits_to_receive" + mark.query()) as client:
        client.raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 * KIB)
        before = memory(server.pid)
        sent = 0

        def send_all():
            nonlocal sent
            for sent in range(1, 501):
                client.send_frame(BINARY, b"x" * 64 * KIB)

        sending = Background(send_all)
        seen, since = 0, time.monotonic()

        def is_held() -> bool:
            nonlocal seen, since
            if sent > seen:
                seen, since = sent, time.monotonic()
            return time.monotonic() - since > 0.5

        wait_until(is_held, "the client is held back")
        assert not sending.done()
        assert memory(server.pid) - before < 20 * MIB or IS_SANITIZED
        assert control(server)["received"] == 1

        control(server, "?go")
        sending.result()
        client.send_close()
        assert client.read_close().code == 1000
        assert mark.says() == "1000"
        assert control(server)["received"] == 500


def test_receive_that_is_given_up_loses_no_message(server):
    with WebSocketClient(server.port, "/looks_now_and_then") as client:
        assert [client.read_message() for _ in range(3)] == ["nothing yet"] * 3
        assert client.send_text("now").read_message() == "now"


def test_timeout_is_for_the_handshake(server, mark):
    assert ask(server, "/hesitates" + mark.query()).status == 504
    assert mark.says() == "cancelled"

    with WebSocketClient(server.port, "/speaks_late") as client:
        assert client.read_message() == "still here"


def test_hundred_connections_at_once(server):
    crowd = [WebSocketClient(server.port, "/echo") for _ in range(100)]
    for number, client in enumerate(crowd):
        client.send(b"".join(frame(TEXT, b"%d %d" % (number, i)) for i in range(10)))
    for number, client in enumerate(crowd):
        assert [client.read_message() for _ in range(10)] == [f"{number} {i}" for i in range(10)]
    for client in crowd:
        client.send_close()
    assert [client.read_close().code for client in crowd] == [1000] * 100
    for client in crowd:
        client.raw.socket.close()


def test_stop_tells_both_ends(tmp_path):
    with own_server() as server:
        marks = [tmp_path / str(number) for number in range(20)]
        crowd = [WebSocketClient(server.port, f"/echo?mark={mark}") for mark in marks]
        for client in crowd:
            assert client.send_text("before").read_message() == "before"
        server.signal(signal.SIGTERM)

        for client in crowd:
            assert client.read_frame().code == 1001
            client.send_close(1001)
            assert client.is_closed()
        assert server.wait() == 0, server.log()
    assert {mark.read_text() for mark in marks} == {
        "websocket.disconnect 1001 the server is stopping"}


def test_stop_cancels_an_application_that_takes_no_notice(mark):
    with own_server() as server, \
         WebSocketClient(server.port, "/takes_no_notice" + mark.query()) as client:
        server.signal(signal.SIGTERM)
        assert client.read_frame().code == 1001
        client.send_close(1001)
        assert client.is_closed()

        assert server.wait() == 0, server.log()
        assert mark.says() == "cancelled"


def test_stop_does_not_wait_for_a_client_that_does_not_answer(mark):
    with own_server("shutdown: { timeout: 3s }") as server, \
         WebSocketClient(server.port, "/echo" + mark.query()) as client:
        server.signal(signal.SIGTERM)
        assert client.read_frame().code == 1001

        assert server.wait() == 0, server.log()
        assert mark.says() == "websocket.disconnect 1001 the server is stopping"


def test_fastapi_is_served(server):
    with WebSocketClient(server.port, "/fastapi/rooms/blue?user=Ada") as client:
        assert client.read_message() == \
            "Hello Ada in blue: ws://localhost/fastapi/rooms/blue?user=Ada"
        assert client.send_text('{"a": 1}').read_message() == '{"room":"blue","said":{"a":1}}'
        client.send_close(3000, b"off")
        assert client.read_close().code == 3000

    wait_until(lambda: get(server.port, "/fastapi/left").json() == ["Ada 3000 off"], "it knows")
    assert ask(server, "/fastapi/rooms/blue").status == 401
    assert ask(server, "/fastapi/nowhere").status == 403


def test_starlette_is_served(server):
    with WebSocketClient(server.port, "/starlette/echo", "Sec-WebSocket-Protocol: a, b") as client:
        assert client.response.headers["sec-websocket-protocol"] == "b"
        assert client.send_frame(BINARY, b"\0\1").read_message() == b"\0\1"
        assert client.send_text("text").read_close().code == 1003
    with WebSocketClient(server.port, "/starlette/iterated") as client:
        assert client.send_text("loud").read_message() == "LOUD"
        assert client.close() == 1000
    answer = ask(server, "/starlette/denied")
    assert (answer.status, answer.body) == (402, b"not today")
