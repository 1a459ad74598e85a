"""What the integration tests share: servers, and routes.yaml texts."""
import os

import pytest

from support.server import SOURCE, Server

# How often what must never fail is tried; `make soak` says 50.
REPEAT = int(os.environ.get("PLUGHOST_REPEAT", "3"))


def pytest_generate_tests(metafunc):
    """A test with the argument `attempt` is run REPEAT times."""
    if "attempt" in metafunc.fixturenames:
        metafunc.parametrize("attempt", range(REPEAT))


@pytest.fixture(scope="module")
def shipped():
    """The server as `make run` starts it, but from another folder."""
    with Server(SOURCE / "routes.yaml") as server:
        yield server


@pytest.fixture(scope="module")
def port(shipped) -> int:
    return shipped.port
