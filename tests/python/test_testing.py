"""TestClient: handlers under test, without the host."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from plughost import EventStream, HTTPError, Request, Response, UploadFile
from plughost._bind import BindError
from plughost._signature import SignatureError
from plughost.testing import TestClient

import shapes


def greet(name: str, times: int = 1) -> dict[str, Any]:
    if times > 10:
        raise HTTPError(400, "that is a lot", {"Retry-After": "1"})
    return {"greeting": " ".join([f"Hello {name}!"] * times)}


def whoami(request: Request) -> list[Any]:
    return [request.method, request.path, request.headers.get("x-a"), request.cookies.get("c")]


def broken() -> None:
    raise RuntimeError("a secret")


@pytest.fixture
def client() -> TestClient:
    return TestClient(
        {
            "GET|POST /greet/{name}": greet,
            "GET /greet/me": lambda: "it is me",
            "ANY /files/{rest:path}": lambda rest: rest,
            "GET /items/{id:int}": lambda id: f"number {id}",
            "GET /items/{id}": lambda id: f"text {id}",
            "DELETE /items/{id}": lambda id: None,
            "PUT /who": whoami,
            "GET /broken": broken,
            "POST /upload": shapes.upload,
            "POST /uploads": shapes.uploads,
            "POST /point": "shapes:point",
        }
    )


def test_fills_path_and_query(client: TestClient) -> None:
    answer = client.get("/greet/Ada%20L", query={"times": 2})

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == {"greeting": "Hello Ada L! Hello Ada L!"}


def test_sends_json_form_and_files(client: TestClient) -> None:
    file = UploadFile('a"b.txt', b"content", "text/plain")

    assert client.post("/greet/x", json={"times": 2}).status == 200
    assert client.post("/greet/x", form={"times": 2}).json()["greeting"] == "Hello x! Hello x!"
    assert client.post("/upload", files={"x": file}).json() == [
        'a"b.txt', "text/plain", 7, "content"
    ]
    assert client.post("/uploads", form={"note": "n"}, files=[("x", file), ("x", file)]).json() == [
        ['a"b.txt', 'a"b.txt'], "n"
    ]
    assert client.post("/point", json={"x": {"x": 1}}).json()[0]["x"] == 1


def test_names_what_does_not_fit(client: TestClient) -> None:
    answer = client.get("/greet/Ada?times=two")

    assert answer.status == 422
    assert answer.json() == {
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "query parameter 'times': \"two\" is not an integer",
        "instance": "/greet/Ada",
        "parameter": "times",
        "in": "query",
    }


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/greet/me", "it is me"),
        ("/files/a/b.txt", "a/b.txt"),
        ("/items/7", "number 7"),
        ("/items/seven", "text seven"),
    ],
)
def test_takes_the_most_specific_route(client: TestClient, path: str, text: str) -> None:
    assert client.get(path).text == text


def test_answers_404_and_405(client: TestClient) -> None:
    assert client.get("/nowhere").status == 404
    answer = client.post("/items/x")
    assert (answer.status, answer.headers["Allow"]) == (405, "DELETE, GET")
    assert client.delete("/items/x").status == 204


def test_shows_the_request(client: TestClient) -> None:
    answer = client.put("/who", headers={"X-A": "b", "Cookie": "c=d"})

    assert answer.json() == ["PUT", "/who", "b", "d"]


def test_answers_an_http_error(client: TestClient) -> None:
    answer = client.get("/greet/Ada?times=11")

    assert (answer.status, answer.headers["Retry-After"]) == (400, "1")
    assert answer.json()["detail"] == "that is a lot"


def test_raises_what_the_handler_raises(client: TestClient) -> None:
    with pytest.raises(RuntimeError, match="a secret"):
        client.get("/broken")


def test_answers_500_if_asked_to() -> None:
    client = TestClient({"GET /broken": broken}, raise_exceptions=False)

    answer = client.get("/broken")

    assert answer.status == 500
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    "result",
    [{1, 2}, {"a": float("nan")}, ("x", "OK"), ("x",), {"a": b"b"}, Response("x", 200, {"a": 1}),
     object(), "\ud800"],
)
def test_answers_500_for_what_cannot_be_sent(result: Any) -> None:
    client = TestClient({"GET /": lambda: result}, raise_exceptions=False)

    assert client.get("/").status == 500


@pytest.mark.parametrize(
    ("result", "status", "headers", "body"),
    [
        (Response("x", 201, {"A": "b"}, "a/b"), 201, {"A": "b", "content-type": "a/b"}, b"x"),
        (Response(None, 204), 204, {}, b""),
        (("gone", 304), 304, {}, b""),
        ((b"x", 200, [("A", "b")]), 200,
         {"A": "b", "content-type": "application/octet-stream"}, b"x"),
    ],
)
def test_answers_as_made(result: Any, status: int, headers: dict[str, str], body: bytes) -> None:
    answer = TestClient({"GET /": lambda: result}).get("/")

    assert (answer.status, answer.body) == (status, body)
    assert answer.headers.multi_items() == list(headers.items())


@pytest.mark.parametrize("route", ["/x", "GET x", "get /x", "GET /{x:float}", "GET /a{x}"])
def test_refuses_a_wrong_route(route: str) -> None:
    with pytest.raises(ValueError):
        TestClient({route: greet})


def test_refuses_a_wrong_handler() -> None:
    with pytest.raises(BindError, match="has no attribute 'nothing'"):
        TestClient({"GET /": "shapes:nothing"})
    with pytest.raises(SignatureError, match="path parameter 'x' cannot be the dataclass Point"):
        TestClient({"GET /{x}": shapes.point})


async def slow_greet(name: str) -> dict[str, str]:
    await asyncio.sleep(0)
    if name == "nobody":
        raise HTTPError(404, "nobody is there")
    return {"greeting": f"Hello {name}!"}


def test_awaits_async_handlers() -> None:
    client = TestClient({"GET /greet/{name}": slow_greet})

    assert client.get("/greet/Ada").json() == {"greeting": "Hello Ada!"}
    assert client.get("/greet/nobody").status == 404


def test_awaits_async_handlers_beside_a_running_loop() -> None:
    async def test() -> int:
        return TestClient({"GET /greet/{name}": slow_greet}).get("/greet/Ada").status

    assert asyncio.run(test()) == 200


def test_calls_startup_and_shutdown_in_a_with_statement() -> None:
    with TestClient({"GET /": "hooked:same_loop"}) as client:
        assert client.get("/").json() == {"same": True, "downs": 0}

    assert TestClient({"GET /": "hooked:downs"}).get("/").json() == 1


def test_startup_that_fails_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    import hooked

    monkeypatch.setattr(hooked, "on_startup", lambda: {}["missing"])
    with pytest.raises(Exception, match="on_startup of module 'hooked' failed: KeyError"):
        with TestClient({"GET /": "hooked:downs"}):
            pass


def pieces() -> Iterator[str]:
    yield "a"
    yield "b"


async def pieces_async() -> AsyncIterator[bytes]:
    yield b"a"
    await asyncio.sleep(0)
    yield b"b"


async def events() -> EventStream:
    return EventStream(pieces_async_text())


async def pieces_async_text() -> AsyncIterator[str]:
    yield "a"


@pytest.mark.parametrize(
    ("handler", "kind", "body"),
    [
        (pieces, "text/plain; charset=utf-8", b"ab"),
        (pieces_async, "application/octet-stream", b"ab"),
        (lambda: Response(pieces(), 201, content_type="text/csv"), "text/csv", b"ab"),
        (lambda: EventStream(["a", {"b": 1}]), "text/event-stream", b'data: a\n\ndata: {"b":1}\n\n'),
        (events, "text/event-stream", b"data: a\n\n"),
    ],
)
def test_reads_streams_to_their_end(handler: Any, kind: str, body: bytes) -> None:
    answer = TestClient({"GET /": handler}).get("/")

    assert (answer.headers["content-type"], answer.body) == (kind, body)


def test_answers_500_for_a_piece_that_cannot_be_sent() -> None:
    client = TestClient({"GET /": lambda: iter([7])}, raise_exceptions=False)

    assert client.get("/").status == 500
