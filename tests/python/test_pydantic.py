"""Handlers that use pydantic; the package itself does not need it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1]))
from support.python_packages import site_packages

import core
from conftest import BINARY_DIR
from plughost.testing import TestClient

HANDLERS = '''
import datetime, uuid
from typing import Annotated, Optional, Union
import pydantic
import pydantic.dataclasses
from pydantic import BaseModel, Field

class Address(BaseModel):
    city: str
    codes: list[int] = []

class User(BaseModel):
    name: str = Field(min_length=2)
    age: int = 30
    born: Optional[datetime.date] = None
    home: Optional[Address] = None
    @pydantic.field_validator("name")
    @classmethod
    def no_digits(cls, name: str) -> str:
        if name.isdigit(): raise ValueError("a name is not a number")
        return name

@pydantic.dataclasses.dataclass
class Point:
    x: int = Field(ge=0)

class Numbers(pydantic.RootModel[list[int]]): pass

def user(x: User): return x
def whole(body: User): return {"user": body, "all": [body]}
def users(x: list[User]): return x
def point(x: Point): return x
def numbers(x: Numbers): return x
def either(x: Union[User, int]): return x
def limited(x: Annotated[int, Field(gt=0, le=10)] = 5): return [x]
def limits(x: list[Annotated[float, Field(lt=10)]]): return x
def short(x: Annotated[Optional[str], Field(max_length=3)] = None): return [x]
'''


@pytest.fixture(scope="module", autouse=True)
def handlers(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("models")
    (folder / "models.py").write_text(HANDLERS)
    paths = [str(folder), str(site_packages(BINARY_DIR))]
    sys.path[:0] = paths
    yield
    for path in paths:
        sys.path.remove(path)
    for name in [n for n in sys.modules if n == "models" or n.startswith("pydantic")]:
        del sys.modules[name]


ADA = {"name": "Ada", "age": 36, "born": "1815-12-10", "home": {"city": "London", "codes": [1]}}


@pytest.mark.parametrize(
    ("function", "body", "status", "answer"),
    [
        ("user", {"x": ADA}, 200, ADA),
        ("user", {"x": {"name": "Ada"}}, 200,
         {"name": "Ada", "age": 30, "born": None, "home": None}),
        ("user", {"x": {}}, 422, "body field 'x.name': it is missing"),
        ("user", {"x": {"name": "A"}}, 422,
         "body field 'x.name': \"A\": String should have at least 2 characters"),
        ("user", {"x": {"name": "12"}}, 422,
         "body field 'x.name': \"12\": Value error, a name is not a number"),
        ("user", {"x": {**ADA, "home": {"city": "L", "codes": [1, "x"]}}}, 422,
         "body field 'x.home.codes[1]': \"x\": Input should be a valid integer, unable to parse "
         "string as an integer"),
        ("user", {"x": {"name": 1, "age": "x"}}, 422,
         "body field 'x.name': 1: Input should be a valid string (and 1 more)"),
        ("user", {"x": 7}, 422,
         "body field 'x': 7: Input should be a valid dictionary or instance of User"),
        ("whole", ADA, 200, {"user": ADA, "all": [ADA]}),
        ("whole", {"name": None}, 422, "body.name: null: Input should be a valid string"),
        ("users", {"x": [ADA, {}]}, 422, "body field 'x[1].name': it is missing"),
        ("point", {"x": {"x": 1}}, 200, {"x": 1}),
        ("point", {"x": {"x": -1}}, 422,
         "body field 'x.x': -1: Input should be greater than or equal to 0"),
        ("numbers", {"x": [1, 2]}, 200, [1, 2]),
        ("either", {"x": 7}, 200, 7),
        ("either", {"x": ADA}, 200, ADA),
        ("limited", {"x": 10}, 200, [10]),
        ("limited", {}, 200, [5]),
        ("limited", {"x": 11}, 422,
         "body field 'x': 11: Input should be less than or equal to 10"),
        ("limited", {"x": "7"}, 422, "body field 'x': \"7\" is not an integer"),
        ("short", {"x": None}, 200, [None]),
        ("short", {"x": "abcd"}, 422,
         "body field 'x': \"abcd\": String should have at most 3 characters"),
    ],
)
def test_models_of_json(function: str, body: Any, status: int, answer: Any) -> None:
    in_cpp = core.call(f"models:{function}", body=json.dumps(body).encode())
    in_python = TestClient({"POST /": f"models:{function}"}).post("/", json=body)

    assert in_cpp.log == ""
    for given in (in_cpp, in_python):
        assert given.status == status
        assert (given.json() if status == 200 else given.json()["detail"]) == answer


@pytest.mark.parametrize(
    ("function", "query", "status", "answer"),
    [
        ("limited", "x=7", 200, [7]),
        ("limited", "x=0", 422, "query parameter 'x': 0: Input should be greater than 0"),
        ("limited", "x=a", 422, "query parameter 'x': \"a\" is not an integer"),
        ("limits", "x=1,2.5", 200, [1.0, 2.5]),
        ("limits", "x=1,25", 422, "query parameter 'x[1]': 25.0: Input should be less than 10"),
        ("short", "x=abc", 200, ["abc"]),
        ("user", "x=1", 422,
         "query parameter 'x': \"1\" is text, and an object (User) can come only in a JSON body"),
    ],
)
def test_constraints_of_texts(function: str, query: str, status: int, answer: Any) -> None:
    given = core.call(f"models:{function}", query=query)

    assert given.status == status
    assert (given.json() if status == 200 else given.json()["detail"]) == answer


def test_the_package_does_not_import_pydantic() -> None:
    code = (
        "import sys, shapes, plughost.testing; from plughost._signature import plan_of\n"
        "from plughost._simplify import simplify\n"
        "plan_of(shapes.shape, []); plan_of(shapes.noted, []); simplify(shapes.Point(1))\n"
        "assert 'pydantic' not in sys.modules"
    )
    environment = {"PYTHONPATH": ":".join(path for path in sys.path if path)}

    subprocess.run([sys.executable, "-c", code], check=True, env=environment, timeout=60)
