"""An answer with a status and headers of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Optional

from .errors import HeadersLike


class Response:
    """What a handler returns to choose status, headers or content type.

    body is a str (text/plain), bytes (application/octet-stream), None (empty), or anything JSON
    can say. content_type replaces what the body would choose.
    """

    __slots__ = ("body", "status", "headers", "content_type")

    def __init__(
        self,
        body: Any = None,
        status: int = 200,
        headers: Optional[HeadersLike] = None,
        content_type: Optional[str] = None,
    ) -> None:
        self.body = body
        self.status = status
        self.headers: list[tuple[str, str]] = list(
            headers.items() if isinstance(headers, Mapping) else headers or ()
        )
        self.content_type = content_type
        if content_type is not None and any(n.lower() == "content-type" for n, _ in self.headers):
            raise ValueError("Response: content_type and a Content-Type header are both given")

    def __repr__(self) -> str:
        return f"<Response {self.status}>"
