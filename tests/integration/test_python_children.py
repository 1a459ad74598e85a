"""Processes that handlers start with multiprocessing: they end when they are told to."""
import os
import signal
import time

import pytest

from routes import python_routes
from support.http_client import get
from support.server import Server
from support.waiting import wait_until

ROUTES = """
    GET /thread/leave: python children:leave
    GET /pool/leave: { to: python children:leave, mode: pool }
    GET /thread/terminate: python children:terminate
    GET /pool/terminate: { to: python children:terminate, mode: pool }
"""
PROMPT = 8.0

modes = pytest.mark.parametrize("mode", ["thread", "pool"])
methods = pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])


def alive(server: Server, pid: int) -> bool:
    return any(process.pid == pid for process in server.processes())


@modes
@methods
def test_daemonic_child_does_not_hold_up_the_stop(mode, method):
    with Server(python_routes(ROUTES)) as server:
        child = get(server.port, f"/{mode}/leave?method={method}").json()["pid"]
        assert alive(server, child)
        start = time.monotonic()

        assert server.stop() == 0, server.log()

        assert time.monotonic() - start < PROMPT
        assert not alive(server, child)
        server.wait_for_no_process()


@modes
@methods
def test_child_can_be_terminated(mode, method):
    with Server(python_routes(ROUTES)) as server:
        answer = get(server.port, f"/{mode}/terminate?method={method}")

        assert answer.json() == {"exit_code": -signal.SIGTERM}


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2])
def test_signal_to_a_forked_child_is_not_the_hosts(number):
    with Server(python_routes(ROUTES)) as server:
        child = get(server.port, "/thread/leave?method=fork").json()["pid"]

        os.kill(child, number)

        wait_until(lambda: not alive(server, child), "the child has ended")
        assert number.name not in server.log()
