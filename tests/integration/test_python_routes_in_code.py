"""Routes that Python modules declare with `plughost.route`, beside those of routes.yaml."""
import re

import pytest

from support.http_client import get, request
from support.server import Server, run_to_end

SHOP = """
import os
import time
from plughost import route

@route("/hello", methods=["GET"])
def hello():
    return {"hello": "world"}

@route("/squares", methods=["GET", "POST"], use_process_pool=True, timeout="5s", max_in_flight=64)
def squares(numbers: list[int]):
    return {"squares": [number * number for number in numbers], "pid": os.getpid()}

@route("/users/<int:id>")
@route("/people/{id}", ["ANY"])
async def user(id: int):
    return {"id": id}

@route("/nap", timeout="50ms")
def nap():
    time.sleep(0.3)

@route("/limited", ["PUT"], body="4", cors="https://shop.example")
def limited(body: bytes):
    return len(body)

@route("/long", compress=["gzip"])
def long():
    return "long " * 1000

@route("/fails", debug=True)
def fails():
    raise ValueError("seen by the client")

@route("shop.example/hosted")
def hosted():
    return "hosted"
"""


def config(modules: str, routes: str = "") -> str:
    """routes: the rest of the file; nothing: it has no `routes` at all."""
    return ("plugins:\n"
            "  native: native_plugin.so\n"
            "  python:\n"
            "    path: python_plugin.so\n"
            f"    config: {{ import_paths: [.], routes: [{modules}] }}\n" + routes)


@pytest.fixture(scope="module")
def server():
    with Server(config("shop", "routes:\n  GET /native: native hello\n"),
                {"shop.py": SHOP}) as running:
        yield running


def test_route_of_code_is_served_beside_those_of_the_file(server):
    assert get(server.port, "/hello").json() == {"hello": "world"}
    assert get(server.port, "/native").status == 200


