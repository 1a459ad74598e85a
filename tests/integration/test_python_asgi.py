"""ASGI 3 applications mounted below a prefix."""
import signal

import pytest

from routes import python_routes
from support.http_client import RawConnection, get, request
from support.python_packages import site_packages
from support.server import BINARY_DIR, Server, run_to_end
from support.waiting import wait_until

NAMES = ("show_scope", "echo", "stream", "endless", "wait_for_disconnect", "after_the_answer",
         "fails", "fails_later", "silent", "wrong_order", "with_lifespan",
         "fails_after_the_answer", "slow_stream", "background", "deaf_stream", "not_modified",
         "two_receivers", "two_readers", "two_senders", "hop_by_hop")
ROUTES = "\n".join(
    f"ANY /{name}/{{rest:path}}: {{ to: python asgi_apps:{name}, mode: asgi }}"
    for name in NAMES) + """
    GET /made: { to: python asgi_apps:make, mode: asgi, factory: true }
    GET /never: { to: python asgi_apps:never, mode: asgi, timeout: 100ms }
    ANY /caf%C3%A9/{rest:path}: { to: python asgi_apps:show_scope, mode: asgi }
    ANY /api/{rest:path}: { to: python fastapi_app:app, mode: asgi }
"""


@pytest.fixture(scope="module")
def server():
    with Server(python_routes(ROUTES, folders=[site_packages(BINARY_DIR)])) as running:
        yield running


def opened(server: Server, target: str) -> RawConnection:
    return RawConnection(server.port).send(
        f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())


def test_scope_is_what_the_specification_says(server):
    answer = request(server.port, "PUT", "/show_scope/a%20b/c%2Fd?x=%20&y",
                     headers={"X-Twice": "a", "Host": "example.com"})

    scope = answer.json()
    client = scope.pop("client")
    headers = scope.pop("headers")
    assert client[0] == "127.0.0.1" and client[1] > 0
    assert ["x-twice", "a"] in headers and ["host", "example.com"] in headers
    assert scope == {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1",
        "method": "PUT", "scheme": "http", "path": "/show_scope/a b/c/d",
        "raw_path": "/show_scope/a%20b/c%2Fd", "query_string": "x=%20&y",
        "root_path": "/show_scope", "server": ["127.0.0.1", server.port]}


def test_body_is_received(server):
    answer = request(server.port, "POST", "/echo/", body="hello")

    assert (answer.status, answer.json()) == (201, ["http.request", "hello", False])
    assert get(server.port, "/echo").json() == ["http.request", "", False]


def test_answer_may_come_in_pieces(server):
    answer = get(server.port, "/stream")

    assert (answer.status, answer.body) == (200, b"0\n1\n2\n")
    assert answer.headers["transfer-encoding"] == "chunked"
    assert answer.headers["content-type"] == "application/json"


def test_head_has_no_body(server):
    for path in ("/stream", "/show_scope"):
        answer = request(server.port, "HEAD", path)

        assert (answer.status, answer.body) == (200, b"")


def test_disconnect_is_received(server, tmp_path):
    mark = tmp_path / "mark"
    with opened(server, f"/wait_for_disconnect?mark={mark}"):
        wait_until((tmp_path / "mark.begun").exists, "the application waits")

    wait_until(lambda: mark.exists() and mark.read_text() == "http.disconnect", "it is told")


def test_end_of_the_answer_is_a_disconnect_too(server, tmp_path):
    mark = tmp_path / "mark"

    assert get(server.port, f"/after_the_answer?mark={mark}").json() == "done"

    wait_until(lambda: mark.exists() and mark.read_text() == "http.disconnect", "it is told")


def test_slow_client_holds_send_back(server, tmp_path):
    mark = tmp_path / "mark"
    with opened(server, f"/endless?mark={mark}") as connection:
        connection.read_head()
        connection.read_chunk()
        assert get(server.port, "/stream").status == 200

    wait_until(lambda: mark.exists() and mark.read_text(), "it has ended")
    told, sent = mark.read_text().split()
    assert told == "http.disconnect"
    assert int(sent) < 300, "the kernel's buffers and 256 KiB of ours are full before that"


