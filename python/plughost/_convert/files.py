"""Files of a multipart form."""

from __future__ import annotations

from typing import Any

from ..form import UploadFile
from .base import Converter, Mismatch, quoted


class FileConverter(Converter):
    expectation = "a file"
    not_text = "a file"

    def from_json(self, value: Any) -> UploadFile:
        raise self._no_file(self.refuse(value))

    def from_text(self, text: str) -> UploadFile:
        raise self._no_file(Mismatch(f"{quoted(text)} is not {self.expectation}"))

    def from_file(self, file: UploadFile) -> UploadFile:
        return file

    @staticmethod
    def _no_file(mismatch: Mismatch) -> Mismatch:
        return Mismatch(mismatch.reason + ": files come in multipart/form-data")
