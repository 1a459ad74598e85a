"""Signatures the host can call, and how each parameter is found."""

import dataclasses
import datetime
import decimal
import enum
import pathlib
import typing
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Dict, List, Optional, Union

import pytest

from plughost import Request, UploadFile
from plughost._convert import Converter
from plughost._signature import SignatureError, plan_of

ANY = ("any", False, None)


class Color(enum.Enum):
    RED = 1


@dataclasses.dataclass
class Point:
    x: int


class Odd(enum.Enum):
    PAIR = (1, 2)


class Empty(enum.Enum):
    pass


@dataclasses.dataclass
class Holder:
    point: complex


@dataclasses.dataclass
class Unnamed:
    x: "Missing"  # type: ignore[name-defined]  # noqa: F821


@dataclasses.dataclass
class Initial:
    x: dataclasses.InitVar[int]


class Outer(typing.TypedDict):
    x: complex


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
        (complex, "complex is not supported in this version; supported are int, float"),
        (pathlib.Path, "Path is not supported in this version"),
        (list[complex], "complex is not supported in this version"),
        (int | complex, "complex is not supported in this version"),
        (typing.Callable[[int], int], "Callable[[int], int] is not supported in this version"),
        (dict[int, str], "the keys of a dict from JSON are str"),
        (Odd, "the enum Odd is not supported: its values must be str, int, float or bool"),
        (Empty, "the enum Empty is not supported"),
        (typing.Literal[b"a"], "Literal[b'a'] is not supported: JSON has no such value"),
        (Holder, "Holder.point: complex is not supported in this version"),
        (list[Holder], "Holder.point: complex is not supported in this version"),
        (Unnamed, "the fields of Unnamed cannot be read: NameError: name 'Missing'"),
        (Initial, "the dataclass Initial has the InitVar 'x'"),
        (Outer, "Outer.x: complex is not supported in this version"),
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


def test_refuses_models_of_pydantic_1_by_name() -> None:
    base = type("BaseModel", (), {"__module__": "pydantic.main"})
    model = type("User", (base,), {"__module__": "app"})

    words = "the pydantic model User is not supported: it needs pydantic 2"
    with pytest.raises(SignatureError, match=words):
        plan_of(one(model), [])


def test_refuses_what_only_fastapi_knows() -> None:
    query = type("Query", (), {"__module__": "fastapi.params"})()

    with pytest.raises(SignatureError, match="fastapi's Query is not known here"):
        plan_of(one(typing.Annotated[int, query]), [])


@pytest.mark.parametrize(
    "annotation",
    [Color, Point, datetime.datetime, tuple[int, int], set, typing.Literal["a"], int | str,
     list[Color], dict[str, Point], Optional[Point], UploadFile, decimal.Decimal],
)
def test_leaves_other_types_to_their_converter(annotation: Any) -> None:
    [(name, source, (kind, optional, converter))] = plan_of(one(annotation), [])

    assert (name, source, kind, optional) == ("x", "field", "custom", False)
    assert isinstance(converter, Converter)


@pytest.mark.parametrize("annotation", [Sequence[int], Iterable[int], Collection[int]])
def test_takes_the_abstract_types_for_a_list(annotation: Any) -> None:
    assert plan_of(one(annotation), []) == [("x", "field", ("list", False, ("int", False, None)))]


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


@pytest.mark.parametrize(
    ("annotation", "what"),
    [(Point, "the dataclass Point"), (set[Point], "the dataclass Point"), (UploadFile, "a file"),
     (tuple[int, dict], "a dict"), (Point | dict, "the dataclass Point")],
)
def test_refuses_from_the_path_what_no_text_can_say(annotation: Any, what: str) -> None:
    with pytest.raises(SignatureError, match=f"path parameter 'x' cannot be {what}: a path is"):
        plan_of(one(annotation), ["x"])


def test_takes_from_the_path_a_union_with_a_text() -> None:
    assert plan_of(one(Point | int), ["x"])[0][1] == "path"


def test_refuses_a_builtin_without_a_signature() -> None:
    with pytest.raises(SignatureError, match="its signature cannot be read"):
        plan_of(iter, [])
