"""Request bodies that Python reads as they arrive: handlers, ASGI and WSGI applications."""
import hashlib
import time

import pytest

from routes import python_routes
from support.http_client import RawConnection, get, request
from support.processes import memory, peak_memory
from support.server import IS_SANITIZED, Server, run_to_end
from support.waiting import wait_until
from test_streaming_bodies import chunked, post, sized
from test_streaming_clients import reset

NAMES = ("size", "size_async", "slow", "slow_async", "echo", "echo_async", "ignore", "keep",
         "keep_async", "with_request", "wrong_loop", "whole", "whole_async", "read_elsewhere")
ROUTES = "\n".join(f"POST /{name}: python bodies:{name}" for name in NAMES) + """
    POST /size_asgi: { to: python bodies:size_asgi, mode: asgi }
    POST /slow_asgi: { to: python bodies:slow_asgi, mode: asgi }
    POST /size_wsgi: { to: python bodies:size_wsgi, mode: wsgi, stream_body: true }
    POST /slow_wsgi: { to: python bodies:slow_wsgi, mode: wsgi, stream_body: true }
    POST /lines: { to: python bodies:valid_wsgi, mode: wsgi, stream_body: true }
    POST /patient: { to: python bodies:patient_asgi, mode: asgi }
    POST /answer_first: { to: python bodies:answer_first_asgi, mode: asgi }
    POST /tagged/{tag}: python bodies:with_request
    POST /short: { to: python bodies:size, timeout: 200ms }
    POST /short_async: { to: python bodies:size_async, timeout: 200ms }
    POST /short_asgi: { to: python bodies:size_asgi, mode: asgi, timeout: 200ms }
    POST /short_wsgi: { to: python bodies:size_wsgi, mode: wsgi, stream_body: true, timeout: 200ms }
    GET /kept: python bodies:read_kept
"""
ALL = pytest.mark.parametrize("path", ["/size", "/size_async", "/size_asgi", "/size_wsgi"])
MIB = 1 << 20
PIECE = 64 * 1024


@pytest.fixture(scope="module")
def server():
    with Server(python_routes(ROUTES, "limits: { body: 2GiB }")) as running:
        yield running


@pytest.fixture
def client(server):
    with RawConnection(server.port) as connection:
        yield connection


def lines(mark) -> list[str]:
    return mark.read_text().split() if mark.exists() else []


def digest(body: bytes) -> str:
    return hashlib.blake2b(body).hexdigest()


@ALL
def test_body_is_read_whatever_its_framing(client, path):
    bodies = [b"", b"abc", bytes(range(256)) * 3000]
    messages = [sized(path, body) for body in bodies] + [
        chunked(path), chunked(path, b"a", bytes(200_000), b"b")]

    answers = [client.send(message).read_response().json() for message in messages]

    assert [answer["digest"] for answer in answers] == [
        digest(body) for body in (*bodies, b"", b"a" + bytes(200_000) + b"b")]
    assert max(answer["largest"] for answer in answers) <= PIECE


def test_small_body_is_one_event(client):
    answers = [client.send(message).read_response() for message in (
        sized("/size_asgi", b""), sized("/size_asgi", b"abc"), post("/size_asgi"))]

    assert [answer.headers["x-events"] for answer in answers] == ["1", "1", "1"]


@ALL
def test_pieces_are_there_before_the_body_is_complete(client, path, tmp_path):
    mark = tmp_path / "mark"
    client.send(post(f"{path}?mark={mark}", b"Content-Length: 6") + b"ab")
    wait_until(lambda: lines(mark) == ["2"], "it has the first piece")
    client.send(b"cd")
    wait_until(lambda: lines(mark) == ["2", "2"], "it has the second")

    assert client.send(b"ef").read_response().json()["count"] == 6


