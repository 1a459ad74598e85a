"""The endpoints of the shipped routes.yaml, each with its exact answer."""
import json
import platform
import subprocess
import time

import pytest

from support.http_client import get, post_json, request

# Digits that a double would round, and spellings that a parser would lose.
SPELLED = b'{"big": 123456789012345678901234567890, "exp": 1E+2, "small": 0.10, "text": "\\u00e9"}'


@pytest.mark.parametrize("path", ["/native/hello", "/rust/hello"])
def test_native_hello_says_the_time(port, path):
    before = int(time.time())

    answer = get(port, path)

    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    said = answer.json()
    assert said == {"message": "Hello from C++", "timestamp": said["timestamp"]}
    assert before <= said["timestamp"] <= int(time.time())


@pytest.mark.parametrize("path", ["/native/echo", "/rust/echo"])
def test_native_echo_returns_the_object(port, path):
    value = {"a": [1, 2.5, None, True], "b": {"c": "grüße \u2028"}, "": {}}

    answer = post_json(port, path, value)

    assert answer.status == 200
    assert answer.json() == {"echo": value, "source": "native"}


def test_native_echo_keeps_the_spelling_of_numbers(port):
    answer = request(port, "POST", "/native/echo", SPELLED)

    for spelling in (b"123456789012345678901234567890", b"1E+2", b"0.10"):
        assert spelling in answer.body, answer.body


@pytest.mark.parametrize("body, place", [
    pytest.param(b"[1]", None, id="array"),
    pytest.param(b"7", None, id="number"),
    pytest.param(b"", None, id="empty"),
    pytest.param(b'{"a": 1,}', "8", id="trailing_comma"),
    pytest.param(b'{"a": \xff}', "6", id="bad_byte"),
    pytest.param(b'{"a": "\xc3("}', None, id="bad_utf8"),
    pytest.param(b'{"a": 1} x', "9", id="text_behind"),
    pytest.param(b'{"a": ' * 5000 + b"1" + b"}" * 5000, None, id="too_deep"),
])
def test_native_echo_refuses_what_is_no_json_object(port, body, place):
    answer = request(port, "POST", "/native/echo", body)

    assert answer.status == 400
    assert answer.headers["content-type"] == "application/problem+json"
    detail = answer.json()["detail"]
    assert place is None or place in detail, detail


def test_python_hello(port):
    answer = get(port, "/python/hello")

    assert answer.json() == {"message": "Hello from Python", "version": answer.json()["version"]}
    # The embedded interpreter is the one the tests run on: the distribution's.
    assert answer.json()["version"] == platform.python_version()


@pytest.mark.parametrize("data, processed, kind", [
    pytest.param("grüße", "GRÜSSE", "str", id="string"),
    pytest.param({"a": "x", "b": 1}, {"a": "X", "b": 1}, "dict", id="dict"),
    pytest.param(["x", 1, None], ["X", 1, None], "list", id="list"),
    pytest.param(7, 7, "int", id="int"),
    pytest.param(0.5, 0.5, "float", id="float"),
    pytest.param(True, True, "bool", id="bool"),
    pytest.param(None, None, "NoneType", id="null"),
])
def test_python_process(port, data, processed, kind):
    answer = post_json(port, "/python/process", {"data": data})

    assert answer.status == 200
    assert answer.json() == {"result": {"processed": processed, "input_type": kind},
                             "source": "python"}


def test_pool_squares(port):
    assert get(port, "/python/pool/squares?numbers=1,2,3").json() == {"squares": [1, 4, 9]}


def test_pool_compute(port):
    answer = post_json(port, "/python/pool/compute", {"numbers": [1, 2, 3]})

    assert answer.json() == {"squares": [1, 4, 9]}


def test_pool_squares_of_numbers_far_beyond_64_bits(port):
    number = 10**1000 + 7

    answer = get(port, f"/python/pool/squares?numbers={number}")

    assert answer.json() == {"squares": [number**2]}


@pytest.mark.parametrize("query", ["1,x,3", "1.5", "1e3", "0x10", "1_000", "+1"])
def test_pool_squares_names_the_bad_number(port, query):
    answer = get(port, f"/python/pool/squares?numbers={query.replace('+', '%2B')}")

    assert answer.status == 422
    assert answer.headers["content-type"] == "application/problem+json"
    detail = answer.json()["detail"]
    assert "numbers" in detail
    assert next(part for part in query.split(",") if part not in "13") in detail


def test_pool_compute_names_the_bad_parameter(port):
    answer = post_json(port, "/python/pool/compute", {"numbers": [1, "two"]})

    assert answer.status == 422
    assert "numbers" in answer.json()["detail"] and "two" in answer.json()["detail"]


def curl_process(port: int, option: str) -> dict:
    done = subprocess.run(["curl", "-sS", option, '{"data": "hi"}',
                           f"http://127.0.0.1:{port}/python/process"],
                          capture_output=True, text=True, timeout=30, check=True)
    return json.loads(done.stdout)


def test_curl_posts_json(port):
    assert curl_process(port, "--json") == {"result": {"processed": "HI", "input_type": "str"},
                                            "source": "python"}


def test_curl_that_says_form_is_told_the_option_for_json(port):
    answer = curl_process(port, "-d")

    assert answer["status"] == 415
    assert "--json" in answer["detail"]
    assert "-H 'Content-Type: application/json'" in answer["detail"]
