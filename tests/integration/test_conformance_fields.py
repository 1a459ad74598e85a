"""Header fields and the connection's own ones (RFC 9110 sections 5, 7.6 and 10.1, RFC 9112
sections 5 and 9)."""
import pytest

from conformance import (CONTINUE, Head, chunked, check, closed, fields, refused, request, server,
                         served, sized, table)
from support.strict_client import StrictConnection


@pytest.fixture(scope="module")
def port():
    with server() as running:
        yield running.port


def every_byte_but(allowed: bytes) -> list[int]:
    return [byte for byte in range(256) if byte not in allowed]


@table(
    served("9110-5.5 no white space", fields(b"X:a"), seen=("header.x=a",)),
    served("9110-5.6.3 spaces around a value", fields(b"X:   a  "), seen=("header.x=a",)),
    served("9110-5.6.3 tabs around a value", fields(b"X:\t\ta\t"), seen=("header.x=a",)),
    served("9110-5.5 white space inside a value", fields(b"X: a \t b"),
           seen=("header.x=a \t b",)),
    served("9110-5.5 empty value", fields(b"X:"), seen=("header.x=",)),
    served("9110-5.5 value of white space", fields(b"X: \t "), seen=("header.x=",)),
    served("9110-5.5 colons in a value", fields(b"X: a:b:c"), seen=("header.x=a:b:c",)),
    served("9110-5.5 bytes beyond ASCII", fields(b"X: caf\xc3\xa9\xff"),
           seen=("header.x=caf\xc3\xa9\xff",)),
    served("9110-5.5 quotation marks", fields(b'X: "a, b" (c)'), seen=('header.x="a, b" (c)',)),
    served("9110-5.1 names in any case", fields(b"X-LONG-Name: a"), seen=("header.x-long-name=a",)),
    served("9110-5.6.2 name of every token character",
           fields(b"!#$%&'*+-.^_`|~0Az: a"), seen=("header.!#$%&'*+-.^_`|~0az=a",)),
    served("9110-5.3 several lines of one name, in order", fields(b"X: a", b"X: b"),
           seen=("header.x=a", "header.x=b")),
    served("9112-5 ninety fields", request(b"GET", b"/hello", *(b"X-%d: y" % n for n in range(90)))),
    refused("9112-5 field without a colon", fields(b"nonsense")),
    refused("9112-5 no name", fields(b": a")),
    refused("9112-5 colon alone", fields(b":")),
    refused("9112-5.1 space before the colon", fields(b"X : a")),
    refused("9112-5.1 tab before the colon", fields(b"X\t: a")),
    refused("9112-5.1 space in a name", fields(b"X Y: a")),
    refused("9112-5.2 folded value", fields(b"X: a\r\n b")),
    refused("9112-5.2 folded by a tab", fields(b"X: a\r\n\tb")),
    refused("9112-5.2 folded behind an empty value", fields(b"X:\r\n b")),
    refused("9112-5.2 folded Host", b"GET /hello HTTP/1.1\r\nHost:\r\n x\r\n\r\n"),
    refused("9112-5.2 line of white space at the end", fields(b"X: a\r\n ")),
    refused("9110-5.6.2 name beyond ASCII", fields(b"X\xc3\xa9: a")),
    refused("9112-2.2 LF alone behind a field", b"GET /hello HTTP/1.1\r\nHost: x\nX: a\r\n\r\n"),
    refused("9112-2.2 LF alone as the empty line", b"GET /hello HTTP/1.1\r\nHost: x\r\n\n"),
    refused("9112-2.2 CR alone in a value", fields(b"X: a\rb")),
    refused("9112-2.2 CR alone at the end of a value", fields(b"X: a\r")),
    refused("9112-2.2 CR alone that hides a field", fields(b"X: a\rContent-Length: 5")),
    refused("9110-5.5 NUL in a value", fields(b"X: a\0b")),
    refused("9110-5.5 NUL at the end of a value", fields(b"X: a\0")),
    refused("9112-5 NUL in a name", fields(b"X\0: a")),
    refused("9110-9.3.2 bad field of HEAD", request(b"HEAD", b"/hello", b"X : a"), Head(400)),
    refused("9110-9.3.2 missing Host of HEAD", request(b"HEAD", b"/hello", host=None), Head(400)),
)
def test_fields(port, case, delivery):
    check(port, case, delivery)


