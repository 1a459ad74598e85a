"""Bodies that handlers read as they arrive: signatures, TestClient, the request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import plughost
from plughost._convert import converter_for
from plughost._signature import SignatureError, plan_of
from plughost.testing import TestClient

ANY = converter_for(Any).plain


def count(body: Iterator[bytes], tag: str = "") -> dict[str, Any]:
    return {"sizes": [len(piece) for piece in body], "tag": tag}


async def count_async(body: AsyncIterator[bytes]) -> dict[str, Any]:
    return {"sizes": [len(piece) async for piece in body]}


async def echo(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for piece in body:
        yield piece.upper()


def with_request(request: plughost.Request, body: Iterator[bytes]) -> dict[str, Any]:
    same = request.stream() is body
    try:
        request.text
    except RuntimeError as error:
        return {"same": same, "says": str(error)}
    return {}


def whole(request: plughost.Request) -> list[str]:
    return [piece.decode() for piece in request.stream()]


async def whole_async(request: plughost.Request) -> list[str]:
    return [piece.decode() async for piece in request.stream()]


client = TestClient({
    "POST /count": count, "POST /count_async": count_async, "POST /echo": echo,
    "POST /with_request": with_request, "POST /whole": whole, "POST /whole_async": whole_async,
})


def test_annotation_makes_a_stream() -> None:
    assert plan_of(count, [])[0] == ("body", "stream", ANY)
    assert plan_of(count_async, [])[0] == ("body", "stream", ANY)
    assert plan_of(echo, [])[0] == ("body", "stream", ANY)


def test_annotation_must_fit_the_function() -> None:
    def plain(body: AsyncIterator[bytes]) -> None: ...

    async def coroutine(body: Iterator[bytes]) -> None: ...

    def texts(body: Iterator[str]) -> None: ...

    for function, name in ((plain, "Iterator"), (coroutine, "AsyncIterator"), (texts, "Iterator")):
        with pytest.raises(SignatureError, match=rf"parameter 'body': .* says {name}\[bytes\]"):
            plan_of(function, [])


def test_nothing_else_comes_from_the_body() -> None:
    def upload(body: Iterator[bytes], file: plughost.UploadFile) -> None: ...

    with pytest.raises(SignatureError, match="parameter 'file' is a file, which only a body can"):
        plan_of(upload, [])
    answer = client.post("/count", json={"tag": "in the body"}, query={"tag": "in the query"})
    assert answer.json()["tag"] == "in the query"
    assert client.post("/count", json={"tag": "in the body"}).json()["tag"] == ""


def test_client_gives_the_pieces() -> None:
    pieces = [b"ab", b"", b"c"]

    assert client.post("/count", body=pieces).json()["sizes"] == [2, 1]
    assert client.post("/count_async", body=iter(pieces)).json()["sizes"] == [2, 1]
    assert client.post("/echo", body=pieces).body == b"ABC"
    assert client.post("/count", body="abc").json()["sizes"] == [3]
    assert client.post("/count").json()["sizes"] == []


def test_request_has_the_same_stream_and_no_body() -> None:
    assert client.post("/with_request", body=[b"a"]).json() == {
        "same": True, "says": "the handler takes its body as a stream: see request.stream()"}


def test_whole_body_is_one_piece() -> None:
    for path in ("/whole", "/whole_async"):
        assert client.post(path, body=[b"ab", b"c"]).json() == ["ab", "c"]
        assert client.post(path, body="abc").json() == ["abc"]
        assert client.post(path).json() == []


def test_incomplete_body_is_a_problem_of_the_client() -> None:
    def fails() -> bytes:
        raise plughost.IncompleteBody

    with pytest.raises(plughost.HTTPError, match="400: the rest of the request body did not come"):
        next(plughost.BodyStream(fails))


def test_request_of_no_such_attribute() -> None:
    with pytest.raises(AttributeError, match="'Request' object has no attribute 'bodies'"):
        plughost.Request().bodies  # type: ignore[attr-defined]
