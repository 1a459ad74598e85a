"""What the host does in C++ and what the package does in Python, for TestClient, is the same."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

import core
import shapes
from plughost.testing import TestClient

FORM = "application/x-www-form-urlencoded"
UUID = "12345678-1234-5678-1234-567812345678"

# function, what comes as text, the answer: the result, or the problem's detail behind "<in> ...: "
TEXTS: list[tuple[str, list[str], Any]] = [
    ("plain", ["7"], ["7", "str"]),
    ("integer", ["-7"], [-7]),
    ("integer", ["1.0"], '"1.0" is not an integer'),
    ("integer", ["1", "2"], 'given 2 times, first as "1", but is an integer'),
    ("integer", ["1" * 4301], f'"{"1" * 64}…": an integer of 4301 digits is beyond the limit of '
                              "4300 digits"),
    ("number", ["1e3"], [1000.0]),
    ("number", ["nan"], '"nan" is not a number'),
    ("number", ["1e999"], '"1e999": the number is out of the range of a float'),
    ("switch", ["1"], [True]),
    ("switch", ["yes"], '"yes" is not true or false'),
    ("text", ["grüße & co"], ["grüße & co"]),
    ("text", ['"' + "é" * 70], ['"' + "é" * 70]),
    ("data", ["ä"], ["c3a4"]),
    ("numbers", ["1,2.5", "3"], [[1.0, 2.5, 3.0]]),
    ("numbers", ["1,x"], '[1]: "x" is not a number'),
    ("texts", ["a,b", "c"], [["a,b", "c"]]),
    ("values", ["a", "b"], ["['a', 'b']"]),
    ("table", ["a"], '"a" is text, and an object can come only in a JSON body'),
    ("maybe", ["5"], [5]),
    ("maybe", ["null"], '"null" is not an integer'),
    ("new", ["5"], [5]),
    ("noted", ["5"], [5]),
    ("color", ["red"], ["RED", "red"]),
    ("color", ["RED"], '"RED" is not one of "red", "green"'),
    ("colors", ["red", "green"], [["red", "green"]]),
    ("colors", ["red", "x"], '[1]: "x" is not one of "red", "green"'),
    ("level", ["2"], ["HIGH", 2]),
    ("level", ["3"], '"3" is not one of 1, 2'),
    ("rights", ["3"], [3]),
    ("rights", ["x"], '"x" is not one of 1, 2'),
    ("loose", ["A"], ["a"]),
    ("literal", ["a"], ["'a'"]),
    ("literal", ["1"], ["1"]),
    ("literal", ["true"], ["True"]),
    ("literal", ["red"], ["<Color.RED: 'red'>"]),
    ("literal", ["b"], '"b" is not one of "a", 1, true, "red"'),
    ("either", ["7"], [7, "int"]),
    ("either", ["x"], ["x", "str"]),
    ("reals", ["7"], [7.0, "float"]),
    ("reals", ["x"], '"x" is not a number or an integer'),
    ("listed", ["1,2"], [[1, 2]]),
    ("listed", ["true"], [True]),
    ("moment", ["2026-11-25T20:56:01+01:00"], ["2026-11-25T20:56:01+01:00"]),
    ("moment", ["2026-11-25 20:56Z"], ["2026-11-25T20:56:00+00:00"]),
    ("moment", ["2026-11-25"], '"2026-11-25" is not a date and time in ISO 8601'),
    ("moment", ["2026-11-25T20:56:01 01:00"],
     '"2026-11-25T20:56:01 01:00" is not a date and time in ISO 8601 '
     "(a + in a query is written %2B)"),
    ("day", ["2026-11-25"], ["2026-11-25"]),
    ("day", ["2026-02-30"], '"2026-02-30" is not a date in ISO 8601'),
    ("clock", ["20:56"], ["20:56:00"]),
    ("clock", ["25:00"], '"25:00" is not a time in ISO 8601'),
    ("span", ["P1DT2H3M4.5S"], ["P1DT2H3M4.5S", 93784.5]),
    ("span", ["-PT90M"], ["-PT1H30M", -5400.0]),
    ("span", ["P2W"], ["P14D", 1209600.0]),
    ("span", ["90"], ["PT1M30S", 90.0]),
    ("span", ["P"], '"P" is not a duration in ISO 8601 or seconds'),
    ("span", ["P1DT"], '"P1DT" is not a duration in ISO 8601 or seconds'),
    ("span", ["P1Y"], '"P1Y" is not a duration in ISO 8601 or seconds'),
    ("span", ["1e99"], '"1e99" is not a duration in ISO 8601 or seconds'),
    ("identifier", [UUID.upper()], [UUID]),
    ("identifier", [UUID.replace("-", "")], [UUID]),
    ("identifier", ["{" + UUID + "}"], '"{' + UUID + '}" is not a UUID'),
    ("amount", ["1.10"], ["1.10"]),
    ("amount", ["NaN"], '"NaN" is not a decimal number'),
    ("amount", ["1e" + "9" * 30], f'"1e{"9" * 30}" is not a decimal number'),
    ("amounts", ["1.10,2"], [["1.10", "2"]]),
    ("pair", ["1", "a,b"], [[1, "a,b"]]),
    ("pair", ["1"], "1 values are not a list of 2"),
    ("pair", ["x", "y"], '[0]: "x" is not an integer'),
    ("row", ["1,2"], ["(1, 2)"]),
    ("unique", ["2,1,2"], [[1, 2]]),
    ("point", ["x"], '"x" is text, and an object (Point) can come only in a JSON body'),
    ("upload", ["x"], '"x" is not a file: files come in multipart/form-data'),
]

JSON: list[tuple[str, Any, Any]] = [
    ("plain", None, [None, "NoneType"]),
    ("integer", 10**30, [10**30]),
    ("integer", True, "true is not an integer"),
    ("integer", 1.0, "1.0 is not an integer"),
    ("number", 2, [2.0]),
    ("number", 10**400, f"1{'0' * 63}… is out of the range of a float"),
    ("switch", 1, "1 is not true or false"),
    ("text", 1, "1 is not a string"),
    ("data", "ä", ["c3a4"]),
    ("numbers", [1, 2.5], [[1.0, 2.5]]),
    ("numbers", [1, None], "[1]: null is not a number"),
    ("texts", {}, "{} is not a list"),
    ("table", {"a": 1}, [{"a": 1}]),
    ("table", {"a": "b"}, '.a: "b" is not an integer'),
    ("mapping", {"a": [1]}, [{"a": [1.0]}]),
    ("mapping", {"a": [1, "x"]}, '.a[1]: "x" is not a number'),
    ("sequence", [1], [[1]]),
    ("maybe", None, [None]),
    ("color", "red", ["RED", "red"]),
    ("color", 1, '1 is not one of "red", "green"'),
    ("level", 2, ["HIGH", 2]),
    ("level", True, "true is not one of 1, 2"),
    ("level", 1.0, "1.0 is not one of 1, 2"),
    ("literal", True, ["True"]),
    ("literal", 1, ["1"]),
    ("literal", None, 'null is not one of "a", 1, true, "red"'),
    ("either", 7, [7, "int"]),
    ("either", "7", ["7", "str"]),
    ("either", [1], "[1] is not an integer or a string"),
    ("reals", 7, [7, "int"]),
    ("reals", 7.5, [7.5, "float"]),
    ("reals", 7.0, [7.0, "float"]),
    ("listed", None, [None]),
    ("listed", True, [True]),
    ("listed", [1, "x"], '[1]: "x" is not an integer'),
    ("listed", "x", '"x" is not a list or true or false'),
    ("drawn", {"name": "n"}, ["{'name': 'n'}"]),
    ("drawn", {"x": 1}, ["Point(x=1, y=0.0, label=None)"]),
    ("drawn", {}, ": as an object (Point), .x: it is missing; "
                  "as an object (Options), .name: it is missing"),
    ("moment", "2026-11-25T20:56:01.5", ["2026-11-25T20:56:01.500000"]),
    ("moment", 1764104161, "1764104161 is not a date and time in ISO 8601"),
    ("day", "x", '"x" is not a date in ISO 8601'),
    ("span", 1.5, ["PT1.5S", 1.5]),
    ("span", True, "true is not a duration in ISO 8601 or seconds"),
    ("amount", 0.1, ["0.1"]),
    ("amount", "0.10", ["0.10"]),
    ("amount", 10**30, ["1" + "0" * 30]),
    ("amount", True, "true is not a decimal number"),
    ("identifier", UUID, [UUID]),
    ("pair", [1, "b"], [[1, "b"]]),
    ("pair", [1], "[1] is not a list of 2"),
    ("pair", [1, 2], "[1]: 2 is not a string"),
    ("row", [1, 2], ["(1, 2)"]),
    ("unique", [2, 1, 2], [[1, 2]]),
    ("unique", ["x"], '[0]: "x" is not an integer'),
    ("distinct", [1, "1", 1], [2]),
    ("distinct", [1, []], "[1]: [] cannot be in a set"),
    ("point", {"x": 1}, [{"x": 1, "y": 0.0, "label": None}]),
    ("point", {"x": 1, "y": 2, "other": 3}, [{"x": 1, "y": 2.0, "label": None}]),
    ("point", {"y": 2}, ".x: it is missing"),
    ("point", {"x": "1"}, '.x: "1" is not an integer'),
    ("point", [1], "[1] is not an object (Point)"),
    ("shape", {"points": [{"x": 1}], "color": "red", "made": "2026-01-02", "id": "mine"},
     {"points": [{"x": 1, "y": 0.0, "label": None}], "color": "red", "made": "2026-01-02",
      "id": "shape"}),
    ("shape", {"points": [{"x": 1}, {"x": None}]}, ".points[1].x: null is not an integer"),
    ("points", {"a": {"x": 1}}, {"a": {"x": 1, "y": 0.0, "label": None}}),
    ("points", {"a": {}}, ".a.x: it is missing"),
    ("tree", {"value": 1, "children": [{"value": 2}]},
     {"value": 1, "children": [{"value": 2, "children": []}]}),
    ("tree", {"value": 1, "children": [{"value": "x"}]},
     '.children[0].value: "x" is not an integer'),
    ("between", {"low": 1, "high": 2}, {"low": 1, "high": 2}),
    ("between", {"low": 3, "high": 2}, "low must not be above high"),
    ("options", {"name": "n", "depth": 2, "other": 1}, {"name": "n", "depth": 2}),
    ("options", {"name": "n"}, {"name": "n"}),
    ("options", {}, ".name: it is missing"),
    ("upload", "x", '"x" is not a file: files come in multipart/form-data'),
]


def names(rows: list[tuple[str, Any, Any]]) -> list[str]:
    return [f"{function}-{str(value)[:30]}" for function, value, _ in rows]


def both(function: str, **request: Any) -> tuple[Any, Any]:
    """The answers of the core and of TestClient: the status, and the result or the detail."""
    kind = request.pop("kind", "")
    in_cpp = core.call(f"shapes:{function}", kind=kind, **request)
    client = TestClient({"POST /x": f"shapes:{function}"})
    query = request.pop("query", "")
    path = "/x" + ("?" + query if query else "")
    in_python = client.post(path, headers={"Content-Type": kind} if kind else {}, **request)
    return outcome(in_cpp), outcome(in_python)


def outcome(answer: Any) -> tuple[int, Any]:
    value = answer.json()
    if answer.status < 400:
        return answer.status, value
    return answer.status, [value.get(x) for x in ("title", "detail", "parameter", "in")]


def expected(place: str, answer: Any) -> tuple[int, Any]:
    if not isinstance(answer, str):
        return 200, answer
    where, colon, reason = answer.partition(": ")
    if not (colon and (where == "" or where[0] in "[.") and "is not one" not in where):
        where, reason = "", answer
    words = "parameter" if place == "query" else "field"
    detail = f"{place} {words} 'x{where}': {reason}"
    return 422, ["Unprocessable Content", detail, "x", place]


@pytest.mark.parametrize(("function", "given", "answer"), TEXTS, ids=names(TEXTS))
def test_texts_of_a_query(function: str, given: list[str], answer: Any) -> None:
    in_cpp, in_python = both(function, query=urlencode([("x", text) for text in given]))

    assert in_cpp == expected("query", answer)
    assert without_title(in_python) == without_title(in_cpp)


@pytest.mark.parametrize(("function", "given", "answer"), TEXTS, ids=names(TEXTS))
def test_texts_of_a_form(function: str, given: list[str], answer: Any) -> None:
    body = urlencode([("x", text) for text in given]).encode()
    in_cpp, in_python = both(function, body=body, kind=FORM + "; charset=utf-8")

    assert in_cpp == expected("form", answer)
    assert without_title(in_python) == without_title(in_cpp)


@pytest.mark.parametrize(("function", "given", "answer"), JSON, ids=names(JSON))
def test_values_of_json(function: str, given: Any, answer: Any) -> None:
    in_cpp, in_python = both(function, body=json.dumps({"x": given}).encode())

    assert in_cpp == expected("body", answer)
    assert without_title(in_python) == without_title(in_cpp)


def without_title(outcome: tuple[int, Any]) -> Any:
    """HTTPStatus of Python 3.11 has the titles of an older RFC."""
    status, value = outcome
    return (status, value[1:]) if status >= 400 else outcome


WHOLE = [
    ("whole", b'{"points": []}', (200, {"points": [], "color": "green", "made": None,
                                        "id": "shape"})),
    ("whole", b'{"points": [{}]}', (422, ["body.points[0].x: it is missing", "body", "body"])),
    ("mixed", b'[{"x": 1}, 2]', (422, ["body[1]: 2 is not an object (Point)", "body", "body"])),
    ("mixed", b"", (422, ["parameter 'body' is missing: there is no body", "body", None])),
    ("integer", b"", (422, ["parameter 'x' is missing: not in the query, and there is no body",
                            "x", None])),
    ("default", b"", (200, [7])),
    ("default", b"{}", (200, [7])),
    ("anything", b"%PDF", (200, ["POST", 3])),
    ("lenient", b"%PDF", (200, [5])),
]


@pytest.mark.parametrize(("function", "body", "answer"), WHOLE)
def test_whole_bodies(function: str, body: bytes, answer: Any) -> None:
    in_cpp, in_python = both(function, body=body)

    assert without_title(in_cpp) == answer
    assert without_title(in_python) == answer


FORMS = [
    ("integer", b'{"x": 1}', 415, "with curl use --json"),
    ("integer", b' \n{"x": 1}', 415, "with curl use --json"),
    ("integer", b"y=1", 422, "parameter 'x' is missing: neither in the query nor in the form"),
    ("integer", b"x=%ff", 422, "the form is not UTF-8"),
    ("whole", b"x=1", 415, "the body is a form, and must be JSON here"),
    ("whole", b'{"points": []}', 415, "-H 'Content-Type: application/json'"),
]


@pytest.mark.parametrize(("function", "body", "status", "words"), FORMS)
def test_forms_that_do_not_fit(function: str, body: bytes, status: int, words: str) -> None:
    for answer in both(function, body=body, kind=FORM):
        assert answer[0] == status
        assert words in answer[1][1]


@pytest.mark.parametrize("function", ["anything", "lenient"])
def test_a_handler_of_the_request_gets_its_defaults_for_a_broken_form(function: str) -> None:
    for answer in both(function, body=b'{"x": 1}', kind=FORM):
        assert answer[0] == 200


def test_path_parameters() -> None:
    client = TestClient({"GET /days/{x}": shapes.day})

    for answer in (core.call("shapes:day", params={"x": "2026-1"}), client.get("/days/2026-1")):
        assert answer.status == 422
        assert answer.json()["detail"] == "path parameter 'x': \"2026-1\" is not a date in ISO 8601"
    assert core.call("shapes:day", params={"x": "2026-01-02"}).json() == ["2026-01-02"]


def test_text_that_is_not_utf8_is_refused_for_a_type_that_python_converts() -> None:
    answer = core.call("shapes:color", query="x=%ff")

    assert answer.status == 422
    assert answer.json()["detail"] == "query parameter 'x': \"\ufffd\" is not UTF-8"


def test_a_value_that_is_nested_too_deep_is_refused() -> None:
    node: Any = {"value": 1}
    for _ in range(150):
        node = {"value": 1, "children": [node]}
    body = json.dumps({"x": node}).encode()

    def below(frames: int) -> Any:
        return below(frames - 1) if frames else core.call("shapes:root", body=body)

    assert core.call("shapes:root", body=body).json() == [1]
    assert below(700).status == 422
    assert below(700).json()["detail"] == "body field 'x': nested too deep"


@pytest.mark.parametrize("result", sorted(shapes.RESULTS))
def test_results(result: str) -> None:
    setattr(shapes, "result", shapes.RESULTS[result])
    in_cpp = core.call("shapes:result")
    in_python = TestClient({"POST /x": shapes.RESULTS[result]}).post("/x")

    assert in_cpp.log == ""
    assert (in_python.status, in_python.body) == (in_cpp.status, in_cpp.body)
    assert {n.lower(): v for n, v in in_python.headers.multi_items()} == in_cpp.headers
