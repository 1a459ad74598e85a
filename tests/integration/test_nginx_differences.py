"""The requests of test_conformance_*.py, sent to a real nginx too: the same answers, or a reason.

Compared are the statuses and whether what follows on the connection is served. A difference that is
not explained here fails, and so does an explanation that nothing needs any more.
"""
import socket
from fnmatch import fnmatchcase

import pytest

import conformance
import test_conformance_fields  # fills conformance.CASES, as the next three do
import test_conformance_framing
import test_conformance_request_line
import test_conformance_target
from conformance import Case, Head
from support.nginx import Nginx
from support.waiting import DEADLINE

TABLES = (test_conformance_fields, test_conformance_framing, test_conformance_request_line,
          test_conformance_target)

# What each difference rests on, and the rows that show it.
DIFFERENCES = {
    "nginx skips a header line it does not understand; RFC 9112 section 5.1 and 9110 section 5.5 "
    "let a server refuse it, and ignoring it is how requests are smuggled": [
        "9112-5 field without a colon", "9112-5 no-break space behind the name",
        "9110-5.6.2 name beyond ASCII", "9110-5.6.2 byte * in a name",
        "9110-5.5 byte * in a value",
        "9112-2.2 CR alone at the end of a value", "9112-2.2 CR behind"],
    "nginx takes LF for CR LF in a head, which RFC 9112 section 2.2 allows and does not ask for": [
        "9112-2.2 LF alone behind *", "9112-2.2 LF alone as the empty line",
        "9112-2.2 LF alone everywhere", "9112-2.2 LF alone before the request",
        "9112-2.2 LF before", "9112-11.2 header section that ends in LF",
        "9112-2.2 LF alone at the end", "9112-7.1 chunk shorter than its size"],
    "nginx takes several spaces for one in a request line, which RFC 9112 section 3 allows": [
        "9112-3 two spaces before the *", "9112-3 space behind the version"],
    "nginx reads HTTP/1.10; RFC 9112 section 2.3 has one digit": [
        "9112-2.3 two digits behind the dot"],
    "nginx drops a fragment, which RFC 9112 section 3.2 does not have": [
        "9112-3.2 fragment*", "9112-3.2.2 fragment"],
    "nginx judges neither scheme nor port of an absolute-form target": [
        "9112-3.2.2 port too large", "9112-3.2.2 another scheme"],
    "nginx refuses few of the values that are no Host; RFC 9112 section 3.2 has 400 for all": [
        "9110-4.2.4 user information in Host", "9110-7.2 * in Host", "9110-7.2 Host beyond ASCII",
        "9110-7.2 *port*", "3986-3.2.2 *"],
    "nginx skips any CR and LF before a request; RFC 9112 section 2.2 asks for one empty line": [
        "9112-2.2 empty lines without end", "9112-2.2 CR alone before the request"],
    "nginx answers HTTP/0.9, which RFC 9112 no longer has": [
        "9112-3 no version", "9112-3 empty version", "9112-2.2 LF alone in the target",
        "9112-A.1 HTTP/0.9"],
    "nginx says 400 for a head that is too large; RFC 6585 section 5 has 431 for it": [
        "6585-5 *"],
    "nginx bounds neither the number of fields nor chunk extensions nor trailers "
    "(RFC 9112 section 7.1.1 asks for a limit)": [
        "6585-5 many *", "9112-7.1.1 *extension*", "9112-7.1.2 *"],
    "nginx does not judge trailers before they end": [
        "9112-5 trailer that is no field, nothing behind"],
    "nginx skips what stands behind a chunk size, and trailers; RFC 9112 section 7.1 has a grammar "
    "for both, and section 7.1.2 no framing fields among trailers": [
        "9112-7.1 space behind", "9112-7.1 tab behind", "9112-7.1 leading zeros without end",
        "9112-7.1.1 *", "9110-6.5.1 *as a trailer", "9112-5 trailer without *",
        "9112-5.1 space before the colon of a trailer", "9112-5.2 folded trailer",
        "9110-5.5 NUL in a trailer"],
    "nginx looks at the last Connection line and for words inside an option; RFC 9110 section 7.6.1 "
    "has lists of options": [
        "9112-9.3 close beats keep-alive of a later line", "9110-7.6.1 option that * close"],
    "nginx knows no expectation but 100-continue, ignores others, and refuses two lines; RFC 9110 "
    "section 10.1.1 has 417": ["9110-10.1.1 unknown expectation*"],
    "nginx keeps a connection open whose body it said it would not read": [
        "9110-10.1.1 no 100 for *"],
    "nginx does not take a tab around a value (RFC 9110 section 5.6.3 has OWS)": [
        "9110-5.6.3 tabs around a length", "9110-5.6.3 coding between tabs"],
    "RFC 9112 section 6.3 has 400 for a coding that is malformed or not last; nginx says 501": [
        "9112-6.1 identity and a length", "9112-6.1 chunked *", "9112-7.1 chunked twice",
        "9112-6.1 empty *", "9112-6.1 comma *", "9110-5.5 vertical tab before",
        "9110-5.5 form feed behind", "9110-5.5 backspace before"],
    "RFC 9110 section 15.5.14 has 413 for any length that is too large; nginx reads a chunked body "
    "that its handler does not ask for": ["9110-15.5.14 *"],
    "the paths of this nginx take every method that nginx knows": [
        "9110-15.5.6 *", "9110-9.3.2 HEAD where POST is taken", "9110-9.3.7 *",
        "9112-6.3 body of a method that is not taken", "9112-9.3.2 errors in between"],
    "nginx does not know OPTIONS * (RFC 9112 section 3.2.4)": ["9112-3.2.4 OPTIONS of the server*"],
    "nginx takes capital letters, '_' and '-' in a method only, and has no opinion of unknown "
    "methods; RFC 9110 section 9.1 has tokens and 501": ["9110-9.1 *"],
    "nginx refuses TRACE and CONNECT as it likes (RFC 9110 sections 9.3.6 and 9.3.8)": [
        "9110-9.3.6 *", "9110-9.3.8 TRACE"],
    "RFC 9110 section 15.6.6 has 505 for other major versions; nginx says 400 to old ones and to the "
    "preface of HTTP/2, and 505 to what is no version": [
        "9110-15.6.6 HTTP/0.9 by name", "9113-3.4 preface of HTTP/2", "9112-2.3 no dot"],
    "nginx resolves dot segments, after which the path is another one; we refuse them": [
        "3986-5.2.4 segment *", "3986-6.2.2.3 *"],
    "an escaped line feed is not matched by '.' in a location of nginx": [
        "3986-2.1 escaped line feed stays data"],
}
LAST = b"GET /probe HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def ports():
    assert len(TABLES) == 4 and len(conformance.CASES) >= 100
    with conformance.server() as ours, Nginx() as nginx:
        yield ours.port, nginx.port


