"""Request lines and targets (RFC 9112 sections 2 and 3, RFC 9110 sections 4 and 9)."""
import pytest

from conformance import Head, check, closed, refused, request, server, served, table


@pytest.fixture(scope="module")
def port():
    with server() as running:
        yield running.port


def line(text: bytes) -> bytes:
    return text + b"\r\nHost: x\r\n\r\n"


@table(
    served("9112-3.1 GET", request(b"GET")),
    served("9112-3.1 HEAD", request(b"HEAD"), Head(200)),
    served("9112-3.1 POST without a body", request(b"POST", b"/hello-too")),
    served("9110-9.1 method is case-sensitive", request(b"get"), 501),
    served("9110-9.1 method in mixed case", request(b"Get"), 501),
    served("9110-9.1 unknown method", request(b"BREW"), 501),
    served("9110-9.1 unknown method on an unknown path", request(b"BREW", b"/none"), 501),
    served("9110-9.1 method of every token character",
           request(b"M!#$%&'*+-.^_`|~09az", b"/hello"), 501),
    served("9110-9.1 method of one letter", request(b"G"), 501),
    served("9110-9.1 unknown method for a route that takes any", request(b"BREW", b"/seen"),
           seen=("method=BREW",)),
    served("9110-9.1 long unknown method", request(b"M" * 200), 501),
    served("9110-15.5.6 known method the path does not take", request(b"DELETE"), 405),
    served("9110-15.5.6 PUT where POST is taken", request(b"PUT", b"/echo"), 405),
    served("9110-15.5.6 GET where POST is taken", request(b"GET", b"/echo"), 405),
    served("9110-9.3.2 HEAD where POST is taken", request(b"HEAD", b"/echo"), Head(405)),
    served("9110-9.3.2 HEAD of an unknown path", request(b"HEAD", b"/none"), Head(404)),
    served("9110-9.3.8 TRACE", request(b"TRACE"), 405),
    served("9110-15.5.5 registered method on an unknown path", request(b"PATCH", b"/none"), 404),
    served("9110-9.3.7 OPTIONS of a path", request(b"OPTIONS"), 204),
    served("9110-9.3.7 OPTIONS of an unknown path", request(b"OPTIONS", b"/none"), 404),
    served("9112-3.2.4 OPTIONS of the server", request(b"OPTIONS", b"*"), 204),
    served("9112-3.2.4 OPTIONS of the server in absolute-form",
           request(b"OPTIONS", b"http://x"), 204),
    refused("9112-3.2.4 asterisk with GET", request(b"GET", b"*")),
    refused("9112-3.2.4 asterisk with HEAD", request(b"HEAD", b"*"), Head(400)),
    refused("9112-3.2.4 asterisk with a query", request(b"OPTIONS", b"*?a")),
    refused("9110-9.3.6 CONNECT", request(b"CONNECT", b"x:80", host=b"x:80"), 501),
    refused("9110-9.3.6 CONNECT to a path", request(b"CONNECT", b"/hello"), 501),
)
def test_methods(port, case, delivery):
    check(port, case, delivery)


@table(
    refused("9112-3 garbage", b"hello\r\n\r\n"),
    refused("9112-3 one word", b"GET\r\n\r\n"),
    refused("9112-3 no method", line(b" /hello HTTP/1.1")),
    refused("9112-3 no target", line(b"GET HTTP/1.1")),
    refused("9112-3 empty target", line(b"GET  HTTP/1.1")),
    refused("9112-3 no version", line(b"GET /hello")),
    refused("9112-3 empty version", line(b"GET /hello ")),
    refused("9112-3 two spaces before the target", line(b"GET  /hello HTTP/1.1")),
    refused("9112-3 two spaces before the version", line(b"GET /hello  HTTP/1.1")),
    refused("9112-3 tab before the target", line(b"GET\t/hello HTTP/1.1")),
    refused("9112-3 tab before the version", line(b"GET /hello\tHTTP/1.1")),
    refused("9112-3 vertical tab before the target", line(b"GET\v/hello HTTP/1.1")),
    refused("9112-3 form feed before the version", line(b"GET /hello\fHTTP/1.1")),
    refused("9112-3 space behind the version", line(b"GET /hello HTTP/1.1 ")),
    refused("9112-3 tab behind the version", line(b"GET /hello HTTP/1.1\t")),
    refused("9112-3 word behind the version", line(b"GET /hello HTTP/1.1 x")),
    refused("9112-3 white space before the method", line(b"\tGET /hello HTTP/1.1")),
    refused("9112-3 space in the target", line(b"GET /he llo HTTP/1.1")),
    refused("9112-2.2 LF alone behind the request line",
            b"GET /hello HTTP/1.1\nHost: x\r\n\r\n"),
    refused("9112-2.2 LF alone everywhere", b"GET /hello HTTP/1.1\nHost: x\n\n"),
    refused("9112-2.2 CR alone behind the request line",
            b"GET /hello HTTP/1.1\rHost: x\r\n\r\n"),
    refused("9112-2.2 CR CR LF behind the request line",
            b"GET /hello HTTP/1.1\r\r\nHost: x\r\n\r\n"),
    refused("9112-2.2 CR alone in the target", line(b"GET /he\rllo HTTP/1.1")),
    refused("9112-2.2 LF alone in the target", line(b"GET /he\nllo HTTP/1.1")),
    refused("9112-2.2 byte order mark", line(b"\xef\xbb\xbfGET /hello HTTP/1.1")),
    refused("9112-2.2 TLS ClientHello",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(32))),
    refused("9112-2.2 SSH", b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n"),
    refused("9112-2.2 SMTP", b"EHLO mail.example\r\n"),
    refused("9112-2.2 NUL bytes", b"\0\0\0\0\0\0\0\0"),
    refused("9110-9.1 method with a parenthesis", line(b"G(ET /hello HTTP/1.1")),
    refused("9110-9.1 method with a colon", line(b"GET: /hello HTTP/1.1")),
    refused("9110-9.1 method in quotation marks", line(b'"GET" /hello HTTP/1.1')),
    refused("9110-9.1 method with a NUL", line(b"GE\0T /hello HTTP/1.1")),
    refused("9110-9.1 method beyond ASCII", line(b"G\xc3\x89T /hello HTTP/1.1")),
    refused("9112-3 method without end", b"M" * 20000, 414),
    refused("9110-15.5.15 target without end", b"GET /" + b"x" * 20000, 414),
    refused("9110-15.5.15 target too long", request(b"GET", b"/" + b"x" * 20000), 414),
    served("9112-3 target of 8000 bytes", request(b"GET", b"/seen/" + b"x" * 8000)),
)
def test_request_lines(port, case, delivery):
    check(port, case, delivery)


