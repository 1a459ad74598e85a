"""Targets the host resolves when a route is bound, and the messages an operator reads."""

import functools
import sys
from pathlib import Path

import pytest

from plughost._bind import BindError, load_target


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Writes a module of that source; gives its path."""
    monkeypatch.syspath_prepend(str(tmp_path))
    written = []

    def write(name: str, source: str) -> Path:
        written.append(name)
        path = tmp_path / f"{name}.py"
        path.write_text(source)
        return path

    yield write
    for name in written:
        sys.modules.pop(name, None)


def refusal(spec: str) -> str:
    with pytest.raises(BindError) as raised:
        load_target(spec, [])
    assert "\n" not in raised.value.message
    assert raised.value.key == ""
    return raised.value.message


def test_resolves_attributes_of_attributes(module) -> None:
    module("nested", "class A:\n class B:\n  @staticmethod\n  def f(): return 7\n")

    function, plan, kind = load_target("nested:A.B.f", [])

    assert function() == 7
    assert plan == []
    assert kind == "function"


@pytest.mark.parametrize("spec", ["", "a", ":f", "a:", "a b:f", "a:f()", "a.:f", "a:f.", "1a:f"])
def test_refuses_what_is_no_target(spec: str) -> None:
    assert refusal(spec) == f"'{spec}' is not a Python target: write module:function"


def test_names_a_module_that_is_missing(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))

    message = refusal("no_such_module:f")

    assert message.startswith("no module named 'no_such_module' in ")
    assert str(tmp_path) in message
    assert "/usr/lib" not in message


def test_says_where_a_syntax_error_is(module) -> None:
    path = module("broken", "def f():\n  return (\n")

    assert refusal("broken:f") == f"{path}:2: SyntaxError: '(' was never closed"


def test_says_where_an_import_failed(module) -> None:
    path = module("failing", "import sys\n\nraise ValueError('first\\nsecond')\n")

    assert refusal("failing:f") == f"{path}:3: ValueError: first second"


def test_says_where_a_missing_dependency_is_imported(module) -> None:
    path = module("needy", "\nimport no_such_dependency\n")

    message = refusal("needy:f")

    assert message == f"{path}:2: ModuleNotFoundError: No module named 'no_such_dependency'"


@pytest.mark.parametrize("ending", ["import sys; sys.exit(3)", "raise KeyboardInterrupt"])
def test_survives_a_module_that_ends_the_program(module, ending: str) -> None:
    path = module("ending", ending)

    assert refusal("ending:f").startswith(f"{path}:1: ")


def test_suggests_the_attribute_that_was_meant(module) -> None:
    module("near", "def hello(): pass\n")

    assert refusal("near:helo") == "module 'near' has no attribute 'helo' (did you mean 'hello'?)"
    assert refusal("near:xyz") == "module 'near' has no attribute 'xyz'"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("f = 7", "kinds:f is not callable: it is of type int"),
        ("class f: pass", "kinds:f is a class, not a function"),
    ],
)
def test_refuses_what_is_no_function(module, source: str, message: str) -> None:
    module("kinds", source)

    assert refusal("kinds:f") == message


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("def f(): pass", "function"),
        ("async def f(): pass", "coroutine"),
        ("def f(): yield", "generator"),
        ("async def f(): yield", "async generator"),
        ("import functools\nasync def g(x): pass\nf = functools.partial(g, 1)", "coroutine"),
        ("class A:\n async def __call__(self): pass\nf = A()", "coroutine"),
        (
            "import functools\nasync def g(): pass\n@functools.wraps(g)\ndef f(): return g()",
            "coroutine",
        ),
    ],
)
def test_knows_the_kind_of_a_function(module, source: str, kind: str) -> None:
    module("kinds", source)

    assert load_target("kinds:f", [])[2] == kind


def test_names_the_function_whose_signature_is_wrong(module) -> None:
    module("wrong", "def f(*args): pass")

    assert refusal("wrong:f") == "wrong:f: parameter '*args' is not supported in this version"


def test_partial_keeps_its_defaults(module) -> None:
    module(
        "parts",
        "import functools\ndef g(a: int, b: str = 'x'): pass\nf = functools.partial(g, a=1)",
    )

    function, plan, _ = load_target("parts:f", [])

    assert isinstance(function, functools.partial)
    assert plan == [
        ("a", "field", ("int", False, None), 1),
        ("b", "field", ("str", False, None), "x"),
    ]
