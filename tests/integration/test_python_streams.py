"""Handlers that yield: streams with back-pressure, their failures and their ends."""
import signal
import socket

import pytest

from routes import python_routes
from support.background import Background
from support.http_client import RawConnection, get, request
from support.server import Server
from support.waiting import wait_until

NAMES = ("count", "count_async", "kinds", "as_response", "as_response_async", "as_tuple",
         "plain_iterator_in_a_task", "a_file", "no_pieces", "without_content", "paced",
         "paced_async", "endless", "endless_async", "fails_at_once", "fails_at_once_async",
         "fails_later", "fails_later_async", "yields_a_number",
         "plain_function_with_async_body", "events", "events_in_a_thread", "quiet_events")
ROUTES = "\n".join(f"GET /{name}: python streams:{name}" for name in NAMES) + """
    GET /slow_start: { to: python streams:slow_start, timeout: 100ms }
    GET /slow_end: { to: python streams:slow_end, timeout: 100ms }
    GET /slow_end_async: { to: python streams:slow_end_async, timeout: 100ms }
    GET /now: python waiting_async:hello
    GET /thread: python endpoints:hello
"""
BOTH = pytest.mark.parametrize("suffix", ["", "_async"])


@pytest.fixture(scope="module")
def server():
    with Server(python_routes(ROUTES)) as running:
        yield running


@pytest.fixture
def own_server():
    with Server(python_routes(ROUTES, "shutdown: { timeout: 2s }")) as running:
        yield running


