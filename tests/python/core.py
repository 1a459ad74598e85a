"""Calls a function by way of the plugin's C++ core, without a host."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import plughost_core_test


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes
    log: str
    nanoseconds: float

    def json(self) -> Any:
        return json.loads(self.body)


def call(
    spec: str,
    *,
    query: str = "",
    body: bytes = b"",
    kind: str = "",
    params: dict[str, str] = {},
) -> Reply:
    """One call of module:function; kind is the Content-Type."""
    target = plughost_core_test.Target(spec, list(params))
    headers = [("content-type", kind)] if kind else []
    status, pairs, content, log, took = target.call(
        "POST", "/x", query, headers, list(params.items()), body
    )
    return Reply(status, {name.lower(): value for name, value in pairs}, content, log, took)
