"""Where a body ends, and smuggling (RFC 9112 sections 6, 7 and 11.2, RFC 9110 section 8.6)."""
import pytest

from conformance import (Head, chunked, check, closed, refused, request, server, served, sized,
                         table)

LAST = b"0\r\n\r\n"


@pytest.fixture(scope="module")
def port():
    with server() as running:
        yield running.port


def post(*lines: bytes, body: bytes = b"", **named) -> bytes:
    return request(b"POST", b"/seen", *lines, body=body, **named)


def coding(value: bytes, *more: bytes) -> bytes:
    return post(b"Transfer-Encoding:" + value, *more, body=LAST)


@table(
    served("9112-6.3 no length, no body", request(b"POST", b"/seen"),
           seen=("body=", "content_length=0")),
    served("9112-6.3 length", sized(b"5", b"a\r\n\r\n"), seen=("content_length=5",)),
    served("9112-6.3 length 0", sized(b"0"), seen=("body=",)),
    served("9110-8.6 leading zeros", sized(b"0005", b"hello"), seen=("body=hello",)),
    served("9110-8.6 many leading zeros", sized(b"0" * 40 + b"5", b"hello"), seen=("body=hello",)),
    served("9110-5.6.3 tabs around a length", sized(b"\t5\t", b"hello"), seen=("body=hello",)),
    served("9110-9.3.1 GET with a body",
           request(b"GET", b"/seen", b"Content-Length: 5", body=b"hello"), seen=("body=hello",)),
    served("9110-9.3.2 HEAD with a body",
           request(b"HEAD", b"/seen", b"Content-Length: 5", body=b"hello"), Head(200)),
    served("9110-9.3.5 DELETE with a body",
           request(b"DELETE", b"/seen", b"Content-Length: 5", body=b"hello"), seen=("body=hello",)),
    served("9110-9.3.7 OPTIONS with a body",
           request(b"OPTIONS", b"*", b"Content-Length: 5", body=b"hello"), 204),
    served("9112-6.3 body of an unknown path",
           request(b"POST", b"/none", b"Content-Length: 5", body=b"hello"), 404),
    served("9112-6.3 body of a method that is not taken",
           request(b"PUT", b"/hello", b"Content-Length: 5", body=b"hello"), 405),
    served("9112-6.3 chunked body of an unknown path",
           request(b"POST", b"/none", b"Transfer-Encoding: chunked", body=b"1\r\na\r\n" + LAST),
           404),
    served("9112-6.3 body that looks like a request",
           sized(b"%d" % len(request()), request()), seen=("content_length=32",)),
    refused("9110-8.6 empty length", sized(b"")),
    refused("9110-8.6 word", sized(b"five")),
    refused("9110-8.6 trailing letter", sized(b"5x")),
    refused("9110-8.6 plus sign", sized(b"+5")),
    refused("9110-8.6 negative", sized(b"-5")),
    refused("9110-8.6 minus zero", sized(b"-0")),
    refused("9110-8.6 hexadecimal", sized(b"0x5")),
    refused("9110-8.6 fraction", sized(b"5.0")),
    refused("9110-8.6 exponent", sized(b"1e1")),
    refused("9110-8.6 separator of thousands", sized(b"1_0")),
    refused("9110-8.6 quotation marks", sized(b'"5"')),
    refused("9110-8.6 space inside", sized(b"5 5")),
    refused("9110-8.6 vertical tab before", sized(b"\v5")),
    refused("9110-8.6 form feed behind", sized(b"5\f")),
    refused("9110-8.6 NUL behind", sized(b"5\0")),
    refused("9110-8.6 digits beyond ASCII", sized("５".encode())),
    refused("9110-8.6 no-break space", sized(b"\xa05")),
    refused("9110-8.6 beyond 64 bits", sized(b"18446744073709551621")),
    refused("9110-8.6 far beyond 64 bits", sized(b"9" * 100)),
    refused("9110-8.6 largest of 64 bits", sized(b"18446744073709551615")),
    refused("9110-15.5.14 larger than is taken", sized(b"9223372036854775807"), 413),
    refused("9112-6.3 two different lengths", sized(b"5", b"hello", b"Content-Length: 6")),
    refused("9112-6.3 the same length twice", sized(b"5", b"hello", b"Content-Length: 5")),
    refused("9112-6.3 two lengths in other cases", sized(b"5", b"hello", b"cONTENT-lENGTH: 6")),
    refused("9112-6.3 list of equal lengths", sized(b"5, 5", b"hello")),
    refused("9112-6.3 list of different lengths", sized(b"5, 6", b"hello")),
    refused("9112-6.3 list with an empty element", sized(b"5,", b"hello")),
    refused("9112-5.2 folded length", sized(b"\r\n 5", b"hello")),
    refused("9112-5.1 space before the colon", post(b"Content-Length : 5", body=b"hello")),
    refused("9112-5.1 two lengths, one with a space", sized(b"5", b"hello", b"Content-Length : 6")),
)
def test_content_length(port, case, delivery):
    check(port, case, delivery)