@pytest.mark.parametrize(("path", "says"), [
    ("/fails", "ValueError: on purpose"),
    ("/silent", "the ASGI application returned without an answer"),
    ("/wrong_order", "expected the ASGI message 'http.response.start', but got"),
])
def test_failure_is_500_and_logged(server, path, says):
    answer = get(server.port, path)

    assert answer.status == 500
    assert answer.json()["request_id"] in server.log()
    assert says in server.log()


def test_failure_after_the_start_cuts_the_answer(server):
    with opened(server, "/fails_later") as connection:
        connection.read_head()
        assert connection.read_chunk() == b"first\n"

        assert connection.read_until_closed() == b""


def test_deadline_cancels_the_application(server):
    assert get(server.port, "/never").status == 504


def test_factory_makes_the_application(server):
    assert get(server.port, "/made").json() == "made"


def test_lifespan_state_is_shared_and_copied(server):
    assert get(server.port, "/with_lifespan").json() == [1, True]
    assert get(server.port, "/with_lifespan").json() == [2, True]
    assert (server.path / "lifespan.log").read_text() == "startup\n"


def test_lifespan_ends_with_the_server():
    with Server(python_routes(
            "GET /a: { to: python asgi_apps:with_lifespan, mode: asgi }")) as server:
        log = server.path / "lifespan.log"
        assert get(server.port, "/a").status == 200

        assert server.stop() == 0, server.log()
        assert log.read_text() == "startup\nshutdown\n"


def test_failed_startup_refuses_the_start():
    done = run_to_end(python_routes(
        "GET /a: { to: python asgi_apps:fails_startup, mode: asgi }"))

    assert done.returncode == 3, done
    assert "lifespan startup of 'asgi_apps:fails_startup' failed" in done.stderr
    assert "no database" in done.stderr


@pytest.mark.parametrize(("line", "says"), [
    ("GET /a: { to: python asgi_apps:JSON, mode: asgi }", "is not an application"),
    ("GET /a: { to: python asgi_apps:WithLifespan, mode: asgi }", "is a class"),
    ("GET /a: { to: python wsgi_apps:raw, mode: asgi }",
     "wsgi_apps:raw cannot be called as ASGI (scope, receive, send): too many positional arguments; "
     "is it for 'mode: wsgi'?"),
    ("GET /a: { to: python asgi_apps:echo, mode: wsgi }",
     "asgi_apps:echo cannot be called as WSGI (environ, start_response): missing a required "
     "argument: 'send'; is it for 'mode: asgi'?"),
    ("GET /a: { to: python waiting:nap, factory: true }", "'factory' is for mode asgi"),
])
def test_what_is_no_application_is_refused(line, says):
    done = run_to_end(python_routes(line))

    assert done.returncode == 3, done
    assert says in done.stderr


def test_fastapi_is_served(server):
    greeting = get(server.port, "/api/greet/Ada").json()
    created = request(server.port, "POST", "/api/items", '{"name": "a", "price": 1}',
                      {"Content-Type": "application/json"})
    refused = request(server.port, "POST", "/api/items", '{"name": "a"}',
                      {"Content-Type": "application/json"})

    assert greeting["greeting"] == "Hello Ada"
    assert greeting["url"] == f"http://127.0.0.1:{server.port}/api/greet/Ada"
    assert (created.status, created.json()) == (200, {"name": "a", "price": 1.0})
    assert refused.status == 422
    wait_until(lambda: get(server.port, "/api/done").json() == ["a"], "the background task")
    assert get(server.port, "/api/in_a_thread").json() == {"thread": True}
    assert get(server.port, "/api/stream").body == b"0\n1\n2\n3\n4\n"
    assert get(server.port, "/api/nowhere").status == 404


