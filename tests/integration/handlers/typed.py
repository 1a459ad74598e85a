"""Handlers with types of their own, and with forms."""
import datetime
import decimal
import enum
import uuid
from dataclasses import dataclass, field
from typing import Literal, Optional

from plughost import Request, UploadFile


class Color(enum.Enum):
    RED = "red"
    GREEN = "green"


@dataclass
class Address:
    city: str
    codes: list[int] = field(default_factory=list)


@dataclass
class User:
    name: str
    born: Optional[datetime.date] = None
    home: Optional[Address] = None
    color: Color = Color.GREEN


def create(body: User) -> User:
    return body


def find(id: uuid.UUID, since: datetime.datetime, price: decimal.Decimal,
         color: Color = Color.RED, sort: Literal["up", "down"] = "up") -> dict:
    return {"id": id, "since": since, "price": price, "color": color, "sort": sort}


def between(days: tuple[datetime.date, datetime.date]) -> dict:
    return {"days": days, "length": days[1] - days[0]}


def either(value: int | list[str]) -> list:
    return [value, type(value).__name__]


def signup(name: str, age: int, tags: list[str] = [], photo: Optional[UploadFile] = None) -> dict:
    read = photo.read() if photo is not None else b""
    return {"name": name, "age": age, "tags": tags, "bytes": len(read), "zeros": read.count(0),
            "file": photo and [photo.filename, photo.content_type]}


def form(request: Request) -> dict:
    return {"fields": sorted(request.form), "files": sorted(request.files)}
