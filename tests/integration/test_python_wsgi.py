"""WSGI applications mounted below a prefix (PEP 3333)."""
import pytest

from routes import HANDLERS, python_routes
from support.http_client import RawConnection, get, request
from support.python_packages import site_packages
from support.server import BINARY_DIR, Server

NAMES = ("show", "raw", "pieces", "generator", "writes", "replaces_its_answer", "fails", "forgets",
         "no_content")
ROUTES = "\n".join(
    f"ANY /{name}/{{rest:path}}: {{ to: python wsgi_apps:{name}, mode: wsgi }}"
    for name in NAMES) + """
    GET /made: { to: python wsgi_apps:make, mode: wsgi, factory: true }
    ANY /flask/{rest:path}: { to: python flask_app:app, mode: wsgi }
    ANY /{rest:path}: { to: python wsgi_apps:raw, mode: wsgi }
"""


@pytest.fixture(scope="module")
def server():
    with Server(python_routes(ROUTES, folders=[site_packages(BINARY_DIR)])) as running:
        yield running


@pytest.mark.parametrize("app", ["show", "raw"])
def test_environ_is_what_the_standard_says(server, app):
    answer = request(server.port, "PUT", f"/{app}/a%20b/%C3%A9?x=%20&y", "body",
                     {"X-Name": "a", "X_Name": "b", "Content-Type": "text/x", "Host": "h:81"})

    environ = answer.json()
    assert answer.status == 200
    assert {key: environ[key] for key in (
        "REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "SERVER_NAME", "SERVER_PORT",
        "SERVER_PROTOCOL", "HTTP_X_NAME", "HTTP_HOST", "CONTENT_TYPE", "CONTENT_LENGTH",
        "REMOTE_ADDR", "wsgi.url_scheme", "body")} == {
        "REQUEST_METHOD": "PUT", "SCRIPT_NAME": f"/{app}",
        "PATH_INFO": "/a b/é".encode().decode("latin-1"), "QUERY_STRING": "x=%20&y",
        "SERVER_NAME": "h", "SERVER_PORT": "81", "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_X_NAME": "a", "HTTP_HOST": "h:81", "CONTENT_TYPE": "text/x", "CONTENT_LENGTH": "4",
        "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http", "body": "body"}


@pytest.mark.parametrize(("version", "host", "server_name", "server_port"), [
    ("1.1", "example.com", "example.com", "80"),
    ("1.1", "example.com:8080", "example.com", "8080"),
    ("1.1", "[::1]", "[::1]", "80"),
    ("1.1", "[::1]:81", "[::1]", "81"),
    ("1.1", "example.com:", "example.com", "80"),
    ("1.0", None, "127.0.0.1", "its own"),
])
def test_server_is_the_one_the_client_asked_for(server, version, host, server_name, server_port):
    line = f"Host: {host}\r\n" if host else ""
    with RawConnection(server.port) as connection:
        connection.send(f"GET /raw HTTP/{version}\r\n{line}\r\n".encode())
        environ = connection.read_response().json()

    port = str(server.port) if server_port == "its own" else server_port
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"]) == (server_name, port)
    assert environ["SERVER_PROTOCOL"] == f"HTTP/{version}"
    assert environ.get("HTTP_HOST") == host


def test_lines_of_one_header_are_joined(server):
    with RawConnection(server.port) as connection:
        connection.send(b"GET /raw HTTP/1.1\r\nHost: x\r\nX-Two: a\r\nCookie: a=1\r\n"
                        b"X-Two: b\r\nCookie: b=2\r\nX-Latin: \xe9\r\n\r\n")
        environ = connection.read_response().json()

    assert (environ["HTTP_X_TWO"], environ["HTTP_COOKIE"]) == ("a,b", "a=1; b=2")
    assert environ["HTTP_X_LATIN"] == "\xe9"


