"""Which converter an annotation asks for."""

from __future__ import annotations

import collections.abc as abc
import dataclasses
import enum
import inspect
import types
import typing
from typing import Any, Union

from ..form import UploadFile
from . import choices, containers, models, records, scalars, standard
from .base import Converter, Unsupported
from .files import FileConverter

_SCALARS: dict[Any, Converter] = {
    int: scalars.IntConverter(),
    float: scalars.FloatConverter(),
    bool: scalars.BoolConverter(),
    str: scalars.StrConverter(),
    bytes: scalars.BytesConverter(),
    UploadFile: FileConverter(),
    **standard.STANDARD,
}
_ANY = scalars.AnyConverter()
_LISTS = (list, abc.Sequence, abc.MutableSequence, abc.Collection, abc.Iterable)
_SETS = {set: set, abc.MutableSet: set, frozenset: frozenset, abc.Set: frozenset}
_DICTS = (dict, abc.Mapping, abc.MutableMapping)
_SUPPORTED = (
    "int, float, bool, str, bytes, list, dict, tuple, set, Optional, Union, Literal, enums, "
    "dataclasses, TypedDict, pydantic models, datetime, date, time, timedelta, UUID, Decimal, "
    "UploadFile and Request"
)


def converter_for(annotation: Any) -> Converter:
    """Raises Unsupported, naming what is not."""
    return _Reader().read(annotation)


class _Reader:
    """Reads one annotation; a record that refers to itself gets the converter it has."""

    def __init__(self) -> None:
        self._records: dict[Any, Converter] = {}

    def read(self, annotation: Any) -> Converter:
        if annotation in (inspect.Parameter.empty, Any, object):
            return _ANY
        if isinstance(annotation, typing.NewType):
            return self.read(annotation.__supertype__)
        origin = typing.get_origin(annotation) or annotation
        if origin is typing.Annotated:
            return self._annotated(annotation)
        if origin is Union or origin is types.UnionType:
            return self._union(typing.get_args(annotation))
        if origin is typing.Literal:
            return choices.LiteralConverter(typing.get_args(annotation))
        if inspect.isclass(origin):
            return self._class(origin, annotation)
        raise Unsupported(_unsupported(annotation))

    def _class(self, kind: Any, annotation: Any) -> Converter:
        if kind in _SCALARS:
            return _SCALARS[kind]
        if kind in _LISTS:
            return containers.ListConverter(self._item(annotation))
        if kind in _SETS:
            return containers.ListConverter(self._item(annotation), _SETS[kind])
        if kind in _DICTS:
            return containers.DictConverter(self._values(annotation))
        if kind is tuple:
            return self._tuple(annotation)
        if issubclass(kind, enum.Enum):
            return choices.EnumConverter(kind)
        if models.is_model(annotation):
            return models.ModelConverter(annotation)
        if typing.is_typeddict(kind):
            return self._typed_dict(kind)
        if dataclasses.is_dataclass(kind) and kind is annotation:
            return self._dataclass(kind)
        raise Unsupported(_unsupported(annotation))

    def _annotated(self, annotation: Any) -> Converter:
        inner, *metadata = typing.get_args(annotation)
        converter = self.read(inner)
        # A list, for every item to be looked at.
        if any([models.constrains(item) for item in metadata]):
            return models.ConstrainedConverter(converter, annotation)
        return converter

    def _union(self, args: tuple[Any, ...]) -> Converter:
        members = [self.read(arg) for arg in args if arg is not types.NoneType]
        return containers.UnionConverter(members, types.NoneType in args)

    def _item(self, annotation: Any) -> Converter:
        args = typing.get_args(annotation)
        return _ANY if not args or isinstance(args[0], typing.TypeVar) else self.read(args[0])

    def _values(self, annotation: Any) -> Converter:
        args = typing.get_args(annotation)
        if not args or isinstance(args[1], typing.TypeVar):
            return _ANY
        if args[0] not in (str, Any):
            raise Unsupported("the keys of a dict from JSON are str")
        return self.read(args[1])

    def _tuple(self, annotation: Any) -> Converter:
        args = typing.get_args(annotation)
        if not args and annotation not in (tuple, typing.Tuple):  # tuple[()]
            return containers.TupleConverter(())
        if not args or args[1:] == (...,):
            return containers.ListConverter(self._item(annotation), tuple)
        return containers.TupleConverter([self.read(arg) for arg in args])

    def _typed_dict(self, kind: Any) -> Converter:
        if kind in self._records:
            return self._records[kind]
        record = records.RecordConverter(kind.__name__, "TypedDict", dict)
        self._records[kind] = record
        fields = {}
        for name, hint in _hints_of(kind).items():
            required = name in kind.__required_keys__
            origin = typing.get_origin(hint)
            # Not in __required_keys__ where annotations are text.
            if origin is typing.Required or origin is typing.NotRequired:
                required, hint = origin is typing.Required, typing.get_args(hint)[0]
            fields[name] = records.Field(self._field(kind, name, hint), required)
        record.fields = fields
        return record

    def _dataclass(self, kind: Any) -> Converter:
        if kind in self._records:
            return self._records[kind]
        record = records.RecordConverter(kind.__name__, "dataclass", kind)
        self._records[kind] = record
        hints = _hints_of(kind)
        for name, hint in hints.items():
            if isinstance(hint, dataclasses.InitVar):
                raise Unsupported(f"the dataclass {kind.__name__} has the InitVar '{name}'")
        record.fields = {
            field.name: records.Field(
                self._field(kind, field.name, hints[field.name]), not records.has_default(field)
            )
            for field in dataclasses.fields(kind)
            if field.init
        }
        return record

    def _field(self, kind: type, name: str, hint: Any) -> Converter:
        try:
            return self.read(hint)
        except Unsupported as error:
            raise Unsupported(f"{kind.__name__}.{name}: {error}") from error


def _hints_of(kind: type) -> dict[str, Any]:
    try:
        return typing.get_type_hints(kind, include_extras=True)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise Unsupported(f"the fields of {kind.__name__} cannot be read: {reason}") from error


def _unsupported(annotation: Any) -> str:
    name = annotation.__qualname__ if inspect.isclass(annotation) else repr(annotation)
    return f"{name} is not supported in this version; supported are {_SUPPORTED}"
