"""Mappings in which a name may have several values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

Value = TypeVar("Value")


class MultiMapping(Mapping[str, Value]):
    """Names and values in the order they came; `[name]` is the first value of a name."""

    __slots__ = ("_pairs", "_values")

    def __init__(self, pairs: Iterable[tuple[str, Value]] = ()) -> None:
        self._pairs = list(pairs)
        self._values: dict[str, list[Value]] = {}
        for name, value in self._pairs:
            self._values.setdefault(self._key(name), []).append(value)

    @staticmethod
    def _key(name: str) -> str:
        return name

    def __getitem__(self, name: str) -> Value:
        return self._values[self._key(name)][0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._key(name) in self._values

    def getlist(self, name: str) -> list[Value]:
        """Every value of name, in order; an empty list if there is none."""
        return list(self._values.get(self._key(name), ()))

    def multi_items(self) -> list[tuple[str, Value]]:
        """Every name and value, repeated names included."""
        return list(self._pairs)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._pairs!r})"


class MultiDict(MultiMapping[str]):
    """A MultiMapping of texts."""

    __slots__ = ()


class Headers(MultiDict):
    """A MultiDict whose names match in any case."""

    __slots__ = ()

    @staticmethod
    def _key(name: str) -> str:
        return name.lower()
