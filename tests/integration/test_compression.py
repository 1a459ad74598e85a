"""`compress` of a route: what clients get that take a coding, and what is left alone."""
import json
import signal
import subprocess
import threading
import zlib

import pytest

from routes import stream_routes
from support.http_client import RawConnection, Response
from support.server import Server
from support.waiting import DEADLINE
from test_streaming_clients import wait_for_releases

TEXT = "all work and no play " * 50
DATA = "".join(f"{number},{number * number}\n" for number in range(20_000)).encode()
FIXED = {
    "text": ("text/plain", ""), "json": ("application/json", ""), "png": ("image/png", ""),
    "events": ("text/event-stream", ""), "coded": ("text/plain", "content-encoding: x-own"),
    "fixed": ("text/plain", "cache-control: no-transform"),
    "tagged": ("text/plain", "etag: '\"v1\"', vary: origin"),
}
ROUTES = "".join(
    f'GET /{name}: {{ respond: {{ type: {kind}, body: "{TEXT}", headers: {{ {headers} }} }}, '
    "compress: true }\n" for name, (kind, headers) in FIXED.items()) + f"""
    GET /off: {{ respond: "{TEXT}" }}
    GET /small: {{ respond: "small", compress: true }}
    GET /gzip: {{ respond: "{TEXT}", compress: gzip }}
    GET /turned: {{ respond: "{TEXT}", compress: [gzip, zstd] }}
    POST /echo: {{ to: native echo, compress: true }}
    GET /files/{{rest:path}}: {{ static: public, compress: true }}
    GET /stream: {{ to: stream hello, compress: true }}
    GET /download: {{ to: stream download, bytes: 3000000, piece: 70000, compress: true }}
    GET /declared: {{ to: stream declared, length: 2500, bytes: 2500, compress: true }}
    GET /abort: {{ to: stream abort, compress: true }}
    GET /kept: {{ to: stream events, compress: true }}
    GET /emit: stream emit
    GET /end: stream end
"""


@pytest.fixture(scope="module")
def server():
    files = {"public/data.csv": DATA.decode(), "public/a.css": TEXT, "public/b.css": TEXT,
             "public/b.css.gz": "as gzip"}
    with Server(stream_routes(ROUTES), files) as running:
        yield running


@pytest.fixture
def client(server):
    with RawConnection(server.port) as connection:
        yield connection


def ask(client: RawConnection, path: str, accepted: str | None = "gzip", method: str = "GET",
        version: str = "1.1", body: bytes = b"", **fields: str) -> Response:
    client.send(message(path, accepted, method, version, body, **fields))
    return client.read_response(to_head=method == "HEAD")


def message(path: str, accepted: str | None = "gzip", method: str = "GET", version: str = "1.1",
            body: bytes = b"", **fields: str) -> bytes:
    lines = [f"{method} {path} HTTP/{version}", "Host: x"]
    lines += [f"Accept-Encoding: {accepted}"] if accepted is not None else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    lines += [f"Content-Length: {len(body)}", "Content-Type: application/json"] if body else []
    return "\r\n".join([*lines, "", ""]).encode() + body


def gunzip(data: bytes) -> bytes:
    """The bytes as far as they came; the decoder checks length and sum of what is whole."""
    return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data)


def coding(answer: Response) -> str | None:
    return answer.headers.get("content-encoding")


@pytest.mark.parametrize("path", ["/text", "/json", "/gzip", "/tagged", "/files/a.css"])
def test_body_is_compressed(client, path):
    answer = ask(client, path)

    assert (answer.status, coding(answer)) == (200, "gzip")
    assert len(answer.body) < len(TEXT) / 2
    assert gunzip(answer.body) == TEXT.encode()
    assert "accept-encoding" in answer.headers["vary"]


@pytest.mark.parametrize("path", ["/off", "/small", "/png", "/events", "/fixed", "/declared"])
def test_answer_is_left_alone(client, path):
    answer = ask(client, path)

    assert answer.status == 200
    assert coding(answer) is None and "vary" not in answer.headers
    assert len(answer.body) in (5, len(TEXT), 2500)


def test_coding_of_the_handler_stays(client):
    answer = ask(client, "/coded")

    assert (coding(answer), answer.body.decode()) == ("x-own", TEXT)


CHOICES = {
    "nothing said": ("/text", None, None),
    "another coding": ("/text", "br, deflate", None),
    "refused": ("/text", "gzip;q=0", None),
    "identity preferred": ("/text", "identity, gzip;q=0.5", None),
    "zstd before gzip": ("/text", "gzip, deflate, br, zstd", "zstd"),
    "the client's favourite": ("/text", "gzip, zstd;q=0.9", "gzip"),
    "anything": ("/text", "*", "zstd"),
    "one coding of the route": ("/gzip", "zstd, gzip;q=0.1", "gzip"),
    "the route's favourite": ("/turned", "zstd, gzip", "gzip"),
}


@pytest.mark.parametrize("path, accepted, expected", CHOICES.values(), ids=CHOICES)
def test_client_and_route_agree_on_the_coding(client, path, accepted, expected):
    answer = ask(client, path, accepted)

    assert coding(answer) == expected
    assert answer.headers["vary"] == "accept-encoding"
    assert expected is not None or answer.body.decode() == TEXT


@pytest.mark.parametrize("accepted", ["gzip", "zstd"])
@pytest.mark.parametrize("path", ["/text", "/files/data.csv", "/download"])
def test_curl_unpacks_it(server, accepted, path):
    body = {"/text": TEXT.encode(), "/files/data.csv": DATA}.get(path, bytes(3_000_000))
    done = subprocess.run(
        ["curl", "-sS", "--compressed", "-H", f"Accept-Encoding: {accepted}",
         f"http://127.0.0.1:{server.port}{path}"], capture_output=True, timeout=DEADLINE)

    assert (done.returncode, done.stdout == body) == (0, True), done.stderr


