"""No process outlives the host, however it dies."""
import signal

import pytest

from routes import python_routes
from support.background import Background
from support.http_client import get
from support.server import Server
from support.waiting import wait_until

ROUTES = """
    GET /squares: { to: python pool_workers:squares, mode: pool }
    GET /hang: { to: python waiting:hang, mode: pool }
    GET /busy: { to: python waiting:busy_in_c, mode: pool }
    GET /slow: { to: python slow_import:hello, mode: pool }
"""
DEADLINE = 10.0


def started(**options) -> Server:
    return Server(python_routes(ROUTES), **options)


def abandoned(server: Server, path: str) -> None:
    """A request that nobody will answer."""
    def call():
        try:
            get(server.port, path)
        except OSError:
            pass  # the host is killed meanwhile
    Background(call)


def test_idle_workers_end_with_a_killed_host(attempt):
    with started() as server:
        get(server.port, "/squares?numbers=1")
        wait_until(lambda: len(server.workers()) == 2, "two workers")

        server.signal(signal.SIGKILL)

        assert server.wait() == -signal.SIGKILL
        server.wait_for_no_process(DEADLINE)


@pytest.mark.parametrize("path", ["/hang", "/busy"])
def test_busy_workers_end_with_a_killed_host(path, tmp_path):
    with started() as server:
        for number in range(2):
            mark = tmp_path / f"mark{number}"
            abandoned(server, f"{path}?mark={mark}")
            wait_until(mark.exists, "the handler runs")

        server.signal(signal.SIGKILL)

        server.wait_for_no_process(DEADLINE)


@pytest.mark.parametrize("processes", [2, 3, 4, 5])
def test_starting_workers_end_with_a_killed_host(processes, attempt):
    """The host, the resource tracker, the forkserver, and then one worker and the other."""
    with started(until_listening=False) as server:
        wait_until(lambda: len(server.processes()) >= processes, f"{processes} processes")

        server.signal(signal.SIGKILL)

        server.wait_for_no_process(DEADLINE)


def test_interrupted_start_leaves_no_process(attempt):
    with started(until_listening=False) as server:
        wait_until(lambda: len(server.processes()) >= 3, "a forkserver")

        server.signal(signal.SIGTERM)

        assert server.wait() == 0, server.log()
        server.wait_for_no_process(DEADLINE)