@pytest.mark.parametrize(("target", "path"), [
    ("/", "/"), ("/a%2Fb/c?d", "/a/b/c"), ("/raws", "/raws"), ("http://other/a%20b", "/a b")])
def test_application_at_the_root_has_every_other_path(server, target, path):
    with RawConnection(server.port) as connection:
        connection.send(f"GET {target} HTTP/1.1\r\nHost: other\r\n\r\n".encode())
        environ = connection.read_response().json()

    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("", path)


def test_body_in_chunks_has_a_length(server):
    with RawConnection(server.port) as connection:
        connection.send(b"POST /raw HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                        b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
        environ = connection.read_response().json()

    assert (environ["body"], environ["CONTENT_LENGTH"]) == ("abc", "3")


def test_mount_without_a_slash_has_an_empty_path(server):
    environ = get(server.port, "/raw").json()

    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("/raw", "")


def test_pieces_are_sent_and_closed(server, tmp_path):
    mark = tmp_path / "mark"

    answer = get(server.port, f"/pieces?mark={mark}")

    assert (answer.status, answer.body) == (202, b"one\ntwo\n")
    assert answer.headers["transfer-encoding"] == "chunked"
    assert mark.read_text() == "closed"


@pytest.mark.parametrize(("path", "status", "body"), [
    ("/generator", 200, b"ab"),
    ("/writes", 200, b"written returned"),
    ("/replaces_its_answer", 503, b"sorry"),
    ("/no_content", 204, b""),
])
def test_answers_as_the_application_says(server, path, status, body):
    answer = get(server.port, path)

    assert (answer.status, answer.body) == (status, body)


@pytest.mark.parametrize("path", ["/show", "/pieces?mark=/dev/null", "/generator"])
def test_head_has_no_body(server, path):
    answer = request(server.port, "HEAD", path)

    assert answer.status in (200, 202)
    assert answer.body == b""


@pytest.mark.parametrize(("path", "says"), [
    ("/fails", "ValueError: on purpose"),
    ("/forgets", "the WSGI application did not call start_response()"),
])
def test_failure_is_500_and_logged(server, path, says):
    assert get(server.port, path).status == 500
    assert says in server.log()


def test_factory_makes_the_application(server):
    assert get(server.port, "/made").json()["SCRIPT_NAME"] == "/made"


def test_flask_sends_files(server):
    source = (HANDLERS / "flask_app.py").read_bytes()

    whole = get(server.port, "/flask/file")
    part = get(server.port, "/flask/file", Range="bytes=3-9")

    assert (whole.status, whole.body) == (200, source)
    assert (part.status, part.body) == (206, source[3:10])
    assert get(server.port, "/flask/file", **{"If-None-Match": whole.headers["etag"]}).status == 304


def test_flask_is_served(server):
    boundary = "b"
    form = "".join(f'--b\r\nContent-Disposition: form-data; {part}\r\n\r\n{value}\r\n'
                   for part, value in (('name="a"', "1"), ('name="f"; filename="x"', "file")))

    greeting = get(server.port, "/flask/greet/Ada").json()
    answer = request(server.port, "POST", "/flask/form", form + "--b--\r\n",
                     {"Content-Type": f"multipart/form-data; boundary={boundary}"})

    assert greeting == {"greeting": "Hello Ada",
                        "url": f"http://127.0.0.1:{server.port}/flask/greet/Ada"}
    assert answer.json() == {"a": "1", "file": "file"}
    assert "session=" in answer.headers["set-cookie"]
    assert get(server.port, "/flask/stream").body == b"0\n1\n2\n3\n4\n"
    assert get(server.port, "/flask/nowhere").status == 404


def test_path_of_an_absolute_target_is_its_path(server):
    with RawConnection(server.port) as connection:
        connection.send(b"GET http://x.example/show/a?q HTTP/1.1\r\nHost: y\r\n\r\n")
        environ = connection.read_response().json()

    assert (environ["PATH_INFO"], environ["QUERY_STRING"]) == ("/a", "q")
