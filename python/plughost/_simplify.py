"""Says in JSON's words what a handler returned and JSON has no words for."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import uuid
from collections.abc import Callable, MutableMapping
from typing import Any
from weakref import WeakKeyDictionary


def simplify(value: Any) -> Any:
    """What stands for value in JSON, its items as they are; NotImplemented: nothing does."""
    kind = type(value)
    simpler = _known.get(kind)
    if simpler is None:
        simpler = _known[kind] = _simpler(kind)
    return simpler(value)


def duration(value: datetime.timedelta) -> str:
    """ISO 8601, in days, hours, minutes and seconds."""
    if value < datetime.timedelta():
        return "-" + duration(-value)
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{value.microseconds:06}".rstrip("0") if value.microseconds else ""
    days = f"{value.days}D" if value.days else ""
    parts = [f"{hours}H" * bool(hours), f"{minutes}M" * bool(minutes)]
    parts.append(f"{seconds}{fraction}S" * bool(seconds or fraction))
    time = "".join(parts)
    return "P" + days + ("T" + time if time else "") if days or time else "PT0S"


def _value(member: enum.Enum) -> Any:
    simple = simplify(member.value)
    return member.value if simple is NotImplemented else simple


def _fields_of(kind: Any) -> Callable[[Any], dict[str, Any]]:
    names = tuple(field.name for field in dataclasses.fields(kind))
    return lambda record: {name: getattr(record, name) for name in names}


def _dump(model: Any) -> Any:
    return model.model_dump(mode="json")


def _nothing(_: Any) -> Any:
    return NotImplemented


_BY_BASE: dict[type, Callable[[Any], Any]] = {
    enum.Enum: _value,
    datetime.date: datetime.date.isoformat,
    datetime.datetime: datetime.datetime.isoformat,
    datetime.time: datetime.time.isoformat,
    datetime.timedelta: duration,
    uuid.UUID: str,
    decimal.Decimal: str,
}
#: By exact type; filled as values come. Weak: a module that is imported anew has new classes.
_known: MutableMapping[type, Callable[[Any], Any]] = WeakKeyDictionary()


def _simpler(kind: type) -> Callable[[Any], Any]:
    for base in kind.__mro__:
        if base in _BY_BASE:
            return _BY_BASE[base]
    if hasattr(kind, "__pydantic_validator__") and hasattr(kind, "model_dump"):
        return _dump
    return _fields_of(kind) if dataclasses.is_dataclass(kind) else _nothing
