"""`route`: what it records, and what it says of wrong use."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from plughost import route
from plughost._declare import Declaration, RouteError, declared_by, keep_mistakes
from plughost._offers import Offer, collect
from plughost.testing import TestClient


def module_of(source: str, name: str = "routes_module") -> ModuleType:
    """The module, imported."""
    module = ModuleType(name)
    sys.modules[name] = module
    exec(compile("from plughost import route\n" + source, f"/srv/{name}.py", "exec"), vars(module))
    return module


def declared(source: str) -> list[Declaration]:
    return declared_by(module_of(source))


def line(source: str) -> tuple[Any, ...]:
    [found] = declared(source)
    return found.methods, found.pattern, found.options


@pytest.fixture(autouse=True)
def forget_modules() -> Iterator[None]:
    known = set(sys.modules)
    yield
    for name in set(sys.modules) - known:
        del sys.modules[name]


def test_records_a_route_and_leaves_the_function_alone() -> None:
    module = module_of("def f(): return 1\ng = route('/a', methods=['post'])(f)\n")

    assert module.g is module.f
    assert declared_by(module) == [
        Declaration(["POST"], "/a", "routes_module:f", {}, "/srv/routes_module.py:3", module.f)
    ]


def test_takes_several_routes_of_one_function_and_async_def() -> None:
    found = declared("@route('/a')\n@route('/b', ['GET', 'PUT'])\nasync def f(): ...\n")

    assert [(each.methods, each.pattern, each.origin) for each in found] == [
        (["GET", "PUT"], "/b", "/srv/routes_module.py:3"),
        (["GET"], "/a", "/srv/routes_module.py:2"),
    ]


def test_names_a_place_below_the_working_directory_as_the_shell_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "app.py").write_text("from plughost import route\nroute('x')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))

    with pytest.raises(RouteError, match="^shop/app.py:2: "):
        __import__("shop.app")


def test_leaves_a_route_to_the_module_of_the_function(folder: Path) -> None:
    write(folder, short="def post(path):\n"
          " def decorate(function): return route(path, ['POST'])(function)\n"
          " return decorate\n",
          one="from short import post\n\n@post('/a')\ndef f(): ...\n")

    assert collect(["one"]) == ([Offer(["POST"], "/a", "one:f", "{}", "one.py:4")], [])


def test_keeps_a_route_where_a_function_of_another_module_got_it(folder: Path) -> None:
    write(folder, two="def f(): ...\n", one="from two import f\nroute('/a')(f)\n")

    assert collect(["one"]) == ([Offer(["GET"], "/a", "two:f", "{}", "one.py:3")], [])


@pytest.mark.parametrize(
    ("written", "pattern"),
    [
        ("/users/<int:id>", "/users/{id:int}"),
        ("/<name>/<string:b>", "/{name}/{b}"),
        ("/files/<path:rest>", "/files/{rest:path}"),
        ("/users/{id:int}/{name}", "/users/{id:int}/{name}"),
        ("api.example.com/<a>", "api.example.com/{a}"),
        ("*.example.com/", "*.example.com/"),
    ],
)
def test_takes_both_spellings_of_a_path(written: str, pattern: str) -> None:
    assert line(f"@route('{written}')\ndef f(): ...\n") == (["GET"], pattern, {})


@pytest.mark.parametrize(
    ("written", "options"),
    [
        ("use_process_pool=True", {"mode": "pool"}),
        ("use_process_pool=True, pool='ml', mode='pool'", {"mode": "pool", "pool": "ml"}),
        ("use_process_pool=False, mode='thread'", {"mode": "thread"}),
        ("timeout='5s', body='1MiB'", {"timeout": "5s", "body": "1MiB"}),
        ("timeout=timedelta(seconds=1.5)", {"timeout": "1500ms"}),
        ("max_in_flight=64, compress=['zstd'], debug=False",
         {"max_in_flight": 64, "compress": ["zstd"], "debug": False}),
        ("cors={'origins': '*'}", {"cors": {"origins": "*"}}),
    ],
)
def test_takes_the_options_of_routes_yaml(written: str, options: dict[str, Any]) -> None:
    source = f"from datetime import timedelta\n@route('/', {written})\ndef f(): ...\n"

    assert line(source) == (["GET"], "/", options)


MISTAKES = {
    "no parentheses": ("@route\ndef f(): ...", "write @route('/hello')"),
    "no slash": ("@route('hello')\ndef f(): ...", "must start with '/': write '/hello'"),
    "a word like a host": ("@route('users/list')\ndef f(): ...", "must start with '/'"),
    "no text": ("@route(5)\ndef f(): ...", "a path is a text like '/hello', not 5"),
    "methods in a text": (
        "@route('/', methods='get, post')\ndef f(): ...", "write methods=['GET', 'POST']"),
    "methods that are none": ("@route('/', methods=5)\ndef f(): ...", "is a list like ['GET'"),
    "a method that is none": ("@route('/', methods=[5])\ndef f(): ...", "5 is not a method"),
    "no methods": ("@route('/', methods=[])\ndef f(): ...", "methods is empty; leave it out"),
    "an unknown option": (
        "@route('/', tiemout='5s')\ndef f(): ...", "no option 'tiemout' (did you mean 'timeout'?)"),
    "an option unlike any": ("@route('/', zzz=1)\ndef f(): ...", "there are mode, pool, timeout"),
    "an option that is elsewhere": (
        "@route('/', stream_body=True)\ndef f(): ...", "body: Iterator[bytes]"),
    "a mode of applications": ("@route('/', mode='asgi')\ndef f(): ...", "mount one in routes.yaml"),
    "two modes": (
        "@route('/', use_process_pool=True, mode='thread')\ndef f(): ...", "keep one of the two"),
    "no flag": ("@route('/', use_process_pool='no')\ndef f(): ...", "True or False, not 'no'"),
    "no JSON": ("@route('/', cors=object)\ndef f(): ...", "nothing that routes.yaml could say"),
    "an unknown kind": (
        "@route('/<float:x>')\ndef f(x: float): ...", "write '<x>', and annotate the parameter 'x'"),
    "a lambda": ("f = route('/')(lambda: 1)", "write a function with def"),
    "a nested function": (
        "def make():\n @route('/')\n def f(): ...\nmake()", "'make.<locals>.f' is made inside"),
    "a class": ("@route('/')\nclass F: ...", "F is a class"),
    "an object": (
        "from functools import partial\nroute('/')(partial(print))", "a partial has no name"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_says_what_is_wrong_and_where(name: str) -> None:
    source, says = MISTAKES[name]

    with pytest.raises(RouteError) as raised:
        module_of(source)

    assert str(raised.value).startswith("/srv/routes_module.py:"), raised.value
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)


def test_keeps_all_mistakes_while_the_host_asks() -> None:
    with keep_mistakes() as mistakes:
        module = module_of("@route('a')\n@route('/b', zzz=1)\ndef f(): ...\n"
                           "@route('/c')\ndef g(): ...\n")

    assert [mistake.origin[-2:] for mistake in mistakes] == [":2", ":3"]
    assert [each.pattern for each in declared_by(module)] == ["/c"]
    with pytest.raises(RouteError):
        route("a")


def write(folder: Path, **sources: str) -> None:
    for name, source in sources.items():
        file = folder / (name + ".py")
        file.parent.mkdir(exist_ok=True)
        file.write_text("from plughost import route\n" + source)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def mistakes_of(*names: str) -> list[tuple[str, str, str]]:
    return [(o.origin, o.key, o.mistake) for o in collect(names)[0] if o.mistake]


def test_offers_what_modules_declare(folder: Path) -> None:
    write(folder, one="@route('/a', ['ANY'], timeout=5)\ndef f(): ...\n",
          two="@route('/b')\nasync def g(): ...\n")

    assert collect(["two", "one"]) == (
        [
            Offer(["GET"], "/b", "two:g", "{}", "two.py:2"),
            Offer([], "/a", "one:f", '{"timeout": 5}', "one.py:2"),
        ],
        [],
    )


def test_takes_a_package_for_its_modules(folder: Path) -> None:
    write(folder / "shop", __init__="from . import users\n",
          users="@route('/users')\ndef users(): ...\n")

    assert [offer.target for offer in collect(["shop"])[0]] == ["shop.users:users"]


def test_tells_of_modules_that_are_left_out(folder: Path) -> None:
    write(folder, one="import two\n@route('/a')\ndef f(): ...\n",
          two="@route('/b')\ndef g(): ...\n")

    offers, warnings = collect(["one"])

    assert [offer.pattern for offer in offers] == ["/a"]
    assert warnings == ["module 'two' declares routes that are not served: name it under 'routes' "
                        "in the plugin's config"]


def test_offers_every_mistake_at_once(folder: Path) -> None:
    write(folder, one="@route('a')\n@route('/a', methods='GET')\ndef f(): ...\n",
          two="1 / 0\n", four="@route('d')\ndef g(): ...\n")

    assert mistakes_of("one", "two", "three", "four", "one:f") == [
        ("", "/routes/1", f"{folder}/two.py:2: ZeroDivisionError: division by zero"),
        *((origin, "/routes/2", text) for origin, _, text in mistakes_of("three")),
        ("", "/routes/4", "'one:f' is not a module: leave out what follows ':'"),
        ("one.py:2", "", "the path 'a' must start with '/': write '/a'"),
        ("one.py:3", "", "methods is a list: write methods=['GET']"),
        ("four.py:2", "", "the path 'd' must start with '/': write '/d'"),
    ]


def test_refuses_a_module_without_routes(folder: Path) -> None:
    write(folder, one="def f(): ...\n")

    assert mistakes_of("one") == [
        ("", "/routes/0", "module 'one' declares no routes: put @plughost.route('/path') above its "
         "functions")
    ]


def test_refuses_two_functions_of_one_name(folder: Path) -> None:
    write(folder, one="@route('/a')\ndef f(): ...\n@route('/b')\ndef f(): ...\n")

    assert mistakes_of("one") == [
        ("one.py:2", "", "'f' is defined again at one.py:4, and would answer here: rename one")
    ]


def test_takes_a_function_that_is_decorated_between_its_routes(folder: Path) -> None:
    write(folder, one="from functools import lru_cache\n"
          "@route('/a')\n@lru_cache\n@route('/b')\ndef f(): ...\n")

    assert mistakes_of("one") == []


def test_asks_again_after_a_module_was_imported_anew(folder: Path) -> None:
    write(folder, one="@route('/a')\ndef f(): ...\n")
    collect(["one"])
    write(folder, one="@route('/another')\ndef f(): ...\n")
    del sys.modules["one"]

    assert [offer.pattern for offer in collect(["one"])[0]] == ["/another"]


WRAPPED = """
import functools

def through(function):
    @functools.wraps(function)
    def called(number: int):
        return {"through": function(number)}
    return called

@through
@route("/doubled/<int:number>", methods=["GET", "POST"], use_process_pool=True)
def doubled(number: int) -> int:
    return 2 * number
"""


def test_client_takes_the_routes_of_a_module() -> None:
    client = TestClient(module_of(WRAPPED))

    assert client.get("/doubled/4").json() == {"through": 8}
    assert client.post("/doubled/5").status == 200
    assert client.get("/doubled/x").status == 404
    assert client.put("/doubled/5").status == 405


def test_client_takes_several_modules() -> None:
    one = module_of("@route('/one')\ndef f(): return 1\n", "one_module")
    two = module_of("@route('/two', ['ANY'])\ndef f(): return 2\n", "two_module")

    client = TestClient([one, two])

    assert (client.get("/one").json(), client.delete("/two").json()) == (1, 2)
