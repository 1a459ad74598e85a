"""pydantic models and constraints, for handlers that use them. pydantic itself is optional."""

from __future__ import annotations

import importlib
from typing import Any

from .base import Converter, Mismatch, Unsupported, abbreviated, shown

_CONSTRAINTS = ("pydantic", "pydantic_core", "annotated_types")


def is_model(annotation: Any) -> bool:
    """A BaseModel or a pydantic dataclass."""
    if not isinstance(annotation, type):
        return False
    bases = ((base.__module__.partition(".")[0], base.__name__) for base in annotation.__mro__)
    return ("pydantic", "BaseModel") in bases or "__pydantic_validator__" in vars(annotation)


def constrains(metadata: Any) -> bool:
    """Whether that is pydantic's business, in Annotated."""
    kind = metadata if isinstance(metadata, type) else type(metadata)
    package = kind.__module__.partition(".")[0]
    if package == "fastapi":
        raise Unsupported(f"fastapi's {kind.__name__} is not known here: use pydantic's Field")
    return package in _CONSTRAINTS


class ModelConverter(Converter):
    """Hands the JSON value to the model, which converts as it sees fit."""

    def __init__(self, model: type) -> None:
        if not hasattr(model, "__pydantic_validator__"):
            raise Unsupported(
                f"the pydantic model {model.__name__} is not supported: it needs pydantic 2"
            )
        self.expectation = f"an object ({model.__name__})"
        self.not_text = f"the pydantic model {model.__name__}"
        self._adapter = _adapter_of(model)

    def from_json(self, value: Any) -> Any:
        return _validated(self._adapter, value)


class ConstrainedConverter(Converter):
    """Annotated[type, constraints]: converted as the type is, then held against them."""

    def __init__(self, inner: Converter, annotation: Any) -> None:
        self.expectation = inner.expectation
        self.takes_commas = inner.takes_commas
        self.not_text = inner.not_text
        self.number = inner.number
        self._inner = inner
        self._adapter = _adapter_of(annotation)

    def from_json(self, value: Any) -> Any:
        return _validated(self._adapter, self._inner.from_json(value))

    def from_text(self, text: str) -> Any:
        return _validated(self._adapter, self._inner.from_text(text))

    def from_file(self, file: Any) -> Any:
        return _validated(self._adapter, self._inner.from_file(file))

    def from_all(self, given: Any) -> Any:
        return _validated(self._adapter, self._inner.from_all(given))


def _adapter_of(annotation: Any) -> Any:
    try:
        pydantic = importlib.import_module("pydantic")
        return pydantic.TypeAdapter(annotation)
    except (ImportError, AttributeError):
        raise Unsupported("pydantic 2 is not installed, and the annotation needs it") from None
    except Exception as error:  # pydantic names what is wrong with the annotation
        raise Unsupported(f"pydantic: {error}") from error


def _validated(adapter: Any, value: Any) -> Any:
    try:
        return adapter.validate_python(value)
    except ValueError as error:
        if not hasattr(error, "errors"):
            raise
        raise _mismatch(error.errors(include_url=False)) from None


def _mismatch(errors: list[dict[str, Any]]) -> Mismatch:
    first = errors[0]
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in first["loc"])
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    if first["type"] == "missing":
        return Mismatch("it is missing" + more, "".join(steps))
    value = shown(first["input"])
    value = abbreviated(repr(first["input"])) if value == "a value" else value
    return Mismatch(f"{value}: {first['msg']}{more}", "".join(steps))