def observe(port: int, case: Case) -> list:
    """The statuses of case and of a last request behind it, as far as they are answered."""
    received = bytearray()
    with socket.create_connection(("127.0.0.1", port), DEADLINE) as connection:
        try:
            connection.sendall(case.wire + LAST)
        except OSError:
            pass  # refused before its end
        connection.settimeout(2)
        try:
            read_to_end(connection, received)
        except socket.timeout:  # it waits for more of the body
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(DEADLINE)
            read_to_end(connection, received)
    statuses: list = []
    final = [expected for expected in case.statuses if expected != conformance.CONTINUE]
    while received:
        head, _, received = received.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 "):
            return [*statuses, "no head"]
        status = int(head[9:12])
        if status == 100:
            continue
        asked = final[len(statuses)] if len(statuses) < len(final) else None
        if not isinstance(asked, Head) and status not in (204, 304):
            received = received[length_of(head):]
        statuses.append(status)
    return statuses


def read_to_end(connection: socket.socket, received: bytearray) -> None:
    try:
        while data := connection.recv(65536):
            received += data
    except ConnectionResetError:
        pass


def length_of(head: bytearray) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


def reasons(name: str) -> list[str]:
    return [reason for reason, patterns in DIFFERENCES.items()
            if any(fnmatchcase(name, pattern) for pattern in patterns)]


@pytest.mark.parametrize("case", conformance.CASES, ids=lambda case: case.name)
def test_answers_are_the_same_or_the_difference_has_a_reason(ports, case, differing):
    ours, theirs = (observe(port, case) for port in ports)

    if ours != theirs:
        differing.append(case.name)
        assert reasons(case.name), f"we say {ours}, nginx says {theirs}"


@pytest.fixture(scope="module")
def differing() -> list[str]:
    return []


def test_every_reason_is_needed(ports, differing):
    if not differing:  # run by itself
        differing.extend(case.name for case in conformance.CASES
                         if observe(ports[0], case) != observe(ports[1], case))
    unneeded = [pattern for patterns in DIFFERENCES.values() for pattern in patterns
                if not any(fnmatchcase(name, pattern) for name in differing)]
    assert unneeded == []
