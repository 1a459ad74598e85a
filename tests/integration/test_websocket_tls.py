"""WebSocket through TLS: the same connection, where bytes hide in another layer's buffers."""
import signal

import pytest

from routes import websocket_routes
from support.certificates import client_context, make_certificate
from support.http_client import RawConnection
from support.server import Server
from support.waiting import wait_until
from support.websocket_client import BINARY, TEXT, WebSocketClient, frame

TLS = "tls: { cert: server.crt, key: server.key }"
GET = "GET /{} HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("certificates")
    make_certificate(path, "server")
    return path


@pytest.fixture
def server(folder):
    files = {file.name: file for file in folder.iterdir()}
    with Server(websocket_routes(TLS), files) as running:
        yield running


@pytest.fixture
def tls(folder):
    return client_context(folder)


def ask(server: Server, tls, name: str):
    with RawConnection(server.port, tls) as connection:
        return connection.send(GET.format(name).encode()).read_response()


@pytest.mark.parametrize("path", ["/echo", "/echo_fast"])
@pytest.mark.parametrize("offer", ["", "permessage-deflate"])
def test_messages_come_back(server, tls, path, offer):
    early = frame(TEXT, b"early")
    with WebSocketClient(server.port, path, offer=offer, send=early, tls=tls) as client:
        assert client.read_message() == "early"
        for size in (0, 1, 126, 16384, 65536, 200_000):
            payload = bytes(i * i % 251 for i in range(size))
            assert client.send_frame(BINARY, payload).read_message() == payload
        assert client.close() == 1000


def test_back_pressure_lets_everything_through(server, tls):
    with WebSocketClient(server.port, "/push", tls=tls) as client:
        client.send_text("100 65536")

        assert {len(client.read_message()) for _ in range(100)} == {65536}


def test_reading_goes_on_where_a_slow_handler_stopped_it(server, tls):
    with WebSocketClient(server.port, "/gate", tls=tls) as client:
        client.send(b"".join([frame(BINARY, b"x" * 10_000)] * 20))
        wait_until(lambda: ask(server, tls, "counters").json()["messages"] == 1, "it is told")

        assert ask(server, tls, "open_gate").status == 200

        assert [client.read_message() for _ in range(20)] == ["10000"] * 20


def test_clients_are_told_to_go_away(server, tls):
    with WebSocketClient(server.port, "/echo", tls=tls) as client:
        client.send_text("x").read_message()
        server.signal(signal.SIGTERM)

        assert client.read_close().code == 1001
        client.send_close(1001)
        assert client.is_closed()
    assert server.wait() == 0
