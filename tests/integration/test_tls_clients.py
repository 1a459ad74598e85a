"""TLS clients that take their time or never come: what they may not hold up."""
import signal
import socket
import ssl
import time
from pathlib import Path

import pytest

from routes import native_routes
from support.certificates import client_context, make_certificate
from support.closed_loop import ClosedLoop
from support.http_client import RawConnection
from support.server import Server
from support.waiting import DEADLINE, wait_until

TLS = "tls: { cert: server.crt, key: server.key }"
GET_HELLO = b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
HALF_A_HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("certificates")
    make_certificate(path, "server")
    return path


@pytest.fixture
def tls(folder) -> ssl.SSLContext:
    return client_context(folder)


def tls_server(folder: Path, settings: str = "") -> Server:
    return Server(native_routes(f"{TLS}\n{settings}"),
                  {name: folder / name for name in ("server.crt", "server.key")})


def closed_by_server(plain: socket.socket) -> bool:
    """Waits for it. A reset counts too: the server need not read what came meanwhile."""
    try:
        return plain.recv(1) == b""
    except ConnectionResetError:
        return True


def test_silent_clients_hold_up_nobody_and_are_closed(folder, tls):
    with tls_server(folder, "limits: { header_timeout: 5s }") as server:
        start = time.monotonic()
        silent = [socket.create_connection(("127.0.0.1", server.port), DEADLINE)
                  for _ in range(100)]
        for each in silent[::2]:
            each.sendall(HALF_A_HELLO)

        for _ in range(10):
            with RawConnection(server.port, tls) as connection:
                assert connection.send(GET_HELLO).read_response().status == 200
        assert time.monotonic() - start < 5, "they were held up until the silent ones were closed"

        assert all(closed_by_server(each) for each in silent)
        assert time.monotonic() - start >= 5
        for each in silent:
            each.close()


def test_dribbling_handshake_is_closed_in_time(folder):
    with tls_server(folder, "limits: { header_timeout: 500ms }") as server, \
         socket.create_connection(("127.0.0.1", server.port), DEADLINE) as plain:
        start = time.monotonic()
        hello = iter(HALF_A_HELLO + bytes(500))
        plain.settimeout(0.02)

        def is_closed() -> bool:
            try:
                plain.send(bytes([next(hello)]))
                return plain.recv(1) == b""
            except TimeoutError:
                return False
            except OSError:
                return True
        wait_until(is_closed, "the server has closed")

        assert 0.4 < time.monotonic() - start < 5


def test_client_beyond_the_limit_is_told(folder, tls):
    with tls_server(folder, "limits: { connections: 1 }") as server, \
         RawConnection(server.port, tls) as busy:
        busy.send(b"GET /hello HTTP/1.1\r\n")
        with RawConnection(server.port, tls) as other:
            assert other.read_response().status == 503
            assert other.read_until_closed() == b""

        assert busy.send(b"Host: x\r\n\r\n").read_response().status == 200


def test_idle_connection_that_makes_room_is_told_of_the_end(folder, tls):
    with tls_server(folder, "limits: { connections: 1 }") as server, \
         RawConnection(server.port, tls) as idle:
        idle.send(GET_HELLO).read_response()

        with RawConnection(server.port, tls) as other:
            assert other.send(GET_HELLO).read_response().status == 200
        assert idle.read_until_closed() == b""


def test_connection_that_is_ready_may_be_silent(folder, tls):
    with tls_server(folder, "limits: { header_timeout: 200ms, keep_alive: 60s }") as server, \
         RawConnection(server.port, tls) as connection:
        quiet_until = time.monotonic() + 0.6
        wait_until(lambda: time.monotonic() > quiet_until, "the client has been silent")

        assert connection.send(GET_HELLO).read_response().status == 200


def test_slow_download_arrives_whole(folder, tls):
    body = b'{"x":"' + b"y" * 4_000_000 + b'"}'
    with tls_server(folder) as server, RawConnection(server.port, tls) as connection:
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 200_000)
        connection.send(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body))
        connection.send(body + GET_HELLO)
        quiet_until = time.monotonic() + 0.3
        wait_until(lambda: time.monotonic() > quiet_until, "the server is blocked")

        assert connection.read_response().json()["echo"]["x"] == "y" * 4_000_000
        assert connection.read_response().status == 200


def test_client_that_reads_nothing_is_cut(folder, tls):
    body = b'{"x":"' + b"y" * 9_000_000 + b'"}'
    with tls_server(folder, "limits: { write_timeout: 300ms }") as server:
        descriptors = Path(f"/proc/{server.pid}/fd")
        without_clients = len(list(descriptors.iterdir()))
        with RawConnection(server.port, tls) as connection:
            connection.send(b"POST /echo HTTP/1.1\r\nHost: x\r\n"
                            b"Content-Length: %d\r\n\r\n" % len(body))
            connection.send(body)
            wait_until(lambda: len(list(descriptors.iterdir())) == without_clients, "it is cut")

            # And not as if it were the end: no close_notify.
            with pytest.raises((ssl.SSLError, ConnectionResetError)):
                connection.read_response()


def test_nothing_is_lost_under_load_at_the_stop(folder, tls, attempt):
    with tls_server(folder) as server:
        load = ClosedLoop(server.port, "/hello", tls=tls)

        report = load.run(answers_before=2000, signal=lambda: server.signal(signal.SIGTERM))

        report.assert_nothing_lost()
        assert server.wait() == 0, server.log()


def test_handshake_that_never_ends_does_not_hold_up_the_stop(folder, tls):
    with tls_server(folder) as server, \
         socket.create_connection(("127.0.0.1", server.port), DEADLINE) as plain:
        plain.sendall(HALF_A_HELLO)
        with RawConnection(server.port, tls) as connection:
            assert connection.send(GET_HELLO).read_response().status == 200
        start = time.monotonic()

        assert server.stop() == 0
        assert time.monotonic() - start < 10


def test_end_is_announced_at_the_stop(folder, tls):
    with tls_server(folder) as server, RawConnection(server.port, tls) as connection:
        assert connection.send(GET_HELLO).read_response().status == 200

        server.signal(signal.SIGTERM)

        assert connection.read_until_closed() == b""
        assert server.wait() == 0
