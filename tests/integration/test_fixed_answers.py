"""What the host answers by itself: redirects and fixed answers."""
import subprocess

import pytest

from routes import native_routes
from support.http_client import RawConnection, exchange, get, request
from support.server import Server, run_to_end
from support.waiting import DEADLINE

ROUTES = """
  GET /old: { redirect: /hello }
  ANY /moved/{rest:path}: { redirect: "/{rest}", status: 301 }
  GET /out/{id:int}: { redirect: "https://example.com/items?id={id}#top", status: 302 }
  GET /clean: { redirect: "/hello?" }
  GET /robots.txt: { respond: { body: "User-agent: *\\n", headers: { cache-control: max-age=60 } } }
  GET /empty: { respond: 204 }
  GET /text: { respond: "two words" }
  ANY /gone: { respond: { status: 410, body: '{"gone":true}', type: application/json } }
  GET /twice: { respond: { status: 200, headers: { x-a: [one, two] } } }
  GET /bye: { respond: { body: bye, headers: { connection: close } } }
"""


@pytest.fixture(scope="module")
def port():
    text = "plugins: { native: native_plugin.so }\nroutes:\n  GET /hello: native hello\n" + ROUTES
    with Server(text) as server:
        yield server.port


def location(port: int, path: str, method: str = "GET") -> tuple[int, str]:
    answer = request(port, method, path)
    return answer.status, answer.headers["location"]


def test_redirect_says_where(port):
    assert location(port, "/old") == (308, "/hello")
    assert location(port, "/old?a=1&b") == (308, "/hello?a=1&b")
    assert location(port, "/clean?a=1") == (308, "/hello")
    assert location(port, "/moved/a/b%20c?q", "POST") == (301, "/a/b%20c?q")
    assert location(port, "/out/7?x=1") == (302, "https://example.com/items?id=7&x=1#top")


def test_redirect_leads_nowhere_else(port):
    assert location(port, "/moved//evil.example/x") == (301, "/.//evil.example/x")
    assert location(port, "/moved/%2Fevil.example") == (301, "/.//evil.example")
    answer = exchange(port, b"GET /moved/a%0d%0aSet-Cookie:%20x HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.headers["location"] == "/a%0D%0ASet-Cookie:%20x"
    assert "set-cookie" not in answer.headers


def test_curl_follows_the_redirect(port):
    done = subprocess.run(["curl", "-sSL", f"http://127.0.0.1:{port}/old"], capture_output=True,
                          text=True, timeout=DEADLINE)

    assert "Hello from C++" in done.stdout, done


def test_fixed_answers(port):
    robots = get(port, "/robots.txt")
    assert (robots.status, robots.body) == (200, b"User-agent: *\n")
    assert robots.headers["content-type"] == "text/plain; charset=utf-8"
    assert robots.headers["cache-control"] == "max-age=60"

    empty = get(port, "/empty")
    assert (empty.status, empty.body) == (204, b"")
    assert "content-length" not in empty.headers and "content-type" not in empty.headers

    assert get(port, "/text").body == b"two words"
    assert get(port, "/twice").headers["x-a"] == "one, two"
    gone = request(port, "DELETE", "/gone")
    assert (gone.status, gone.json()) == (410, {"gone": True})
    assert gone.headers["content-type"] == "application/json"


def test_head_gets_the_head_only(port):
    with RawConnection(port) as connection:
        answer = connection.send(b"HEAD /text HTTP/1.1\r\nHost: x\r\n\r\n") \
            .read_response(to_head=True)

        assert answer.headers["content-length"] == "9"
        assert connection.is_open_after_answer()


def test_answers_keep_their_order_in_a_pipeline(port):
    paths = ["/text", "/hello", "/empty", "/old", "/bye", "/text"]
    with RawConnection(port) as connection:
        connection.send(b"".join(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
                                 for path in paths))

        assert [connection.read_response().status for _ in paths[:-1]] == [200, 200, 204, 308, 200]
        assert connection.read_until_closed() == b""


def test_body_and_limits_hold_here_too(port):
    with RawConnection(port) as connection:
        connection.send(b"POST /gone HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n")

        assert connection.read_response().status == 413


def test_a_routes_file_needs_no_plugin():
    with Server("routes:\n  GET /: { respond: hi }\n") as server:
        assert get(server.port, "/").body == b"hi"
        assert server.stop() == 0


def test_mistakes_are_told_together_with_their_place():
    done = run_to_end("""
timout: 1s
routes:
  GET /a/{id}: { redirect: "/{ix}" }
  GET /b: { respond: { headers: { "a b": x, content-length: 1 } } }
  GET /c: { redirect: /x, respond: 204 }
  GET /d: { redirect: /x, status: 200, stats: 1 }
""")

    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.splitlines() == [
        "routes.yaml:2:1: error: unknown key 'timout' (did you mean 'timeout'?)",
        "routes.yaml:4:28: error: the redirect target '/{ix}' names '{ix}'; the pattern has {id}",
        "routes.yaml:5:35: error: 'a b' is not the name of a header; write letters, digits and '-'",
        "routes.yaml:5:45: error: 'content-length' is a header that only the host may write; "
        "remove it",
        "routes.yaml:6:27: error: the route 'GET /c' has 'redirect' already; keep one of the two",
        "routes.yaml:7:35: error: '200' is not the status of a redirect; write 308 or 301 (for "
        "good), 307, 302 or 303 (for now)",
        "routes.yaml:7:40: error: unknown key 'stats' of a route that the host answers (did you "
        "mean 'status'?)",
    ]
