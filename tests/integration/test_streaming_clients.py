"""Streams and clients that are slow, leave or stay too long; streams while the server stops."""
import signal
import socket
import struct
import time

import pytest

from routes import stream_routes
from support.http_client import RawConnection, get
from support.processes import peak_memory
from support.server import IS_SANITIZED, Server
from support.waiting import wait_until

GIB = 1 << 30
MEMORY_LIMIT = (512 if IS_SANITIZED else 64) << 20
ROUTES = f"""
    GET /download: {{ to: stream download, bytes: 100000000, piece: 100000 }}
    GET /download/async: {{ to: stream download_async, bytes: 100000000, piece: 100000 }}
    GET /gib: {{ to: stream download, bytes: {GIB}, piece: 65536 }}
    GET /gib/async: {{ to: stream download_async, bytes: {GIB}, piece: 65536 }}
    GET /flood: {{ to: stream flood, bytes: 100000000, piece: 100000 }}
    GET /events: stream events
    GET /bye: stream on_cancel_end
    GET /emit: stream emit
    GET /end: stream end
    GET /forever: {{ to: stream linger, ms: 20000 }}
"""
CANCELLED = -5


def ask(path: str) -> bytes:
    return b"GET " + path.encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n"


def counters(server: Server) -> dict[str, int]:
    return get(server.port, "/counters").json()


def wait_for_releases(server: Server) -> None:
    wait_until(lambda: (now := counters(server))["lent"] == now["released"], "all came back")


def open_stream(server: Server, path: str) -> RawConnection:
    connection = RawConnection(server.port)
    assert connection.send(ask(path)).read_head().status == 200
    return connection


def reset(connection: RawConnection) -> None:
    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.socket.close()


@pytest.mark.parametrize("path", ["/gib", "/gib/async"])
def test_a_gibibyte_takes_little_memory(path):
    with Server(stream_routes(ROUTES)) as server, open_stream(server, path) as connection:
        assert read_all(connection) == GIB
        assert peak_memory(server.pid) < MEMORY_LIMIT


@pytest.mark.parametrize("path", ["/download", "/download/async"])
def test_plugin_waits_for_a_client_that_does_not_read(path):
    with Server(stream_routes(ROUTES)) as server, open_stream(server, path) as connection:
        wait_until_still(server)
        lent = counters(server)["lent"]

        assert lent < 200  # of 1000: what the sockets hold and 256 KiB
        assert get(server.port, "/native").status == 200
        assert read_all(connection) == 100_000_000
        wait_for_releases(server)


def read_all(connection: RawConnection) -> int:
    """The size of a chunked body."""
    total = 0
    while chunk := connection.read_chunk():
        total += len(chunk)
    return total


def wait_until_still(server: Server) -> None:
    """Until the plugin lends nothing more."""
    seen = []

    def is_still() -> bool:
        seen.append(counters(server)["lent"])
        return len(seen) > 20 and len(set(seen[-20:])) == 1
    wait_until(is_still, "the plugin waits")


def test_plugin_that_does_not_wait_is_refused_and_gets_its_pieces_back():
    with Server(stream_routes(ROUTES)) as server, RawConnection(server.port) as connection:
        connection.send(ask("/flood"))
        wait_until(lambda: counters(server)["lent"] == 1000, "it has written all it has")
        now = counters(server)

        assert now["busy"] > 800
        assert now["released"] >= now["busy"]
        assert connection.read_head().status == 200
        assert connection.read_chunk() != b""
        reset(connection)
        wait_for_releases(server)