def test_root_path_is_decoded_as_the_path_is(server):
    scope = get(server.port, "/caf%C3%A9/x").json()

    assert (scope["root_path"], scope["path"]) == ("/caf\u00e9", "/caf\u00e9/x")


def test_304_may_tell_the_length_of_what_it_leaves_out(server):
    assert get(server.port, "/not_modified").status == 304


def test_failure_behind_the_answer_is_logged_with_its_request(server):
    for number in range(20):  # so that the memory of the requests is used again
        assert get(server.port, "/fails_after_the_answer", **{"X-Request-ID": f"id-{number}"}).json() \
            == "done"
    wait_until(lambda: server.log().count("ValueError: too late") == 20, "all are logged")

    lines = [line for line in server.log().splitlines() if "fails_after_the_answer failed" in line]
    assert [line.partition("request ")[2] for line in lines] == [
        f"id-{number}: python asgi_apps:fails_after_the_answer failed on "
        "GET /fails_after_the_answer" for number in range(20)]


def own_server() -> Server:
    return Server(python_routes(ROUTES, folders=[site_packages(BINARY_DIR)]))


def test_stream_is_finished_when_the_server_stops():
    with own_server() as server:
        with opened(server, "/slow_stream") as connection:
            connection.read_head()
            assert connection.read_chunk() == b"0\n"
            server.signal(signal.SIGTERM)

            assert connection.read_until_closed() == (
                b"".join(b"2\r\n%d\n\r\n" % number for number in range(1, 5)) +
                b"4\r\nend\n\r\n0\r\n\r\n")
        assert server.wait() == 0


@pytest.mark.parametrize("app", ["background", "deaf_stream"])
def test_stop_cancels_what_runs_behind_its_answer(tmp_path, app):
    mark = tmp_path / "mark"
    with Server(python_routes(ROUTES, "shutdown: { timeout: 6s }",
                              folders=[site_packages(BINARY_DIR)])) as server:
        with opened(server, f"/{app}?mark={mark}") as connection:
            connection.read_head()
            if app == "background":
                wait_until(mark.with_suffix(".begun").exists, "it runs on")

        assert server.stop() == 0
        assert mark.read_text() == "cancelled"
        assert (server.path / "lifespan.log").read_text().split() == ["startup", "shutdown"]


def test_exit_in_a_lifespan_refuses_the_start():
    done = run_to_end(python_routes("ANY /{rest:path}: { to: python asgi_apps:exits, mode: asgi }"))

    assert done.returncode == 3
    assert "lifespan startup of 'asgi_apps:exits' failed: " in done.stderr
    assert "SystemExit: no database" in done.stderr


def test_receive_that_is_given_up_leaves_others_alone(server, tmp_path):
    mark = tmp_path / "mark"
    with opened(server, f"/two_receivers?mark={mark}") as connection:
        assert connection.read_response().json() == [True, False]
    wait_until(lambda: mark.exists() and mark.read_text() == "http.disconnect", "it is told")


def test_reader_that_is_given_up_leaves_others_alone(server, tmp_path):
    mark = tmp_path / "mark"
    with RawConnection(server.port) as connection:
        connection.send(f"POST /two_readers?mark={mark} HTTP/1.1\r\nHost: x\r\n"
                        "Content-Length: 4\r\n\r\n".encode())
        wait_until(lambda: mark.exists() and mark.read_text(), "one was given up")

        assert connection.send(b"body").read_response().json() == "body"


def test_two_may_send_at_once(server):
    with opened(server, "/two_senders") as connection:
        assert len(connection.read_response().body) == 20_000_000


def test_connection_is_the_hosts_but_for_close(server):
    with opened(server, "/hop_by_hop?Keep-Alive") as connection:
        answer = connection.read_response()
        assert (answer.status, answer.body) == (200, b"whole")
        assert "keep-alive" not in answer.headers and "connection" not in answer.headers

        connection.send(b"GET /hop_by_hop?close HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.read_response().headers["connection"] == "close"
