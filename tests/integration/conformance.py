"""How the tables of test_conformance_*.py are run: each row in several deliveries.

A row is named after the section of the RFC whose rule it shows, `9112-6.3 two lengths`.
"""
from dataclasses import dataclass

import pytest

from support.server import BINARY_DIR, Server
from support.strict_client import StrictConnection

FIXTURE = BINARY_DIR / "fixtures" / "fixture_plugin.so"
ROUTES = f"""limits: {{ header_timeout: 5s, body_timeout: 5s }}
plugins: {{ native: native_plugin.so, fixture: "{FIXTURE}" }}
routes:
  GET /hello: native hello
  POST /echo: native echo
  POST /hello-too: native hello
  ANY /seen: fixture head
  ANY /seen/{{rest:path}}: fixture head
  GET /users/{{id:int}}: native hello
  GET /probe: native hello
"""
CASES: list["Case"] = []  # of every table that was imported
PROBE = b"GET /probe HTTP/1.1\r\nHost: probe\r\n\r\n"
CONTINUE = 100
LONG = 3000  # bytes; longer ones are not sent byte by byte


@dataclass(frozen=True)
class Head:
    """The status of an answer to HEAD: it has no body."""

    status: int


@dataclass(frozen=True)
class Case:
    """Bytes, the statuses they get, and whether the connection stays open."""

    name: str
    wire: bytes
    statuses: tuple
    stays_open: bool
    seen: tuple[str, ...] = ()  # lines that handler `head` of the fixture must say of the last one


def served(name: str, wire: bytes, *statuses, seen: tuple[str, ...] = ()) -> Case:
    """The connection stays open; 200 unless another status is said."""
    return Case(name, wire, statuses or (200,), True, seen)


def closed(name: str, wire: bytes, *statuses, seen: tuple[str, ...] = ()) -> Case:
    """The last answer says `Connection: close`, and what is behind it is not served."""
    return Case(name, wire, statuses or (200,), False, seen)


def refused(name: str, wire: bytes, *statuses) -> Case:
    """As closed; 400 unless another status is said."""
    return Case(name, wire, statuses or (400,), False)


def request(method: bytes = b"GET", target: bytes = b"/hello", *fields: bytes,
            version: bytes = b"HTTP/1.1", host: bytes | None = b"x", body: bytes = b"") -> bytes:
    lines = [method + b" " + target + b" " + version]
    if host is not None:
        lines.append(b"Host: " + host)
    return b"\r\n".join([*lines, *fields]) + b"\r\n\r\n" + body


def fields(*lines: bytes) -> bytes:
    """A request to a handler that tells what it saw, with these header lines."""
    return request(b"GET", b"/seen", *lines)


def chunked(body: bytes, *lines: bytes) -> bytes:
    return request(b"POST", b"/seen", b"Transfer-Encoding: chunked", *lines, body=body)


def sized(length: bytes, body: bytes = b"", *lines: bytes) -> bytes:
    return request(b"POST", b"/seen", b"Content-Length: " + length, *lines, body=body)


def check(port: int, case: Case, delivery: str) -> None:
    followed = delivery != "alone"
    wire = case.wire + (PROBE if followed else b"")
    piece = {"halves": max(1, len(wire) // 2), "bytewise": 1}.get(delivery)
    with StrictConnection(port) as connection:
        connection.send_what_is_taken(wire, piece)
        answer = None
        for expected in case.statuses:
            to_head = isinstance(expected, Head)
            if expected == CONTINUE and connection.next_status() != 100:
                continue  # superfluous when bytes of the body are there already
            answer = connection.read_strictly(to_head)
            assert answer.status == (expected.status if to_head else expected), answer
        assert answer is not None
        for line in case.seen:
            assert line in answer.body.decode("latin-1").split("\n"), (line, answer.body)
        if case.stays_open:
            assert answer.headers.get("connection", "keep-alive").lower() == "keep-alive", answer
            if not followed:
                connection.send(PROBE)
            assert connection.read_strictly().status == 200
        else:
            assert answer.headers["connection"].lower() == "close", answer
            connection.expect_end()


def deliveries(case: Case) -> list[str]:
    """alone: nothing follows, so the answer may not wait for more bytes."""
    return ["alone", "followed", "halves"] + (["bytewise"] if len(case.wire) < LONG else [])


def table(*cases: Case):
    """A parametrization over cases and deliveries, with arguments `case` and `delivery`."""
    names = [case.name for case in cases]
    assert len(set(names)) == len(names), "two rows have one name"
    CASES.extend(cases)
    return pytest.mark.parametrize("case, delivery", [
        pytest.param(case, delivery, id=f"{case.name}, {delivery}")
        for case in cases for delivery in deliveries(case)])


def server() -> Server:
    return Server(ROUTES)
