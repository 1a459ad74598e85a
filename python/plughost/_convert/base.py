"""What every converter is, and the words in which a value is refused."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Optional, Union

from ..form import UploadFile

#: How the host converts a plain type: (kind, None fits too, type of the items or None: any).
Description = tuple[str, bool, Any]
#: What came for a name: texts from a path, a query or a form; files from a form.
Given = Union[str, UploadFile]

_SHOWN_CHARACTERS = 64


class Mismatch(Exception):
    """A value that does not fit: `<parameter><where>: <reason>` is a sentence for the client."""

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(reason, where)
        self.reason = reason
        self.where = where

    def inside(self, step: str) -> Mismatch:
        """The same, seen from the value that contains this one."""
        return Mismatch(self.reason, step + self.where)


class Unsupported(Exception):
    """An annotation that cannot be converted to; the text says which and why."""


class Converter:
    """Makes values of one type. Constant once made; every method raises Mismatch.

    Errors: what a user's own class raises beside ValueError and TypeError passes through.
    """

    expectation = "a value"  #: as in "7 is not a value"
    takes_commas = False  #: as an item of a list from text
    #: Why no text can say it: "a dict", "the dataclass Point"; empty: a text can.
    not_text = ""
    #: The JSON number it takes as it is: int or float. A union tries that member first.
    number: Optional[type] = None

    @property
    def plain(self) -> Optional[Description]:
        """How the host does it by itself; None: it asks this object."""
        return None

    def from_json(self, value: Any) -> Any:
        """value came from a JSON body, and is not changed."""
        raise NotImplementedError

    def from_text(self, text: str) -> Any:
        """Of one text, which has no type of its own."""
        raise Mismatch(
            f"{quoted(text)} is text, and {self.expectation} can come only in a JSON body"
        )

    def from_file(self, file: UploadFile) -> Any:
        raise Mismatch(f"the file {quoted(file.filename)} is not {self.expectation}")

    def from_one(self, given: Given) -> Any:
        return self.from_text(given) if isinstance(given, str) else self.from_file(given)

    def from_all(self, given: Sequence[Given]) -> Any:
        """Of everything that came for the name: at least one."""
        if len(given) == 1:
            return self.from_one(given[0])
        first = given[0] if isinstance(given[0], str) else given[0].filename
        raise Mismatch(
            f"given {len(given)} times, first as {quoted(first)}, but is {self.expectation}"
        )

    def refuse(self, value: Any) -> Mismatch:
        return Mismatch(f"{shown(value)} is not {self.expectation}")


def abbreviated(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"


def quoted(text: str) -> str:
    return json.dumps(abbreviated(text), ensure_ascii=False)


def shown(value: Any) -> str:
    """value as a client wrote it in JSON, shortened."""
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        return "a value"
    return abbreviated(text)


def either(words: Sequence[str]) -> str:
    """"a, b or c"."""
    distinct = list(dict.fromkeys(words))
    return " or ".join(filter(None, [", ".join(distinct[:-1]), distinct[-1]]))
