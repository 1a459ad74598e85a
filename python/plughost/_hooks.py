"""`on_startup` and `on_shutdown` of the modules that handlers are in."""

from __future__ import annotations

import asyncio
import inspect
import sys
import traceback
from typing import Any, Optional

Loop = Optional[asyncio.AbstractEventLoop]


class HookError(Exception):
    """A hook failed: the text is one line, `traceback` says where."""

    def __init__(self, module: str, hook: str, error: BaseException) -> None:
        reason = "".join(traceback.format_exception_only(type(error), error))
        super().__init__(f"{hook} of module '{module}' failed: " + " ".join(reason.split()))
        self.traceback = "".join(traceback.format_exception(error)).rstrip()


class Hooks:
    """The modules in the order in which their first routes were bound."""

    def __init__(self) -> None:
        self._waiting: list[str] = []
        self._started: list[str] = []

    def add(self, spec: str) -> None:
        module = spec.partition(":")[0]
        if module not in self._waiting and module not in self._started:
            self._waiting.append(module)

    def need_loop(self) -> bool:
        """Whether one of those that are to be started has an `async def` hook."""
        hooks = [_hook(m, name) for m in self._waiting for name in ("on_startup", "on_shutdown")]
        return any(inspect.iscoroutinefunction(hook) for hook in hooks)

    def start(self, loop: Loop) -> bool:
        """Calls on_startup of those that have waited. Raises HookError at the first that fails.

        Gives whether stop() has something to do.
        """
        while self._waiting:
            module = self._waiting.pop(0)
            try:
                _run(_hook(module, "on_startup"), loop)
            except BaseException as error:  # a hook that calls sys.exit() must not end the host
                raise HookError(module, "on_startup", error) from error
            self._started.append(module)
        return any(callable(_hook(module, "on_shutdown")) for module in self._started)

    def stop(self, loop: Loop) -> list[HookError]:
        """Calls on_shutdown of those that were started, the last first. Gives what failed."""
        failed = []
        while self._started:
            module = self._started.pop()
            try:
                _run(_hook(module, "on_shutdown"), loop)
            except BaseException as error:
                failed.append(HookError(module, "on_shutdown", error))
        return failed


def _hook(module: str, name: str) -> Any:
    return getattr(sys.modules.get(module), name, None)


def _run(hook: Any, loop: Loop) -> None:
    if not callable(hook):
        return
    result = hook()
    if inspect.isawaitable(result):
        if loop is None:
            raise RuntimeError("it is no 'async def', and returned what must be awaited")
        asyncio.run_coroutine_threadsafe(_awaited(result), loop).result()


async def _awaited(result: Any) -> Any:
    return await result
