"""Reads the structs of the C headers in plugins/abi: a parser for their style and no other."""

import dataclasses
import pathlib
import re

HEADERS = ("base.h", "request.h", "http.h", "host.h", "plugin.h", "websocket.h",
           "metrics.h", "routes.h")

_STRUCT = re.compile(r"^(?:typedef )?struct (\w+) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_FUNCTION = re.compile(r"\(\*(\w+)\)\s*\(")
_PLAIN = re.compile(r"(\w+)(?:\[\w+\])?$")


@dataclasses.dataclass
class Field:
    name: str
    declaration: str
    comment: str  # the nearest comment above in the same paragraph, and the one behind

    @property
    def is_function(self) -> bool:
        return bool(_FUNCTION.search(self.declaration))


@dataclasses.dataclass
class Struct:
    name: str
    fields: list[Field]


def read_header(include: pathlib.Path, name: str) -> str:
    return (include / "plughost" / "abi" / name).read_text()


def structs(include: pathlib.Path) -> list[Struct]:
    """Every struct that has a body, in the order of HEADERS."""
    return [
        Struct(match[1], _fields(match[2]))
        for header in HEADERS
        for match in _STRUCT.finditer(read_header(include, header))
    ]


def constants(include: pathlib.Path) -> list[str]:
    """Every enumerator, in the order of HEADERS."""
    names = []
    for header in HEADERS:
        text = re.sub(r"/\*.*?\*/", "", read_header(include, header), flags=re.DOTALL)
        for body in re.findall(r"\benum \{(.*?)\}", text, flags=re.DOTALL):
            names += re.findall(r"\b(PH_\w+) =", body)
    return names


def _fields(body: str) -> list[Field]:
    fields = []
    for paragraph in body.split("\n\n"):
        comment = ""
        for token in re.findall(r"/\*.*?\*/|[^;/]+;|\s+", paragraph, flags=re.DOTALL):
            if token.isspace():
                continue
            if not token.startswith("/*"):
                declaration = " ".join(token.rstrip(";").split())
                fields.append(Field(_name(declaration), declaration, comment))
            elif _stands_behind(paragraph, token):
                fields[-1].comment += token
            else:
                comment = token
    return fields


def _stands_behind(paragraph: str, comment: str) -> bool:
    line_start = paragraph[: paragraph.index(comment)].rpartition("\n")[2]
    return bool(line_start.strip())


def _name(declaration: str) -> str:
    match = _FUNCTION.search(declaration) or _PLAIN.search(declaration)
    if match is None:
        raise ValueError(f"cannot read the declaration: {declaration}")
    return match[1]