@table(
    served("9112-7.1 chunked", coding(b" chunked")),
    served("9112-7 coding in upper case", coding(b" CHUNKED")),
    served("9112-7 coding without a space", coding(b"chunked")),
    served("9110-5.6.3 coding between tabs", coding(b"\tchunked\t")),
    served("9112-6.1 chunked GET",
           request(b"GET", b"/seen", b"Transfer-Encoding: chunked", body=b"2\r\nhi\r\n" + LAST),
           seen=("body=hi",)),
    refused("9112-6.3 chunked and a length", coding(b" chunked", b"Content-Length: 5")),
    refused("9112-6.3 chunked and length 0", coding(b" chunked", b"Content-Length: 0")),
    refused("9112-6.3 length and chunked", post(b"Content-Length: 5", b"Transfer-Encoding: chunked",
                                                body=LAST)),
    refused("9112-6.1 chunked and a length in HTTP/1.0",
            post(b"Content-Length: 5", b"Transfer-Encoding: chunked", body=LAST,
                 version=b"HTTP/1.0")),
    refused("9112-6.1 chunked in HTTP/1.0",
            post(b"Transfer-Encoding: chunked", body=LAST, version=b"HTTP/1.0")),
    refused("9112-6.1 chunked in HTTP/1.0 that stays open",
            post(b"Transfer-Encoding: chunked", b"Connection: keep-alive", body=LAST,
                 version=b"HTTP/1.0")),
    refused("9112-6.1 unknown coding", coding(b" gzip"), 501),
    refused("9112-6.1 unknown coding before chunked", coding(b" gzip, chunked"), 501),
    refused("9112-6.1 identity", coding(b" identity"), 501),
    refused("9112-6.1 identity and a length", coding(b" identity", b"Content-Length: 5")),
    refused("9112-6.1 chunked is not the last", coding(b" chunked, gzip")),
    refused("9112-6.1 chunked before identity", coding(b" chunked, identity")),
    refused("9112-7.1 chunked twice", coding(b" chunked, chunked")),
    refused("9112-6.1 two lines", coding(b" chunked", b"Transfer-Encoding: chunked")),
    refused("9112-6.1 line of identity behind", coding(b" chunked", b"Transfer-Encoding: identity")),
    refused("9112-6.1 line of identity before",
            post(b"Transfer-Encoding: identity", b"Transfer-Encoding: chunked", body=LAST)),
    refused("9112-6.1 empty line behind", coding(b" chunked", b"Transfer-Encoding:")),
    refused("9112-6.1 unknown line behind", coding(b" chunked", b"Transfer-Encoding: x")),
    refused("9112-6.1 empty coding", coding(b"")),
    refused("9112-6.1 empty element", coding(b" ,")),
    refused("9112-6.1 comma before", coding(b" ,chunked")),
    refused("9112-6.1 comma behind", coding(b" chunked,")),
    refused("9112-7 prefix", coding(b" xchunked"), 501),
    refused("9112-7 suffix", coding(b" chunkedx"), 501),
    refused("9112-7 parameter", coding(b" chunked;a=b"), 501),
    refused("9112-7 quotation marks", coding(b' "chunked"'), 501),
    refused("9112-7 two words", coding(b" chunked x"), 501),
    refused("9112-7 beyond ASCII", coding(b" chunke\xc4\x91"), 501),
    refused("9110-5.5 vertical tab before", coding(b" \vchunked")),
    refused("9110-5.5 form feed behind", coding(b" chunked\f")),
    refused("9110-5.5 NUL behind", coding(b" chunked\0")),
    refused("9110-5.5 backspace before", coding(b" \x08chunked")),
    refused("9112-2.2 CR behind", coding(b" chunked\r")),
    refused("9112-2.2 LF before", coding(b"\nchunked")),
    refused("9112-5.2 folded", coding(b"\r\n chunked")),
    refused("9112-5.2 folded by a tab", coding(b"\r\n\tchunked")),
    refused("9112-5.2 folded behind a value", coding(b" x\r\n chunked")),
    refused("9112-5.1 space before the colon", post(b"Transfer-Encoding : chunked", body=LAST)),
    refused("9112-5.1 tab before the colon", post(b"Transfer-Encoding\t: chunked", body=LAST)),
    refused("9112-5.1 space before the name",
            b"POST /seen HTTP/1.1\r\n Transfer-Encoding: chunked\r\nHost: x\r\n\r\n" + LAST),
    refused("9112-5 NUL before the name", post(b"\0Transfer-Encoding: chunked", body=LAST)),
    refused("9112-5 no-break space behind the name",
            post(b"Transfer-Encoding\xa0: chunked", body=LAST)),
)
def test_transfer_encoding(port, case, delivery):
    check(port, case, delivery)


