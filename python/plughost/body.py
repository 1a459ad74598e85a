"""A request's body that is read piece by piece, as it arrives."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from typing import Union

from .errors import HTTPError


class IncompleteBody(HTTPError):
    """The rest of the body will not come: the client has gone, or the host has refused it.

    If the client is there it has its answer from the host (400, 408, 413, 504), unless the
    handler's own has begun.
    """

    def __init__(self) -> None:
        super().__init__(400, "the rest of the request body did not come")


class BodyStream(Iterator[bytes], AsyncIterator[bytes]):
    """The pieces of a body, none of them empty: `for` in a thread, `async for` in an `async def`.

    A piece is at most 64 KiB. While nothing is read, the client is held back.
    """

    __slots__ = ("_read", "_on_loop")

    def __init__(
        self, read: Callable[[], Union[bytes, Awaitable[object]]], on_loop: bool = False
    ) -> None:
        """read gives the next piece, b"" at the end, or what to await before it is asked again."""
        self._read = read
        self._on_loop = on_loop

    @classmethod
    def of(cls, pieces: Iterable[bytes]) -> BodyStream:
        """For a test: pieces that are there."""
        waiting = (bytes(piece) for piece in pieces if piece)
        return cls(lambda: next(waiting, b""))

    def __next__(self) -> bytes:
        if self._on_loop:
            raise RuntimeError("an 'async def' reads its body by 'async for'")
        piece = self._read()
        assert isinstance(piece, bytes)
        if not piece:
            raise StopIteration
        return piece

    async def __anext__(self) -> bytes:
        while not isinstance(piece := self._read(), bytes):
            await piece
        if not piece:
            raise StopAsyncIteration
        return piece
