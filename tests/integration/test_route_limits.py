"""Limits that one route has for itself."""
from routes import python_routes, stream_routes
from support.background import Background
from support.http_client import RawConnection, exchange, get
from support.server import Server
from support.waiting import wait_until

ROUTES = """
    POST /echo: native echo
    POST /small: { to: native echo, body: 1KiB }
    POST /large: { to: native echo, body: 64KiB }
    POST /none: { to: native echo, body: 0 }
    GET /until: { to: python waiting:until, max_in_flight: 2 }
    GET /free: python waiting:until
    GET /brief: { to: python waiting:until, max_in_flight: 1, timeout: 200ms }
"""


def served() -> Server:
    return Server(python_routes(ROUTES, "limits: { body: 16KiB }"))


def post(path: str, size: int) -> bytes:
    body = b'{"a": "' + b"x" * (size - 9) + b'"}'
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def post_chunked(path: str, size: int) -> bytes:
    chunk = b"100\r\n" + b"x" * 256 + b"\r\n"
    return (f"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n").encode() + \
        chunk * (size // 256) + b"0\r\n\r\n"


def test_body_limit_of_a_route_is_lower_or_higher_than_that_of_the_server():
    with served() as server:
        def status(path: str, size: int) -> int:
            return exchange(server.port, post(path, size)).status

        assert (status("/echo", 16384), status("/echo", 16385)) == (200, 413)
        assert (status("/small", 1024), status("/small", 1025)) == (200, 413)
        assert (status("/large", 65536), status("/large", 65537)) == (200, 413)
        assert status("/none", 10) == 413
        assert exchange(server.port, post_chunked("/small", 2048)).status == 413
        # Refused by the handler, as it is no JSON: so the host took it.
        assert exchange(server.port, post_chunked("/large", 32768)).status == 400


def test_requests_beyond_max_in_flight_are_503_at_once(tmp_path):
    with served() as server:
        mark, go = tmp_path / "mark", tmp_path / "go"
        busy = [Background(lambda i=i: get(server.port, f"/until?mark={mark}{i}&go={go}").status)
                for i in range(2)]
        wait_until(lambda: all((tmp_path / f"mark{i}").exists() for i in range(2)), "both run")

        refused = get(server.port, f"/until?mark={mark}&go={go}")

        assert refused.status == 503
        assert refused.headers["retry-after"] == "1"
        assert "max_in_flight" in refused.json()["detail"]
        assert not mark.exists()
        go.touch()
        assert get(server.port, f"/free?mark={mark}&go={go}").status == 200
        assert [each.result() for each in busy] == [200, 200]
        wait_until(lambda: get(server.port, f"/until?mark={mark}&go={go}").status == 200, "room")


def test_request_counts_until_its_handler_is_through_with_it(tmp_path):
    with served() as server:
        mark, go = tmp_path / "mark", tmp_path / "go"
        assert get(server.port, f"/brief?mark={mark}&go={go}").status == 504

        assert get(server.port, f"/brief?mark={mark}&go={go}").status == 503
        go.touch()
        wait_until(lambda: get(server.port, f"/brief?mark={mark}&go={go}").status == 200, "room")


def test_refused_request_keeps_its_place_in_the_pipeline(tmp_path):
    with served() as server:
        mark, go = tmp_path / "mark", tmp_path / "go"
        request = f"GET /until?mark={mark}&go={go} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        with RawConnection(server.port) as connection:
            connection.send(request * 3)
            wait_until(mark.exists, "the first runs")
            go.touch()

            statuses = [connection.read_response().status for _ in range(3)]

        assert statuses == [200, 200, 503]


def test_limits_hold_where_a_handler_pulls_the_body():
    routes = stream_routes("POST /count: { to: stream count, max_in_flight: 1, body: 1KiB }",
                           "limits: { body: 16 }")
    with Server(routes) as server, RawConnection(server.port) as first:
        head, body = post("/count", 1024).split(b"\r\n\r\n")
        interim = first.send(head + b"\r\nExpect: 100-continue\r\n\r\n").read_response()
        assert interim.status == 100, "its handler asks for the body"
        first.send(body[:-1])
        with RawConnection(server.port) as second:
            # Behind the answer the rest of the body is read, and the connection goes on.
            assert second.send(post("/count", 100)).read_response().status == 503
            assert second.is_open_after_answer()
            waiting = b"POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n" \
                b"Expect: 100-continue\r\n\r\n"
            assert second.send(waiting).read_response().status == 503
            assert second.read_until_closed() == b""

        assert first.send(b"}").read_response().status == 200
        wait_until(lambda: exchange(server.port, post("/count", 1024)).status == 200, "room")
        assert exchange(server.port, post("/count", 1025)).status == 413