SMUGGLED = request(b"GET", b"/smuggled")


@table(
    refused("9112-11.2 CL.TE", post(b"Content-Length: %d" % (5 + len(SMUGGLED)),
                                    b"Transfer-Encoding: chunked", body=LAST + SMUGGLED)),
    refused("9112-11.2 TE.CL",
            post(b"Transfer-Encoding: chunked", b"Content-Length: 4",
                 body=b"%x\r\n%s\r\n" % (len(SMUGGLED), SMUGGLED) + LAST)),
    refused("9112-11.2 TE.TE", post(b"Transfer-Encoding: chunked", b"Transfer-encoding: x",
                                    body=LAST + SMUGGLED)),
    refused("9112-11.2 CL.CL", sized(b"0", SMUGGLED, b"Content-Length: %d" % len(SMUGGLED))),
    served("9112-11.2 CL.0: the body is read, whatever the path is",
           request(b"POST", b"/none", b"Content-Length: %d" % len(SMUGGLED), body=SMUGGLED), 404),
    served("9112-11.2 CL.0 with GET",
           request(b"GET", b"/hello", b"Content-Length: %d" % len(SMUGGLED), body=SMUGGLED)),
    served("9112-11.2 TE.0 with HEAD",
           request(b"HEAD", b"/hello", b"Transfer-Encoding: chunked",
                   body=b"%x\r\n%s\r\n" % (len(SMUGGLED), SMUGGLED) + LAST), Head(200)),
    refused("9112-11.2 hidden by a space", post(b"Content-Length: 5",
                                                b"Transfer-Encoding : chunked", body=LAST)),
    refused("9112-11.2 hidden by LF", post(b"X: y\nTransfer-Encoding: chunked",
                                           b"Content-Length: 5", body=LAST)),
    refused("9112-11.2 hidden by CR", post(b"X: y\rTransfer-Encoding: chunked",
                                           b"Content-Length: 5", body=LAST)),
    served("9112-11.2 underscore is another field", post(b"Transfer_Encoding: chunked",
                                                         b"Content-Length: 2", body=b"hi"),
           seen=("body=hi", "header.transfer_encoding=chunked")),
    served("9112-11.2 length named by Connection counts all the same",
           post(b"Connection: Content-Length", b"Content-Length: 2", body=b"hi"),
           seen=("body=hi",)),
    refused("9112-11.2 header section that ends in LF",
            b"POST /seen HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\n" + SMUGGLED),
    refused("9112-11.2 request behind the end of a chunked body with a length",
            post(b"Content-Length: 3", b"Transfer-Encoding: chunked",
                 body=b"1\r\nZ\r\nQ\r\n\r\n")),
    closed("9112-9.6 body behind a close is not the next request",
           request(b"POST", b"/seen", b"Connection: close", b"Content-Length: 2", body=b"hi")),
)
def test_smuggling(port, case, delivery):
    check(port, case, delivery)


