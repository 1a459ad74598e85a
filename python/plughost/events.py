"""Server-sent events: an answer in which things are told as they happen (WHATWG HTML, 9.2)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from typing import Any, Optional, Union

from ._result import to_json
from .errors import HeadersLike
from .response import Response

_LINE_END = re.compile(r"\r\n|\r|\n")


class Event:
    """One event. data that is not a str is sent as JSON.

    ValueError for an event or id with a line end, an id with NUL, or a retry that is no count of
    milliseconds: a client would read something else.
    """

    __slots__ = ("data", "event", "id", "retry", "comment")

    def __init__(
        self,
        data: Any = None,
        event: Optional[str] = None,
        id: Union[str, int, None] = None,
        retry: Optional[int] = None,
        comment: Optional[str] = None,
    ) -> None:
        id = str(id) if isinstance(id, int) else id
        for name, text in (("event", event), ("id", id)):
            if text is not None and (_LINE_END.search(text) or "\0" in text):
                raise ValueError(f"Event: {name} must be one line without NUL, not {text!r}")
        if retry is not None and (isinstance(retry, bool) or retry < 0):
            raise ValueError(f"Event: retry must be milliseconds, not {retry!r}")
        self.data = data
        self.event = event
        self.id = id
        self.retry = retry
        self.comment = comment

    def encode(self) -> bytes:
        """The event as it goes over the wire."""
        lines = [f": {line}" for line in _lines(self.comment)]
        if self.event is not None:
            lines.append(f"event: {self.event}")
        lines += [f"data: {line}" for line in _lines(_text(self.data))]
        if self.id is not None:
            lines.append(f"id: {self.id}")
        if self.retry is not None:
            lines.append(f"retry: {self.retry}")
        return ("\n".join(lines) + "\n\n").encode()


class EventStream(Response):
    """Answers with what events yields: an Event, a str, or anything JSON can say.

    The answer begins at once. Of an async iterable, ping says after how many quiet seconds a
    comment is sent, which keeps proxies from closing the connection; None: never.
    """

    __slots__ = ()

    def __init__(
        self,
        events: Union[Iterable[Any], AsyncIterable[Any]],
        status: int = 200,
        headers: Optional[HeadersLike] = None,
        ping: Optional[float] = 15,
    ) -> None:
        body = _AsyncEvents(events, ping) if isinstance(events, AsyncIterable) else _encoded(events)
        super().__init__(body, status, headers, "text/event-stream")
        names = {name.lower() for name, _ in self.headers}
        # The second is for nginx, which would hold events back until it has a page of them.
        for name, value in (("cache-control", "no-store"), ("x-accel-buffering", "no")):
            if name not in names:
                self.headers.append((name, value))


class _AsyncEvents:
    def __init__(self, events: AsyncIterable[Any], ping: Optional[float]) -> None:
        self._events = events
        self.ping = ping

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            yield b""  # the head goes out before there is an event
            async for event in self._events:
                yield _event(event)
        finally:
            close = getattr(self._events, "aclose", None)
            if close is not None:
                await close()


def _encoded(events: Iterable[Any]) -> Iterator[bytes]:
    try:
        yield b""
        for event in events:
            yield _event(event)
    finally:
        close = getattr(events, "close", None)
        if close is not None:
            close()


def _event(event: Any) -> bytes:
    return (event if isinstance(event, Event) else Event(event)).encode()


def _text(data: Any) -> Optional[str]:
    return data if data is None or isinstance(data, str) else to_json(data).decode()


def _lines(text: Optional[str]) -> list[str]:
    return [] if text is None else _LINE_END.split(text)
