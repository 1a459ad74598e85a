"""Answers that come in pieces: framing, order of calls, truncation."""
import os
import time
from pathlib import Path

import pytest

from routes import stream_routes
from support.http_client import RawConnection, get
from support.server import Server
from support.waiting import wait_until

ROUTES = """
    GET /hello: stream hello
    GET /status/204: { to: stream hello, status: 204 }
    GET /download: { to: stream download, bytes: 3000000, piece: 70000 }
    GET /download/async: { to: stream download_async, bytes: 3000000, piece: 70000 }
    GET /declared: { to: stream declared, length: 2500, bytes: 2500 }
    GET /short: { to: stream declared, length: 2500, bytes: 2000 }
    GET /long: { to: stream declared, length: 2000, bytes: 3000 }
    GET /trailers: stream trailers
    GET /trailers/bad: stream bad_trailer
    GET /order: stream order
    GET /start/bad: { to: stream bad_start, status: 199 }
    GET /abort: stream abort
    GET /fail: stream fail
    GET /linger: { to: stream linger, ms: 700, timeout: 200ms }
    GET /put_off: { to: stream put_off, ms: 2500 }
    GET /start/late: { to: stream start_late, ms: 400, timeout: 100ms }
    GET /events: stream events
    GET /emit: stream emit
    GET /end: stream end
"""
CANCELLED, STALE, STATE, INVALID = -5, -6, -7, -1


@pytest.fixture(scope="module")
def server():
    with Server(stream_routes(ROUTES)) as running:
        yield running


@pytest.fixture
def client(server):
    with RawConnection(server.port) as connection:
        yield connection


def ask(path: str, *fields: bytes, method: bytes = b"GET", version: bytes = b"1.1") -> bytes:
    return b"\r\n".join([b"%s %s HTTP/%s" % (method, path.encode(), version), b"Host: x", *fields,
                         b"", b""])


def counters(server: Server) -> dict[str, int]:
    return get(server.port, "/counters").json()


def wait_for_releases(server: Server) -> None:
    wait_until(lambda: (now := counters(server))["lent"] == now["released"], "all came back")


def test_stream_is_chunked_and_the_connection_goes_on(client):
    for _ in range(3):
        answer = client.send(ask("/hello")).read_response()

        assert answer.status == 200
        assert answer.body == b"hello, stream"
        assert answer.headers["transfer-encoding"] == "chunked"
        assert "content-length" not in answer.headers
        assert answer.headers["content-type"] == "text/plain"
    assert client.is_open_after_answer()


@pytest.mark.parametrize("path", ["/download", "/download/async"])
def test_lent_pieces_arrive_whole_and_come_back(server, client, path):
    answer = client.send(ask(path)).read_response()

    assert answer.body == bytes(3_000_000)
    wait_for_releases(server)


def test_pipelined_answers_stay_in_order(client):
    client.send(ask("/download") + ask("/native") + ask("/hello") + ask("/download/async"))

    assert [len(client.read_response().body) for _ in range(4)][::3] == [3_000_000] * 2
    assert client.is_open_after_answer()


def test_http_1_0_stream_ends_with_the_connection(client):
    client.send(ask("/hello", b"Connection: keep-alive", version=b"1.0"))
    head = client.read_head()

    assert head.headers["connection"] == "close"
    assert "transfer-encoding" not in head.headers
    assert client.read_until_closed() == b"hello, stream"


def test_http_1_0_stream_with_a_length_keeps_the_connection(client):
    client.send(ask("/declared", b"Connection: keep-alive", version=b"1.0"))
    answer = client.read_response()

    assert answer.headers["content-length"] == "2500"
    assert answer.headers["connection"] == "keep-alive"
    assert client.is_open_after_answer()


def test_head_and_204_have_no_body(client):
    head = client.send(ask("/hello", method=b"HEAD")).read_response(to_head=True)
    empty = client.send(ask("/status/204")).read_response()
    declared = client.send(ask("/declared", method=b"HEAD")).read_response(to_head=True)

    assert (head.status, empty.status) == (200, 204)
    assert declared.headers["content-length"] == "2500"
    assert client.is_open_after_answer()


def test_client_that_asks_for_close_is_closed_behind_the_stream(client):
    answer = client.send(ask("/hello", b"Connection: close")).read_response()

    assert answer.body == b"hello, stream"
    assert answer.headers["connection"] == "close"
    assert client.read_until_closed() == b""


