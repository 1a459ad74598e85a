"""The exceptions by which a handler answers with an error, or is told of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import BrokenExecutor
from typing import Optional, Union

HeadersLike = Union[Mapping[str, str], Iterable[tuple[str, str]]]


class HTTPError(Exception):
    """Ends a handler with a problem answer (RFC 9457).

    status is from 400 to 599, detail a sentence for the client, headers are added to the answer
    (a Retry-After, say).
    """

    def __init__(
        self, status: int, detail: Optional[str] = None, headers: Optional[HeadersLike] = None
    ) -> None:
        if isinstance(status, bool) or not isinstance(status, int):
            raise TypeError(f"HTTPError: the status must be an int, not {status!r}")
        if not 400 <= status <= 599:
            raise ValueError(f"HTTPError: the status must be from 400 to 599, not {status}")
        self.status = int(status)
        self.detail = detail
        self.headers: list[tuple[str, str]] = list(
            headers.items() if isinstance(headers, Mapping) else headers or ()
        )
        super().__init__(self.status, detail, self.headers)

    def __str__(self) -> str:
        return f"{self.status}: {self.detail}" if self.detail else str(self.status)


class PoolError(HTTPError):
    """A call in a pool came to nothing; unhandled, it answers the request with its status."""

    _status = 500
    _headers: dict[str, str] = {}

    def __init__(self, detail: str) -> None:
        super().__init__(self._status, detail, self._headers)

    def __reduce__(self) -> tuple[type[PoolError], tuple[Optional[str]]]:
        return type(self), (self.detail,)


class PoolUnavailable(PoolError):
    """503: the pool's queue is full, no worker starts, or the server stops."""

    _status = 503
    _headers = {"Retry-After": "1"}


class WorkerLost(PoolError, BrokenExecutor):
    """502: the worker process died while it ran the call, which may have had effects."""

    _status = 502


class CallTimeout(PoolError):
    """504: the call took longer than the pool's `call_timeout`."""

    _status = 504


class DeadlineExceeded(BaseException):
    """Raised in a handler that still runs a second after its deadline, when 504 was answered.

    It meets a thread wherever it runs Python code, so a handler leaves by `finally` and `with` as
    usual; what waits in C code (time.sleep, a lock, a socket) is met when that returns. No
    Exception, so that `except Exception` lets it pass.
    """

    def __str__(self) -> str:
        return super().__str__() or "the handler ran on for a second after its deadline"