@ALL
def test_large_body_takes_little_memory(path):
    total = 256 * MIB
    with Server(python_routes(ROUTES, "limits: { body: 2GiB }")) as server, \
         RawConnection(server.port) as client:
        client.send(sized(path, b"warm")).read_response()
        before = memory(server.pid)
        client.send(post(path, b"Content-Length: %d" % total))
        block = bytes(MIB)
        for _ in range(total // MIB):
            client.send(block)

        assert client.read_response().json()["count"] == total
        assert peak_memory(server.pid) - before < (512 if IS_SANITIZED else 64) * MIB


@pytest.mark.parametrize("path", ["/slow", "/slow_async", "/slow_asgi", "/slow_wsgi"])
def test_reader_that_waits_holds_the_client_back(client, path, tmp_path):
    go, total = tmp_path / "go", 50_000_000
    client.send(post(f"{path}?go={go}", b"Content-Length: %d" % total))
    client.socket.setblocking(False)
    sent, resting_since = 0, time.monotonic()
    while time.monotonic() - resting_since < 0.2:
        try:
            sent += client.socket.send(bytes(min(65536, total - sent)))
            resting_since = time.monotonic()
        except BlockingIOError:
            pass
    assert sent < total
    client.socket.setblocking(True)
    go.touch()

    assert client.send(bytes(total - sent)).read_response().json()["count"] == total


@ALL
def test_client_that_leaves_is_told(server, path, tmp_path):
    mark = tmp_path / "mark"
    client = RawConnection(server.port)
    client.send(post(f"{path}?mark={mark}", b"Content-Length: 6") + b"ab")
    wait_until(lambda: lines(mark) == ["2"], "it waits for the rest")

    reset(client)

    wait_until(lambda: lines(mark) == ["2", "incomplete"], "it is told")
    assert "Traceback" not in server.log()


@ALL
def test_client_that_ends_in_the_middle_gets_400(client, path, tmp_path):
    mark = tmp_path / "mark"
    client.send(post(f"{path}?mark={mark}", b"Content-Length: 6") + b"ab")
    wait_until(lambda: lines(mark) == ["2"], "it waits for the rest")

    assert client.end_sending().read_response().status == 400
    wait_until(lambda: lines(mark) == ["2", "incomplete"], "it is told")


@ALL
def test_body_beyond_the_limit_is_413(path, tmp_path):
    mark = tmp_path / "mark"
    with Server(python_routes(ROUTES, "limits: { body: 100KiB }")) as server:
        with RawConnection(server.port) as client:
            assert client.send(
                post(path, b"Content-Length: 200000")).read_response().status == 413
        with RawConnection(server.port) as client:
            client.send(post(f"{path}?mark={mark}", b"Transfer-Encoding: chunked") +
                        b"%x\r\n%s\r\n" % (60_000, bytes(60_000)))
            wait_until(lambda: sum(map(int, lines(mark))) == 60_000, "it waits for the rest")

            assert client.send(b"%x\r\n" % 60_000).read_response().status == 413
        wait_until(lambda: lines(mark)[-1] == "incomplete", "it is told")
        assert "Traceback" not in server.log()


@pytest.mark.parametrize("path", ["/short", "/short_async", "/short_asgi", "/short_wsgi"])
def test_deadline_ends_the_reading(server, client, path, tmp_path):
    mark = tmp_path / "mark"
    client.send(post(f"{path}?mark={mark}", b"Content-Length: 6") + b"ab")

    assert client.read_response().status == 504
    wait_until(lambda: lines(mark) == ["2", "incomplete"], "it is told")
    assert "Traceback" not in server.log()


@ALL
def test_continue_is_sent_when_it_is_asked_for(client, path):
    client.send(post(path, b"Content-Length: 3", b"Expect: 100-continue"))

    assert client.read_response().status == 100
    assert client.send(b"abc").read_response().json()["count"] == 3


def test_answer_without_asking_replaces_the_continue(client):
    client.send(post("/ignore", b"Content-Length: 3", b"Expect: 100-continue"))

    answer = client.read_response()

    assert (answer.status, answer.body) == (200, b"ignored")
    assert client.read_until_closed() == b""


@pytest.mark.parametrize("path", ["/echo", "/echo_async"])
def test_body_comes_back_while_it_is_sent(client, path):
    client.send(post(path, b"Transfer-Encoding: chunked"))
    for word in (b"one", b"two", b"three"):
        client.send(b"%x\r\n%s\r\n" % (len(word), word))
        if word == b"one":
            assert client.read_head().status == 200
        assert client.read_chunk() == word
    client.send(b"0\r\n\r\n")

    assert client.read_chunk() == b""


def test_receive_may_be_given_up_and_called_again(client, tmp_path):
    mark = tmp_path / "mark"
    client.send(post(f"/patient?mark={mark}", b"Content-Length: 3"))
    wait_until(mark.exists, "it has given up")

    assert client.send(b"abc").read_response().body == b"abc"


def test_wsgi_input_is_a_file(client):
    body = b"one\ntwo\nthree"
    client.send(post("/lines", b"Content-Length: %d" % len(body), b"Content-Type: text/plain") +
                body[:5])

    assert client.send(body[5:]).read_response().body == b"[b'one\\n', b'two\\n', b'three']"


def test_application_may_answer_before_it_reads(client):
    assert client.send(sized("/answer_first", b"abc")).read_response().body == b"begun,abc"


def test_handler_that_waits_for_its_body_holds_nobody_up(server, client, tmp_path):
    mark = tmp_path / "mark"
    client.send(post(f"/size?mark={mark}", b"Content-Length: 6") + b"abc")
    wait_until(lambda: lines(mark) == ["3"], "it waits for the rest")

    assert request(server.port, "POST", "/whole", "x").status == 200
    assert client.send(b"def").read_response().json()["count"] == 6


def test_request_gives_the_same_stream(server):
    answer = request(server.port, "POST", "/tagged/a", "hello").json()

    assert answer == {"tag": "a", "count": 5,
                      "refusal": "the handler takes its body as a stream: see request.stream()"}
    assert request(server.port, "POST", "/with_request?tag=b", '{"tag": "c"}').json()["tag"] == "b"
    assert request(server.port, "POST", "/with_request", '{"tag": "c"}').json()["tag"] == ""


def test_whole_body_is_a_stream_of_one_piece(server):
    assert request(server.port, "POST", "/whole", "hello").json() == {
        "pieces": ["hello"], "body": "hello"}
    assert request(server.port, "POST", "/whole_async", "hello").json() == {"pieces": ["hello"]}
    assert request(server.port, "POST", "/whole_async", "").json() == {"pieces": []}


def test_for_loop_on_the_event_loop_is_refused(server):
    assert request(server.port, "POST", "/wrong_loop", "hello").status == 500
    assert "RuntimeError: an 'async def' reads its body by 'async for'" in server.log()


@pytest.mark.parametrize("path", ["/keep", "/keep_async"])
def test_stream_that_outlives_its_request_says_so(server, path):
    assert request(server.port, "POST", path, "hello").body == b"kept"

    assert get(server.port, "/kept").body == b"400: the rest of the request body did not come"


@pytest.mark.parametrize(("route", "says"), [
    ("python bodies:plain_async", "parameter 'body': a plain function that reads the body as it "
                                  "arrives says Iterator[bytes]"),
    ("python bodies:async_plain", "parameter 'body': an 'async def' that reads the body as it "
                                  "arrives says AsyncIterator[bytes]"),
    ("python bodies:of_texts", "says Iterator[bytes]"),
    ("{ to: python bodies:size, mode: pool }",
     "bodies:size takes its body as a stream, and mode pool has it whole"),
    ("{ to: python bodies:whole, stream_body: true }", "'stream_body' is for mode wsgi"),
])
def test_what_cannot_stream_is_refused(route, says):
    done = run_to_end(python_routes(f"POST /a: {route}"))

    assert done.returncode == 3, done
    assert says in done.stderr


def test_answer_ends_the_wait_of_a_thread_that_reads(server, client, tmp_path):
    mark, go = tmp_path / "mark", tmp_path / "go"
    client.send(post(f"/read_elsewhere?mark={mark}&go={go}", b"Content-Length: 9",
                     b"Expect: 100-continue"))
    assert client.read_response().status == 100, "the thread has asked for the body"
    go.touch()

    assert client.read_response().body == b"answered"
    wait_until(lambda: lines(mark) == ["incomplete"], "the thread has ended")
