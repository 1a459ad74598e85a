"""Enums and Literal: one of some values."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any

from .base import Converter, Mismatch, Unsupported, quoted, shown
from .scalars import BoolConverter, FloatConverter, IntConverter, StrConverter

_SHOWN_CHOICES = 12
#: In this order a text is tried: a text of digits is the number if there is one.
_READERS: dict[type, Converter] = {
    int: IntConverter(),
    float: FloatConverter(),
    bool: BoolConverter(),
    str: StrConverter(),
}


class _Choice(Converter):
    """Values of JSON's own types, each of which stands for one result."""

    def __init__(self, values: Iterable[Any]) -> None:
        listed = list(values)
        self._types = {type(value) for value in listed}
        self._readers = [reader for kind, reader in _READERS.items() if kind in self._types]
        names = [shown(value) for value in listed[:_SHOWN_CHOICES]]
        self.expectation = "one of " + ", ".join(names + ["…"] * (len(listed) > _SHOWN_CHOICES))

    def choose(self, value: Any) -> Any:
        """Raises ValueError. value is of the type of one of the values."""
        raise NotImplementedError

    def from_json(self, value: Any) -> Any:
        if type(value) in self._types:
            try:
                return self.choose(value)
            except ValueError:
                pass
        raise self.refuse(value)

    def from_text(self, text: str) -> Any:
        for reader in self._readers:
            try:
                return self.choose(reader.from_text(text))
            except (Mismatch, ValueError):
                pass
        raise Mismatch(f"{quoted(text)} is not {self.expectation}")


class EnumConverter(_Choice):
    """A member by its value; as the class itself looks it up, so that _missing_ and flags work."""

    def __init__(self, kind: type[enum.Enum]) -> None:
        values = [_plain(member.value) for member in kind]
        if not values or any(type(value) not in _READERS for value in values):
            raise Unsupported(
                f"the enum {kind.__name__} is not supported: its values must be str, int, float "
                "or bool"
            )
        super().__init__(values)
        self._kind = kind

    def choose(self, value: Any) -> Any:
        return self._kind(value)


class LiteralConverter(_Choice):
    """Exactly one of the values; an enum's member by its value."""

    def __init__(self, choices: Iterable[Any]) -> None:
        self._choices = {}
        for choice in choices:
            value = _plain(choice.value if isinstance(choice, enum.Enum) else choice)
            if value is not None and type(value) not in _READERS:
                raise Unsupported(f"Literal[{choice!r}] is not supported: JSON has no such value")
            self._choices[type(value), value] = choice
        super().__init__(value for _, value in self._choices)

    def choose(self, value: Any) -> Any:
        try:
            return self._choices[type(value), value]
        except KeyError:
            raise ValueError from None


def _plain(value: Any) -> Any:
    """The value of a member that is also a str or an int, without its class."""
    for kind in (str, int, float):
        if isinstance(value, kind) and not isinstance(value, bool):
            return kind(value)
    return value
