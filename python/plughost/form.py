"""What an HTML form sends: texts and files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import IO, Optional, Union

from .multidict import MultiMapping

#: Beyond it a file is on disk, not in memory.
_SPOOL_BYTES = 1024 * 1024


class UploadFile:
    """A file of a multipart form: reads like a file opened for bytes, and `file` is one.

    filename is the last part of what the client said, content_type what it said or
    application/octet-stream; neither is to be trusted. Gone when nothing refers to it.
    """

    __slots__ = ("filename", "content_type", "size", "file")

    filename: str
    content_type: str
    size: int  #: in bytes
    file: IO[bytes]

    def __init__(
        self,
        filename: str,
        content: Union[bytes, memoryview],
        content_type: str = "application/octet-stream",
    ) -> None:
        self.filename = filename
        self.content_type = content_type
        self.size = len(content)
        self.file = tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES)
        self.file.write(content)
        self.file.seek(0)

    def read(self, size: int = -1) -> bytes:
        return self.file.read(size)

    def readline(self, size: int = -1) -> bytes:
        return self.file.readline(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        self.file.seek(offset, whence)
        return self.file.tell()

    def tell(self) -> int:
        return self.file.tell()

    def close(self) -> None:
        self.file.close()

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.file)

    def __enter__(self) -> UploadFile:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<UploadFile {self.filename!r} of {self.size} bytes>"


class Form(MultiMapping[Union[str, UploadFile]]):
    """The fields of a form: a str each, an UploadFile for a file."""

    __slots__ = ()

    @property
    def files(self) -> MultiMapping[UploadFile]:
        """The files alone."""
        return MultiMapping((n, v) for n, v in self._pairs if isinstance(v, UploadFile))
