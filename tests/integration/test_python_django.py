"""One Django project, served by WSGI and by ASGI."""
from pathlib import Path
from urllib.parse import urlencode

import pytest

from routes import HANDLERS, python_routes
from support.http_client import RawConnection, get, request
from support.python_packages import site_packages
from support.server import BINARY_DIR, Server
from support.waiting import wait_until

ROUTES = """
    ANY /wsgi/{rest:path}: { to: python django_app:wsgi, mode: wsgi }
    ANY /asgi/{rest:path}: { to: python django_app:asgi, mode: asgi }
"""


@pytest.fixture(scope="module")
def server():
    with Server(python_routes(ROUTES, folders=[site_packages(BINARY_DIR)])) as running:
        yield running


@pytest.fixture(params=["/wsgi", "/asgi"])
def mount(request) -> str:
    return request.param


def test_view_sees_the_request(server, mount):
    answer = get(server.port, f"{mount}/greet/Ad%C3%A9/?q=1&q=%20", **{"X-Agent": "test"})

    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-length"] == str(len(answer.body))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json() == {
        "greeting": "Hello Adé", "own": f"{mount}/greet/Ad%C3%A9/", "agent": "test",
        "url": f"http://127.0.0.1:{server.port}{mount}/greet/Ad%C3%A9/?q=1&q=%20",
        "query": ["1", " "], "client": "127.0.0.1"}


def test_async_view_is_served(server, mount):
    assert get(server.port, f"{mount}/greet-async/Ada").json() == {"greeting": "Hello Ada"}


def test_form_is_read(server, mount):
    answer = request(server.port, "POST", f"{mount}/form", urlencode({"a": ["1", "é"]}, True),
                     {"Content-Type": "application/x-www-form-urlencoded"})

    assert answer.json() == {"method": "POST", "a": ["1", "é"], "files": {}}


def test_upload_is_read(server, mount):
    parts = (('name="a"', "1"), ('name="f"; filename="x.txt"', "file" * 50_000))
    form = "".join(f"--b\r\nContent-Disposition: form-data; {part}\r\n\r\n{value}\r\n"
                   for part, value in parts)

    answer = request(server.port, "POST", f"{mount}/form", form + "--b--\r\n",
                     {"Content-Type": "multipart/form-data; boundary=b"})

    assert answer.json() == {"method": "POST", "a": ["1"],
                             "files": {"f": ["x.txt", "file" * 50_000]}}


def test_body_in_chunks_is_read(server, mount):
    with RawConnection(server.port) as connection:
        connection.send(f"POST {mount}/body HTTP/1.1\r\nHost: example.com\r\n"
                        "Content-Type: text/x\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n".encode())
        answer = connection.read_response()

    assert (answer.body, answer.headers["content-type"]) == (b"abc", "text/x")


def test_session_lives_in_a_signed_cookie(server, mount):
    first = get(server.port, f"{mount}/visits")
    cookie = first.headers["set-cookie"].partition(";")[0]
    forged = cookie.replace("sessionid=", "sessionid=x")

    assert first.json() == 1
    assert get(server.port, f"{mount}/visits", Cookie=cookie).json() == 2
    assert get(server.port, f"{mount}/visits", Cookie=forged).json() == 1


def test_pieces_are_sent_as_they_come(server, mount):
    with RawConnection(server.port) as connection:
        connection.send(f"GET {mount}/stream HTTP/1.1\r\nHost: example.com\r\n\r\n".encode())
        assert connection.read_head().status == 200
        assert connection.read_chunk() == b"first\n"

        assert get(server.port, f"{mount}/release").status == 204

        assert connection.read_chunk() == b"second\n"
        assert connection.read_chunk() == b""


def test_pieces_of_the_other_kind_are_sent_too(server, mount):
    assert get(server.port, f"{mount}/lists").body == b"ab"


def test_file_is_sent(server, mount):
    answer = get(server.port, f"{mount}/file")

    source = Path(HANDLERS / "django_app.py").read_bytes()
    assert (answer.body, answer.headers["content-length"]) == (source, str(len(source)))
    assert request(server.port, "HEAD", f"{mount}/file").headers["content-length"] == str(
        len(source))


@pytest.mark.parametrize(("path", "status", "title"), [
    ("/nothing", 404, b"<h1>Not Found</h1>"),
    ("/fails", 500, b"<h1>Server Error (500)</h1>"),
])
def test_error_page_is_the_projects(server, mount, path, status, title):
    answer = get(server.port, mount + path)

    assert (answer.status, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert title in answer.body


def test_failure_is_logged(server, mount):
    get(server.port, f"{mount}/fails?once={mount}")

    wait_until(lambda: "ValueError: on purpose" in server.log(), "Django's own logger says so")
    assert f"Internal Server Error: {mount}/fails" in server.log()


def test_host_that_is_not_allowed_is_400(server, mount):
    assert get(server.port, f"{mount}/greet/Ada/", Host="elsewhere", **{"X-Agent": ""}).status == 400


def test_every_request_is_finished(server, mount):
    """The signal by which Django closes what the request used."""
    def finished():
        return get(server.port, f"{mount}/finished").json()

    before = finished()
    get(server.port, f"{mount}/lists")
    get(server.port, f"{mount}/fails")

    wait_until(lambda: finished() >= before + 2, "it was sent for each")


def test_redirects_stay_below_the_mount(server, mount):
    assert get(server.port, f"{mount}/moved").headers["location"] == f"{mount}/greet/Ada/"
    assert get(server.port, f"{mount}/greet/Ada").headers["location"] == f"{mount}/greet/Ada/"