@pytest.mark.parametrize("leave", [reset, lambda connection: connection.socket.close()])
def test_client_that_leaves_an_idle_stream_is_noticed_at_once(leave):
    with Server(stream_routes(ROUTES)) as server:
        connection = open_stream(server, "/events")
        start = time.monotonic()

        leave(connection)

        wait_until(lambda: counters(server)["cancelled"] == 1, "on_cancel")
        assert time.monotonic() - start < 2  # bounded by this test's requests, not by a timer
        wait_until(lambda: get(server.port, "/emit?x") and counters(server)["late"] == CANCELLED,
                   "a write says so")
        get(server.port, "/end")
        assert counters(server)["late"] == CANCELLED  # what finish() returned


@pytest.mark.parametrize("path", ["/download", "/download/async"])
def test_client_that_leaves_a_blocked_stream_is_noticed(path):
    with Server(stream_routes(ROUTES)) as server:
        connection = open_stream(server, path)
        wait_until_still(server)

        reset(connection)

        wait_until(lambda: counters(server)["late"] == CANCELLED, "a write says so")
        wait_for_releases(server)


def test_half_closed_client_still_gets_its_stream():
    with Server(stream_routes(ROUTES)) as server, open_stream(server, "/events") as connection:
        connection.end_sending()
        wait_until(lambda: counters(server)["cancelled"] == 1, "the hint")

        get(server.port, "/emit?still")
        get(server.port, "/end")

        assert connection.read_until_closed() == b"5\r\nstill\r\n0\r\n\r\n"


def test_client_that_reads_nothing_is_cut_off():
    settings = "limits: { write_timeout: 300ms }"
    with Server(stream_routes(ROUTES, settings)) as server:
        with open_stream(server, "/download"):
            wait_until(lambda: counters(server)["late"] == CANCELLED, "it is cut off")
            wait_for_releases(server)


def test_idle_stream_is_not_cut_off():
    settings = "limits: { write_timeout: 200ms, keep_alive: 200ms }\ntimeout: 200ms"
    with Server(stream_routes(ROUTES, settings)) as server:
        with open_stream(server, "/events") as connection:
            idle_until = time.monotonic() + 0.8
            wait_until(lambda: time.monotonic() > idle_until, "it was idle")

            get(server.port, "/emit?here")
            assert connection.read_chunk() == b"here"
            assert counters(server)["cancelled"] == 0
            get(server.port, "/end")


def test_one_fast_stream_does_not_hold_up_the_others():
    with Server(stream_routes(ROUTES), None, "--io-threads", "1") as server:
        with open_stream(server, "/gib/async") as connection:
            for _ in range(20):
                assert connection.read_chunk() != b""
                assert get(server.port, "/native").status == 200
            reset(connection)


def test_stream_is_told_of_the_stop_and_may_end_in_order():
    with Server(stream_routes(ROUTES)) as server, open_stream(server, "/bye") as connection:
        start = time.monotonic()
        server.signal(signal.SIGTERM)

        assert connection.read_chunk() == b"bye"
        assert connection.read_chunk() == b""
        assert server.wait() == 0
        assert time.monotonic() - start < 10


def test_stream_that_goes_on_is_truncated_at_half_of_the_time():
    settings = "shutdown: { timeout: 2s }"
    with Server(stream_routes(ROUTES, settings)) as server:
        with open_stream(server, "/events") as connection:
            start = time.monotonic()
            server.signal(signal.SIGTERM)

            assert connection.read_until_closed() == b""  # no last chunk
            assert time.monotonic() - start >= 0.9
            assert server.wait() == 0, server.log()


def test_plugin_that_never_ends_its_stream_is_abandoned_work():
    settings = "shutdown: { timeout: 1s }"
    with Server(stream_routes(ROUTES, settings)) as server, open_stream(server, "/forever"):
        assert server.stop() == 5


def test_second_signal_cuts_streams():
    with Server(stream_routes(ROUTES)) as server, open_stream(server, "/forever") as connection:
        server.signal(signal.SIGTERM)
        wait_until(lambda: "stopping" in server.log(), "the first signal is heard")
        server.signal(signal.SIGTERM)

        assert connection.read_until_closed() == b""
        assert server.wait() == 5
