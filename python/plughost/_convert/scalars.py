"""int, float, bool, str and bytes: what the host also converts by itself."""

from __future__ import annotations

import math
import re
import sys
from typing import Any

from .base import Converter, Description, Mismatch, quoted, shown

#: RFC 8259 section 6.
INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


class AnyConverter(Converter):
    """No annotation: what came, as it came."""

    plain: Description = ("any", False, None)

    def from_json(self, value: Any) -> Any:
        return value

    def from_text(self, text: str) -> Any:
        return text

    def from_file(self, file: Any) -> Any:
        return file


class IntConverter(Converter):
    expectation = "an integer"
    takes_commas = True
    number = int
    plain: Description = ("int", False, None)

    def from_json(self, value: Any) -> int:
        if type(value) is not int:
            raise self.refuse(value)
        return value

    def from_text(self, text: str) -> int:
        if not INTEGER.fullmatch(text):
            raise Mismatch(f"{quoted(text)} is not {self.expectation}")
        try:
            return int(text)
        except ValueError:
            digits, limit = len(text.lstrip("-")), sys.get_int_max_str_digits()
            raise Mismatch(
                f"{quoted(text)}: an integer of {digits} digits is beyond the limit of "
                f"{limit} digits"
            ) from None


class FloatConverter(Converter):
    expectation = "a number"
    takes_commas = True
    number = float
    plain: Description = ("float", False, None)

    def from_json(self, value: Any) -> float:
        if isinstance(value, float):
            return value
        if type(value) is not int:
            raise self.refuse(value)
        try:
            return float(value)
        except OverflowError:
            raise Mismatch(f"{shown(value)} is out of the range of a float") from None

    def from_text(self, text: str) -> float:
        if not NUMBER.fullmatch(text):
            raise Mismatch(f"{quoted(text)} is not {self.expectation}")
        number = float(text)
        if not math.isfinite(number):
            raise Mismatch(f"{quoted(text)}: the number is out of the range of a float")
        return number


class BoolConverter(Converter):
    expectation = "true or false"
    takes_commas = True
    plain: Description = ("bool", False, None)

    def from_json(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self.refuse(value)
        return value

    def from_text(self, text: str) -> bool:
        if text not in ("true", "1", "false", "0"):
            raise Mismatch(f"{quoted(text)} is not {self.expectation}")
        return text in ("true", "1")


class StrConverter(Converter):
    expectation = "a string"
    plain: Description = ("str", False, None)

    def from_json(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self.refuse(value)
        return value

    def from_text(self, text: str) -> str:
        return text


class BytesConverter(Converter):
    expectation = "a string"
    plain: Description = ("bytes", False, None)

    def from_json(self, value: Any) -> bytes:
        if not isinstance(value, str):
            raise self.refuse(value)
        return value.encode()

    def from_text(self, text: str) -> bytes:
        return text.encode("utf-8", "surrogateescape")