@table(
    served("9112-7.1 one chunk", chunked(b"5\r\nhello\r\n" + LAST), seen=("body=hello",)),
    served("9112-7.1 several chunks", chunked(b"2\r\nhe\r\n3\r\nllo\r\n" + LAST),
           seen=("body=hello",)),
    served("9112-7.1 empty body", chunked(LAST), seen=("body=",)),
    served("9112-7.1 sizes in both cases", chunked(b"a\r\n0123456789\r\nA\r\n0123456789\r\n" + LAST),
           seen=("body=01234567890123456789",)),
    served("9112-7.1 leading zeros", chunked(b"0005\r\nhello\r\n000\r\n\r\n"),
           seen=("body=hello",)),
    served("9112-7.1 CR LF in a chunk", chunked(b"4\r\n\r\n\r\n\r\n" + LAST)),
    served("9112-7.1 last chunk in a chunk", chunked(b"5\r\n0\r\n\r\n\r\n" + LAST)),
    refused("9112-7.1 leading zeros without end", chunked(b"0" * 20000 + b"5\r\nhello\r\n" + LAST)),
    refused("9112-7.1 no size", chunked(b"\r\nhello\r\n")),
    refused("9112-7.1 word", chunked(b"xyz\r\n")),
    refused("9112-7.1 word that is not finished", chunked(b"xyz")),
    refused("9112-7.1 one wrong byte", chunked(b"g")),
    refused("9112-7.1 negative", chunked(b"-5\r\nhello\r\n" + LAST)),
    refused("9112-7.1 plus sign", chunked(b"+5\r\nhello\r\n" + LAST)),
    refused("9112-7.1 0x", chunked(b"0x5\r\nhello\r\n" + LAST)),
    refused("9112-7.1 letter behind digits", chunked(b"5g\r\nhello\r\n" + LAST)),
    refused("9112-7.1 fraction", chunked(b"5.0\r\nhello\r\n" + LAST)),
    refused("9112-7.1 underscore", chunked(b"0_5\r\nhello\r\n" + LAST)),
    refused("9112-7.1 space before", chunked(b" 5\r\nhello\r\n" + LAST)),
    refused("9112-7.1 tab before", chunked(b"\t5\r\nhello\r\n" + LAST)),
    refused("9112-7.1 space behind", chunked(b"5 \r\nhello\r\n" + LAST)),
    refused("9112-7.1 tab behind", chunked(b"5\t\r\nhello\r\n" + LAST)),
    refused("9112-7.1 NUL behind", chunked(b"5\0\r\nhello\r\n" + LAST)),
    refused("9112-7.1 comma", chunked(b"5,5\r\nhello\r\n" + LAST)),
    refused("9112-7.1 beyond 64 bits", chunked(b"10000000000000005\r\nhello\r\n" + LAST)),
    refused("9112-7.1 far beyond 64 bits", chunked(b"f" * 60 + b"\r\nhello\r\n")),
    refused("9110-15.5.14 largest of 64 bits", chunked(b"ffffffffffffffff\r\nhello\r\n"), 413),
    refused("9110-15.5.14 larger than is taken", chunked(b"7fffffff\r\nhello\r\n"), 413),
    refused("9110-15.5.14 sum larger than 64 bits", chunked(b"1\r\na\r\nffffffffffffffff\r\n"), 413),
    refused("9112-2.2 LF alone behind a size", chunked(b"5\nhello\r\n" + LAST)),
    refused("9112-2.2 LF alone behind a chunk", chunked(b"5\r\nhello\n" + LAST)),
    refused("9112-2.2 LF alone everywhere", chunked(b"5\nhello\n0\n\n")),
    refused("9112-2.2 LF alone behind the last chunk", chunked(b"0\n\r\n")),
    refused("9112-2.2 LF alone at the end", chunked(b"0\r\n\n")),
    refused("9112-2.2 CR alone behind a size", chunked(b"5\rhello\r\n" + LAST)),
    refused("9112-2.2 CR CR LF behind a size", chunked(b"5\r\r\nhello\r\n" + LAST)),
    refused("9112-7.1 no CR LF behind a chunk", chunked(b"5\r\nhello" + LAST)),
    refused("9112-7.1 chunk longer than its size", chunked(b"4\r\nhello\r\n" + LAST)),
    refused("9112-7.1 chunk shorter than its size", chunked(b"6\r\nhello\r\n" + LAST)),
    refused("9112-7.1 two bytes for the CR LF", chunked(b"5\r\nhelloXY" + LAST)),
    refused("9112-7.1 empty line between chunks", chunked(b"2\r\nhe\r\n\r\n3\r\nllo\r\n" + LAST)),
)
def test_chunks(port, case, delivery):
    check(port, case, delivery)


def extended(extension: bytes) -> bytes:
    return chunked(b"5" + extension + b"\r\nhello\r\n" + LAST)


def trailed(*lines: bytes) -> bytes:
    return chunked(b"5\r\nhello\r\n0\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n")


