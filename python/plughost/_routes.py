"""Finds the route of a request, for TestClient: routes.yaml's patterns, the most specific first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Union
from urllib.parse import unquote

from .errors import HTTPError

_SEGMENT = re.compile(r"\{([^\W\d]\w*)(?::(int|path))?\}")
_KINDS = {"int": r"(-?[0-9]+)", "path": r"(.+)", None: r"([^/]+)"}
_RANKS = {"int": 1, None: 2, "path": 3}


class Route:
    """`GET|POST /users/{id:int}`. ValueError says what is wrong with it."""

    def __init__(self, text: str) -> None:
        methods, _, pattern = text.partition(" ")
        pattern = pattern.strip()
        if not pattern.startswith("/") or not re.fullmatch(r"[A-Z]+(\|[A-Z]+)*", methods):
            raise ValueError(f"'{text}' is not a route: write METHOD /path")
        self.methods = methods.split("|")
        self.params: list[str] = []
        self.rank: list[int] = []
        expression = ""
        for segment in pattern[1:].split("/"):
            match = _SEGMENT.fullmatch(segment)
            if match is None and ("{" in segment or "}" in segment):
                raise ValueError(f"'{text}': a parameter is a whole segment, {{name}}")
            expression += "/" + (_KINDS[match[2]] if match else re.escape(segment))
            self.rank.append(_RANKS[match[2]] if match else 0)
            if match:
                self.params.append(match[1])
        self._expression = re.compile(expression, re.ASCII)

    def match(self, path: str) -> Union[dict[str, str], None]:
        found = self._expression.fullmatch(path)
        if found is None:
            return None
        return dict(zip(self.params, (unquote(text) for text in found.groups())))

    def takes(self, method: str) -> bool:
        return method in self.methods or "ANY" in self.methods or (
            method == "HEAD" and "GET" in self.methods
        )


def find(
    routes: Sequence[Route], method: str, target: str
) -> Union[tuple[int, dict[str, str]], HTTPError]:
    """The route's index and its path parameters, or the answer: 404 or 405."""
    path = target.partition("?")[0]
    matches = [(r.rank, i, p) for i, r in enumerate(routes) if (p := r.match(path)) is not None]
    if not matches:
        return HTTPError(404, f"no route matches {path}")
    for _, index, params in sorted(matches, key=lambda match: match[0]):
        if routes[index].takes(method):
            return index, params
    allowed = sorted({name for _, index, _ in matches for name in routes[index].methods})
    return HTTPError(405, f"{method} is not allowed", {"Allow": ", ".join(allowed)})
