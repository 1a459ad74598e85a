"""Types of the standard library that JSON writes as a string: ISO 8601, UUIDs, decimals."""

from __future__ import annotations

import datetime
import decimal
import re
import uuid
from collections.abc import Callable
from typing import Any

from .base import Converter, Mismatch, quoted
from .scalars import NUMBER

_DATE_TIME = re.compile(r"[0-9W-]+[Tt ][0-9]")
_DURATION = re.compile(
    r"(?P<sign>[+-]?)P(?:(?P<weeks>\d+(?:[.,]\d+)?)W)?(?:(?P<days>\d+(?:[.,]\d+)?)D)?"
    r"(?:T(?:(?P<hours>\d+(?:[.,]\d+)?)H)?(?:(?P<minutes>\d+(?:[.,]\d+)?)M)?"
    r"(?:(?P<seconds>\d+(?:[.,]\d+)?)S)?)?",
    re.ASCII,
)
_LOST_PLUS = re.compile(r".*\d \d\d(:?\d\d)?", re.ASCII)
_UUID = re.compile(r"(urn:uuid:)?[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)


class WrittenConverter(Converter):
    """What JSON has no type for, and writes as a string."""

    def __init__(self, expectation: str, read: Callable[[str], Any]) -> None:
        self.expectation = expectation
        self._read = read

    def from_json(self, value: Any) -> Any:
        if not isinstance(value, str):
            raise self.refuse(value)
        return self.from_text(value)

    def from_text(self, text: str) -> Any:
        try:
            return self._read(text)
        except (ValueError, OverflowError):
            hint = " (a + in a query is written %2B)" if _LOST_PLUS.fullmatch(text) else ""
            raise Mismatch(f"{quoted(text)} is not {self.expectation}{hint}") from None


class NumericConverter(WrittenConverter):
    """What is written as a string or as a number."""

    takes_commas = True

    def from_json(self, value: Any) -> Any:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return self.from_text(repr(value))
        return super().from_json(value)


def read_datetime(text: str) -> datetime.datetime:
    if not _DATE_TIME.match(text):
        raise ValueError
    return datetime.datetime.fromisoformat(text)


def read_timedelta(text: str) -> datetime.timedelta:
    """An ISO 8601 duration without years and months, or seconds."""
    if NUMBER.fullmatch(text):
        return datetime.timedelta(seconds=float(text))
    match = _DURATION.fullmatch(text)
    parts = match.groupdict() if match else {}
    sign = parts.pop("sign", "")
    given = {name: float(part.replace(",", ".")) for name, part in parts.items() if part}
    if not given or text.endswith("T"):
        raise ValueError
    length = datetime.timedelta(**given)
    return -length if sign == "-" else length


def read_uuid(text: str) -> uuid.UUID:
    if not _UUID.fullmatch(text):
        raise ValueError
    return uuid.UUID(text)


def read_decimal(text: str) -> decimal.Decimal:
    if not NUMBER.fullmatch(text):
        raise ValueError
    try:
        return decimal.Decimal(text)
    except decimal.InvalidOperation:  # an exponent of too many digits
        raise ValueError from None


STANDARD: dict[type, Converter] = {
    datetime.datetime: WrittenConverter("a date and time in ISO 8601", read_datetime),
    datetime.date: WrittenConverter("a date in ISO 8601", datetime.date.fromisoformat),
    datetime.time: WrittenConverter("a time in ISO 8601", datetime.time.fromisoformat),
    datetime.timedelta: NumericConverter("a duration in ISO 8601 or seconds", read_timedelta),
    uuid.UUID: WrittenConverter("a UUID", read_uuid),
    decimal.Decimal: NumericConverter("a decimal number", read_decimal),
}