@table(
    refused("6585-5 one long field", fields(b"X: " + b"a" * 20000), 431),
    refused("6585-5 field beyond 64 KiB", fields(b"X: " + b"a" * 70000), 431),
    refused("6585-5 field without end", b"GET /hello HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20000,
            431),
    refused("6585-5 long name", fields(b"X" * 20000 + b": a"), 431),
    refused("6585-5 name without end", b"GET /hello HTTP/1.1\r\nHost: x\r\n" + b"X" * 20000, 431),
    refused("6585-5 many small fields", fields(*[b"X: y"] * 200), 431),
    refused("6585-5 many fields of some size", fields(*[b"X: " + b"a" * 500] * 60), 431),
    served("6585-5 field of 8000 bytes", request(b"GET", b"/hello", b"X: " + b"a" * 8000)),
)
def test_large_fields(port, case, delivery):
    check(port, case, delivery)


@table(*(refused(f"9110-5.5 byte {byte} in a value", fields(b"X: a%cb" % byte))
         for byte in every_byte_but(b"\t" + bytes(range(0x20, 0x7f)) + bytes(range(0x80, 0x100)))))
def test_control_bytes_in_values(port, case, delivery):
    check(port, case, delivery)


TOKEN = b"!#$%&'*+-.^_`|~0123456789" + bytes(range(0x41, 0x5b)) + bytes(range(0x61, 0x7b))


@table(*(refused(f"9110-5.6.2 byte {byte} in a name", fields(b"X%cY: a" % byte))
         for byte in every_byte_but(TOKEN + b":") if byte < 0x90))
def test_bytes_that_are_no_token_in_names(port, case, delivery):
    check(port, case, delivery)


@table(
    served("9112-9.3 HTTP/1.1 stays open", request()),
    served("9112-9.3 keep-alive in HTTP/1.1", request(b"GET", b"/hello", b"Connection: keep-alive")),
    closed("9112-9.6 close", request(b"GET", b"/hello", b"Connection: close")),
    closed("9110-7.6.1 close in upper case", request(b"GET", b"/hello", b"Connection: CLOSE")),
    closed("9110-7.6.1 close between tabs", request(b"GET", b"/hello", b"Connection:\tclose\t")),
    closed("9110-7.6.1 close in a list", request(b"GET", b"/hello", b"Connection: x, close ,y")),
    closed("9110-7.6.1 close in a second line",
           request(b"GET", b"/hello", b"Connection: x", b"Connection: close")),
    closed("9112-9.3 close beats keep-alive",
           request(b"GET", b"/hello", b"Connection: keep-alive, close")),
    closed("9112-9.3 close beats keep-alive of a later line",
           request(b"GET", b"/hello", b"Connection: close", b"Connection: keep-alive")),
    closed("9110-5.6.1.2 close behind empty elements",
           request(b"GET", b"/hello", b"Connection: , ,close,")),
    served("9110-7.6.1 option that starts with close",
           request(b"GET", b"/hello", b"Connection: closed")),
    served("9110-7.6.1 option that ends in close",
           request(b"GET", b"/hello", b"Connection: not-close")),
    served("9110-7.6.1 empty Connection", request(b"GET", b"/hello", b"Connection:")),
    served("9110-7.6.1 unknown option", request(b"GET", b"/hello", b"Connection: tea")),
    served("9110-7.8 upgrade that nobody knows",
           request(b"GET", b"/hello", b"Connection: Upgrade", b"Upgrade: tea/1")),
    served("9110-7.8 upgrade to HTTP/2 is ignored",
           request(b"GET", b"/hello", b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c",
                   b"HTTP2-Settings: AAMAAABkAAQAAP__")),
    served("9110-10.1.4 TE", request(b"GET", b"/hello", b"Connection: TE", b"TE: trailers")),
    served("9112-C.2.2 Proxy-Connection is ignored",
           request(b"GET", b"/hello", b"Proxy-Connection: close")),
    closed("9112-9.3 HTTP/1.0", request(version=b"HTTP/1.0")),
    closed("9112-9.3 HTTP/1.0 close",
           request(b"GET", b"/hello", b"Connection: close", version=b"HTTP/1.0")),
    served("9112-9.3 HTTP/1.0 keep-alive",
           request(b"GET", b"/hello", b"Connection: keep-alive", version=b"HTTP/1.0")),
    served("9112-9.3 HTTP/1.0 Keep-Alive in mixed case",
           request(b"GET", b"/hello", b"Connection: Keep-Alive", version=b"HTTP/1.0")),
    closed("9112-9.3 HTTP/1.0 keep-alive and close",
           request(b"GET", b"/hello", b"Connection: keep-alive, close", version=b"HTTP/1.0")),
    closed("9112-9.3 HTTP/1.0 with a body",
           request(b"POST", b"/seen", b"Content-Length: 2", version=b"HTTP/1.0", body=b"hi"),
           seen=("body=hi",)),
    closed("9112-9.6 close with an error", request(b"GET", b"/none", b"Connection: close"), 404),
    closed("9112-9.6 close with HEAD", request(b"HEAD", b"/hello", b"Connection: close"), Head(200)),
)
def test_persistence(port, case, delivery):
    check(port, case, delivery)


