"""Server-sent events as they go over the wire."""

from __future__ import annotations

from typing import Any

import pytest

from plughost import Event


@pytest.mark.parametrize(
    ("event", "encoded"),
    [
        (Event("x"), b"data: x\n\n"),
        (Event(""), b"data: \n\n"),
        (Event(None), b"\n\n"),
        (Event("a\nb\r\nc\rd"), b"data: a\ndata: b\ndata: c\ndata: d\n\n"),
        (Event(" x"), b"data:  x\n\n"),
        (Event({"a": [1, "\u00e9"]}), b'data: {"a":[1,"\xc3\xa9"]}\n\n'),
        (Event("x", event="e", id="7", retry=10), b"event: e\ndata: x\nid: 7\nretry: 10\n\n"),
        (Event("x", id=7), b"data: x\nid: 7\n\n"),
        (Event("x", id=""), b"data: x\nid: \n\n"),
        (Event(comment="a\nb"), b": a\n: b\n\n"),
    ],
)
def test_encodes_as_the_standard_says(event: Event, encoded: bytes) -> None:
    assert event.encode() == encoded


@pytest.mark.parametrize(
    "wrong",
    [{"event": "a\nb"}, {"event": "a\rb"}, {"id": "a\nb"}, {"id": "a\0b"}, {"retry": -1},
     {"retry": True}],
)
def test_refuses_what_a_client_would_read_otherwise(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Event: "):
        Event("x", **wrong)
