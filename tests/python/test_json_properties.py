"""The core's JSON against the standard library's, on what hypothesis finds."""

from __future__ import annotations

import json
import math
import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import plughost_core_test

numbers = st.integers(-(10**40), 10**40) | st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)
scalars = st.none() | st.booleans() | numbers | texts
keys = texts | st.integers() | st.booleans() | st.none()


def values(names: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
        max_leaves=10,
    )


def dumps(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def loads(text: bytes) -> Any:
    """json.loads, as strict as the core: no constants, no lone surrogates, no infinite floats."""

    def refuse(word: str) -> Any:
        raise ValueError(word)

    def real(digits: str) -> float:
        if math.isinf(float(digits)):
            raise ValueError(digits)
        return float(digits)

    value = json.loads(text.decode(), parse_constant=refuse, parse_float=real)
    json.dumps(value, ensure_ascii=False).encode()
    return value


@given(values(keys))
@example({True: 1, None: 2, 1.5: 3, -0.0: 4, "t": ((), (1, (2,)))})
@example(["\u2028", "\x7f", "\U0010ffff", 1e-320, 1e16, 123456789012345680.0])
def test_writes_what_json_dumps_writes(value: Any) -> None:
    assert plughost_core_test.encode(value) == dumps(value)


@given(values(texts))
def test_reads_back_what_it_wrote(value: Any) -> None:
    decoded = plughost_core_test.decode(plughost_core_test.encode(value))

    assert repr(decoded) == repr(json.loads(dumps(value)))


@given(values(texts), st.booleans(), st.integers(0, 3))
def test_reads_what_json_dumps_writes(value: Any, ascii_only: bool, indent: int) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent or None).encode()

    assert repr(plughost_core_test.decode(text)) == repr(json.loads(text))


@given(st.data())
def test_reads_exactly_what_json_loads_reads(data: st.DataObject) -> None:
    text = bytearray(dumps(data.draw(values(texts))))
    bits = [b",", b"]", b"}", b"[", b"{", b'"', b":", b"\\", b"\\u", b"\\ud800", b"0", b"-", b".",
            b"e9", b" ", b"\x00", b"\xff", b"\xed\xa0\x80", b"nul", b"NaN", b"\xef\xbb\xbf"]
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(text)))
        text[at : at + data.draw(st.integers(0, 2))] = data.draw(st.sampled_from(bits))
    try:
        expected = repr(loads(bytes(text)))
    except (ValueError, RecursionError):
        expected = None

    try:
        found = repr(plughost_core_test.decode(bytes(text)))
    except ValueError:
        found = None

    assert found == expected


@given(st.binary(max_size=64))
def test_reads_no_other_bytes(text: bytes) -> None:
    try:
        expected = repr(loads(text))
    except ValueError:
        expected = None

    try:
        found = repr(plughost_core_test.decode(text))
    except ValueError:
        found = None

    assert found == expected


MEBI = 1024 * 1024
HARD: dict[str, bytes] = {
    "brackets": b"[" * 4 * MEBI,
    "names": b'{"a":' * MEBI,
    "digits": b"9" * 4 * MEBI,
    "fraction": b"0." + b"9" * 4 * MEBI,
    "exponent": b"1e" + b"9" * 4 * MEBI,
    "backslashes": b'"' + b"\\" * 4 * MEBI,
    "escapes": b'"' + b"\\u00e4" * MEBI + b'"',
    "zeros": b"[" + b"0," * 2 * MEBI + b"0]",
    "blanks": b" " * 4 * MEBI,
    "equal_names": b"{" + b'"a":0,' * MEBI + b'"a":0}',
    "controls": b'"' + b"\\u0001" * MEBI + b'"',
}


@pytest.mark.parametrize("text", HARD.values(), ids=HARD.keys())
def test_takes_time_in_proportion(text: bytes) -> None:
    start = time.process_time()

    try:
        plughost_core_test.encode(plughost_core_test.decode(text))
    except ValueError:
        pass

    assert time.process_time() - start < 3
