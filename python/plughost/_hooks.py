"""`on_startup` and `on_shutdown` of the modules that handlers are in."""

from __future__ import annotations

import asyncio
import concurrent.futures
import inspect
import os
import sys
import traceback
from collections import Counter
from types import ModuleType
from typing import Any, ClassVar, Optional

from ._asgi import Application

Loop = Optional[asyncio.AbstractEventLoop]

_PACKAGE = os.path.dirname(__file__) + os.sep


class HookError(Exception):
    """A hook failed: the text is one line, `traceback` says where."""

    def __init__(self, module: str, hook: str, error: BaseException) -> None:
        reason = "".join(traceback.format_exception_only(type(error), error))
        of = f"'{module}'" if ":" in module else f"module '{module}'"
        what = f"{hook} of {of} failed: " + " ".join(reason.split())
        super().__init__(_place_of(error) + what)
        self.traceback = "".join(traceback.format_exception(error)).rstrip()


def _place_of(error: BaseException) -> str:
    """Where the user's code was, `file:line: `; nothing if it was not in the user's code."""
    frames = traceback.extract_tb(error.__traceback__)
    standard = os.path.dirname(asyncio.__file__), os.path.dirname(concurrent.futures.__file__)
    users = [f for f in frames if not f.filename.startswith((_PACKAGE, *standard))]
    return f"{users[-1].filename}:{users[-1].lineno}: " if users else ""


class Hooks:
    """The modules of one generation, in the order in which their first routes were bound.

    Modules and applications that several generations have, as a reload does not import them anew,
    are started with the first of these and ended with the last.
    """

    _users: ClassVar[Counter[int]] = Counter()  # generations that have started it, by its id

    def __init__(self) -> None:
        self._waiting: list[ModuleType] = []
        self._started: list[ModuleType] = []
        self._apps: list[tuple[str, Application]] = []
        self._started_apps: list[tuple[str, Application]] = []

    def add(self, spec: str) -> None:
        module = sys.modules.get(spec.partition(":")[0])
        if module is not None and module not in self._waiting and module not in self._started:
            self._waiting.append(module)

    def add_app(self, spec: str, application: Application) -> None:
        known = [app for _, app in (*self._apps, *self._started_apps)]
        if application not in known:
            self._apps.append((spec, application))

    def need_loop(self) -> bool:
        """Whether one of those that are to be started has an `async def` hook."""
        hooks = [_hook(m, name) for m in self._waiting for name in ("on_startup", "on_shutdown")]
        return any(inspect.iscoroutinefunction(hook) for hook in hooks)

    def start(self, loop: Loop, limit: Optional[float] = None) -> bool:
        """Calls on_startup of those that have waited. Raises HookError at the first that fails.

        Gives whether stop() has something to do. limit: seconds for one that is awaited.
        """
        while self._waiting:
            module = self._waiting.pop(0)
            if not self._is_in_use(module):
                try:
                    _run(_hook(module, "on_startup"), loop, limit)
                except BaseException as error:  # sys.exit() in a hook must not end the host
                    raise HookError(module.__name__, "on_startup", error) from error
            self._use(module)
            self._started.append(module)
        while self._apps:
            spec, application = self._apps.pop(0)
            if not self._is_in_use(application):
                try:
                    _run(application.start_up, loop, limit)
                except BaseException as error:
                    raise HookError(spec, "lifespan startup", error) from error
            self._use(application)
            self._started_apps.append((spec, application))
        return bool(self._started or self._started_apps)

    def stop(self, loop: Loop, limit: Optional[float] = None) -> list[HookError]:
        """Calls on_shutdown of those that were started, the last first. Gives what failed."""
        failed = []
        while self._started_apps:
            spec, application = self._started_apps.pop()
            try:
                if self._leave(application):
                    _run(application.shut_down, loop, limit)
            except BaseException as error:
                failed.append(HookError(spec, "lifespan shutdown", error))
        while self._started:
            module = self._started.pop()
            try:
                if self._leave(module):
                    _run(_hook(module, "on_shutdown"), loop, limit)
            except BaseException as error:
                failed.append(HookError(module.__name__, "on_shutdown", error))
        return failed

    def _is_in_use(self, what: object) -> bool:
        return self._users[id(what)] > 0

    def _use(self, what: object) -> None:
        self._users[id(what)] += 1

    def _leave(self, what: object) -> bool:
        """Whether no generation has it any more."""
        self._users[id(what)] -= 1
        if self._users[id(what)] > 0:
            return False
        del self._users[id(what)]
        return True


def _hook(module: ModuleType, name: str) -> Any:
    return getattr(module, name, None)


def _run(hook: Any, loop: Loop, limit: Optional[float]) -> None:
    if not callable(hook):
        return
    result = hook()
    if inspect.isawaitable(result):
        if loop is None:
            raise RuntimeError("it is no 'async def', and returned what must be awaited")
        future = asyncio.run_coroutine_threadsafe(_awaited(result), loop)
        try:
            future.result(limit)
        except concurrent.futures.TimeoutError:
            if future.done():  # it is the hook's own
                raise
            future.cancel()
            raise RuntimeError(f"it has not returned within {limit:.0f} seconds") from None


async def _awaited(result: Any) -> Any:
    return await result
