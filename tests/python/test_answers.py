import pickle

import pytest

from plughost import HTTPError, Response


def test_http_error_keeps_what_it_is_given() -> None:
    error = HTTPError(503, "later", {"Retry-After": "7"})

    assert (error.status, error.detail, error.headers) == (503, "later", [("Retry-After", "7")])
    assert str(error) == "503: later"
    assert str(HTTPError(404)) == "404"


@pytest.mark.parametrize("status", [200, 399, 600])
def test_http_error_refuses_a_status_that_is_no_error(status: int) -> None:
    with pytest.raises(ValueError):
        HTTPError(status)


@pytest.mark.parametrize("status", ["404", True, 404.0, None])
def test_http_error_refuses_a_status_that_is_no_int(status: object) -> None:
    with pytest.raises(TypeError):
        HTTPError(status)  # type: ignore[arg-type]


def test_http_error_travels_between_processes() -> None:
    error = pickle.loads(pickle.dumps(HTTPError(404, "gone", iter([("A", "1")]))))

    assert (error.status, error.detail, error.headers) == (404, "gone", [("A", "1")])


def test_response_has_defaults() -> None:
    response = Response()

    assert (response.body, response.status) == (None, 200)
    assert (response.headers, response.content_type) == ([], None)


def test_response_takes_headers_as_a_mapping_or_as_pairs() -> None:
    assert Response(headers={"A": "1"}).headers == [("A", "1")]
    assert Response(headers=[("A", "1"), ("A", "2")]).headers == [("A", "1"), ("A", "2")]


def test_response_refuses_two_content_types() -> None:
    with pytest.raises(ValueError):
        Response("x", headers={"Content-type": "a/b"}, content_type="c/d")


def test_response_travels_between_processes() -> None:
    response = pickle.loads(pickle.dumps(Response(b"x", 201, {"A": "1"}, "a/b")))

    assert (response.body, response.status) == (b"x", 201)
    assert (response.headers, response.content_type) == ([("A", "1")], "a/b")