@table(
    served("9112-7.1.1 name", extended(b";a"), seen=("body=hello",)),
    served("9112-7.1.1 value", extended(b";a=b"), seen=("body=hello",)),
    served("9112-7.1.1 quoted value", extended(b';a="b c;d"'), seen=("body=hello",)),
    served("9112-7.1.1 quoted pair", extended(b';a="b\\"c"'), seen=("body=hello",)),
    served("9112-7.1.1 empty quoted value", extended(b';a=""'), seen=("body=hello",)),
    served("9112-7.1.1 several", extended(b";a;b=c;d"), seen=("body=hello",)),
    served("9112-7.1.1 bad white space", extended(b" ; a = b"), seen=("body=hello",)),
    served("9112-7.1.1 of the last chunk", chunked(b"0;a=b\r\n\r\n"), seen=("body=",)),
    refused("9112-7.1.1 no name", extended(b";")),
    refused("9112-7.1.1 no name before =", extended(b";=b")),
    refused("9112-7.1.1 no value", extended(b";a=")),
    refused("9112-7.1.1 two semicolons", extended(b";;a")),
    refused("9112-7.1.1 no semicolon", extended(b" a")),
    refused("9112-7.1.1 name that is no token", extended(b";a@b")),
    refused("9112-7.1.1 unclosed quotation", extended(b';a="b')),
    refused("9112-7.1.1 unclosed quotation, nothing behind", chunked(b'5;a="b\r\n')),
    refused("9112-7.1.1 unclosed quotation of the last chunk", chunked(b'0;a="b\r\n\r\n')),
    refused("9112-7.1.1 word behind a quotation", extended(b';a="b"c')),
    refused("9112-7.1.1 NUL", extended(b";a=\0")),
    refused("9112-7.1.1 control byte in a quotation", extended(b';a="\x01"')),
    refused("9112-7.1.1 LF alone in an extension", extended(b";a\nb")),
    refused("9112-7.1.1 LF alone in a quotation", extended(b';a="b\nc"')),
    refused("9112-7.1.1 CR alone in an extension", extended(b";a\rb")),
    refused("9112-7.1.1 CR LF in a quotation", extended(b';a="b\r\nc"')),
    refused("9112-7.1.1 extension that is too long", extended(b";a=" + b"b" * 20000), 431),
    refused("9112-7.1.1 extension without end", chunked(b"5;a=" + b"b" * 20000 + b" "),
            431),
    refused("9112-7.1.1 many long extensions",
            chunked(b"".join(b"1;%s\r\nx\r\n" % (b"a" * 400) for _ in range(100)) + LAST), 431),
    served("9112-7.1.1 extensions that their chunks are worth",
           chunked(b"".join(b"400;%s\r\n%s\r\n" % (b"a" * 400, b"x" * 1024) for _ in range(100)) +
                   LAST)),
)
def test_chunk_extensions(port, case, delivery):
    check(port, case, delivery)


@table(
    served("9112-7.1.2 trailer", trailed(b"X-Sum: 7"), seen=("body=hello",)),
    served("9112-7.1.2 several trailers", trailed(b"X-Sum: 7", b"X-More:", b"X-Sum: 8")),
    served("9110-5.6.3 tabs around a trailer", trailed(b"X-Sum:\t7\t")),
    served("9110-6.5.1 trailers are not merged into the header",
           trailed(b"X-Forwarded-For: 1.2.3.4", b"Host: other"), seen=("host=x",)),
    served("9110-6.5.1 Connection in a trailer does not count", trailed(b"Connection: close")),
    refused("9110-6.5.1 Content-Length as a trailer", trailed(b"Content-Length: 5")),
    refused("9110-6.5.1 Transfer-Encoding as a trailer", trailed(b"Transfer-Encoding: chunked")),
    refused("9112-5 trailer without a colon", trailed(b"nonsense")),
    refused("9112-5 trailer that is no field, nothing behind", chunked(b"0\r\nnon sense\r\n")),
    refused("9112-5.1 space before the colon of a trailer", trailed(b"X : a")),
    refused("9112-5 trailer without a name", trailed(b": a")),
    refused("9112-5.2 folded trailer", trailed(b"X: a\r\n b")),
    refused("9110-5.5 NUL in a trailer", trailed(b"X: a\0b")),
    refused("9112-2.2 LF alone behind a trailer", chunked(b"0\r\nX: a\n\r\n")),
    refused("9112-2.2 CR alone in a trailer", trailed(b"X: a\rb")),
    refused("9112-7.1.2 request line as a trailer", chunked(b"0\r\nGET /hello HTTP/1.1\r\n\r\n")),
    refused("9112-7.1.2 long trailer", trailed(b"X: " + b"a" * 20000), 431),
    refused("9112-7.1.2 trailer without end", chunked(b"0\r\nX: " + b"a" * 20000), 431),
    refused("9112-7.1.2 many trailers", trailed(*[b"X: y"] * 200), 431),
)
def test_trailers(port, case, delivery):
    check(port, case, delivery)
