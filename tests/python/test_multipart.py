"""Forms with files, as browsers and curl write them, and as nobody should."""

from __future__ import annotations

import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from plughost import HTTPError, Request, UploadFile

import core

KIND = "multipart/form-data; boundary=XX"


def part(disposition: str, content: bytes = b"", more: str = "") -> bytes:
    head = f"--XX\r\nContent-Disposition: form-data; {disposition}\r\n{more}\r\n"
    return head.encode() + content + b"\r\n"


def form_of(body: bytes, kind: str = KIND):
    return Request("POST", "/", headers={"Content-Type": kind}, body=body).form


def refusal(body: bytes, kind: str = KIND) -> tuple[int, str]:
    with pytest.raises(HTTPError) as raised:
        form_of(body, kind)
    return raised.value.status, str(raised.value.detail)


END = b"--XX--\r\n"
FILE = part('name="f"; filename="a.txt"', b"\r\n--X\r\n\x00", "Content-Type: text/plain\r\n")


def test_reads_fields_and_files() -> None:
    form = form_of(part('name="a"', "grüße".encode()) + part('name="a"', b"") + FILE + END)

    assert form.getlist("a") == ["grüße", ""]
    file = form["f"]
    assert isinstance(file, UploadFile)
    assert (file.filename, file.content_type, file.size) == ("a.txt", "text/plain", 8)
    assert file.read() == b"\r\n--X\r\n\x00"
    assert list(form.files) == ["f"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ('Multipart/Form-Data;  Boundary="XX"; charset=utf-8', part('name="a"', b"1") + END),
        (KIND, b"a preamble\r\n" + part('name="a"', b"1") + END + b"an epilogue --XX"),
        (KIND, part("name=a", b"1") + b"--XX--"),
        (KIND, part('NAME="a"', b"1").replace(b"--XX\r\n", b"--XX \t\r\n") + END),
    ],
    ids=["quoted_boundary", "preamble_and_epilogue", "token_and_no_last_line", "padding"],
)
def test_reads_what_the_standard_allows(kind: str, body: bytes) -> None:
    assert form_of(body, kind)["a"] == "1"


def test_a_line_that_only_starts_like_the_boundary_is_content() -> None:
    content = b"x\r\n--XXY\r\n--X\r\n--XX-\r\ny"

    assert form_of(part('name="a"', content) + END)["a"] == content.decode()


@pytest.mark.parametrize(
    ("written", "filename"),
    [
        ('"a.txt"', "a.txt"),
        ('"C:\\dir\\a.txt"', "a.txt"),
        ('"../../etc/passwd"', "passwd"),
        ('"a%22b.txt"', 'a"b.txt'),
        (r'"a\"b.txt"', 'a"b.txt'),
        ('"a;b=c.txt"', "a;b=c.txt"),
        ('"grüße.txt"', "grüße.txt"),
        ("a.txt", "a.txt"),
    ],
)
def test_reads_filenames(written: str, filename: str) -> None:
    file = form_of(part(f'name="f"; filename={written}', b"x") + END)["f"]

    assert isinstance(file, UploadFile)
    assert file.filename == filename


def test_reads_a_filename_of_rfc_8187() -> None:
    file = form_of(part("name=f; filename=x; filename*=utf-8''gr%C3%BC%C3%9Fe", b"x") + END)["f"]

    assert isinstance(file, UploadFile)
    assert file.filename == "grüße"


def test_a_file_field_left_empty_is_not_there() -> None:
    assert "f" not in form_of(part('name="f"; filename=""') + part('name="a"', b"1") + END)


def test_a_file_that_is_empty_is_there() -> None:
    assert "f" in form_of(part('name="f"; filename="empty.txt"') + END)


@pytest.mark.parametrize(
    ("body", "kind", "status", "words"),
    [
        (FILE + END, "multipart/form-data", 400, "no boundary of 1 to 70 characters"),
        (FILE + END, KIND + "Y" * 70, 400, "no boundary of 1 to 70 characters"),
        (b"hello", KIND, 400, "the boundary its Content-Type names is not there"),
        (FILE, KIND, 400, "or not at the end"),
        (b"--XX\r\nContent-Disposition: form-data; name=a\r\n", KIND, 400,
         "the headers of part 1 (at byte 6) do not end"),
        (part('name="a"', b"1") + part("x" * 9000) + END, KIND, 400,
         "the headers of part 2 (at byte 59) do not end"),
        (b"--XX\r\nno header\r\n\r\n1\r\n--XX--", KIND, 400, "part 1 has a line that is no header"),
        (b"--XX\r\nContent-Type: a/b\r\n\r\n1\r\n--XX--", KIND, 400,
         "part 1 has no Content-Disposition: form-data with a name"),
        (part('filename="a"') + END, KIND, 400, "no Content-Disposition: form-data with a name"),
        (part("name=a", b"1", "Content-Transfer-Encoding: base64\r\n") + END, KIND, 400,
         "part 1 has a Content-Transfer-Encoding"),
        (part("name=a").replace(b"=a", b'="\xff"') + END, KIND, 400,
         "a name in part 1 is not UTF-8"),
        (part('name="a"', b"\xff") + END, KIND, 422, "form field 'a' is not UTF-8"),
        (part('name="a"') * 1001 + END, KIND, 413, "the form has more than 1000 parts"),
        (b'{"a": 1}', KIND, 415, "with curl use --json"),
        (b"a=1", "text/plain", 415, "the Content-Type is text/plain"),
        (b"a=1", "", 415, "the Content-Type is missing"),
    ],
    ids=[
        "no_boundary", "long_boundary", "other_boundary", "no_end", "head_without_end",
        "long_head", "no_header", "no_disposition", "no_name", "base64", "name_not_utf8",
        "field_not_utf8", "too_many_parts", "json", "plain_text", "no_type",
    ],
)
def test_refuses_what_is_broken(body: bytes, kind: str, status: int, words: str) -> None:
    found = refusal(body, kind)

    assert found[0] == status
    assert words in found[1]


