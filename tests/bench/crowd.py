"""Many clients that do little: what they cost, and what the others feel of them.

10,000 idle connections: memory for each, and how long a request takes beside them. 200 clients that
send their heads a line at a time (slowloris): p99 of a closed loop with and without them. Prints a
line for each bar; exits 1 if one is missed.
"""
import os
import resource
import selectors
import socket
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import arguments
from load import parse_wrk, wrk
from report import at_most

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

IDLE = 10_000
SLOW = 200
ROUTES = """limits: { connections: 12000, keep_alive: 1h }
plugins: { native: native_plugin.so }
routes:
  GET /hello: native hello
"""
GET_HELLO = b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"


class Slowloris:
    """Connections that each send one header line now and then, and are replaced when refused."""

    PAUSE = 0.001  # between a line of one and a line of the next

    def __init__(self, port: int, count: int):
        self._port = port
        self._sockets = [self._open() for _ in range(count)]
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stopped.set()
        self._thread.join(30)
        for each in self._sockets:
            each.close()

    def _open(self) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self._port), 30)
        connection.sendall(b"GET /hello HTTP/1.1\r\n")
        return connection

    def _run(self) -> None:
        at = 0
        while not self._stopped.wait(self.PAUSE):
            at = (at + 1) % len(self._sockets)
            try:
                self._sockets[at].sendall(b"X: y\r\n")
            except OSError:
                self._sockets[at].close()
                self._sockets[at] = self._open()


def resident_kib(pid: int) -> int:
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise AssertionError("no VmRSS")


def open_idle(port: int, count: int) -> list[socket.socket]:
    """Each has had one answer. Batches, so that the accept queue is enough."""
    opened: list[socket.socket] = []
    while len(opened) < count:
        batch = [socket.create_connection(("127.0.0.1", port), 30) for _ in range(200)]
        for each in batch:
            each.sendall(GET_HELLO)
        for each in batch:
            assert each.recv(4096).startswith(b"HTTP/1.1 200 ")
        opened += batch
    return opened


def closed_by_server(connections: list[socket.socket]) -> int:
    with selectors.DefaultSelector() as selector:
        for each in connections:
            selector.register(each, selectors.EVENT_READ)
        return len(selector.select(0))


def slowest_request_ms(port: int) -> float:
    """Of 50, each on a connection of its own."""
    worst = 0.0
    for _ in range(50):
        begin = time.monotonic()
        with socket.create_connection(("127.0.0.1", port), 30) as connection:
            connection.sendall(GET_HELLO)
            assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
        worst = max(worst, time.monotonic() - begin)
    return worst * 1000


def p99_ms(port: int, seconds: int) -> float:
    done = subprocess.run(wrk(f"http://127.0.0.1:{port}/hello", 8, seconds),
                          capture_output=True, text=True, timeout=seconds + 60, check=True)
    p99 = parse_wrk(done.stdout).p99_ms
    assert p99 is not None
    return p99


def measure_idle(server) -> bool:
    first = open_idle(server.port, 200)  # what they cost is paid once for all
    before = resident_kib(server.pid)
    idle = open_idle(server.port, IDLE)
    each = (resident_kib(server.pid) - before) / IDLE
    slowest = slowest_request_ms(server.port)
    good = at_most(f"memory of each of {IDLE} idle connections", each, 8.0, "KiB")
    good &= at_most(f"slowest of 50 requests beside {IDLE} idle connections", slowest, 50.0, "ms")
    good &= at_most("idle connections closed by the server", closed_by_server(idle), 0, "")
    for connection in (*idle, *first):
        connection.close()
    return good


def measure_slowloris(server, rounds: int, seconds: int) -> bool:
    p99_ms(server.port, 1)  # warm-up
    ratios = []
    for _ in range(rounds):
        alone = p99_ms(server.port, seconds)
        crowd = Slowloris(server.port, SLOW)
        try:
            ratios.append(p99_ms(server.port, seconds) / alone)
        finally:
            crowd.close()
    return at_most(f"p99 beside {SLOW} slowloris clients, relative to alone",
                   statistics.median(ratios), 2.0, "x")


def main() -> int:
    told = arguments.parser(__doc__, seconds=3).parse_args()
    os.environ["PLUGHOST_BINARY_DIR"] = str(told.build.resolve())
    from support.server import Server
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    good = True
    with Server(ROUTES) as server:
        good &= measure_idle(server)
    with Server(ROUTES) as server:
        good &= measure_slowloris(server, told.rounds, told.seconds)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
