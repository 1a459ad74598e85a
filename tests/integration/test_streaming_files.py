"""Answers that are files."""
import os

import pytest

from routes import stream_routes
from support.http_client import RawConnection, get, request
from support.server import Server
from support.waiting import wait_until
from test_slow_clients import wait_until_blocked
from test_streaming_clients import counters, wait_for_releases

CONTENT = os.urandom(1000) * 10_000
ROUTES = """
    GET /file: { to: stream file, path: "PATH", length: 10000000 }
    GET /part: { to: stream file, path: "PATH", offset: 100, length: 50 }
    GET /none: { to: stream file, path: "PATH", offset: 10000000, length: 0 }
    GET /beyond: { to: stream file, path: "PATH", offset: 9999999, length: 2 }
    GET /folder: { to: stream file, path: "/tmp", length: 1 }
    GET /missing: { to: stream file, path: "/nowhere/at/all", length: 1 }
"""
INVALID = b"-1"


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(CONTENT)
    return file


@pytest.fixture
def server(path):
    with Server(stream_routes(ROUTES.replace("PATH", str(path)))) as running:
        yield running


def test_file_is_sent_and_given_back(server):
    with RawConnection(server.port) as client:
        client.send(b"GET /file HTTP/1.1\r\nHost: x\r\n\r\n" * 2)

        assert [client.read_response().body == CONTENT for _ in range(2)] == [True, True]
        assert client.is_open_after_answer()
    wait_for_releases(server)


def test_part_of_a_file(server):
    assert get(server.port, "/part").body == CONTENT[100:150]
    assert get(server.port, "/none").body == b""


def test_head_tells_the_length_alone(server):
    answer = request(server.port, "HEAD", "/file")

    assert answer.headers["content-length"] == "10000000"
    assert answer.body == b""
    wait_for_releases(server)


@pytest.mark.parametrize("route, reason", [
    ("/beyond", "the file has 10000000 bytes, not 2 from 9999999 on"),
    ("/folder", "the descriptor is not one of a regular file"),
    ("/missing", "the descriptor is not open")])
def test_file_that_cannot_be_sent_leaves_the_answer_owed(server, route, reason):
    answer = get(server.port, route)

    assert (answer.status, answer.body) == (200, INVALID)
    assert f"({route}): respond_file() is refused: {reason}" in server.log()
    wait_for_releases(server)


def test_file_that_shrinks_is_a_truncated_answer(server, path):
    with RawConnection(server.port) as client:
        client.send(b"GET /file HTTP/1.1\r\nHost: x\r\n\r\n")
        wait_until_blocked(client)
        os.truncate(path, 1000)

        assert client.read_head().headers["content-length"] == "10000000"
        assert len(client.read_until_closed()) < 10_000_000
        wait_until(lambda: "before the length given to respond_file()" in server.log(), "a line")
        assert "plugin 'stream': request" in server.log()
    wait_for_releases(server)


def test_client_that_leaves_gives_the_file_back(server):
    client = RawConnection(server.port).send(b"GET /file HTTP/1.1\r\nHost: x\r\n\r\n")
    wait_until_blocked(client)
    assert counters(server)["released"] == 0

    client.socket.close()

    wait_for_releases(server)
