"""Handlers of every kind of parameter and result, for the tests of this folder and the host's."""

from __future__ import annotations

import datetime
import decimal
import enum
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NamedTuple, NewType, NotRequired, Optional, TypedDict

from plughost import Request, UploadFile


class Color(enum.Enum):
    RED = "red"
    GREEN = "green"
    CRIMSON = "red"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Rights(enum.Flag):
    READ = 1
    WRITE = 2


class Loose(enum.Enum):
    A = "a"

    @classmethod
    def _missing_(cls, value: object) -> Loose:
        return cls.A if value == "A" else super()._missing_(value)


@dataclass
class Point:
    x: int
    y: float = 0.0
    label: Optional[str] = None


@dataclass
class Shape:
    points: list[Point]
    color: Color = Color.GREEN
    made: Optional[datetime.date] = None
    id: str = field(init=False, default="shape")


@dataclass
class Node:
    value: int
    children: list[Node] = field(default_factory=list)


@dataclass
class Range:
    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("low must not be above high")


class Options(TypedDict):
    name: str
    depth: NotRequired[int]


class Pair(NamedTuple):
    a: int
    b: str


UserId = NewType("UserId", int)


def plain(x) -> Any: return [x, type(x).__name__]
def integer(x: int) -> Any: return [x]
def number(x: float) -> Any: return [x]
def switch(x: bool) -> Any: return [x]
def text(x: str) -> Any: return [x]
def data(x: bytes) -> Any: return [x.hex()]
def numbers(x: list[float]) -> Any: return [x]
def texts(x: list[str]) -> Any: return [x]
def values(x: list) -> Any: return [repr(x)]
def table(x: dict[str, int]) -> Any: return [x]
def mapping(x: Mapping[str, list[float]]) -> Any: return [x]
def sequence(x: Sequence[int]) -> Any: return [x]
def default(x: int = 7) -> Any: return [x]
def maybe(x: Optional[int] = None) -> Any: return [x]
def new(x: UserId) -> Any: return [x]
def noted(x: Annotated[int, "a note"]) -> Any: return [x]
def color(x: Color) -> Any: return [x.name, x]
def colors(x: list[Color]) -> Any: return [x]
def level(x: Level) -> Any: return [x.name, x]
def rights(x: Rights) -> Any: return [x.value]
def loose(x: Loose) -> Any: return [x]
def literal(x: Literal["a", 1, True, Color.RED]) -> Any: return [repr(x)]
def either(x: int | str) -> Any: return [x, type(x).__name__]
def reals(x: float | int) -> Any: return [x, type(x).__name__]
def listed(x: list[int] | bool | None = None) -> Any: return [x]
def drawn(x: Point | Options) -> Any: return [repr(x)]
def moment(x: datetime.datetime) -> Any: return [x]
def day(x: datetime.date) -> Any: return [x]
def clock(x: datetime.time) -> Any: return [x]
def span(x: datetime.timedelta) -> Any: return [x, x.total_seconds()]
def identifier(x: uuid.UUID) -> Any: return [x]
def amount(x: decimal.Decimal) -> Any: return [x]
def amounts(x: list[decimal.Decimal]) -> Any: return [x]
def pair(x: tuple[int, str]) -> Any: return [list(x)]
def row(x: tuple[int, ...]) -> Any: return [repr(x)]
def unique(x: set[int]) -> Any: return [sorted(x)]
def distinct(x: frozenset) -> Any: return [len(x)]
def point(x: Point) -> Any: return [x]
def shape(x: Shape) -> Any: return x
def points(x: dict[str, Point]) -> Any: return x
def tree(x: Node) -> Any: return x
def root(x: Node) -> Any: return [x.value]
def between(x: Range) -> Any: return x
def options(x: Options) -> Any: return x
def whole(body: Shape) -> Any: return body
def mixed(body: list[Point]) -> Any: return body
def upload(x: UploadFile) -> Any: return [x.filename, x.content_type, x.size, x.read().decode()]
def uploads(x: list[UploadFile], note: str = "") -> Any: return [[f.filename for f in x], note]
def perhaps(x: Optional[UploadFile] = None) -> Any: return [x is None]
def untyped(x) -> Any: return [getattr(x, "filename", x)]
def anything(request: Request, x: int = 3) -> Any: return [request.method, x]
def lenient(request: Request, body: Any = 5) -> Any: return [body]
def fields(request: Request) -> Any: return [sorted(request.form), sorted(request.files)]


RESULTS = {
    "dataclass": lambda: Shape([Point(1, 2.5, "ü")], made=datetime.date(2026, 11, 25)),
    "nested": lambda: {"a": [Point(1)], "b": {"c": Color.RED}},
    "enum": lambda: Color.RED,
    "int_enum": lambda: [Level.HIGH, {Level.LOW: Color.GREEN}],
    "keys": lambda: {Color.RED: 1, datetime.date(2026, 1, 2): 2, None: 3, True: 4, 1.5: 5},
    "datetime": lambda: [
        datetime.datetime(2026, 11, 25, 20, 56, tzinfo=datetime.timezone.utc),
        datetime.datetime(2026, 11, 25, 20, 56, 1, 500000),
        datetime.time(1, 2),
    ],
    "date": lambda: datetime.date(2026, 11, 25),
    "durations": lambda: [
        datetime.timedelta(),
        datetime.timedelta(days=2, hours=3, seconds=4.5),
        -datetime.timedelta(minutes=90),
    ],
    "uuid": lambda: {"id": uuid.UUID(int=1)},
    "decimal": lambda: [decimal.Decimal("1.10"), decimal.Decimal("NaN")],
    "named_tuple": lambda: Pair(1, "b"),
    "named_tuples": lambda: [Pair(1, "b")],
    "tuple": lambda: ((1, 2), 201),
    "created": lambda: (Point(1), 201, {"X-A": "b"}),
    "none": lambda: None,
    "text": lambda: "grüße",
    "bytes": lambda: b"\xff",
    "node": lambda: Node(1, [Node(2)]),
}
