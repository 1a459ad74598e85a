"""Routes that name a host."""
from routes import native_routes, python_routes
from support.http_client import exchange
from support.server import Server, run_to_end

ROUTES = """
    GET api.example.com/who: python endpoints:hello
    POST *.example.com/who: python endpoints:process
    GET /who: native hello
    GET api.example.com/route: python mine:route
"""


def hosted() -> Server:
    routes = python_routes(ROUTES).replace("import_paths: [", "import_paths: [., ")
    return Server(routes, {"mine.py": "def route(request):\n    return {'url': request.url}\n"})


def ask(server: Server, method: str, target: str, host: str):
    head = f"{method} {target} HTTP/1.1\r\nHost: {host}\r\n\r\n"
    return exchange(server.port, head.encode())


def test_host_decides_before_the_path():
    with hosted() as server:
        def speaker(target: str, host: str) -> str:
            return ask(server, "GET", target, host).json()["message"]

        assert "C++" not in speaker("/who", "API.example.com:8000")
        assert "C++" in speaker("/who", "other.example.com")
        assert "C++" in speaker("/who", "localhost")
        # RFC 9112 section 3.2.2: the host of an absolute target counts, not the field.
        assert "C++" not in speaker("http://api.example.com/who", "localhost")


def test_allow_is_that_of_the_host():
    with hosted() as server:
        def allow(host: str) -> tuple[int, str]:
            answer = ask(server, "DELETE", "/who", host)
            return answer.status, answer.headers["allow"]

        assert allow("api.example.com") == (405, "GET, HEAD, OPTIONS, POST")
        assert allow("b.example.com") == (405, "GET, HEAD, OPTIONS, POST")
        assert allow("localhost") == (405, "GET, HEAD, OPTIONS")
        assert ask(server, "OPTIONS", "/who", "localhost").headers["allow"] == "GET, HEAD, OPTIONS"
        assert ask(server, "GET", "/route", "localhost").status == 404


def test_forgotten_slash_is_told():
    done = run_to_end(native_routes(routes="GET users/list: native hello"))

    assert done.returncode == 3
    assert "routes.yaml:6:3: error: the host 'users' before the path has no dot" in done.stderr
