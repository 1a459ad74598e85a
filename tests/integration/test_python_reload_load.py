"""Reload after reload of Python code, while requests come."""
import os
import signal

import pytest

from support.background import Background
from support.closed_loop import ClosedLoop
from support.http_client import get
from support.server import IS_SANITIZED
from support.waiting import wait_until
from test_python_reload import APP, ASYNC, POOL, THREAD, helper, serve


@pytest.mark.parametrize("path", ["/thread", "/async", "/pool"])
def test_nothing_is_lost_under_load(path):
    with serve(THREAD + ASYNC + POOL) as server:
        loop = ClosedLoop(server.port, path, clients=16)
        running = Background(loop.run, 10_000, lambda: server.signal(signal.SIGTERM))
        reloads = 1
        while not running.done() and "SIGTERM" not in server.log():
            reloads += 1
            server.write("helper.py", helper(reloads))
            before = server.log().count("SIGHUP: serving")
            server.signal(signal.SIGHUP)
            wait_until(lambda: server.log().count("SIGHUP: serving") > before
                       or "SIGTERM" in server.log(), "the end of the reload")

        running.result().assert_nothing_lost()

        assert reloads > 1
        assert server.wait() == 0, server.log()
        server.wait_for_no_process()


def test_memory_stays():
    with serve(THREAD + ASYNC, APP + "data = bytes(4_000_000)\n") as server:
        def resident() -> int:
            with open(f"/proc/{server.pid}/statm") as file:
                return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")

        for number in range(2):
            server.reload()
        before = resident()
        for number in range(6):
            server.write("helper.py", helper(number))
            server.reload()
            assert get(server.port, "/async").body == f"version {number}".encode()

        wait_until(lambda: resident() < before + 10_000_000 or IS_SANITIZED,
                   "the modules of before are gone")