def opened(server: Server, target: str, method: str = "GET") -> RawConnection:
    return RawConnection(server.port).send(
        f"{method} {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())


@pytest.mark.parametrize(("path", "status", "kind", "body"), [
    ("/count?n=3", 200, "text/plain; charset=utf-8", "0\n1\n2\n"),
    ("/count_async?n=3", 200, "text/plain; charset=utf-8", "0\n1\n2\n"),
    ("/kinds", 200, "application/octet-stream", "bytes bytearray memoryview text é"),
    ("/as_response", 201, "text/csv", "ab"),
    ("/as_response_async", 201, "text/csv", "0\n1\n"),
    ("/as_tuple", 202, "text/plain; charset=utf-8", "0\n1\n"),
    ("/plain_iterator_in_a_task", 200, "text/plain; charset=utf-8", "0\n1\n2\n"),
    ("/a_file", 200, "application/octet-stream", "one\ntwo\n"),
    ("/no_pieces", 200, None, ""),
    ("/without_content", 204, None, ""),
])
def test_pieces_are_the_body(server, path, status, kind, body):
    answer = get(server.port, path)

    assert (answer.status, answer.body.decode()) == (status, body)
    assert answer.headers.get("content-type") == kind
    assert answer.headers.get("x-a") == ("b" if "as_" in path else None)


@BOTH
def test_many_pieces_arrive_in_order(server, suffix):
    answer = get(server.port, f"/count{suffix}?n=20000")

    assert answer.body.decode() == "".join(f"{number}\n" for number in range(20000))


@BOTH
def test_piece_goes_out_before_the_next_is_made(server, suffix, tmp_path):
    mark, go = tmp_path / "mark", tmp_path / "go"
    with opened(server, f"/paced{suffix}?mark={mark}&go={go}") as connection:
        assert connection.read_head().status == 200
        assert connection.read_chunk() == b"first\n"

        go.touch()

        assert connection.read_chunk() == b"last\n"
        assert connection.read_chunk() == b""
    wait_until(lambda: mark.exists() and mark.read_text() == "closed\n", "it is closed once")


@BOTH
def test_slow_client_holds_the_generator_back(server, suffix, tmp_path):
    mark = tmp_path / "mark"
    with opened(server, f"/endless{suffix}?mark={mark}") as connection:
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        connection.read_head()
        for _ in range(10):
            connection.read_chunk()
        assert get(server.port, "/now").status == get(server.port, "/thread").status == 200

    wait_until(lambda: mark.exists() and mark.read_text(), "the generator is closed")
    sent = int(mark.read_text().split()[1])
    assert 10 <= sent < 300, "the kernel's buffers and 256 KiB of ours are full before that"


@BOTH
def test_error_before_the_first_piece_is_an_answer(server, suffix):
    answer = get(server.port, f"/fails_at_once{suffix}")

    assert (answer.status, answer.json()["detail"]) == (409, "not now")


@BOTH
def test_error_after_the_first_piece_cuts_the_answer(server, suffix):
    with opened(server, f"/fails_later{suffix}") as connection:
        assert connection.read_head().status == 200
        assert connection.read_chunk() == b"first\n"

        assert connection.read_until_closed() == b"", "no last chunk: it looks truncated"

    wait_until(lambda: f"fails_later{suffix} failed" in server.log(), "the traceback is logged")
    assert "ValueError: on purpose" in server.log()


@pytest.mark.parametrize(("path", "says"), [
    ("/yields_a_number", "a piece of a stream must be bytes or str, not int"),
    ("/plain_function_with_async_body", "returned an async iterator; make it an 'async def'"),
])
def test_what_cannot_be_sent_is_500(server, path, says):
    assert get(server.port, path).status == 500
    assert says in server.log()


@BOTH
def test_head_has_no_body(server, suffix, tmp_path):
    mark = tmp_path / "mark"

    answer = request(server.port, "HEAD", f"/endless{suffix}?mark={mark}")

    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-type"] == "application/octet-stream"
    wait_until(lambda: mark.exists() and mark.read_text(), "the generator is closed")


def test_deadline_is_for_the_first_piece(server):
    assert get(server.port, "/slow_start").status == 504


@BOTH
def test_deadline_ends_when_the_answer_begins(server, suffix):
    answer = get(server.port, f"/slow_end{suffix}")

    assert (answer.status, answer.body) == (200, b"first\nlast\n")


def test_generator_that_waits_is_closed_when_the_client_leaves(server, tmp_path):
    mark = tmp_path / "mark"
    with opened(server, f"/paced_async?mark={mark}&go={tmp_path / 'go'}") as connection:
        connection.read_head()
        assert connection.read_chunk() == b"first\n"

    wait_until(lambda: mark.exists() and mark.read_text() == "closed\n", "the generator is closed")


def test_events_are_told_as_the_standard_says(server):
    answer = request(server.port, "GET", "/events", headers={"Last-Event-ID": "41"})

    assert answer.headers["content-type"] == "text/event-stream"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.body.decode() == (
        "event: greeting\ndata: hello\nid: 1\nretry: 500\n\n"
        "data: two\ndata: lines\n\n"
        'data: {"last":"41"}\n\n')


def test_events_of_a_plain_function(server):
    answer = get(server.port, "/events_in_a_thread")

    assert answer.body == b"data: a\n\n: note\n\ndata: b\n\n"
    assert answer.headers["cache-control"] == "x"


def test_quiet_event_stream_is_pinged_and_ends_without_noise(server, tmp_path):
    mark = tmp_path / "mark"
    with opened(server, f"/quiet_events?mark={mark}") as connection:
        assert connection.read_head().status == 200
        assert [connection.read_chunk() for _ in range(3)] == [b":\n\n"] * 3

    wait_until(lambda: mark.exists() and mark.read_text() == "closed\n", "the generator is closed")
    assert "quiet_events" not in server.log()


def test_event_stream_ends_at_once_at_the_stop(own_server, tmp_path):
    with opened(own_server, f"/quiet_events?mark={tmp_path / 'mark'}") as connection:
        connection.read_head()
        own_server.signal(signal.SIGTERM)

        rest = connection.read_until_closed()

    assert rest.endswith(b"0\r\n\r\n")
    assert own_server.wait() == 0, own_server.log()


@BOTH
def test_finite_stream_goes_on_during_the_stop(suffix, tmp_path):
    mark, go = tmp_path / "mark", tmp_path / "go"
    with Server(python_routes(ROUTES)) as server, \
         opened(server, f"/paced{suffix}?mark={mark}&go={go}") as connection:
        connection.read_head()
        connection.read_chunk()
        server.signal(signal.SIGTERM)
        wait_until(lambda: "stopping" in server.log(), "the signal has arrived")

        go.touch()

        if not suffix:
            assert connection.read_chunk() == b"last\n"
        connection.read_until_closed()
        assert server.wait() == 0, server.log()


def test_streams_beside_each_other_on_one_loop(server):
    answers = [each.result() for each in [
        Background(get, server.port, "/count_async?n=200") for _ in range(30)]]

    assert {answer.body.count(b"\n") for answer in answers} == {200}
