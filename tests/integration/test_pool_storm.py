"""Thousands of requests while workers are killed: only those that were running are lost."""
import os
import queue
import signal
import threading
import time
from collections import Counter

from conftest import REPEAT
from routes import python_routes
from support.background import Background
from support.http_client import RawConnection
from support.server import Server

ROUTES = "GET /note: { to: python waiting:note, mode: pool }"
REQUESTS = max(1000, 200 * REPEAT)  # `make soak`: 10,000
CLIENTS = 16
PERIOD = 0.2


class Storm:
    """Clients that share the requests, and a killer that hits a worker that has just answered."""

    def __init__(self, server: Server, log):
        self.statuses: dict[int, int] = {}
        self.kills = 0
        self._server = server
        self._log = log
        self._numbers: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._over = threading.Event()
        self._seen = 0  # pid of the last answer
        for number in range(REQUESTS):
            self._numbers.put(number)

    def run(self) -> None:
        killer = Background(self._kill_workers)
        clients = [Background(self._send_all) for _ in range(CLIENTS)]
        for client in clients:
            client.result(deadline=600.0)
        self._over.set()
        killer.result()

    def _send_all(self) -> None:
        with RawConnection(self._server.port) as connection:
            while True:
                try:
                    number = self._numbers.get_nowait()
                except queue.Empty:
                    return
                target = f"/note?log={self._log}&line={number}"
                connection.send(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                answer = connection.read_response()
                self.statuses[number] = answer.status
                if answer.status == 200:
                    self._seen = answer.json()["pid"]

    def _kill_workers(self) -> None:
        while not self._over.wait(PERIOD):
            pid, self._seen = self._seen, 0
            if pid:  # the others are still starting
                self._kill(pid)

    def _kill(self, pid: int) -> None:
        try:
            os.kill(pid, signal.SIGKILL)
            self.kills += 1
        except ProcessLookupError:
            pass  # that was the answer of one that is dead already


def test_a_storm_of_kills_costs_only_what_was_running(tmp_path):
    log = tmp_path / "log"
    with Server(python_routes(ROUTES, workers=2)) as server:
        storm = Storm(server, log)
        start = time.monotonic()
        storm.run()
        took = time.monotonic() - start

    runs = Counter(int(line) for line in log.read_text().split())
    statuses = Counter(storm.statuses.values())
    print(f"{statuses} with {storm.kills} kills in {took:.1f} s")
    assert len(storm.statuses) == REQUESTS
    assert set(statuses) <= {200, 502}, statuses
    assert storm.kills > 0
    assert statuses[502] <= storm.kills
    assert max(runs.values()) == 1, "some ran twice"
    assert all(runs[number] == 1 for number, status in storm.statuses.items() if status == 200)
