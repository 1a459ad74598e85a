"""Request bodies that a handler pulls: pace, limits, what breaks, what follows."""
import socket
import time

import pytest

from routes import stream_routes
from support.background import Background
from support.http_client import RawConnection, get
from support.processes import peak_memory
from support.server import Server
from support.waiting import wait_until
from test_streaming_clients import GIB, MEMORY_LIMIT, counters, reset

ROUTES = """
    POST /count: stream count
    POST /count/async: stream count_async
    POST /count/slow: { to: stream count, ms: 600 }
    POST /count/short: { to: stream count, ms: 600, timeout: 200ms }
    POST /echo: stream echo
    POST /ignore: stream ignore
    POST /some: stream read_some
    POST /plain: stream not_flagged
    POST /whole: stream whole
"""
CANCELLED, STATE = -5, -7
BOTH = pytest.mark.parametrize("path", ["/count", "/count/async"])


@pytest.fixture(scope="module")
def server():
    with Server(stream_routes(ROUTES, "limits: { body: 2GiB }")) as running:
        yield running


@pytest.fixture
def client(server):
    with RawConnection(server.port) as connection:
        yield connection


def post(path: str, *fields: bytes) -> bytes:
    return b"\r\n".join([b"POST " + path.encode() + b" HTTP/1.1", b"Host: x", *fields, b"", b""])


def sized(path: str, body: bytes, *fields: bytes) -> bytes:
    return post(path, b"Content-Length: %d" % len(body), *fields) + body


def chunked(path: str, *parts: bytes) -> bytes:
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return post(path, b"Transfer-Encoding: chunked") + chunks + b"0\r\n\r\n"


@BOTH
def test_body_is_pulled_whatever_its_framing(client, path):
    bodies = [sized(path, b""), sized(path, b"x" * 300_000), chunked(path),
              chunked(path, b"a", b"bc" * 50_000)]

    answers = [client.send(body).read_response().body for body in bodies]

    assert answers == [b"0", b"300000", b"0", b"100001"]


@BOTH
def test_requests_behind_a_streamed_body_stay_in_order(client, path):
    get_native = b"GET /native HTTP/1.1\r\nHost: x\r\n\r\n"
    client.send(get_native + sized(path, b"x" * 200_000) + get_native + chunked(path, b"abc"))

    bodies = [client.read_response().body for _ in range(4)]

    assert bodies[1] == b"200000"
    assert bodies[3] == b"3"
    assert bodies[0] == bodies[2]


@BOTH
def test_handler_is_called_before_the_body_is_there(server, client, path):
    before = counters(server)["bytes"]
    client.send(post("/count", b"Content-Length: 6") + b"abc")
    wait_until(lambda: counters(server)["bytes"] == before + 3, "it has read the first half")

    assert client.send(b"def").read_response().body == b"6"


@BOTH
def test_a_gibibyte_takes_little_memory(path):
    with Server(stream_routes(ROUTES, "limits: { body: 2GiB }")) as server, \
         RawConnection(server.port) as client:
        client.send(post(path, b"Content-Length: %d" % GIB))
        block = bytes(1 << 20)
        for _ in range(GIB >> 20):
            client.send(block)

        assert client.read_response().body == b"%d" % GIB
        assert peak_memory(server.pid) < MEMORY_LIMIT


def test_client_is_held_back_while_the_handler_does_not_read():
    settings = "limits: { body: 2GiB, body_timeout: 300ms }"
    with Server(stream_routes(ROUTES, settings)) as server, RawConnection(server.port) as client:
        client.send(post("/count/slow", b"Content-Length: 50000000"))
        client.socket.setblocking(False)
        sent, resting_since = 0, time.monotonic()
        while time.monotonic() - resting_since < 0.2:
            try:
                sent += client.socket.send(bytes(min(65536, 50_000_000 - sent)))
                resting_since = time.monotonic()
            except BlockingIOError:
                pass
        assert sent < 50_000_000
        client.socket.setblocking(True)

        answer = client.send(bytes(50_000_000 - sent)).read_response()

        assert answer.body == b"50000000"  # body_timeout did not count the handler's sleep


def test_body_comes_back_while_it_is_sent(client):
    client.send(post("/echo", b"Transfer-Encoding: chunked"))
    for word in (b"one", b"two", b"three"):
        client.send(b"%x\r\n%s\r\n" % (len(word), word))
        if word == b"one":
            assert client.read_head().status == 200
        assert client.read_chunk() == word

    client.send(b"0\r\n\r\n")

    assert client.read_chunk() == b""
    assert client.read_trailers() == {}
    assert client.is_open_after_answer()


def test_client_that_sends_all_before_it_reads_gets_all_back(client):
    body = bytes(range(256)) * 40_000
    sending = Background(lambda: client.send(sized("/echo", body)))

    answer = client.read_response()

    sending.result()
    assert answer.body == body


def test_continue_is_sent_when_the_handler_asks(client):
    start = time.monotonic()
    client.send(post("/count/slow", b"Content-Length: 3", b"Expect: 100-continue"))

    assert client.read_response().status == 100
    assert time.monotonic() - start >= 0.5
    assert client.send(b"abc").read_response().body == b"3"
    assert client.is_open_after_answer()


def test_answer_without_asking_replaces_the_continue_and_closes(client):
    client.send(post("/ignore", b"Content-Length: 3", b"Expect: 100-continue"))
    answer = client.read_response()

    assert answer.body == b"ignored"
    assert answer.headers["connection"] == "close"
    assert client.read_until_closed() == b""


