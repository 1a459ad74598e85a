"""What a WSGI application says by start_response, write() and its result (PEP 3333)."""
import pytest

from routes import HANDLERS, python_routes
from support.http_client import RawConnection, get, request
from support.server import Server
from support.waiting import wait_until

NAMES = ("release", "writes_early", "fails_after_writing", "writes_without_end", "one_piece",
         "too_long", "many_pieces", "no_pieces", "head_says_a_length", "bare", "keeps",
         "elsewhere", "logs", "mistake", "twice", "file", "rest_of_file", "packed_file",
         "file_in_memory", "no_error", "no_exception", "no_traceback",
         "hop_by_hop")
ROUTES = "\n".join(
    f"ANY /{name}/{{rest:path}}: {{ to: python wsgi_answers:{name}, mode: wsgi }}"
    for name in NAMES) + """
    GET /loops: { to: python wsgi_answers:loops, mode: wsgi, timeout: 200ms }
"""


@pytest.fixture(scope="module")
def server():
    with Server(python_routes(ROUTES)) as running:
        yield running


def opened(server: Server, target: str) -> RawConnection:
    return RawConnection(server.port).send(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())


def test_written_bytes_are_sent_at_once(server):
    with opened(server, "/writes_early") as connection:
        assert connection.read_head().status == 200
        assert connection.read_chunk() == b"first"

        assert get(server.port, "/release").body == b"released"

        assert connection.read_chunk() == b"second"
        assert connection.read_chunk() == b""


def test_exc_info_after_the_head_raises_and_cuts(server):
    with opened(server, "/fails_after_writing") as connection:
        connection.read_head()
        assert connection.read_chunk() == b"first"

        assert connection.read_until_closed() == b""
    wait_until(lambda: "ValueError: after the head" in server.log(), "the error is logged")


@pytest.mark.parametrize(("app", "logged"), [
    ("no_error", "exc_info must be what sys.exc_info() gives"),
    ("no_exception", "exc_info must be what sys.exc_info() gives"),
    ("no_traceback", "ValueError: by hand"),
])
def test_wrong_exc_info_is_an_error_of_the_application(server, app, logged):
    with opened(server, f"/{app}") as connection:
        connection.read_head()
        assert connection.read_chunk() == b"first"
        assert connection.read_until_closed() == b""
    wait_until(lambda: logged in server.log(), "the error is logged")


def test_write_holds_back_and_ends_when_the_client_leaves(server, tmp_path):
    mark = tmp_path / "mark"
    with opened(server, f"/writes_without_end?mark={mark}") as connection:
        connection.read_head()
        connection.read_chunk()

    wait_until(lambda: mark.exists() and mark.read_text(), "it has ended")
    error, sent = mark.read_text().split()
    assert error == "BrokenPipeError"
    assert int(sent) < 300, "the kernel's buffers and 256 KiB of ours are full before that"
    assert "BrokenPipeError" not in server.log()


def test_one_piece_of_known_length_is_a_whole_answer(server, tmp_path):
    mark = tmp_path / "mark"

    answer = get(server.port, f"/one_piece?mark={mark}")

    assert (answer.status, answer.body) == (200, b"whole")
    assert answer.headers["content-length"] == "5"
    assert "transfer-encoding" not in answer.headers
    wait_until(lambda: mark.exists() and mark.read_text(), "the application goes on to its end")


@pytest.mark.parametrize(("path", "says"), [
    ("/one_piece/fail?mark=/dev/null", "ValueError: at the end"),
    ("/too_long", "the WSGI application gave more than its Content-Length says"),
])
def test_failure_after_a_whole_answer_is_logged(server, path, says):
    assert get(server.port, path).body == b"whole"

    wait_until(lambda: says in server.log(), "the error is logged")


@pytest.mark.parametrize(("path", "body"), [("/many_pieces", b"ab"), ("/no_pieces", b"")])
def test_known_end_has_a_length(server, path, body):
    answer = get(server.port, path)

    assert (answer.body, answer.headers["content-length"]) == (body, str(len(body)))


