"""Finds and converts a handler's arguments, as the host does (core/arguments.cpp)."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, Optional

from ._convert import Mismatch
from ._signature import Parameter
from .errors import HTTPError
from .request import Request

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class ArgumentError(Exception):
    """The client's mistake: a problem answer."""

    def __init__(self, status: int, detail: str, parameter: str, place: str = "") -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail
        self.parameter = parameter
        self.place = place  #: path, query, form or body; empty: nowhere


def arguments_of(parameters: Sequence[Parameter], request: Request) -> dict[str, Any]:
    """By name. Raises ArgumentError, or HTTPError for a body that cannot be read."""
    sources = {parameter.source for parameter in parameters}
    if "stream" in sources:
        request.stream()
        del request.body
    return {p.name: _Search(p, request, sources).run() for p in parameters}


class _Search:
    def __init__(self, parameter: Parameter, request: Request, sources: set[str]) -> None:
        self._parameter = parameter
        self._request = request
        self._takes_stream = "stream" in sources
        self._lenient = "request" in sources and parameter.default is not inspect.Parameter.empty

    def run(self) -> Any:
        source = self._parameter.source
        if source == "request":
            return self._request
        if source == "raw_body":
            return self._request.body
        if source == "stream":
            return self._request.stream()
        if source == "body":
            return self._body()
        if source == "path":
            return self._path()
        texts = self._request.query_params.getlist(self._parameter.name)
        return self._converted("from_all", texts, "query") if texts else self._field()

    def _path(self) -> Any:
        text = self._request.path_params.get(self._parameter.name)
        if text is None:
            return self._missing("not in the path")
        return self._converted("from_all", [text], "path")

    def _field(self) -> Any:
        if self._takes_stream:
            return self._missing("not in the query")
        if not self._request.body:
            return self._missing("not in the query, and there is no body")
        try:
            if self._has_form():
                return self._form_field()
            body = self._request.json()
        except HTTPError as error:
            return self._default_or(error)
        if not isinstance(body, dict):
            return self._missing("not in the query, and the body is no object")
        if self._parameter.name not in body:
            return self._missing("neither in the query nor in the JSON body")
        return self._converted("from_json", body[self._parameter.name], "body")

    def _form_field(self) -> Any:
        given = self._request.form.getlist(self._parameter.name)
        if not given:
            return self._missing("neither in the query nor in the form")
        return self._converted("from_all", given, "form")

    def _body(self) -> Any:
        if not self._request.body:
            return self._missing("there is no body")
        try:
            if self._has_form():
                self._request.form  # says what is wrong with it, if something is
                raise HTTPError(415, "the body is a form, and must be JSON here")
            body = self._request.json()
        except HTTPError as error:
            return self._default_or(error)
        return self._converted("from_json", body, "body")

    def _has_form(self) -> bool:
        media_type = self._request.headers.get("content-type", "").partition(";")[0]
        return media_type.strip().lower() in _FORMS

    def _default_or(self, error: HTTPError) -> Any:
        if self._lenient and (error.status == 400 or self._has_form()):
            return self._parameter.default
        raise error

    def _missing(self, looked_in: str) -> Any:
        if self._parameter.default is not inspect.Parameter.empty:
            return self._parameter.default
        name = self._parameter.name
        raise ArgumentError(422, f"parameter '{name}' is missing: {looked_in}", name)

    def _converted(self, method: str, value: Any, place: str) -> Any:
        mismatch: Optional[Mismatch] = None
        try:
            return getattr(self._parameter.converter, method)(value)
        except Mismatch as error:
            mismatch = error
        except RecursionError:
            mismatch = Mismatch("nested too deep")
        name = self._parameter.name
        subject = f"{place} parameter '{name}{mismatch.where}'"
        if self._parameter.source == "body":
            subject = "body" + mismatch.where
        elif place in ("form", "body"):
            subject = f"{place} field '{name}{mismatch.where}'"
        raise ArgumentError(422, f"{subject}: {mismatch.reason}", name, place)
