"""Dataclasses and TypedDicts: objects of named fields."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from .base import Converter, Mismatch


class Field:
    """One field of a record."""

    def __init__(self, converter: Converter, required: bool) -> None:
        self.converter = converter
        self.required = required


class RecordConverter(Converter):
    """Builds a record from a JSON object; fields it does not have are left out.

    `fields` may be filled after the converter is made: a class may refer to itself.
    """

    def __init__(self, name: str, what: str, build: Callable[..., Any]) -> None:
        self.fields: Mapping[str, Field] = {}
        self.expectation = f"an object ({name})"
        self.not_text = f"the {what} {name}"
        self._build = build

    def from_json(self, value: Any) -> Any:
        if not isinstance(value, dict):
            raise self.refuse(value)
        made = {}
        for name, field in self.fields.items():
            if name in value:
                try:
                    made[name] = field.converter.from_json(value[name])
                except Mismatch as mismatch:
                    raise mismatch.inside("." + name) from None
            elif field.required:
                raise Mismatch("it is missing", "." + name)
        try:
            return self._build(**made)
        except (ValueError, TypeError) as error:  # __post_init__ found them wrong
            raise Mismatch(str(error) or type(error).__name__) from error


def has_default(field: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return field.default is not missing or field.default_factory is not missing