@table(
    refused("9112-2.2 white space before the first field",
            b"GET /hello HTTP/1.1\r\n Host: x\r\n\r\n"),
    served("9112-2.2 empty line before the request", b"\r\n" + request()),
    served("9112-2.2 three empty lines before the request", b"\r\n" * 3 + request()),
    refused("9112-2.2 empty lines without end", b"\r\n" * 100),
    refused("9112-2.2 LF alone before the request", b"\n" + request()),
    refused("9112-2.2 CR alone before the request", b"\r" + request()),
    served("9112-2.2 empty line between two requests", request() + b"\r\n" + request(), 200, 200),
    served("9112-2.2 empty line behind a body (old clients)",
           request(b"POST", b"/echo", b"Content-Length: 2", body=b"{}") + b"\r\n" + request(),
           200, 200),
)
def test_empty_lines(port, case, delivery):
    check(port, case, delivery)


@table(
    served("9112-2.3 HTTP/1.1", line(b"GET /hello HTTP/1.1")),
    closed("9112-2.3 HTTP/1.0", line(b"GET /hello HTTP/1.0")),
    served("9110-2.5 HTTP/1.2 is served as HTTP/1.1", line(b"GET /seen HTTP/1.2"),
           seen=("http_version=1.1",)),
    served("9110-2.5 HTTP/1.9 is served as HTTP/1.1", line(b"GET /hello HTTP/1.9")),
    served("9110-2.5 body of HTTP/1.2",
           request(b"POST", b"/seen", b"Transfer-Encoding: chunked", version=b"HTTP/1.2",
                   body=b"2\r\nhi\r\n0\r\n\r\n"), seen=("body=hi",)),
    refused("9112-3.2 HTTP/1.2 without Host", b"GET /hello HTTP/1.2\r\n\r\n"),
    refused("9110-15.6.6 HTTP/2.0", line(b"GET /hello HTTP/2.0"), 505),
    refused("9110-15.6.6 HTTP/3.0", line(b"GET /hello HTTP/3.0"), 505),
    refused("9110-15.6.6 HTTP/9.9", line(b"GET /hello HTTP/9.9"), 505),
    refused("9110-15.6.6 HTTP/0.9 by name", line(b"GET /hello HTTP/0.9"), 505),
    refused("9113-3.4 preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    refused("9112-A.1 HTTP/0.9", b"GET /hello\r\n"),
    refused("9112-2.3 version in lower case", line(b"GET /hello http/1.1")),
    refused("9112-2.3 version in mixed case", line(b"GET /hello Http/1.1")),
    refused("9112-2.3 two digits behind the dot", line(b"GET /hello HTTP/1.10")),
    refused("9112-2.3 two digits before the dot", line(b"GET /hello HTTP/01.1")),
    refused("9112-2.3 no dot", line(b"GET /hello HTTP/11")),
    refused("9112-2.3 comma for a dot", line(b"GET /hello HTTP/1,1")),
    refused("9112-2.3 no digit behind the dot", line(b"GET /hello HTTP/1.")),
    refused("9112-2.3 letter for a digit", line(b"GET /hello HTTP/1.x")),
    refused("9112-2.3 sign", line(b"GET /hello HTTP/+1.1")),
    refused("9112-2.3 spaces in the version", line(b"GET /hello HTTP/ 1.1")),
    refused("9112-2.3 another protocol", line(b"GET /hello HTTPS/1.1")),
    refused("9112-2.3 another protocol with a known version", line(b"GET /hello ICY/1.1")),
    refused("9112-2.3 NUL behind the version", line(b"GET /hello HTTP/1.1\0")),
)
def test_versions(port, case, delivery):
    check(port, case, delivery)
