"""Signatures the host can call, and how each parameter is found."""

import dataclasses
import datetime
import enum
import typing
from typing import Any, Dict, List, Optional, Union

import pytest

from plughost import Request
from plughost._signature import SignatureError, plan_of

ANY = ("any", False, None)


class Color(enum.Enum):
    RED = 1


@dataclasses.dataclass
class Point:
    x: int


class SubRequest(Request):
    pass


def one(annotation: Any):
    """A function with one parameter of that annotation."""

    def function(x):
        pass

    function.__annotations__["x"] = annotation
    return function


@pytest.mark.parametrize(
    ("annotation", "described"),
    [
        (int, ("int", False, None)),
        (float, ("float", False, None)),
        (bool, ("bool", False, None)),
        (str, ("str", False, None)),
        (bytes, ("bytes", False, None)),
        (list, ("list", False, None)),
        (dict, ("dict", False, None)),
        (List, ("list", False, None)),
        (Any, ANY),
        (object, ANY),
        (list[int], ("list", False, ("int", False, None))),
        (List[str], ("list", False, ("str", False, None))),
        (list[Any], ("list", False, None)),
        (list[list[int]], ("list", False, ("list", False, ("int", False, None)))),
        (dict[str, Any], ("dict", False, None)),
        (Dict[str, int], ("dict", False, ("int", False, None))),
        (Optional[int], ("int", True, None)),
        (Union[None, str], ("str", True, None)),
        (list[int] | None, ("list", True, ("int", False, None))),
        (list[Optional[int]], ("list", False, ("int", True, None))),
        ("int", ("int", False, None)),
        ("Optional[list[int]]", ("list", True, ("int", False, None))),
        (list["int"], ("list", False, ("int", False, None))),
        (typing.Annotated[int, "note"], ("int", False, None)),
    ],
)
def test_describes_supported_annotations(annotation: Any, described: Any) -> None:
    assert plan_of(one(annotation), []) == [("x", "field", described)]


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (Color, "the enum Color is not supported in this version"),
        (Point, "the dataclass Point is not supported in this version"),
        (datetime.datetime, "datetime is not supported in this version"),
        (tuple[int, int], "is not supported in this version"),
        (set, "set is not supported in this version"),
        (typing.Literal["a"], "is not supported in this version"),
        (Union[int, str], "a Union of several types is not supported in this version"),
        (int | str | None, "a Union of several types is not supported in this version"),
        (dict[int, str], "the keys of a dict from JSON are str"),
        (list[Color], "the enum Color is not supported in this version"),
        (None, "is not supported in this version"),
        ("Missing", "the annotation 'Missing' cannot be read: NameError: name 'Missing'"),
        ("int[", "cannot be read: SyntaxError"),
    ],
)
def test_refuses_other_annotations_by_name(annotation: Any, words: str) -> None:
    with pytest.raises(SignatureError) as raised:
        plan_of(one(annotation), [])

    assert "parameter 'x': " in str(raised.value)
    assert words in str(raised.value)


def test_refuses_pydantic_models_by_name() -> None:
    base = type("BaseModel", (), {"__module__": "pydantic.main"})
    model = type("User", (base,), {"__module__": "app"})

    with pytest.raises(SignatureError, match="the pydantic model User is not supported"):
        plan_of(one(model), [])


def test_finds_the_source_of_each_parameter() -> None:
    def function(user_id: int, request, other: SubRequest, body, name: str = "x", *, last=None):
        pass

    assert plan_of(function, ["user_id", "unused"]) == [
        ("user_id", "path", ("int", False, None)),
        ("request", "request", ANY),
        ("other", "request", ANY),
        ("body", "body", ANY),
        ("name", "field", ("str", False, None), "x"),
        ("last", "field", ANY, None),
    ]


def test_body_as_bytes_is_not_parsed() -> None:
    def function(body: bytes):
        pass

    assert plan_of(function, []) == [("body", "raw_body", ANY)]


def test_a_return_annotation_that_is_unknown_does_not_matter() -> None:
    def function(x: int) -> "Unknown":  # type: ignore[name-defined]  # noqa: F821
        pass

    assert plan_of(function, []) == [("x", "field", ("int", False, None))]


def test_refuses_kinds_of_parameters_by_name() -> None:
    def positional(x, /):
        pass

    def many(*items):
        pass

    def keywords(**options):
        pass

    for function, words in (
        (positional, "positional-only parameter 'x' is not supported in this version"),
        (many, "parameter '*items' is not supported in this version"),
        (keywords, "parameter '**options' is not supported in this version"),
    ):
        with pytest.raises(SignatureError) as raised:
            plan_of(function, [])
        assert str(raised.value) == words


def test_refuses_a_request_of_another_type() -> None:
    def function(request: int):
        pass

    with pytest.raises(SignatureError, match="parameter 'request' is the request"):
        plan_of(function, [])


@pytest.mark.parametrize("name", ["request", "body"])
def test_refuses_a_path_parameter_with_a_name_that_is_taken(name: str) -> None:
    scope: dict[str, Any] = {}
    exec(f"def function({name}): pass", scope)

    with pytest.raises(SignatureError, match=f"the path cannot have a {{{name}}}"):
        plan_of(scope["function"], [name])


@pytest.mark.parametrize("annotation", [dict, Optional[dict], list[dict]])
def test_refuses_a_dict_from_the_path(annotation: Any) -> None:
    with pytest.raises(SignatureError, match="path parameter 'x' cannot be a dict"):
        plan_of(one(annotation), ["x"])


def test_refuses_a_builtin_without_a_signature() -> None:
    with pytest.raises(SignatureError, match="its signature cannot be read"):
        plan_of(iter, [])
