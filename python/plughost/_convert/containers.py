"""Lists, sets, tuples, dicts and unions of other types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

from .base import Converter, Description, Given, Mismatch, abbreviated, either, shown

_ANY: Description = ("any", False, None)


def _described(item: Converter) -> tuple[bool, Optional[Description]]:
    """Whether the host can do the items too, and how; None: any."""
    plain = item.plain
    return plain is not None, None if plain == _ANY else plain


class ListConverter(Converter):
    """A list; what is made of the items is up to `build`, which may raise TypeError."""

    expectation = "a list"

    def __init__(self, item: Converter, build: Optional[type] = None) -> None:
        self._item = item
        self._build = build
        self.not_text = item.not_text

    @property
    def plain(self) -> Optional[Description]:
        item_is_plain, item = _described(self._item)
        return ("list", False, item) if item_is_plain and self._build is None else None

    def from_json(self, value: Any) -> Any:
        if not isinstance(value, list):
            raise self.refuse(value)
        return self._collect(value, self._item.from_json)

    def from_one(self, given: Given) -> Any:
        return self.from_all([given])

    def from_all(self, given: Sequence[Given]) -> Any:
        return self._collect(split(given, self._item.takes_commas), self._item.from_one)

    def _collect(self, values: Sequence[Any], convert: Any) -> Any:
        items: list[Any] = []
        for index, value in enumerate(values):
            try:
                item = convert(value)
                if self._build is not None and self._build is not tuple:
                    hash(item)
            except Mismatch as mismatch:
                raise mismatch.inside(f"[{index}]") from None
            except TypeError:
                raise Mismatch(f"{shown(value)} cannot be in a set", f"[{index}]") from None
            items.append(item)
        return items if self._build is None else self._build(items)


class TupleConverter(Converter):
    """A list of as many items as there are types."""

    def __init__(self, items: Sequence[Converter]) -> None:
        self._items = items
        self.expectation = f"a list of {len(items)}"
        self.not_text = next((item.not_text for item in items if item.not_text), "")

    def from_json(self, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) != len(self._items):
            raise self.refuse(value)
        return self._collect(value, "from_json")

    def from_one(self, given: Given) -> Any:
        return self.from_all([given])

    def from_all(self, given: Sequence[Given]) -> tuple[Any, ...]:
        texts = split(given, all(item.takes_commas for item in self._items))
        if len(texts) != len(self._items):
            raise Mismatch(f"{len(texts)} values are not {self.expectation}")
        return self._collect(texts, "from_one")

    def _collect(self, values: Sequence[Any], method: str) -> tuple[Any, ...]:
        made = []
        for index, (item, value) in enumerate(zip(self._items, values)):
            try:
                made.append(getattr(item, method)(value))
            except Mismatch as mismatch:
                raise mismatch.inside(f"[{index}]") from None
        return tuple(made)


class DictConverter(Converter):
    expectation = "an object"
    not_text = "a dict"

    def __init__(self, item: Converter) -> None:
        self._item = item

    @property
    def plain(self) -> Optional[Description]:
        item_is_plain, item = _described(self._item)
        return ("dict", False, item) if item_is_plain else None

    def from_json(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.refuse(value)
        made = {}
        for key, item in value.items():
            try:
                made[key] = self._item.from_json(item)
            except Mismatch as mismatch:
                raise mismatch.inside("." + abbreviated(key)) from None
        return made


class UnionConverter(Converter):
    """The first member that fits. A JSON number goes first to a member that takes it as it is."""

    def __init__(self, members: Sequence[Converter], optional: bool) -> None:
        self._members = members
        self._optional = optional
        self.expectation = either([member.expectation for member in members])
        self.takes_commas = all(member.takes_commas for member in members)
        if all(member.not_text for member in members):
            self.not_text = members[0].not_text

    @property
    def plain(self) -> Optional[Description]:
        plain = self._members[0].plain
        if len(self._members) > 1 or plain is None:
            return None
        return (plain[0], plain[1] or self._optional, plain[2])

    def from_json(self, value: Any) -> Any:
        if value is None and self._optional:
            return None
        members = list(self._members)
        if type(value) in (int, float):
            members.sort(key=lambda member: member.number is not type(value))
        return self._first(members, "from_json", value)

    def from_text(self, text: str) -> Any:
        return self._first(self._readable(), "from_text", text)

    def from_file(self, file: Any) -> Any:
        return self._first(self._members, "from_file", file)

    def from_all(self, given: Sequence[Given]) -> Any:
        return self._first(self._members, "from_all", given)

    def _readable(self) -> Sequence[Converter]:
        return [member for member in self._members if not member.not_text] or self._members

    def _first(self, members: Sequence[Converter], method: str, value: Any) -> Any:
        refusals = []
        for member in members:
            try:
                return getattr(member, method)(value)
            except Mismatch as mismatch:
                refusals.append((member, mismatch))
        raise self._refusal(refusals)

    def _refusal(self, refusals: Sequence[tuple[Converter, Mismatch]]) -> Mismatch:
        """Why no member fits: of those that looked into the value, if there are any."""
        if len(refusals) == 1:
            return refusals[0][1]
        deeper = [(member, mismatch) for member, mismatch in refusals if mismatch.where]
        if len(deeper) == 1:
            return deeper[0][1]
        if deeper:
            tries = (f"as {m.expectation}, {e.where}: {e.reason}" for m, e in deeper)
            return Mismatch("; ".join(tries))
        reason = refusals[0][1].reason
        value, is_not, _ = reason.partition(" is not ")
        return Mismatch(f"{value} is not {self.expectation}" if is_not else reason)


def split(given: Sequence[Given], takes_commas: bool) -> list[Given]:
    """The texts of a list: numbers and booleans may stand in one, with commas between."""
    if not takes_commas:
        return list(given)
    parts: list[Given] = []
    for each in given:
        if isinstance(each, str):
            parts.extend(each.split(","))
        else:
            parts.append(each)
    return parts
