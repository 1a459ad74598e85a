"""Sizes, floods and slow ends of WebSocket connections: the Autobahn suite's section 9, smaller."""
import socket
import time

import pytest

from routes import websocket_routes
from support.background import Background
from support.http_client import get
from support.processes import memory
from support.server import IS_SANITIZED, Server
from support.waiting import wait_until
from support.websocket_client import (
    BINARY, CONTINUATION, PING, PONG, TEXT, WebSocketClient, frame)

KIB, MIB = 1024, 1024 * 1024


@pytest.fixture(scope="module")
def server():
    with Server(websocket_routes()) as running:
        yield running


def counters(server: Server) -> dict:
    return get(server.port, "/counters").json()


@pytest.mark.parametrize("path", ["/echo", "/echo_fast"])
@pytest.mark.parametrize("size", [64 * KIB, 256 * KIB, MIB])
@pytest.mark.parametrize("fragment", [64, 4096, MIB])
def test_large_messages_come_back(server, path, size, fragment):
    if size // fragment > 4096:
        size = 4096 * fragment
    payload = b"0123456789abcdef" * (size // 16)
    with WebSocketClient(server.port, path) as client:
        data = b"".join(frame(BINARY if at == 0 else CONTINUATION, payload[at:at + fragment],
                              final=at + fragment >= size) for at in range(0, size, fragment))
        sending = Background(client.send, data)

        assert client.read_message() == payload
        sending.result()
        assert client.close() == 1000


@pytest.mark.parametrize("path", ["/echo", "/echo_fast"])
@pytest.mark.parametrize("size", [0, 16, 256, 4096])
def test_many_round_trips(server, path, size):
    with WebSocketClient(server.port, path) as client:
        for _ in range(200):
            client.send_frame(TEXT, b"*" * size)
            assert client.read_message() == "*" * size


@pytest.mark.parametrize("path", ["/echo", "/echo_fast"])
def test_thousand_messages_at_once_come_back_in_order(server, path):
    with WebSocketClient(server.port, path) as client:
        sending = Background(client.send, b"".join(frame(TEXT, b"%d" % i) for i in range(1000)))

        assert [client.read_message() for _ in range(1000)] == [str(i) for i in range(1000)]
        sending.result()


@pytest.mark.parametrize("whole", [True, False])
def test_message_beyond_the_limit_is_refused(server, whole):
    with WebSocketClient(server.port, "/echo") as client:
        if whole:
            client.send(frame(BINARY, b"", length=MIB + 1)[:14])
        else:
            client.send_frame(BINARY, b"x" * MIB, final=False).send_frame(CONTINUATION, b"x")

        assert client.read_close().code == 1009
        assert client.is_closed()


def test_limit_is_the_smaller_of_file_and_handler():
    with Server(websocket_routes("limits: { websocket_message: 50 }")) as server:
        with WebSocketClient(server.port, "/greet") as client:
            client.read_message(), client.read_message()
            assert client.send_frame(BINARY, b"x" * 50).read_message() == "50"
            assert client.send_frame(BINARY, b"x" * 51).read_close().code == 1009


def test_handlers_own_limit(server):
    with WebSocketClient(server.port, "/greet") as client:
        client.read_message(), client.read_message()
        assert client.send_frame(BINARY, b"x" * 100).read_message() == "100"
        assert client.send_frame(BINARY, b"x" * 101).read_close().code == 1009


def test_messages_share_the_budget_for_bodies():
    with Server(websocket_routes("limits: { buffered_bytes: 200KiB }")) as server:
        with WebSocketClient(server.port, "/echo") as client:
            client.send(frame(BINARY, b"", length=MIB)[:14] + b"x" * (300 * KIB))

            assert client.read_close().code == 1013


@pytest.mark.parametrize("path", ["/push", "/push_fast"])
def test_back_pressure_lets_everything_through(server, path):
    with WebSocketClient(server.port, path) as client:
        client.send_text("300 65536")

        sizes = {len(client.read_message()) for _ in range(300)}
        assert sizes == {65536}
        assert client.close() == 1000


@pytest.mark.parametrize("path", ["/flood", "/flood_fast"])
def test_sends_that_ignore_back_pressure_are_refused_in_the_end(server, path):
    with WebSocketClient(server.port, path) as client:
        client.send_text("2000 65536")  # 125 MiB to a client that does not read yet
        wait_until(client.raw.has_input, "the flood has begun")
        quiet_until = time.monotonic() + (2 if IS_SANITIZED else 0.2)
        wait_until(lambda: time.monotonic() > quiet_until, "the plugin has filled its queue")

        message, sent = client.read_message(), 0
        while isinstance(message, bytes):
            sent += 1
            message = client.read_message()
        _, told, _, busy = message.split()
        assert int(told) == sent
        assert int(told) + int(busy) == 2000
        assert int(busy) > 0


def test_slow_handler_stops_the_reading():
    with Server(websocket_routes()) as server, WebSocketClient(server.port, "/gate") as client:
        client.raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 * KIB)
        before = memory(server.pid)
        sending = Background(client.send, b"".join([frame(BINARY, b"x" * 64 * KIB)] * 400))
        wait_until(lambda: counters(server)["messages"] == 1, "the first message is told")
        assert not sending.done()
        assert memory(server.pid) - before < 20 * MIB or IS_SANITIZED

        assert get(server.port, "/open_gate").status == 200

        assert {client.read_message() for _ in range(400)} == {str(64 * KIB)}
        sending.result()


