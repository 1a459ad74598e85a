"""At limits.connections: who makes room, and what the others are told."""
import contextlib
import select

import pytest

from routes import native_routes
from support.http_client import RawConnection, get
from support.server import Server
from support.strict_client import StrictConnection
from support.waiting import wait_until

GET_HELLO = b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
HALF = b"GET /hello HTTP/1.1\r\nHost: x\r\n"
HALF_BODY = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{"


@pytest.fixture(params=[1, 3], ids=["one_io_thread", "three_io_threads"])
def server(request):
    """With room for six connections."""
    routes = native_routes("limits: { connections: 6 }")
    with Server(routes, None, "--io-threads", str(request.param)) as running:
        yield running


@contextlib.contextmanager
def clients(port: int, count: int, sends: bytes, answered: bool):
    with contextlib.ExitStack() as stack:
        opened = []
        for _ in range(count):
            client = stack.enter_context(StrictConnection(port))
            client.send(sends)
            if answered:
                assert client.read_strictly().status == 200
            opened.append(client)
        yield opened


def is_open(connection: RawConnection) -> bool:
    ready, _, _ = select.select([connection.socket], [], [], 0)
    return not ready


def test_the_connection_that_is_idle_longest_makes_room(server):
    with clients(server.port, 6, GET_HELLO, True) as idle, contextlib.ExitStack() as stack:
        idle[0].send(GET_HELLO)  # so that the second one is idle longest
        assert idle[0].read_strictly().status == 200
        for gone in (1, 2, 3):
            newcomer = stack.enter_context(StrictConnection(server.port))

            assert newcomer.send(GET_HELLO).read_strictly().status == 200
            idle[gone].expect_end()
            open_now = [number for number in range(6) if is_open(idle[number])]
            assert open_now == [0, *range(gone + 1, 6)]


def test_busy_connections_are_not_closed(server):
    with clients(server.port, 3, HALF, False) as heads, \
         clients(server.port, 3, HALF_BODY, False) as bodies, \
         StrictConnection(server.port) as newcomer:
        answer = newcomer.send(GET_HELLO).read_strictly()

        assert answer.status == 503
        assert answer.headers["retry-after"] == "1"
        assert answer.headers["connection"] == "close"
        assert "limits.connections" in answer.json()["detail"]
        newcomer.expect_end()
        for client in heads:
            assert client.send(b"\r\n").read_strictly().status == 200
        for client in bodies:
            assert client.send(b"}").read_strictly().status == 200


def test_refusal_can_be_read_although_a_large_request_was_sent(server):
    body = b"x" * 1_000_000
    request = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body

    with clients(server.port, 6, HALF, False):
        for _ in range(20):
            with StrictConnection(server.port) as newcomer:
                newcomer.send(request)  # no reset may come while this is on its way
                assert newcomer.read_strictly().status == 503
                newcomer.expect_end()


def test_refusal_comes_before_a_request(server):
    with clients(server.port, 6, HALF, False), StrictConnection(server.port) as newcomer:
        assert newcomer.read_strictly().status == 503
        newcomer.expect_end()


def test_crowd_is_told_and_leaves_no_trace(server):
    with clients(server.port, 6, HALF, False):
        with contextlib.ExitStack() as stack:
            crowd = [stack.enter_context(StrictConnection(server.port)) for _ in range(300)]
            statuses = {each.send(GET_HELLO).read_response().status for each in crowd}
            assert statuses == {503}

    def serves() -> bool:
        try:
            return get(server.port, "/hello").status == 200
        except OSError:
            return False
    wait_until(serves, "room again")


def test_stop_is_in_order_at_the_limit(server):
    with clients(server.port, 6, HALF, False) as busy, \
         clients(server.port, 1, b"", False) as refused:
        assert refused[0].read_strictly().status == 503
        for client in busy:
            assert client.send(b"\r\n").read_strictly().status == 200

        assert server.stop() == 0
