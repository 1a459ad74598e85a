"""wsgi.input that is read as the body arrives."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from plughost import BodyStream, IncompleteBody
from plughost._wsgi_input import input_of

PIECES = [b"one\ntw", b"o\n", b"thr", b"ee"]
WHOLE = b"one\ntwo\nthree"


def test_reads_all_or_as_much_as_is_asked_for() -> None:
    assert input_of(BodyStream.of(PIECES)).read() == WHOLE
    some = input_of(BodyStream.of(PIECES))
    assert [some.read(5), some.read(0), some.read(100), some.read(5), some.read()] == [
        b"one\nt", b"", b"wo\nthree", b"", b""]


def test_reads_lines() -> None:
    lines = input_of(BodyStream.of(PIECES))
    assert [lines.readline(), lines.readline(2), lines.readline(), lines.readline(),
            lines.readline()] == [b"one\n", b"tw", b"o\n", b"three", b""]
    assert list(input_of(BodyStream.of(PIECES))) == [b"one\n", b"two\n", b"three"]
    assert input_of(BodyStream.of(PIECES)).readlines() == [b"one\n", b"two\n", b"three"]
    assert input_of(BodyStream.of(PIECES)).readlines(5) == [b"one\n", b"two\n"]


def test_waits_for_no_more_than_it_needs() -> None:
    taken: list[bytes] = []

    def pieces() -> Iterator[bytes]:
        for piece in PIECES:
            taken.append(piece)
            yield piece

    source = input_of(BodyStream.of(pieces()))

    assert source.readline() == b"one\n"
    assert taken == PIECES[:1]


def test_large_pieces_are_whole() -> None:
    pieces = [bytes([number]) * 100_000 for number in range(5)]

    assert input_of(BodyStream.of(pieces)).read() == b"".join(pieces)
    assert b"".join(input_of(BodyStream.of(pieces))) == b"".join(pieces)


def test_rest_that_does_not_come_is_an_os_error() -> None:
    given = iter([b"abc"])

    def read() -> bytes:
        for piece in given:
            return piece
        raise IncompleteBody

    source = input_of(BodyStream(read))

    assert source.read(3) == b"abc"
    for _ in range(2):
        with pytest.raises(OSError, match="the rest of the request body did not come"):
            source.read(1)
