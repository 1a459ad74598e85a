"""Pages of other origins: preflights, and what answers tell browsers."""
import pytest

from routes import python_routes
from support.http_client import RawConnection, exchange, request
from support.server import Server

HANDLERS = """
from plughost import Response

def own():
    return Response("own", headers={"Access-Control-Allow-Origin": "https://own.example"})
"""
ROUTES = """
    GET /open: native hello
    POST /open: { to: native echo, body: 10 }
    GET /some: { to: native hello, cors: { origins: ["https://*.b.example"], credentials: true,
      methods: [GET], headers: [x-a], expose: [x-b], max_age: 10m } }
    PUT /none: { to: native echo, cors: none }
    GET /slow: { to: python waiting:hang, timeout: 100ms }
    GET /busy: { to: python waiting:hang, timeout: 5s, max_in_flight: 1 }
    GET /own: python mine:own
    ANY /any: native echo
    OPTIONS /named: native hello
    GET /named: native hello
    GET /fixed: { respond: hi }
""".replace("\n      methods", " methods")


@pytest.fixture(scope="module")
def server():
    routes = python_routes(ROUTES, 'cors: "*"').replace("import_paths: [", "import_paths: [., ")
    with Server(routes, {"mine.py": HANDLERS}) as running:
        yield running


def cors_of(answer) -> dict[str, str]:
    prefix = "access-control-"
    found = {name.removeprefix(prefix): value for name, value in answer.headers.items()
             if name.startswith(prefix)}
    return found | ({"vary": answer.headers["vary"]} if "vary" in answer.headers else {})


def ask(server, method: str, path: str, origin: str | None = "https://x.example", **headers: str):
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return request(server.port, method, path,
                   headers=({"Origin": origin} if origin else {}) | fields)


def preflight(server, path: str, method: str, origin: str = "https://x.example",
              names: str | None = None):
    fields = {"access_control_request_method": method}
    if names:
        fields["access_control_request_headers"] = names
    return ask(server, "OPTIONS", path, origin, **fields)


def test_every_origin_may_read_where_the_default_says_so(server):
    assert cors_of(ask(server, "GET", "/open")) == {"allow-origin": "*"}
    assert cors_of(ask(server, "GET", "/fixed")) == {"allow-origin": "*"}
    assert cors_of(ask(server, "GET", "/open", None)) == {}
    assert cors_of(ask(server, "PUT", "/none")) == {}


def test_origin_is_checked_against_the_list(server):
    allowed = ask(server, "GET", "/some", "https://a.b.example")

    assert cors_of(allowed) == {"allow-origin": "https://a.b.example", "vary": "Origin",
                                "allow-credentials": "true", "expose-headers": "x-b"}
    for origin in ("https://evil.example", "https://b.example", "null", None):
        assert cors_of(ask(server, "GET", "/some", origin)) == {"vary": "Origin"}


def test_preflight_is_answered_by_the_host(server):
    answer = preflight(server, "/open", "POST", names="content-type, x-token")

    assert answer.status == 204
    assert cors_of(answer) == {
        "allow-origin": "*", "allow-methods": "POST",
        "allow-headers": "content-type, x-token",
        "vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"}

    strict = cors_of(preflight(server, "/some", "GET", "https://a.b.example", "x-q"))
    assert strict["allow-methods"] == "GET" and strict["allow-headers"] == "x-a"
    assert strict["max-age"] == "600" and strict["allow-credentials"] == "true"
    assert "allow-origin" not in cors_of(preflight(server, "/some", "GET", "https://evil.example"))


def test_preflight_looks_at_the_route_of_the_method_it_asks_for(server):
    assert cors_of(preflight(server, "/none", "PUT")) == {}
    assert preflight(server, "/open", "DELETE").headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert cors_of(preflight(server, "/any", "PATCH"))["allow-methods"] == "PATCH"
    assert preflight(server, "/nowhere", "GET").status == 404
    assert cors_of(preflight(server, "/nowhere", "GET")) == {}


def test_options_that_is_no_preflight_goes_its_usual_way(server):
    plain = ask(server, "OPTIONS", "/open")
    assert (plain.status, plain.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    named = preflight(server, "/named", "GET")
    assert named.status == 200 and b"C++" in named.body
    star = exchange(server.port, b"OPTIONS * HTTP/1.1\r\nHost: x\r\nOrigin: https://x.de\r\n"
                                 b"Access-Control-Request-Method: GET\r\n\r\n")
    assert star.status == 204 and "allow" in star.headers


def test_errors_of_a_known_route_can_be_read_too(server, tmp_path):
    def fields(answer, status: int) -> dict[str, str]:
        assert answer.status == status
        return cors_of(answer)

    body = b"POST /open HTTP/1.1\r\nHost: x\r\nOrigin: https://x.de\r\nContent-Length: 11\r\n\r\n"
    assert fields(exchange(server.port, body), 413) == {"allow-origin": "*"}
    late = ask(server, "GET", f"/slow?mark={tmp_path}/m", x_request_id="mine")
    assert fields(late, 504) == {"allow-origin": "*"}
    assert late.headers["x-request-id"] == "mine"
    with RawConnection(server.port) as first:
        get = f"GET /busy?mark={tmp_path}/n HTTP/1.1\r\nHost: x\r\nOrigin: https://x.de\r\n\r\n"
        first.send(get.encode() * 2)
        first.read_response()
        assert fields(first.read_response(), 503) == {"allow-origin": "*"}
    assert fields(ask(server, "GET", "/nowhere"), 404) == {}


def test_handler_that_speaks_cors_itself_is_left_alone(server):
    assert cors_of(ask(server, "GET", "/own")) == {"allow-origin": "https://own.example"}
