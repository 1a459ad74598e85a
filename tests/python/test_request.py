import pytest

from plughost import HTTPError, Request
from plughost.request import request_from_host


def test_defaults_are_an_empty_get() -> None:
    request = Request()

    assert (request.method, request.path, request.url, request.body) == ("GET", "/", "/", b"")
    assert (request.path_params, dict(request.headers), dict(request.args)) == ({}, {}, {})
    assert (request.client, request.remote_addr, request.cancelled) == (None, None, False)


def test_takes_its_url_apart() -> None:
    request = Request("GET", "https://example.com:8443/a%20b?x=1&y=%C3%A4")

    assert request.path == "/a b"
    assert request.url == "https://example.com:8443/a%20b?x=1&y=%C3%A4"
    assert dict(request.query_params) == {"x": "1", "y": "ä"}


def test_url_names_the_host_header() -> None:
    assert Request("GET", "/a?b", headers={"Host": "h:1"}).url == "http://h:1/a?b"


def test_headers_match_in_any_case_and_keep_every_value() -> None:
    request = Request(headers=[("Accept", "a"), ("ACCEPT", "b"), ("X-One", "1")])

    assert request.headers["accept"] == "a"
    assert request.headers.getlist("Accept") == ["a", "b"]
    assert "x-ONE" in request.headers
    assert request.headers.get("missing") is None


def test_query_keeps_order_blanks_and_repeated_names() -> None:
    request = Request(url="/?b=2&a=1&b=&c&d=x+y%2Bz")

    assert request.args.multi_items() == [
        ("b", "2"),
        ("a", "1"),
        ("b", ""),
        ("c", ""),
        ("d", "x y+z"),
    ]
    assert request.args is request.query_params


def test_query_may_hold_characters_that_are_not_escaped() -> None:
    assert Request(url="/?a=€&b=%E2%82%AC").args.multi_items() == [("a", "€"), ("b", "€")]


def test_query_that_is_not_utf8_is_the_clients_mistake() -> None:
    with pytest.raises(HTTPError) as raised:
        Request(url="/?a=%ff").query_params

    assert raised.value.status == 422


def test_cookies_are_read_from_every_line() -> None:
    request = Request(headers=[("Cookie", 'a=1; b="2"; c'), ("cookie", "a=3;d=x=y; =z")])

    assert request.cookies == {"a": "1", "b": "2", "d": "x=y"}


def test_body_as_text() -> None:
    assert Request(body="ä").text == "ä"
    with pytest.raises(HTTPError) as raised:
        Request(body=b"ab\xff").text
    assert (raised.value.status, raised.value.detail) == (422, "the body is not UTF-8 at byte 2")


def test_body_as_json_is_read_once() -> None:
    request = Request(body=b'{"a": [1, 1.5, null]}')

    assert request.json() == {"a": [1, 1.5, None]}
    assert request.json() is request.json()
    assert Request(body=b"null").json() is None


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        (b"", 400, "the body is not JSON: at byte 0: Expecting value"),
        ('["ä",'.encode(), 400, "the body is not JSON: at byte 6: Expecting value"),
        (b"[NaN]", 400, "the body is not JSON: NaN"),
        (b'"\xff"', 400, "the body is not UTF-8 at byte 1"),
        (b"[" * 100_000, 400, "the body is not JSON: nested too deep"),
        (b"1" * 4301, 422, None),
    ],
)
def test_body_that_is_not_json(body: bytes, status: int, detail: str) -> None:
    with pytest.raises(HTTPError) as raised:
        Request(body=body).json()

    assert raised.value.status == status
    assert detail is None or raised.value.detail == detail


def test_state_is_a_place_for_the_handlers_own_values() -> None:
    request = Request()

    request.state.user = "me"

    assert request.state.user == "me"


def test_has_no_other_attributes() -> None:
    with pytest.raises(AttributeError):
        Request().nonsense = 1


def test_from_the_host_takes_headers_apart_lazily() -> None:
    request = request_from_host(
        "POST",
        "/a",
        "http",
        "h",
        "/a?x=1",
        "x=1",
        "host:h\ncookie:a=b\nx:1:2\n",
        {"id": "7"},
        b"{}",
        ("::1", 9),
        lambda: True,
    )

    assert request.headers.multi_items() == [("host", "h"), ("cookie", "a=b"), ("x", "1:2")]
    assert request.cookies == {"a": "b"}
    assert request.url == "http://h/a?x=1"
    assert request.args["x"] == "1"
    assert request.remote_addr == "::1"
    assert request.cancelled is True
    assert repr(request) == "<Request POST /a?x=1>"