@table(
    served("9112-9.3.2 pipelined", request() * 3, 200, 200, 200),
    served("9112-9.3.2 a hundred pipelined", request() * 100, *[200] * 100),
    served("9112-9.3.2 errors in between",
           request() + request(b"GET", b"/none") + request(b"DELETE") + request(b"BREW") +
           request(b"HEAD") + sized(b"2", b"hi") + request(b"OPTIONS") + chunked(b"0\r\n\r\n"),
           200, 404, 405, 501, Head(200), 200, 204, 200),
    served("9112-9.3.2 a body in between", request() + sized(b"3", b"abc") + request(),
           200, 200, 200),
    closed("9112-9.6 nothing behind a close is served",
           request() + request(b"GET", b"/hello", b"Connection: close") + request(), 200, 200),
    refused("9112-9.3.2 nothing behind a refused one is served",
            request() * 2 + fields(b"X : a") + request(), 200, 200, 400),
    closed("9112-9.3 nothing behind HTTP/1.0 is served",
           request() + request(version=b"HTTP/1.0") + request(), 200, 200),
)
def test_pipelines(port, case, delivery):
    check(port, case, delivery)


@table(
    served("9110-10.1.1 100-continue", sized(b"2", b"hi", b"Expect: 100-continue"), CONTINUE, 200,
           seen=("body=hi",)),
    served("9110-10.1.1 100-Continue in mixed case", sized(b"2", b"hi", b"expect: 100-CONTINUE"),
           CONTINUE, 200),
    served("9110-10.1.1 100-continue without a body",
           request(b"GET", b"/hello", b"Expect: 100-continue")),
    served("9110-10.1.1 100-continue with an empty body", sized(b"0", b"", b"Expect: 100-continue")),
    served("9110-10.1.1 empty Expect", request(b"GET", b"/hello", b"Expect:")),
    closed("9110-10.1.1 no expectations in HTTP/1.0",
           request(b"POST", b"/seen", b"Expect: 100-continue", b"Content-Length: 2",
                   version=b"HTTP/1.0", body=b"hi"), seen=("body=hi",)),
    closed("9110-10.1.1 unknown expectation in HTTP/1.0",
           request(b"GET", b"/hello", b"Expect: tea", version=b"HTTP/1.0")),
    refused("9110-10.1.1 unknown expectation", request(b"GET", b"/hello", b"Expect: tea"), 417),
    refused("9110-10.1.1 unknown expectation beside 100-continue",
            sized(b"2", b"hi", b"Expect: 100-continue, tea"), 417),
    refused("9110-10.1.1 unknown expectation in a second line",
            sized(b"2", b"hi", b"Expect: 100-continue", b"Expect: tea"), 417),
    closed("9110-10.1.1 no 100 for a path that nobody serves",
           request(b"POST", b"/none", b"Expect: 100-continue", b"Content-Length: 2"), 404),
    closed("9110-10.1.1 no 100 for a method that the path does not take",
           request(b"POST", b"/hello", b"Expect: 100-continue", b"Content-Length: 2"), 405),
    refused("9110-10.1.1 no 100 for a body that is too large",
            sized(b"99999999999", b"", b"Expect: 100-continue"), 413),
)
def test_expectations(port, case, delivery):
    check(port, case, delivery)


def test_100_continue_comes_before_the_body(port):
    head = sized(b"2", b"", b"Expect: 100-continue")

    with StrictConnection(port) as connection:
        connection.send(request() + head)
        statuses = [connection.read_strictly().status for _ in range(2)]
        connection.send(b"hi" + request())
        statuses += [connection.read_strictly().status for _ in range(2)]

    assert statuses == [200, 100, 200, 200]
