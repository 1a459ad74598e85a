"""Reads a form from a body: application/x-www-form-urlencoded or multipart/form-data."""

from __future__ import annotations

from urllib.parse import parse_qsl

from . import _multipart
from .errors import HTTPError
from .form import Form, UploadFile

_URLENCODED = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"


def read_form(content_type: str, body: bytes) -> Form:
    """HTTPError 400 or 422 for a form that is broken, 415 for what is none."""
    media_type = content_type.partition(";")[0].strip().lower()
    if not body:
        return Form()
    if media_type not in (_URLENCODED, _MULTIPART):
        found = f"is {media_type}" if media_type else "is missing"
        raise HTTPError(415, f"a form is {_URLENCODED} or {_MULTIPART}; the Content-Type {found}")
    if body.lstrip()[:1] == b"{":
        raise HTTPError(
            415,
            f"the body looks like JSON, but its Content-Type is {media_type} (curl -d says so): "
            "with curl use --json, or -H 'Content-Type: application/json'",
        )
    return _urlencoded(body) if media_type == _URLENCODED else _multipart_form(content_type, body)


def _urlencoded(body: bytes) -> Form:
    try:
        return Form(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
    except UnicodeError:
        raise HTTPError(422, "the form is not UTF-8") from None


def _multipart_form(content_type: str, body: bytes) -> Form:
    pairs: list[tuple[str, str | UploadFile]] = []
    try:
        for part in _multipart.parse(content_type, body):
            if part.filename is None:
                pairs.append((part.name, _text(part)))
            elif part.filename or part.content:  # else a file field that was left empty
                pairs.append((part.name, UploadFile(part.filename, part.content, part.type)))
    except _multipart.MultipartError as error:
        raise HTTPError(400, f"the body is not {_MULTIPART}: {error}") from None
    except _multipart.TooManyParts as error:
        raise HTTPError(413, str(error)) from None
    return Form(pairs)


def _text(part: _multipart.Part) -> str:
    try:
        return str(part.content, "utf-8")
    except UnicodeDecodeError:
        raise HTTPError(422, f"form field '{part.name}' is not UTF-8") from None
