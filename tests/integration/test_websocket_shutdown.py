"""What SIGTERM means to open WebSocket connections."""
import signal
import socket
import time

import pytest

from routes import websocket_routes
from support.http_client import RawConnection, get
from support.server import Server
from support.waiting import wait_until
from support.websocket_client import CLOSE, WebSocketClient, close_payload, frame, handshake

GET_COUNTERS = b"GET /counters HTTP/1.1\r\nHost: x\r\n\r\n"


def counters(server: Server) -> dict:
    return get(server.port, "/counters").json()


def refuses_connections(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.parametrize("path", ["/echo", "/echo_fast"])
def test_clients_are_told_to_go_away(path, attempt):
    with Server(websocket_routes()) as server:
        crowd = [WebSocketClient(server.port, path) for _ in range(20)]
        for client in crowd:
            client.send_text("before")
        server.signal(signal.SIGTERM)

        for client in crowd:
            assert client.read_message() == "before"
            found = client.read_frame()
            assert (found.code, found.payload[2:]) == (1001, b"the server is stopping")
            client.send_close(1001)
            assert client.is_closed()
        assert server.wait() == 0, server.log()


def test_client_that_does_not_answer_is_cut_at_half_the_time():
    with Server(websocket_routes("shutdown: { timeout: 3s }")) as server, \
         WebSocketClient(server.port, "/echo") as client:
        start = time.monotonic()
        server.signal(signal.SIGTERM)

        assert client.read_frame().code == 1001
        assert client.is_closed()
        assert time.monotonic() - start >= 1.4
        assert server.wait() == 0, server.log()


def test_callback_that_does_not_return_is_abandoned_work():
    with Server(websocket_routes("shutdown: { timeout: 1s }")) as server, \
         WebSocketClient(server.port, "/gate") as client:
        client.send_text("blocks")
        wait_until(lambda: counters(server)["messages"] == 1, "the handler blocks")

        assert server.stop() == 5, server.log()


def test_upgrade_after_the_stop_has_begun_is_told_too():
    with Server(websocket_routes("shutdown: { linger: 10s }")) as server, \
         RawConnection(server.port) as connection:
        connection.send(handshake("/late"))
        opener = RawConnection(server.port)
        assert opener.send(GET_COUNTERS).read_response().status == 200
        server.signal(signal.SIGTERM)
        wait_until(lambda: refuses_connections(server.port), "the stop has begun")

        opener.send(GET_COUNTERS.replace(b"counters", b"open_gate"))
        assert opener.read_response().status == 200

        assert connection.read_response().status == 101
        assert connection.read_exactly(4) == b"\x88\x18\x03\xe9"
        opener.socket.close()
        connection.send(frame(CLOSE, close_payload(1001)))
        assert server.wait() == 0
