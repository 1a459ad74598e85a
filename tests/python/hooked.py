"""A module with hooks."""

import asyncio
from typing import Any

_loop: Any = None
_downs = 0


async def on_startup() -> None:
    global _loop
    _loop = asyncio.get_running_loop()


async def on_shutdown() -> None:
    global _downs
    assert _loop is asyncio.get_running_loop()
    _downs += 1


async def same_loop() -> dict[str, Any]:
    return {"same": _loop is asyncio.get_running_loop(), "downs": _downs}


def downs() -> int:
    return _downs
