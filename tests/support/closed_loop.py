"""Keep-alive clients that each send their next request when they have the answer to the last.

One thread does it all, the signal to the server included, so it is exact which requests were
handed to the kernel before the signal and which after it.
"""
import heapq
import random
import re
import select
import socket
import ssl
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Callable

from support.waiting import DEADLINE

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
# Well below shutdown.linger, within which a server must still take what arrives.
_MAX_PAUSE = 0.05


@dataclass
class Report:
    """What became of every request."""

    statuses: Counter = field(default_factory=Counter)  # of complete answers
    lost_sent_before: int = 0  # sent before the signal and not answered
    lost_sent_after: int = 0   # sent after it, on a connection opened before
    answered_after: int = 0    # sent after it and answered

    def assert_nothing_lost(self) -> None:
        assert (self.lost_sent_before, self.lost_sent_after) == (0, 0), self
        assert set(self.statuses) == {200}, self
        assert self.answered_after > 0, f"nobody sent after the signal: {self}"


class _Client:
    def __init__(self, port: int, pauses: bool, tls: ssl.SSLContext | None):
        self.socket = socket.create_connection(("127.0.0.1", port), DEADLINE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
        self.socket.setblocking(False)
        self.pauses = pauses
        self.buffer = b""
        self.waiting = False      # for an answer
        self.sent_after = False   # the signal


class ClosedLoop:
    """`clients` connections; a quarter of them pause a little before the next request."""

    def __init__(self, port: int, path: str, clients: int = 64,
                 tls: ssl.SSLContext | None = None):
        self.report = Report()
        self._request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        self._poll = select.epoll()
        self._clients: dict[int, _Client] = {}
        self._pausing: list[tuple[float, int]] = []
        self._signalled = False
        for number in range(clients):
            client = _Client(port, number % 4 == 0, tls)
            self._clients[client.socket.fileno()] = client
            self._poll.register(client.socket, select.EPOLLIN)

    def run(self, answers_before: int, signal: Callable[[], None]) -> Report:
        """Calls signal() after so many answers, then goes on until the server has closed all."""
        end = time.monotonic() + DEADLINE
        for client in list(self._clients.values()):
            self._send(client)
        while self._clients:
            assert time.monotonic() < end, f"{len(self._clients)} connections left: {self.report}"
            for descriptor, _ in self._poll.poll(self._next_timeout()):
                self._receive(self._clients[descriptor])
            self._send_due()
            if not self._signalled and self.report.statuses.total() >= answers_before:
                signal()
                self._signalled = True
        self._poll.close()
        return self.report

    def _next_timeout(self) -> float:
        return max(0.0, self._pausing[0][0] - time.monotonic()) if self._pausing else 1.0

    def _send_due(self) -> None:
        while self._pausing and self._pausing[0][0] <= time.monotonic():
            client = self._clients.get(heapq.heappop(self._pausing)[1])
            if client:
                self._send(client)

    def _send(self, client: _Client) -> None:
        client.waiting, client.sent_after = True, self._signalled
        try:
            assert client.socket.send(self._request) == len(self._request)
        except OSError:
            self._drop(client)

    def _receive(self, client: _Client) -> None:
        try:
            data = client.socket.recv(65536)
        except ssl.SSLWantReadError:
            return  # a record that carries no answer
        except ConnectionResetError:
            data = b""
        if not data:
            self._drop(client)
            return
        client.buffer += data
        head_end = client.buffer.find(b"\r\n\r\n")
        if head_end < 0:
            return
        head = client.buffer[:head_end]
        length = _LENGTH.search(head)
        size = head_end + 4 + (int(length[1]) if length else 0)
        if len(client.buffer) < size:
            return
        assert len(client.buffer) == size, f"more than was asked for: {client.buffer!r}"
        client.buffer = b""
        self._answered(client, head)

    def _answered(self, client: _Client, head: bytes) -> None:
        self.report.statuses[int(head[9:12])] += 1
        self.report.answered_after += client.sent_after
        client.waiting = False
        if _CLOSE.search(head):
            self._drop(client)
        elif client.pauses:
            due = time.monotonic() + random.uniform(0, _MAX_PAUSE)
            heapq.heappush(self._pausing, (due, client.socket.fileno()))
        else:
            self._send(client)

    def _drop(self, client: _Client) -> None:
        if client.waiting and client.sent_after:
            self.report.lost_sent_after += 1
        elif client.waiting:
            self.report.lost_sent_before += 1
        del self._clients[client.socket.fileno()]
        client.socket.close()
