"""wsgi.input of an application that reads the body as it arrives (PEP 3333)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from .body import BodyStream, IncompleteBody

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


def input_of(stream: BodyStream) -> io.BufferedReader:
    """read, readline, readlines and iteration, each waiting for as much as it needs.

    OSError, which is what WSGI applications expect, says that the rest will not come.
    """
    return io.BufferedReader(_Pieces(stream), 64 * 1024)


class _Pieces(io.RawIOBase):
    def __init__(self, stream: BodyStream) -> None:
        self._stream = stream
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        if not self._rest:
            try:
                self._rest = memoryview(next(self._stream, b""))
            except IncompleteBody as error:
                raise OSError(error.detail) from error
        target = memoryview(buffer).cast("B")
        count = min(len(target), len(self._rest))
        target[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