@pytest.mark.parametrize("path", ["/ignore", "/some"])
def test_small_rest_of_a_body_is_read_and_the_connection_goes_on(client, path):
    client.send(post(path, b"Content-Length: 1000") + b"x" * 10)
    answer = client.read_response()

    client.send(b"GET / HTTP/1.1\r\nHost: wrong\r\n\r\n".ljust(990, b"."))

    assert answer.status == 200
    assert "connection" not in answer.headers
    assert client.is_open_after_answer()  # what was sent was the body, not a request


def test_large_rest_of_a_body_closes_behind_the_answer(client):
    client.send(post("/ignore", b"Content-Length: 1000000") + b"x" * 100_000)
    answer = client.read_response()

    assert answer.body == b"ignored"
    assert answer.headers["connection"] == "close"
    assert client.read_until_closed() == b""


def test_large_rest_of_a_chunked_body_closes_behind_the_answer(client):
    client.send(post("/ignore", b"Transfer-Encoding: chunked"))
    assert client.read_response().body == b"ignored"

    try:
        client.send(b"20000\r\n" + b"GET /native HTTP/1.1\r\n" * 5958)
    except ConnectionError:
        pass

    assert client.read_until_closed() == b""


@BOTH
def test_body_beyond_the_limit_is_413(path):
    with Server(stream_routes(ROUTES, "limits: { body: 100KiB }")) as server:
        with RawConnection(server.port) as client:
            client.send(post(path, b"Content-Length: 200000"))

            assert client.read_response().status == 413
            assert client.read_until_closed() == b""
        with RawConnection(server.port) as client:
            send_first_chunk(server, client, path, b"x" * 60_000)
            client.send(b"%x\r\n" % 60_000)

            assert client.read_response().status == 413
            assert client.read_until_closed() == b""
        wait_until(lambda: counters(server)["late"] == CANCELLED, "read_body says so")


def send_first_chunk(server: Server, client: RawConnection, path: str, data: bytes) -> None:
    """Until the handler has it and waits for more."""
    before = counters(server)["bytes"]
    head = post(path, b"Transfer-Encoding: chunked")
    client.send(head + b"%x\r\n%s\r\n" % (len(data), data))
    wait_until(lambda: counters(server)["bytes"] == before + len(data), "the handler reads")


@BOTH
def test_broken_chunk_is_400_and_ends_the_reading(server, client, path):
    send_first_chunk(server, client, path, b"abc")
    client.send(b"nonsense\r\n")

    assert client.read_response().status == 400
    assert client.read_until_closed() == b""
    wait_until(lambda: counters(server)["late"] == CANCELLED, "read_body says so")


@BOTH
def test_body_that_does_not_come_is_408(path):
    with Server(stream_routes(ROUTES, "limits: { body_timeout: 200ms }")) as server, \
         RawConnection(server.port) as client:
        client.send(post(path, b"Content-Length: 10") + b"abc")

        assert client.read_response().status == 408
        assert client.read_until_closed() == b""
        wait_until(lambda: counters(server)["late"] == CANCELLED, "read_body says so")


@BOTH
def test_client_that_leaves_ends_the_reading(path):
    with Server(stream_routes(ROUTES)) as server:
        client = RawConnection(server.port).send(post(path, b"Content-Length: 10") + b"abc")
        wait_until(lambda: counters(server)["bytes"] == 3, "it waits for the rest")

        reset(client)

        wait_until(lambda: counters(server)["late"] == CANCELLED, "read_body says so")


@BOTH
def test_client_that_ends_in_the_middle_is_told(server, client, path):
    send_first_chunk(server, client, path, b"abc")
    client.end_sending()

    assert client.read_response().status == 400


def test_broken_body_of_a_started_answer_truncates_it(server, client):
    client.send(post("/echo", b"Transfer-Encoding: chunked") + b"3\r\nabc\r\n")
    assert client.read_head().status == 200
    assert client.read_chunk() == b"abc"

    client.send(b"nonsense\r\n")

    assert client.read_until_closed() == b""  # the plugin aborts on PH_E_CANCELLED


def test_deadline_ends_the_reading_too(server, client):
    client.send(post("/count/short", b"Content-Length: 1000000") + b"abc")

    answer = client.read_response()

    assert answer.status == 504
    assert answer.headers["connection"] == "close"
    assert client.read_until_closed() == b""


def test_bodies_count_against_the_budget():
    with Server(stream_routes(ROUTES, "limits: { buffered_bytes: 100000 }")) as server:
        with RawConnection(server.port) as client:
            answer = client.send(post("/count", b"Content-Length: 1000000")).read_response()

            assert answer.status == 503
        assert get(server.port, "/native").status == 200


def test_body_that_came_with_its_head_is_there_at_once(client):
    with_head = [sized("/whole", body) for body in (b"", b"a", b"x" * 10_000)]
    alone = [client.send(message).read_response().body for message in with_head]
    pipelined = client.send(b"".join(with_head))

    assert alone == [b"0", b"1", b"10000"]
    assert [pipelined.read_response().body for _ in range(3)] == alone
    assert client.send(chunked("/whole", b"abc")).read_response().body == b"-1"
    assert client.send(post("/whole", b"Content-Length: 2") + b"a").read_response().body == b"-1"


def test_whole_bodies_cannot_be_pulled(server, client):
    assert client.send(sized("/plain", b"abc")).read_response().body == b"%d" % STATE