@pytest.mark.parametrize("path", ["/pause", "/pause_fast"])
def test_handler_that_pauses_stops_the_reading(path):
    with Server(websocket_routes()) as server, WebSocketClient(server.port, path) as client:
        client.raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 * KIB)
        before = memory(server.pid)
        sending = Background(client.send, b"".join([frame(BINARY, b"x" * 64 * KIB)] * 400))
        assert client.read_message() == str(64 * KIB)
        assert counters(server)["messages"] == 1
        assert not sending.done()
        assert memory(server.pid) - before < 20 * MIB or IS_SANITIZED

        assert get(server.port, "/go_on").status == 200

        assert {client.read_message() for _ in range(399)} == {str(64 * KIB)}
        sending.result()


def test_handler_that_pauses_is_told_everything_at_the_end(server):
    with WebSocketClient(server.port, "/pause") as client:
        client.send(b"".join(frame(TEXT, b"x" * i) for i in range(10))).send_close()

        assert [client.read_message() for _ in range(10)] == [str(i) for i in range(10)]
        assert client.read_close().code == 1000


def test_flood_of_pings_is_answered_while_the_client_reads(server):
    with WebSocketClient(server.port, "/echo") as client:
        sending = Background(client.send, frame(PING, b"p" * 100) * 5000)

        for _ in range(5000):
            found = client.read_frame()
            assert (found.opcode, len(found.payload)) == (PONG, 100)
        sending.result()


def test_flood_of_pings_takes_no_memory_if_the_client_does_not_read():
    with Server(websocket_routes("limits: { write_timeout: 1s }")) as server:
        with WebSocketClient(server.port, "/echo") as client:
            before = memory(server.pid)
            sending = Background(client.send, frame(PING, b"p" * 125) * 400_000)  # 52 MB
            wait_until(lambda: counters(server)["closed"] == 1 or sending.done(), "it is cut")
            assert memory(server.pid) - before < 20 * MIB or IS_SANITIZED
            with pytest.raises(OSError):
                sending.result()
        assert counters(server)["last_close"].startswith("1006")


def test_client_that_does_not_read_is_cut():
    with Server(websocket_routes("limits: { write_timeout: 500ms }")) as server:
        with WebSocketClient(server.port, "/push") as client:
            client.send_text("1000 65536")
            wait_until(lambda: counters(server)["closed"] == 1, "it is cut")
            assert counters(server)["last_close"].startswith("1006")


def test_silent_client_is_pinged_and_lost_if_it_does_not_answer():
    with Server(websocket_routes("limits: { websocket_ping: 300ms }")) as server:
        with WebSocketClient(server.port, "/echo") as client:
            for _ in range(3):
                assert client.read_frame().opcode == PING
                client.send_frame(PONG)
            assert client.read_frame().opcode == PING
            assert client.is_closed()
        wait_until(lambda: counters(server)["closed"] == 1, "the handler knows")
        assert counters(server)["last_close"] == "1006 the client did not answer a ping"


def test_pings_can_be_off():
    with Server(websocket_routes("limits: { websocket_ping: 0, keep_alive: 200ms }")) as server:
        with WebSocketClient(server.port, "/echo") as client:
            client.raw.socket.settimeout(1)
            with pytest.raises(TimeoutError):
                client.read_frame()
            client.raw.socket.settimeout(30)
            assert client.send_text("still here").read_message() == "still here"


def test_thousand_idle_connections(server):
    crowd = [WebSocketClient(server.port, "/echo") for _ in range(300)]
    before = memory(server.pid)
    crowd += [WebSocketClient(server.port, "/echo") for _ in range(1000)]
    assert (memory(server.pid) - before) / 1000 < 16 * KIB or IS_SANITIZED

    assert get(server.port, "/say?hello").body == b"1300"

    assert {client.read_message() for client in crowd} == {"hello"}
    for client in crowd:
        client.raw.socket.close()
    wait_until(lambda: get(server.port, "/say?x").body == b"0", "all have gone")
