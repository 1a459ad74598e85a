"""Clients that take their time: what they are owed, and what they may not hold up."""
import os
import resource
import signal
import socket
import time

from routes import native_routes
from support.http_client import RawConnection, exchange, get
from support.server import Server
from support.waiting import wait_until

GET_HELLO = b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
HUGE = b'{"x":"' + b"y" * 6_000_000 + b'"}'
POST_HUGE = (b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(HUGE)) + HUGE


def post_head(length: int, *fields: bytes) -> bytes:
    lines = [b"POST /echo HTTP/1.1", b"Host: x", b"Content-Length: %d" % length, *fields]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def wait_until_blocked(connection: RawConnection) -> None:
    """Until the server has filled the socket's buffers and waits for this client."""
    seen = []

    def is_still() -> bool:
        waiting = len(connection.socket.recv(16_000_000, socket.MSG_PEEK))
        seen.append(waiting)
        return len(seen) > 20 and len(set(seen[-20:])) == 1
    wait_until(is_still, "no more bytes arrive")


def test_request_behind_a_slow_download_is_answered_while_stopping():
    with Server(native_routes("shutdown: { linger: 1s }")) as server, \
         RawConnection(server.port) as connection:
        connection.send(POST_HUGE)
        wait_until_blocked(connection)
        server.signal(signal.SIGTERM)
        slow_until = time.monotonic() + 1.3  # longer than shutdown.linger
        wait_until(lambda: time.monotonic() > slow_until, "the client has been slow")

        assert connection.read_response().status == 200
        assert connection.send(GET_HELLO).read_response().status == 200
        assert server.wait() == 0


def test_continue_is_sent_behind_a_large_answer():
    with Server(native_routes()) as server, RawConnection(server.port) as connection:
        connection.send(POST_HUGE + post_head(2, b"Expect: 100-continue"))

        assert connection.read_response().status == 200
        assert connection.read_response().status == 100
        assert connection.send(b"{}").read_response().json() == {"echo": {}, "source": "native"}


def test_body_time_limit_does_not_count_time_the_server_did_not_read():
    with Server(native_routes("limits: { body_timeout: 1s }")) as server, \
         RawConnection(server.port) as connection:
        connection.send(POST_HUGE + post_head(2))
        wait_until_blocked(connection)
        slow_until = time.monotonic() + 1.3
        wait_until(lambda: time.monotonic() > slow_until, "the client has been slow")

        assert connection.read_response().status == 200
        assert connection.send(b"{}").read_response().status == 200


def test_half_a_request_and_an_end_is_closed_without_an_answer():
    with Server(native_routes()) as server, RawConnection(server.port) as connection:
        connection.send(b"GET /hello HTTP/1.1\r\nHost: a\r\n").end_sending()

        assert connection.read_until_closed() == b""


def test_client_that_ignores_the_close_does_not_hold_up_the_stop():
    with Server(native_routes("shutdown: { linger: 100ms, timeout: 2s }")) as server, \
         RawConnection(server.port) as idle:
        assert idle.send(GET_HELLO).read_response().status == 200

        assert server.stop() == 0  # idle keeps its end open all the while


def test_half_a_request_does_not_turn_the_stop_into_a_failure():
    with Server(native_routes("shutdown: { timeout: 2s }")) as server, \
         RawConnection(server.port) as half:
        half.send(post_head(10) + b"{")
        assert get(server.port, "/hello").status == 200  # so that the head has been read

        assert server.stop() == 0
        assert half.read_response().status == 503


def test_half_a_request_is_no_abandoned_work():
    with Server(native_routes()) as server, RawConnection(server.port) as half:
        half.send(post_head(10) + b"{")
        assert get(server.port, "/hello").status == 200
        server.signal(signal.SIGTERM)
        wait_until(lambda: "stopping" in server.log(), "the first signal is heard")
        server.signal(signal.SIGTERM)

        assert server.wait() == 0


def test_two_signals_that_arrive_together_end_it_at_once():
    with Server(native_routes("shutdown: { delay: 20s }")) as server:
        server.signal(signal.SIGSTOP)
        server.signal(signal.SIGTERM)
        server.signal(signal.SIGINT)
        server.signal(signal.SIGCONT)

        assert server.wait(10) == 0


def cpu_seconds(pid: int) -> float:
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def test_descriptor_limit_turns_clients_away_and_does_not_spin():
    with Server(native_routes()) as server:
        in_use = len(os.listdir(f"/proc/{server.pid}/fd"))
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (in_use + 5, in_use + 5))
        crowd = [RawConnection(server.port) for _ in range(20)]
        answers = [client.send(GET_HELLO).read_response().status for client in crowd]
        before = cpu_seconds(server.pid)
        quiet_until = time.monotonic() + 1
        wait_until(lambda: time.monotonic() > quiet_until, "a second has passed")

        assert set(answers) == {200, 503}
        assert cpu_seconds(server.pid) - before < 0.3
        assert server.log().count("out of file descriptors") < 5
        for client in crowd:
            client.socket.close()
        wait_until(lambda: exchange(server.port, GET_HELLO).status == 200, "room again")