def test_head_is_the_head_of_get(client):  # RFC 9110 section 9.3.2
    for path in ("/text", "/small", "/files/data.csv", "/files/a.css"):
        expected = ask(client, path).headers
        answer = ask(client, path, method="HEAD").headers

        assert {**answer, "date": ""} == {**expected, "date": ""}


def test_tag_becomes_weak(client):  # 8.8.3.3
    assert ask(client, "/tagged").headers["etag"] == 'W/"v1"'
    assert ask(client, "/tagged", None).headers["etag"] == '"v1"'
    assert ask(client, "/tagged").headers["vary"] == "origin, accept-encoding"


def test_large_answer_is_compressed(client):
    body = json.dumps({"rows": [{"number": number} for number in range(20_000)]}).encode()

    answer = ask(client, "/echo", method="POST", body=body)

    assert coding(answer) == "gzip"
    assert (json.loads(gunzip(answer.body))["echo"] == json.loads(body)) is True
    assert len(answer.body) < len(body) / 3


def test_answers_keep_their_order_in_a_pipeline(client):
    paths = ["/files/data.csv", "/small", "/text", "/files/data.csv", "/off"]
    client.send(b"".join(message(path) for path in paths))

    answers = [client.read_response() for _ in paths]

    bodies = [gunzip(each.body) if coding(each) else each.body for each in answers]
    assert bodies == [DATA, b"small", TEXT.encode(), DATA, TEXT.encode()]


def test_file_keeps_its_rules(client):
    whole = ask(client, "/files/a.css")
    tag = whole.headers["etag"]
    assert tag.startswith('W/"') and "accept-ranges" not in whole.headers

    same = ask(client, "/files/a.css", if_none_match=tag)
    assert (same.status, same.headers["etag"]) == (304, tag)
    assert same.headers["vary"] == "accept-encoding"
    part = ask(client, "/files/a.css", range="bytes=0-299")
    assert (part.status, coding(part), part.body.decode()) == (206, None, TEXT[:300])
    assert ask(client, "/files/a.css", range="bytes=0-9", if_range=tag).status == 200
    assert ask(client, "/files/b.css").body == b"as gzip"
    assert ask(client, "/files/nothing").status == 404


def test_stream_is_compressed(client):
    answer = ask(client, "/stream")

    assert coding(answer) == "gzip"
    assert answer.headers["transfer-encoding"] == "chunked"
    assert gunzip(answer.body) == b"hello, stream"
    assert client.is_open_after_answer()


def test_stream_of_http_1_0_ends_with_the_connection(client):
    client.send(message("/stream", version="1.0"))

    assert coding(client.read_head()) == "gzip"
    assert gunzip(client.read_until_closed()) == b"hello, stream"


def test_head_of_a_stream(client):
    answer = ask(client, "/stream", method="HEAD")

    assert coding(answer) == "gzip" and client.is_open_after_answer()


def test_each_piece_of_a_stream_can_be_read_at_once(server, client):
    decoder = zlib.decompressobj(16 + zlib.MAX_WBITS)
    client.send(message("/kept"))
    assert coding(client.read_head()) == "gzip"
    with RawConnection(server.port) as other:
        seen = b""
        for word in (b"one", b"two", b"three"):
            ask(other, f"/emit?{word.decode()}")
            while word not in seen:
                seen += decoder.decompress(client.read_chunk())
        ask(other, "/end")

    while chunk := client.read_chunk():
        decoder.decompress(chunk)
    assert decoder.eof


def test_aborted_stream_has_no_end(client):
    client.send(message("/abort"))
    assert coding(client.read_head()) == "gzip"

    rest = client.read_until_closed()
    assert not rest.endswith(b"0\r\n\r\n")


def test_clients_that_leave_cost_nothing(server):
    for path in ("/files/data.csv", "/download", "/kept"):
        for _ in range(5):
            RawConnection(server.port).send(message(path)).socket.close()
    with RawConnection(server.port) as other:
        ask(other, "/end")

        assert gunzip(ask(other, "/files/data.csv").body) == DATA
    wait_for_releases(server)


def test_many_at_once(server):
    wrong = []

    def work():
        with RawConnection(server.port) as connection:
            for path, body in (("/files/data.csv", DATA), ("/text", TEXT.encode())) * 5:
                if gunzip(ask(connection, path).body) != body:
                    wrong.append(path)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


def test_full_queue_sends_it_as_it_is():
    routes = "POST /echo: { to: native echo, compress: true }\n"
    body = json.dumps({"x": "x" * 100_000}).encode()
    with Server(stream_routes(routes, "limits: { queue: 1 }\nthreads: { executor: 1 }")) as running:
        with RawConnection(running.port) as connection:
            for _ in range(20):
                connection.send(message("/echo", method="POST", body=body))
            answers = [connection.read_response() for _ in range(20)]

    for answer in answers:
        data = gunzip(answer.body) if coding(answer) else answer.body
        assert (answer.status, len(data) > 100_000) == (200, True)


def test_answer_is_finished_when_the_server_stops():
    routes = "GET /files/{rest:path}: { static: public, compress: true }\n"
    with Server(stream_routes(routes), {"public/data.csv": DATA.decode() * 10}) as running:
        with RawConnection(running.port) as connection:
            connection.send(message("/files/data.csv"))
            running.signal(signal.SIGTERM)

            assert gunzip(connection.read_response().body) == DATA * 10
        assert running.wait() == 0