def test_declared_length_replaces_chunks(client):
    answer = client.send(ask("/declared")).read_response()

    assert answer.headers["content-length"] == "2500"
    assert "transfer-encoding" not in answer.headers
    assert answer.body == bytes(2500)
    assert client.is_open_after_answer()


def test_too_few_bytes_truncate_the_answer_and_are_logged(server, client):
    client.send(ask("/short"))

    assert client.read_head().headers["content-length"] == "2500"
    assert client.read_until_closed() == bytes(2000)
    assert "plugin 'stream': request" in server.log()
    assert "(/short): finish() came 500 bytes before the Content-Length" in server.log()


def test_too_many_bytes_are_refused_and_the_rest_is_sent(server, client):
    answer = client.send(ask("/long")).read_response()

    assert answer.body == bytes(2000)
    assert counters(server)["late"] == INVALID
    assert "(/long): write() is refused: more bytes than" in server.log()
    wait_for_releases(server)
    assert client.is_open_after_answer()


def test_trailers_are_sent_to_a_client_that_takes_them(client):
    taken = client.send(ask("/trailers", b"TE: gzip, trailers")).read_response()
    dropped = client.send(ask("/trailers")).read_response()

    assert taken.trailers == {"x-sum": "7"}
    assert dropped.trailers == {}
    assert taken.body == dropped.body == b"body"


def test_trailer_that_would_mislead_is_refused(server, client):
    answer = client.send(ask("/trailers/bad")).read_response()

    assert answer.status == 200
    assert counters(server)["late"] == INVALID
    assert "finish() is refused: trailer 'Content-Length' has a meaning" in server.log()


def test_calls_in_wrong_order_are_refused(server, client):
    answer = client.send(ask("/order")).read_response()

    assert answer.body == (b"write=-7 finish=-7 on_writable=-7 start=-7 respond=-7 read_body=-7")
    assert counters(server)["late"] == STALE
    wait_for_releases(server)


def test_bad_start_leaves_the_answer_owed(server):
    answer = get(server.port, "/start/bad")

    assert (answer.status, answer.body) == (200, str(INVALID).encode())
    assert "start() is refused: status 199 is not 200 to 599" in server.log()


def test_abort_looks_truncated(server, client):
    client.send(ask("/abort"))

    assert client.read_head().status == 200
    assert client.read_until_closed() == b"4\r\nhalf\r\n"
    assert "(/abort): told to" in server.log()


def test_abort_looks_truncated_where_the_connection_ends_the_body(client):
    client.send(ask("/abort", version=b"1.0"))

    with pytest.raises(ConnectionResetError):
        while client.socket.recv(65536):
            pass


def test_handle_that_starts_and_fails_is_truncated_and_named(server, client):
    client.send(ask("/fail"))

    assert client.read_head().status == 200
    assert client.read_until_closed() == b"4\r\nhalf\r\n"
    assert "only a handle() that returns PH_OK may answer" in server.log()


def test_started_stream_has_no_deadline(client):
    answer = client.send(ask("/linger")).read_response()

    assert (answer.status, answer.body) == (200, b"late")
    assert client.is_open_after_answer()


def test_start_after_the_deadline_changes_nothing(server, client):
    assert client.send(ask("/start/late")).read_response().status == 504

    wait_until(lambda: counters(server)["late"] == CANCELLED, "start() says so")
    assert client.is_open_after_answer()


def test_events_arrive_one_by_one(server):
    with RawConnection(server.port) as first, RawConnection(server.port) as second:
        for each in (first, second):
            assert each.send(ask("/events")).read_head().status == 200
        for event in ("one", "two", "three"):
            assert get(server.port, f"/emit?{event}").body == b"emitted 2"
            assert first.read_chunk() == second.read_chunk() == event.encode()

        get(server.port, "/end")

        assert first.read_chunk() == second.read_chunk() == b""
        assert first.read_trailers() == {}
        assert first.is_open_after_answer()


@pytest.mark.parametrize("cores", [1, 2])
def test_answer_of_a_batch_is_not_held_back_until_its_end(cores):
    with Server(stream_routes(ROUTES)) as server:
        for task in Path(f"/proc/{server.pid}/task").iterdir():
            os.sched_setaffinity(int(task.name), sorted(os.sched_getaffinity(0))[:cores])
        for _ in range(3):
            began = time.monotonic()
            assert get(server.port, "/put_off").body == b"1"
            assert time.monotonic() - began < 2