def test_methods_are_those_of_the_decorator(server):
    wrong = request(server.port, "POST", "/hello")

    assert (wrong.status, wrong.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert request(server.port, "HEAD", "/hello").status == 200
    assert request(server.port, "DELETE", "/people/3").json() == {"id": 3}


def test_process_pool_runs_what_asks_for_it(server):
    posted = request(server.port, "POST", "/squares", '{"numbers": [4]}')

    assert get(server.port, "/squares?numbers=1,2").json()["squares"] == [1, 4]
    assert posted.json()["squares"] == [16]
    assert posted.json()["pid"] in server.workers()


def test_both_spellings_of_parameters_are_understood(server):
    assert get(server.port, "/users/7").json() == {"id": 7}
    assert get(server.port, "/users/x").status == 404
    assert get(server.port, "/people/8").json() == {"id": 8}
    assert get(server.port, "/people/x").status == 422


def test_options_are_those_of_routes_yaml(server):
    origin = {"Origin": "https://shop.example"}
    put = request(server.port, "PUT", "/limited", "1234", origin)

    assert (put.body, put.headers["access-control-allow-origin"]) == (b"4", origin["Origin"])
    assert request(server.port, "PUT", "/limited", "12345").status == 413
    assert get(server.port, "/nap").status == 504
    packed = request(server.port, "GET", "/long", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "seen by the client" in get(server.port, "/fails").json()["traceback"]


def test_host_stands_before_the_path(server):
    assert get(server.port, "/hosted").status == 404
    found = request(server.port, "GET", "/hosted", headers={"Host": "shop.example"})
    assert found.body == b"hosted"


def test_file_needs_no_routes_of_its_own():
    files = {"app.py": "from plughost import route\n@route('/')\ndef home(): return 'home'\n"}
    with Server(config("app"), files) as server:
        assert get(server.port, "/").body == b"home"
        assert server.stop() == 0


def test_check_counts_the_routes_of_code():
    done = run_to_end(config("shop", "routes:\n  GET /native: native hello\n"),
                      {"shop.py": SHOP}, "check", "-c", "routes.yaml")

    assert done.stdout == "routes.yaml: nothing wrong with 10 routes and 2 plugins\n", done


def test_reload_keeps_the_routes_of_code():
    files = {"app.py": "from plughost import route\n@route('/')\ndef home(): return 'home'\n"}
    with Server(config("app"), files) as server:
        server.write("routes.yaml", config("app", "routes:\n  GET /native: native hello\n"))
        assert "serving 2 routes of routes.yaml" in server.reload()

        assert get(server.port, "/native").status == 200
        assert get(server.port, "/").body == b"home"


def test_reload_serves_what_code_declares_now():
    code = "from plughost import route\n@route('/old')\ndef home(): return 'home'\n"
    with Server(config("app"), {"app.py": code}) as server:
        assert get(server.port, "/old").status == 200
        server.write("app.py", code.replace("/old", "/new"))
        server.reload()

        assert get(server.port, "/old").status == 404
        assert get(server.port, "/new").body == b"home"
        server.write("app.py", code.replace("/old", "new"))
        assert "app.py:2" in server.reload()
        assert get(server.port, "/new").body == b"home"


def test_package_stands_for_the_modules_it_imports():
    module = "from plughost import route\n@route('/{name}')\ndef {name}(): return '{name}'\n"
    files = {"app/__init__.py": "from . import users\n",
             "app/users.py": module.replace("{name}", "users"),
             "aside.py": module.replace("{name}", "aside"),
             "main.py": "import aside\n" + module.replace("{name}", "main")}
    with Server(config("app, main"), files) as server:
        assert get(server.port, "/users").body == b"users"
        assert get(server.port, "/main").body == b"main"
        assert get(server.port, "/aside").status == 404
        assert "module 'aside' declares routes that are not served" in server.log()


def test_hooks_of_the_module_are_called():
    files = {"app.py": "from plughost import route\nstate = []\n"
                       "def on_startup(): state.append('started')\n"
                       "@route('/state')\ndef home(): return state\n"}
    with Server(config("app"), files) as server:
        assert get(server.port, "/state").json() == ["started"]


BROKEN = """from plughost import route

@route("hello")
def one(): ...

@route("/two", methods="GET")
def two(): ...

@route("/three", tiemout="5s")
def three(): ...

@route("/{a}{b}")
def four(): ...

@route("/five", methods=["GTE"], timeout="5 parsecs")
def five(): ...

@route("/six", mode="thred")
def six(): ...

@route("/seven")
def seven(when: complex): ...

@route("/eight/<int:id>")
@route("/hello")
@route("/ninth", pool="nowhere")
def eight(id: int = 0): ...
"""


def test_every_mistake_is_told_at_once_where_it_is():
    done = run_to_end(config("app, nowhere", "routes:\n  GET /hello: native hello\n"),
                      {"app.py": BROKEN})

    told = {}
    for line in done.stderr.splitlines():
        place, _, text = line.partition(": error: ")
        told.setdefault(place, []).append(text)
    assert (done.returncode, done.stdout) == (3, ""), done
    expected = {
        "app.py:3": ["must start with '/': write '/hello'"],
        "app.py:6": ["write methods=['GET']"],
        "app.py:9": ["did you mean 'timeout'?"],
        "app.py:12": ["'{a}{b}' mixes text and braces"],
        "app.py:15": ["'GTE' is not a registered HTTP method", "in 'timeout': '5 parsecs'"],
        "app.py:18": ["unknown mode 'thred' (did you mean 'thread'?)"],
        "app.py:21": ["app:seven"],
        "app.py:25": ["'GET /hello' of routes.yaml:7:3 takes GET on the same paths"],
        "app.py:26": ["nowhere"],
        "routes.yaml:5:48": ["no module named 'nowhere'"],
    }
    assert told.keys() == expected.keys(), done.stderr
    for place, texts in expected.items():
        assert len(told[place]) == len(texts), done.stderr
        for text, said in zip(texts, told[place]):
            assert text in said, done.stderr


@pytest.mark.parametrize(("source", "says"), [
    pytest.param("def f(): ...\n", "declares no routes", id="no_route"),
    pytest.param("1 / 0\n", "app.py:1: ZeroDivisionError", id="import_fails"),
    pytest.param("import sys\nsys.exit(3)\n", "app.py:2: SystemExit: 3", id="exits"),
])
def test_module_that_cannot_be_asked_refuses_the_start(source, says):
    done = run_to_end(config("app"), {"app.py": source})

    mistakes = re.findall(r"^routes\.yaml:5:\d+: error: plugin 'python': (.*)", done.stderr,
                          re.MULTILINE)
    assert done.returncode == 3, done
    assert len(mistakes) == 1 and says in mistakes[0], done.stderr


def test_same_route_twice_in_code_names_both_places():
    source = ("from plughost import route\n@route('/a')\ndef f(): ...\n\n"
              "@route('/a', ['PUT', 'GET'])\ndef g(): ...\n")

    done = run_to_end(config("app"), {"app.py": source})

    assert done.returncode == 3
    assert done.stderr == ("app.py:5: error: the route 'PUT|GET /a' is ambiguous: 'GET /a' of "
                           "app.py:2 takes GET on the same paths; remove one of the two\n")