def test_no_body_is_an_empty_form() -> None:
    assert len(form_of(b"", KIND)) == 0
    assert len(form_of(b"", "")) == 0


@pytest.mark.parametrize(
    "content",
    [b"\r" * 10_000_000, b"\r\n--X" * 2_000_000, b"-" * 10_000_000, b"\r\n--XXY" * 1_250_000],
    ids=["cr", "starts", "hyphens", "almost"],
)
def test_takes_time_in_proportion(content: bytes) -> None:
    body = part('name="f"; filename="f"', content) + END + b"\r" * 1_000_000
    start = time.process_time()

    file = form_of(body)["f"]

    assert isinstance(file, UploadFile)
    assert file.size == len(content)
    assert time.process_time() - start < 5


def test_a_large_file_is_on_disk() -> None:
    small = UploadFile("a", b"x")
    large = UploadFile("a", b"x" * (1024 * 1024 + 1))

    assert getattr(small.file, "_rolled") is False
    assert getattr(large.file, "_rolled") is True
    assert large.read(3) == b"xxx"


def test_an_upload_reads_like_a_file() -> None:
    with UploadFile("a.csv", b"a\nb\nc") as file:
        assert file.readline() == b"a\n"
        assert file.tell() == 2
        assert file.seek(0) == 0
        assert list(file) == [b"a\n", b"b\n", b"c"]
    assert file.file.closed


names = st.text("ab ;=:'.ä€", min_size=1, max_size=12)
contents = st.binary(max_size=100) | st.lists(
    st.sampled_from([b"\r\n", b"--", b"X", b"\r", b"-", b"a", b"--X", b"\r\n--X", b"\0"])
).map(b"".join)


@given(st.lists(st.tuples(names, contents), max_size=6))
def test_gives_back_what_was_written(files: list[tuple[str, bytes]]) -> None:
    assume(not any(b"\r\n--XX" in b"\r\n" + content for _, content in files))
    body = b"".join(part(f'name="{name}"; filename="{name}"', c) for name, c in files) + END

    got = [(name, file.filename, file.read()) for name, file in form_of(body).files.multi_items()]

    assert got == [(name, name, content) for name, content in files]


@given(st.data())
def test_answers_every_mutation(data: st.DataObject) -> None:
    body = bytearray(part('name="a"', b"1") + FILE + END)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body)))
        body[at : at + data.draw(st.integers(0, 5))] = data.draw(
            st.binary(max_size=3) | st.sampled_from([b"\r\n", b"--XX", b'"', b";", b":"])
        )
    try:
        form_of(bytes(body))
    except HTTPError as error:
        assert error.status in (400, 415, 422)


def test_files_reach_parameters() -> None:
    body = FILE + part('name="x"; filename="b.txt"', b"bb") + part('name="note"', b"n") + END
    twice = part('name="x"; filename="a"') + part('name="x"; filename="b"') + END

    def answer(function: str, content: bytes):
        return core.call(f"shapes:{function}", body=content, kind=KIND)

    assert answer("upload", body).json() == ["b.txt", "application/octet-stream", 2, "bb"]
    assert answer("uploads", body).json() == [["b.txt"], "n"]
    assert answer("uploads", twice).json() == [["a", "b"], ""]
    assert answer("perhaps", body).json() == [False]
    assert answer("perhaps", part('name="x"; filename=""') + END).json() == [True]
    assert answer("untyped", body).json() == ["b.txt"]
    assert answer("fields", body).json() == [["f", "note", "x"], ["f", "x"]]
    assert "[<UploadFile 'b.txt' of 2 bytes>]" in answer("values", body).json()


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("integer", "form field 'x': the file \"b.txt\" is not an integer"),
        ("color", "form field 'x': the file \"b.txt\" is not one of \"red\", \"green\""),
        ("numbers", "form field 'x[0]': the file \"b.txt\" is not a number"),
        ("point", "form field 'x': the file \"b.txt\" is not an object (Point)"),
        ("either", "form field 'x': the file \"b.txt\" is not an integer or a string"),
    ],
)
def test_a_file_fits_no_other_parameter(function: str, words: str) -> None:
    body = part('name="x"; filename="b.txt"', b"bb") + END

    answer = core.call(f"shapes:{function}", body=body, kind=KIND)

    assert answer.status == 422
    assert answer.json()["detail"] == words
    assert answer.json()["in"] == "form"


def test_a_broken_form_is_400() -> None:
    answer = core.call("shapes:integer", body=b"x", kind=KIND)

    assert answer.status == 400
    assert answer.json()["detail"].startswith("the body is not multipart/form-data: the boundary")
