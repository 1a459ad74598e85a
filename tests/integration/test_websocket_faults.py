"""Clients that die, plugins that fail, and the orders in which both ends may close."""
import signal

import pytest

from routes import websocket_routes
from support.background import Background
from support.http_client import get
from support.server import Server
from support.waiting import wait_until
from support.websocket_client import (
    BINARY, CLOSE, PING, TEXT, WebSocketClient, close_payload, frame)

STARTS = [b"", frame(TEXT, b"whole"), frame(BINARY, b"x" * 1000)[:3],
          frame(BINARY, b"x" * 1000)[:500], frame(TEXT, b"half", final=False),
          frame(CLOSE, close_payload(1000))[:5], frame(PING, b"p" * 100)]


@pytest.fixture
def server():
    with Server(websocket_routes()) as running:
        yield running


def counters(server: Server) -> dict:
    return get(server.port, "/counters").json()


def wait_for_the_end(server: Server, connections: int) -> dict:
    wait_until(lambda: counters(server)["released"] == connections, "all handlers are gone")
    now = counters(server)
    assert (now["opened"], now["closed"], now["overlaps"]) == (connections, connections, 0), now
    return now


@pytest.mark.parametrize("path", ["/echo", "/echo_fast"])
@pytest.mark.parametrize("leave", ["fin", "reset"])
def test_client_that_dies_anywhere_is_told_to_the_handler(server, path, leave):
    for start in STARTS:
        client = WebSocketClient(server.port, path, send=start)
        client.reset() if leave == "reset" else client.raw.socket.close()

    assert wait_for_the_end(server, len(STARTS))["last_close"].startswith("1006")


@pytest.mark.parametrize("path", ["/echo", "/echo_fast"])
def test_clients_close_is_told_to_the_handler(server, path):
    with WebSocketClient(server.port, path) as client:
        client.send_close(4321, b"enough")
        assert client.read_close().code == 4321

    assert wait_for_the_end(server, 1)["last_close"] == "4321 enough"


@pytest.mark.parametrize("path", ["/close", "/close_fast"])
def test_handler_closes(server, path):
    with WebSocketClient(server.port, path) as client:
        found = client.send_text("4000 that is all").read_frame()
        assert (found.code, found.payload[2:]) == (4000, b"that is all")
        client.send_text("ignored by now").send_close(4000)
        assert client.is_closed()

    assert wait_for_the_end(server, 1)["last_close"] == "4000 that is all"


@pytest.mark.parametrize("leave", ["fin", "reset"])
def test_client_dies_during_the_closing_handshake(server, leave):
    client = WebSocketClient(server.port, "/close")
    assert client.send_text("4000 bye").read_frame().code == 4000
    client.reset() if leave == "reset" else client.raw.socket.close()

    assert wait_for_the_end(server, 1)["last_close"] == "4000 bye"


def test_client_that_never_answers_the_close_is_left(server):
    with WebSocketClient(server.port, "/close") as client:
        assert client.send_text("4000 bye").read_frame().code == 4000
        assert client.is_closed()  # after WebSocketSession::kClosePatience

    assert wait_for_the_end(server, 1)["last_close"] == "4000 bye"


@pytest.mark.parametrize("path", ["/throw", "/throw_fast"])
def test_exception_of_a_handler_closes_with_1011(server, path):
    with WebSocketClient(server.port, path) as client:
        assert client.send_text("this").read_frame().code == 1011
        client.send_close(1011)
        assert client.is_closed()

    wait_for_the_end(server, 1)
    assert "a message it cannot bear: this" in server.log()


def test_mistake_of_the_client_is_told_to_the_handler(server):
    with WebSocketClient(server.port, "/echo") as client:
        client.send_text("fine").send_frame(3)
        assert client.read_message() == "fine"
        assert client.read_close().code == 1002

    assert wait_for_the_end(server, 1)["last_close"] == "1002 an unknown opcode"


def test_messages_before_the_end_are_told_first(server):
    with WebSocketClient(server.port, "/echo") as client:
        client.send(b"".join(frame(TEXT, b"%d" % i) for i in range(50))).send_close(1000)

        assert [client.read_message() for _ in range(50)] == [str(i) for i in range(50)]
        assert client.read_close().code == 1000
    assert wait_for_the_end(server, 1)["messages"] == 50


def test_close_frame_is_never_lost_behind_the_last_answer(server):
    def close_often(bad: bytes, code: int) -> set[int]:
        found = set()
        for _ in range(100):
            with WebSocketClient(server.port, "/echo", send=frame(TEXT, b"last") + bad) as client:
                assert client.read_message() == "last"
                found.add(client.read_frame().code)
                assert client.is_closed()
        return found - {code}

    crowd = [Background(close_often, bad, code)
             for bad, code in [(frame(7), 1002), (frame(CLOSE, close_payload(1000)), 1000)] * 3]

    assert [each.result() for each in crowd] == [set()] * 6


def test_handler_that_does_not_return_delays_the_close_only_so_long(server):
    with WebSocketClient(server.port, "/gate") as client:
        client.send_text("blocks").send_close(1000)

        assert client.read_close().code == 1000  # after WebSocketSession::kClosePatience
        assert client.is_closed()
        assert counters(server)["closed"] == 0

        get(server.port, "/open_gate")
        assert wait_for_the_end(server, 1)["last_close"] == "1000 "


def test_say_to_connections_that_come_and_go(server):
    for _ in range(30):
        staying = WebSocketClient(server.port, "/echo_fast")
        leaving = WebSocketClient(server.port, "/echo")
        leaving.reset()
        get(server.port, "/say?x")
        assert staying.send_close().read_close().code == 1000
        staying.raw.socket.close()

    wait_for_the_end(server, 60)


def test_host_that_is_killed_leaves_no_process(server):
    with WebSocketClient(server.port, "/echo") as client:
        server.signal(signal.SIGKILL)
        assert client.is_closed()
        server.wait_for_no_process()