def test_head_may_say_the_length_of_a_body_it_has_not(server):
    answer = request(server.port, "HEAD", "/head_says_a_length")

    assert (answer.status, answer.headers["content-length"]) == (200, "1000")


def test_headers_are_the_applications_but_for_the_connections(server):
    with opened(server, "/bare") as connection:
        answer = connection.read_response()

    assert answer.body == b"bare"
    assert answer.headers["x-own"] == "caf\xe9"
    assert not answer.headers.keys() & {"content-type", "connection", "transfer-encoding"}


SOURCE = (HANDLERS / "wsgi_answers.py").read_bytes()


@pytest.mark.parametrize(("path", "body", "read"), [
    ("/file", SOURCE, 0),
    ("/rest_of_file", SOURCE[3:13], 3),
    ("/packed_file", b"unpacked", 8),
    ("/file_in_memory", b"in memory", 9),
])
def test_file_is_sent_by_the_host_if_it_is_plain(server, tmp_path, path, body, read):
    mark = tmp_path / "mark"

    answer = get(server.port, f"{path}?mark={mark}")

    assert answer.body == body
    wait_until(lambda: mark.exists() and mark.read_text(), "the file is closed")
    assert mark.read_text() == str(read), "what the host sends, Python does not read"


def test_head_of_a_file_has_its_length(server):
    answer = request(server.port, "HEAD", "/file?mark=/dev/null")

    assert answer.headers["content-length"] == str(len(SOURCE))


def test_start_response_ends_with_its_call(server):
    assert get(server.port, "/keeps").body == b""
    assert get(server.port, "/keeps").body == b"the call of the WSGI application is over"


def test_start_response_is_for_the_thread_of_its_call(server):
    answer = get(server.port, "/elsewhere")

    assert answer.body == b"start_response() and write() are for the thread of the call"


def test_application_that_loops_is_interrupted(server, tmp_path):
    mark = tmp_path / "mark"

    assert get(server.port, f"/loops?mark={mark}").status == 504

    wait_until(lambda: mark.exists() and mark.read_text(), "it is interrupted")
    assert mark.read_text() == "DeadlineExceeded"


def test_errors_are_the_servers_stderr(server):
    assert get(server.port, "/logs").status == 200

    wait_until(lambda: "for the errors" in server.log(), "it is logged")


@pytest.mark.parametrize(("path", "says"), [
    ("/mistake?text", "a WSGI application must give bytes, not str"),
    ("/mistake?text_piece", "a WSGI application must give bytes, not str"),
    ("/mistake?nothing", "'NoneType' object is not iterable"),
    ("/mistake?status", "the status must be a str such as '200 OK', from 200 to 599, not 'OK'"),
    ("/mistake?interim", "from 200 to 599, not '100 Continue'"),
    ("/mistake?number", "from 200 to 599, not 200"),
    ("/mistake?pair", "headers must be (name, value) pairs, not 'x'"),
    ("/mistake?value", "header X-A: the value must be a str, not 1"),
    ("/mistake?line_feed", "header X-A: the value must not hold CR, LF or NUL"),
    ("/mistake?one_argument", "start_response() takes (status, headers, exc_info=None)"),
    ("/mistake?length", "Content-Length says 1, the body has 2 bytes"),
    ("/twice", "start_response() was called twice without exc_info"),
])
def test_mistake_is_500_and_named_in_the_log(server, path, says):
    assert get(server.port, path).status == 500
    wait_until(lambda: says in server.log(), f"the log says {says}")


def test_connection_is_the_hosts_but_for_close(server):
    with opened(server, "/hop_by_hop?Keep-Alive") as connection:
        answer = connection.read_response()
        assert (answer.status, answer.body) == (200, b"whole")
        assert "keep-alive" not in answer.headers and "connection" not in answer.headers

        connection.send(b"GET /hop_by_hop?Close HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.read_response().headers["connection"] == "close"
