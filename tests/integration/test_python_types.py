"""Types of users' own, forms and files, in both modes."""
import json
import subprocess

import pytest

from routes import python_routes
from support.http_client import get, post_json, request
from support.python_packages import site_packages
from support.server import BINARY_DIR, Server

NAMES = ["create", "find", "between", "either", "signup", "form"]
MODELS = """
from typing import Annotated
from pydantic import BaseModel, Field

class Item(BaseModel):
    name: str
    price: float = Field(gt=0)

def order(body: Item, amount: Annotated[int, Field(le=3)] = 1) -> list:
    return [body, amount]
"""


def both_modes(module: str, names: list[str]) -> str:
    return "\n".join(f"GET|POST /thread/{name}: python {module}:{name}\n"
                     f"GET|POST /pool/{name}: {{ to: python {module}:{name}, mode: pool }}"
                     for name in names)


@pytest.fixture(scope="module")
def server():
    with Server(python_routes(both_modes("typed", NAMES))) as running:
        yield running


@pytest.fixture(params=["thread", "pool"])
def mode(request) -> str:
    return request.param


@pytest.fixture
def curl(server, mode):
    """The answer to curl with these arguments: status and JSON."""
    def run(target: str, *arguments: str, input: bytes = b"") -> tuple[int, dict]:
        done = subprocess.run(
            ["curl", "-sS", "--max-time", "20", "-w", "\n%{http_code}", *arguments,
             f"http://127.0.0.1:{server.port}/{mode}/{target}"],
            input=input, capture_output=True, timeout=30)
        assert done.returncode == 0, done.stderr
        body, _, status = done.stdout.rpartition(b"\n")
        return int(status), json.loads(body)
    return run


def test_dataclass_comes_and_goes_as_json(server, mode):
    user = {"name": "Ada", "born": "1815-12-10", "home": {"city": "London", "codes": [1]},
            "color": "red"}

    assert post_json(server.port, f"/{mode}/create", user).json() == user


@pytest.mark.parametrize("body, detail", [
    pytest.param({}, "body.name: it is missing", id="missing"),
    pytest.param({"name": "A", "home": {"city": "L", "codes": [1, "x"]}},
                 'body.home.codes[1]: "x" is not an integer', id="nested"),
    pytest.param({"name": "A", "color": "blue"},
                 'body.color: "blue" is not one of "red", "green"', id="enum"),
    pytest.param([], "body: [] is not an object (User)", id="list"),
])
def test_field_that_does_not_fit_is_422_and_named(server, mode, body, detail):
    answer = post_json(server.port, f"/{mode}/create", body)

    assert (answer.status, answer.json()["detail"]) == (422, detail)
    assert (answer.json()["parameter"], answer.json()["in"]) == ("body", "body")


def test_types_of_the_query_come_back_as_json(server, mode):
    query = ("id=12345678123456781234567812345678&since=2026-11-25T20:56:00%2B01:00&price=1.10"
             "&color=green&sort=down")

    assert get(server.port, f"/{mode}/find?{query}").json() == {
        "id": "12345678-1234-5678-1234-567812345678", "since": "2026-11-25T20:56:00+01:00",
        "price": "1.10", "color": "green", "sort": "down"}


def test_tuple_of_dates(server, mode):
    answer = get(server.port, f"/{mode}/between?days=2026-01-01&days=2026-03-01")

    assert answer.json() == {"days": ["2026-01-01", "2026-03-01"], "length": "P59D"}


def test_union_takes_the_member_that_fits(server, mode):
    assert get(server.port, f"/{mode}/either?value=7").json() == [7, "int"]
    assert get(server.port, f"/{mode}/either?value=a&value=b").json() == [["a", "b"], "list"]


def test_form_of_curl(curl):
    status, answer = curl("signup", "-d", "name=Ada L", "-d", "age=36", "--data-urlencode",
                          "tags=a&b", "-d", "tags=c")

    assert status == 200
    assert (answer["name"], answer["age"], answer["tags"]) == ("Ada L", 36, ["a&b", "c"])


def test_upload_of_curl(curl, tmp_path):
    file = tmp_path / 'a "b".png'
    file.write_bytes(bytes(3_000_000) + b"\r\n--")

    status, answer = curl("signup", "-F", "name=grüße", "-F", "age=1", "-F",
                          f"photo=@\"{str(file).replace(chr(34), chr(92) + chr(34))}\"")

    assert status == 200
    assert answer["name"] == "grüße"
    assert (answer["bytes"], answer["zeros"]) == (3_000_004, 3_000_000)
    assert answer["file"] == ['a "b".png', "image/png"]


def test_form_and_files_of_the_request(curl):
    answer = curl("form", "-F", "a=1", "-F", "b=@-;filename=x", input=b"content")

    assert answer == (200, {"fields": ["a", "b"], "files": ["b"]})


def test_form_field_that_does_not_fit_is_422_and_named(curl):
    status, answer = curl("signup", "-d", "name=A&age=old")

    assert status == 422
    assert answer["detail"] == "form field 'age': \"old\" is not an integer"
    assert (answer["parameter"], answer["in"]) == ("age", "form")


def test_json_that_says_it_is_a_form_is_415_and_names_the_curl_option(curl):
    status, answer = curl("signup", "-d", '{"name": "A", "age": 1}')

    assert status == 415
    assert "--json" in answer["detail"]
    assert curl("signup", "--json", '{"name": "A", "age": 1}')[0] == 200


def test_broken_multipart_is_400(server, mode):
    answer = request(server.port, "POST", f"/{mode}/signup", b"--x\r\nhello",
                     {"Content-Type": "multipart/form-data; boundary=x"})

    assert answer.status == 400
    assert "multipart/form-data" in answer.json()["detail"]


def test_debug_shows_the_traceback_to_the_client(mode):
    routes = (f"GET /shown: {{ to: python values:broken, mode: {mode} }}\n"
              f"GET /hidden: {{ to: python values:broken, mode: {mode}, debug: false }}\n"
              f"GET /unsayable: {{ to: python values:unsayable, mode: {mode} }}")

    with Server(python_routes(routes).replace("threads: 8", "debug: true")) as server:
        shown = get(server.port, "/shown").json()
        hidden = get(server.port, "/hidden").json()
        unsayable = get(server.port, "/unsayable").json()

    assert "a secret detail" in shown["traceback"]
    assert "values.py" in shown["traceback"] and "\n" in shown["traceback"]
    assert hidden["status"] == 500 and "traceback" not in hidden
    assert "$.outer.inner: nan is not JSON" in unsayable["traceback"]


def test_pydantic_models(mode):
    routes = python_routes(both_modes("models", ["order"])).replace(
        "import_paths: [", f"import_paths: [., {site_packages(BINARY_DIR)}, ")

    with Server(routes, {"models.py": MODELS}) as server:
        good = post_json(server.port, f"/{mode}/order?amount=2", {"name": "x", "price": 1})
        bad = post_json(server.port, f"/{mode}/order", {"name": "x", "price": 0})
        many = post_json(server.port, f"/{mode}/order?amount=4", {"name": "x", "price": 1})

    assert good.json() == [{"name": "x", "price": 1.0}, 2]
    assert (bad.status, many.status) == (422, 422)
    assert bad.json()["detail"] == "body.price: 0: Input should be greater than 0"
    assert many.json()["detail"].startswith("query parameter 'amount': 4: ")
