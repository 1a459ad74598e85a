"""`on_startup` and `on_shutdown` of the modules that handlers are in."""

from __future__ import annotations

import asyncio
import inspect
import sys
import traceback
from typing import Any, Optional

from ._asgi import Application

Loop = Optional[asyncio.AbstractEventLoop]


class HookError(Exception):
    """A hook failed: the text is one line, `traceback` says where."""

    def __init__(self, module: str, hook: str, error: BaseException) -> None:
        reason = "".join(traceback.format_exception_only(type(error), error))
        of = f"'{module}'" if ":" in module else f"module '{module}'"
        super().__init__(f"{hook} of {of} failed: " + " ".join(reason.split()))
        self.traceback = "".join(traceback.format_exception(error)).rstrip()


class Hooks:
    """The modules in the order in which their first routes were bound."""

    def __init__(self) -> None:
        self._waiting: list[str] = []
        self._started: list[str] = []
        self._apps: list[tuple[str, Application]] = []
        self._started_apps: list[tuple[str, Application]] = []

    def add(self, spec: str) -> None:
        module = spec.partition(":")[0]
        if module not in self._waiting and module not in self._started:
            self._waiting.append(module)

    def add_app(self, spec: str, application: Application) -> None:
        known = [app for _, app in (*self._apps, *self._started_apps)]
        if application not in known:
            self._apps.append((spec, application))

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
        while self._apps:
            spec, application = self._apps.pop(0)
            try:
                _run(application.start_up, loop)
            except BaseException as error:
                raise HookError(spec, "lifespan startup", error) from error
            self._started_apps.append((spec, application))
        shutdowns = [m for m in self._started if callable(_hook(m, "on_shutdown"))]
        return bool(shutdowns or self._started_apps)

    def stop(self, loop: Loop) -> list[HookError]:
        """Calls on_shutdown of those that were started, the last first. Gives what failed."""
        failed = []
        while self._started_apps:
            spec, application = self._started_apps.pop()
            try:
                _run(application.shut_down, loop)
            except BaseException as error:
                failed.append(HookError(spec, "lifespan shutdown", error))
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
