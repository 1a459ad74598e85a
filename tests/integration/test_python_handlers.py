"""What a Python function gets and what becomes of what it returns, in both modes."""
import re

import pytest

from routes import python_routes
from support.http_client import get, post_json, request
from support.server import Server
from support.waiting import wait_until

NAMES = ["number", "ratio", "switch", "typed", "whole", "seen", "text", "raw", "nothing",
         "accepted", "made", "refused", "broken", "unsayable", "split_header", "printed"]
# One digit more than the interpreter takes.
TOO_LONG = "1" * 4301


def both_modes() -> str:
    return "\n".join(f"GET|POST /thread/{name}: python values:{name}\n"
                     f"GET|POST /pool/{name}: {{ to: python values:{name}, mode: pool }}"
                     for name in NAMES)


@pytest.fixture(scope="module")
def server():
    with Server(python_routes(both_modes())) as running:
        yield running


@pytest.fixture(params=["thread", "pool"])
def mode(request) -> str:
    return request.param


@pytest.fixture
def call(server, mode):
    """GET of a handler in the mode under test."""
    return lambda target, **headers: get(server.port, f"/{mode}/{target}", **headers)


@pytest.fixture
def post(server, mode):
    return lambda target, value: post_json(server.port, f"/{mode}/{target}", value)


@pytest.mark.parametrize("digits", [
    pytest.param("0", id="zero"), pytest.param("-7", id="negative"),
    pytest.param("9223372036854775808", id="beyond_64_bits"),
    pytest.param("-" + "9" * 100, id="100_digits"), pytest.param("1" * 4300, id="as_many_as_may_be")])
def test_integer_of_any_size_comes_back_exactly(call, digits):
    answer = call(f"number?value={digits}")

    assert answer.body == b'{"value":%s,"type":"int"}' % digits.encode()


def test_integer_of_any_size_is_taken_from_json(server, mode):
    answer = request(server.port, "POST", f"/{mode}/number", b'{"value": ' + b"7" * 1000 + b"}")

    assert answer.json()["value"] == int("7" * 1000)


@pytest.mark.parametrize("target, value", [
    pytest.param("ratio?value=1e3", 1000.0, id="exponent"),
    pytest.param("ratio?value=-0.5", -0.5, id="negative"),
    pytest.param("ratio?value=7", 7.0, id="integer"),
])
def test_float_from_the_query(call, target, value):
    assert call(target).json() == {"value": value}


@pytest.mark.parametrize(
    "spelling, value", [("true", True), ("1", True), ("false", False), ("0", False)])
def test_bool_from_the_query(call, spelling, value):
    assert call(f"switch?flag={spelling}").json() == {"flag": value}


def test_defaults_fill_what_is_not_given(call):
    assert call("typed").json() == {"value": 0.5, "flag": False, "names": []}


def test_list_takes_repeated_keys(call):
    assert call("typed?names=a,b&names=c%26").json()["names"] == ["a,b", "c&"]


@pytest.mark.parametrize("target, named", [
    pytest.param("number", "value", id="missing"),
    pytest.param("number?value=", "value", id="empty"),
    pytest.param("number?value=abc", "abc", id="word"),
    pytest.param("number?value=1.0", "1.0", id="fraction"),
    pytest.param("number?value=0x10", "0x10", id="hexadecimal"),
    pytest.param("number?value=01", "01", id="leading_zero"),
    pytest.param(f"number?value={TOO_LONG}", "value", id="too_many_digits"),
    pytest.param("ratio?value=nan", "nan", id="not_a_number"),
    pytest.param("switch?flag=yes", "yes", id="not_a_bool"),
])
def test_value_that_does_not_fit_is_422_and_named(call, target, named):
    answer = call(target)

    assert answer.status == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert named in answer.json()["detail"]


@pytest.mark.parametrize("value", [
    pytest.param(True, id="bool"), pytest.param("7", id="string"), pytest.param(1.0, id="float"),
    pytest.param(None, id="null"), pytest.param([7], id="list")])
def test_json_value_of_another_type_is_422(post, value):
    answer = post("number", {"value": value})

    assert answer.status == 422
    assert "value" in answer.json()["detail"]


def test_unknown_field_is_ignored(post):
    assert post("number", {"value": 7, "other": 8}).json()["value"] == 7


def test_malformed_json_is_400_with_the_byte(server, mode):
    answer = request(server.port, "POST", f"/{mode}/number", b'{"value": 7,}')

    assert answer.status == 400
    assert re.search(r"\b12\b", answer.json()["detail"]), answer.json()


def test_body_is_the_whole_value(post):
    value = {"a": [1, "grüße", None, {"b": 1.5}]}

    assert post("whole", value).json() == {"body": value}


def test_deepest_body_can_be_wrapped(server, mode):
    body = b"[" * 512 + b"]" * 512

    answer = request(server.port, "POST", f"/{mode}/whole", body)

    assert (answer.status, answer.body) == (200, b'{"body":' + body + b"}")


def test_request_shows_what_was_sent(server, mode):
    answer = request(server.port, "POST", f"/{mode}/seen?q=a%20b", "words", {"X-Given": "this"})

    assert answer.json() == {"method": "POST", "path": f"/{mode}/seen", "query": "a b",
                             "header": "this", "text": "words"}


def test_str_is_text(call):
    answer = call("text")

    assert answer.body.decode() == "grüße"
    assert answer.headers["content-type"].startswith("text/plain")


def test_bytes_are_an_octet_stream(call):
    answer = call("raw")

    assert answer.body == b"\x00\xff"
    assert answer.headers["content-type"] == "application/octet-stream"


def test_none_is_204(call):
    answer = call("nothing")

    assert (answer.status, answer.body) == (204, b"")


def test_tuple_is_body_status_and_headers(call):
    answer = call("accepted")

    assert (answer.status, answer.json(), answer.headers["x-place"]) == (202, {"queued": True}, "7")


def test_response_is_sent_as_made(call):
    answer = call("made")

    assert (answer.status, answer.body) == (201, b"made by hand")
    assert (answer.headers["x-made"], answer.headers["content-type"]) == ("yes", "text/x-note")


def test_http_error_is_a_problem(call):
    answer = call("refused")

    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "no such thing"


def test_exception_is_500_for_the_client_and_a_traceback_for_the_log(server, call):
    answer = call("broken")

    assert answer.status == 500
    assert b"secret" not in answer.body and b"Traceback" not in answer.body
    assert "a secret detail" in server.log() and "Traceback" in server.log()


def test_traceback_keeps_its_lines(server, call):
    call("broken")

    assert re.search(r"\n    +raise .*secret detail", server.log()), server.log()


def test_print_goes_to_the_log_at_once(server, call):
    before = server.log().count("from a print")

    assert call("printed").status == 200
    wait_until(lambda: server.log().count("from a print") == before + 1, "the print is there")


def test_value_json_cannot_say_is_500_and_the_log_names_its_place(server, call):
    assert call("unsayable").status == 500
    assert re.search(r"outer\W+inner", server.log())


def test_header_value_cannot_add_a_line(call):
    answer = call("split_header")

    assert answer.status == 500
    assert "x-injected" not in answer.headers


def test_head_runs_the_handler_of_get(server, mode):
    answer = request(server.port, "HEAD", f"/{mode}/text")

    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-length"] == str(len("grüße".encode()))
