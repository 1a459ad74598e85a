"""ASGI 3 applications: the lifespan protocol. Requests are the host's (loop/app_call.cpp,
loop/socket_call.cpp)."""

from __future__ import annotations

import asyncio
import sys
from typing import Any, ClassVar, Optional
from weakref import WeakValueDictionary


class LifespanFailed(Exception):
    """The application said lifespan.startup.failed or lifespan.shutdown.failed."""


class ClientDisconnected(OSError):
    """send() to a WebSocket client that is not there any more; an application may let it pass."""


class Application:
    """An ASGI application, once however many routes it has."""

    _known: ClassVar[WeakValueDictionary[int, Application]] = WeakValueDictionary()

    def __init__(self, app: Any) -> None:
        self.app = app
        #: What the application put into the state of its lifespan; None: it has no lifespan.
        self.state: Optional[dict[str, Any]] = None
        self._messages: asyncio.Queue[str] = asyncio.Queue()
        self._answers: asyncio.Queue[Any] = asyncio.Queue()
        self._task: Optional[asyncio.Task[None]] = None

    @classmethod
    def of(cls, app: Any) -> Application:
        known = cls._known.get(id(app))
        if known is None:
            known = cls._known[id(app)] = cls(app)
        return known

    async def start_up(self) -> None:
        """Raises LifespanFailed. An application that does not know lifespans is left alone."""
        self.state = None
        self._task = task = asyncio.create_task(self._live())
        try:
            if not await self._tell("startup"):
                self._task = None
        except asyncio.CancelledError:
            task.cancel()
            raise

    async def shut_down(self) -> None:
        if self._task is None:
            return
        await self._tell("shutdown")
        await self._task

    async def _tell(self, event: str) -> bool:
        """False: the application ended without an answer."""
        self._messages.put_nowait(f"lifespan.{event}")
        answer = await self._answers.get()
        if answer is None:
            return False
        kind = answer.get("type")
        if kind == f"lifespan.{event}.complete":
            return True
        if kind == f"lifespan.{event}.failed":
            said = str(answer.get("message") or "it does not say why").strip()
            if "\n" in said:  # a whole traceback
                print(said, file=sys.stderr)
            raise LifespanFailed(said.splitlines()[-1])
        raise LifespanFailed(f"expected lifespan.{event}.complete, but got {kind!r}")

    async def _live(self) -> None:
        state: dict[str, Any] = {}
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"},
                 "state": state}

        async def receive() -> dict[str, Any]:
            return {"type": await self._messages.get()}

        async def send(message: dict[str, Any]) -> None:
            kind = str(message.get("type"))
            if not kind.startswith("lifespan."):  # it takes everything for a request
                raise RuntimeError(f"'{kind}' is no answer to a lifespan event")
            if kind == "lifespan.startup.complete":
                self.state = state
            self._answers.put_nowait(message)

        try:
            await self.app(scope, receive, send)
        except (SystemExit, KeyboardInterrupt) as error:  # they would end the loop
            event = "startup" if self.state is None else "shutdown"
            message = f"{type(error).__name__}: {error}"
            self._answers.put_nowait({"type": f"lifespan.{event}.failed", "message": message})
        except Exception as error:
            if self.state is not None:  # it knows lifespans: this is a failure of its shutdown
                message = f"{type(error).__name__}: {error}"
                self._answers.put_nowait({"type": "lifespan.shutdown.failed", "message": message})
        finally:
            self._answers.put_nowait(None)
