"""The user's modules, once for each route table that uses them.

`sys.modules` has those of one generation, the current one; the modules of the others are set aside.
While there are others, an `import` in their code finds the modules that they have. What they import
for the first time, `importlib.import_module`, and what looks a module up in `sys.modules` by name,
as pickle and `typing.get_type_hints` do, finds those of the current generation.

Begin, back and drop are the host's, on its control thread; the rest is for any thread.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import importlib
import importlib.util
import linecache
import sys
import time
import typing
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from importlib.machinery import ModuleSpec
from types import FrameType, ModuleType
from typing import Any, Optional

from ._user_code import UserCode, read_changes

_NONE = 0  # the number of the current generation when there is none
_IMPORT_PATIENCE = 10.0  # seconds that another thread gets to finish an import


class Generation:
    """The modules of one route table: those set aside, none while it is the current one."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.modules: dict[str, ModuleType] = {}

    def has(self, namespace: Optional[Mapping[str, Any]]) -> bool:
        """Whether it is that of one of the modules set aside."""
        if namespace is None:
            return False
        module = self.modules.get(namespace.get("__name__", ""))
        return module is not None and module.__dict__ is namespace

    def find(self, name: str, fromlist: Sequence[str]) -> Optional[ModuleType]:
        """What `__import__` gives; None: it has to be imported."""
        module = self.modules.get(name)
        if module is None or not fromlist:
            return module and self.modules.get(name.partition(".")[0])
        for item in fromlist:
            if item != "*" and not hasattr(module, item) and hasattr(module, "__path__"):
                return None
        return module


_code = UserCode(())
_folders: Sequence[str] = ()
_current = Generation(1)  # whose modules sys.modules has
_serving = _current  # the same, but for the time in which a new one is imported and proved
_others: list[Generation] = []
_python_import = builtins.__import__


def install(folders: Sequence[str]) -> None:
    """Before the user's modules are imported."""
    global _folders
    _folders = folders
    read_changes(folders)


def begin(number: int) -> None:
    """Sets the user's modules aside: imports make those of a new generation, the current one."""
    global _current
    importlib.invalidate_caches()
    if _current.number != _NONE:
        _others.append(_current)
    _set_aside(_current)
    _current = Generation(number)


def commit() -> None:
    """The current generation serves from here on."""
    global _serving
    _serving = _current
    # Tracebacks show the new lines. One that is being made meanwhile may take the same entry away.
    with contextlib.suppress(KeyError):
        linecache.checkcache()


def drop(number: int) -> None:
    """Forgets a generation; if it is the current one, the one before it is that again."""
    global _current, _serving
    if number == _current.number:
        _set_aside(_current)
        _current = _others.pop() if _others else Generation(_NONE)
        _put_back(_current)
        _serving = _current
    else:
        _others[:] = [each for each in _others if each.number != number]
    _choose_import()


def _choose_import() -> None:
    """Python's own, which is quicker, as long as it does."""
    if any(each.modules for each in _others):
        if builtins.__import__ is _python_import:
            builtins.__import__ = _import
    elif builtins.__import__ is _import:
        builtins.__import__ = _python_import


def collect() -> None:
    """Frees what was dropped: modules and their functions are cycles."""
    for forget in getattr(typing, "_cleanups", ()):
        forget()
    gc.collect()


def is_current(generation: Generation) -> bool:
    return generation is _current


def calling(function: Any = None) -> Generation:
    """That of function, which somebody passes to the package, or else of the code that does."""
    if _others:
        for namespace in _namespaces(function, sys._getframe(1)):
            for generation in _others:
                if generation.has(namespace):
                    return generation
            if _is_current(namespace):
                return _current
    return _serving


def _namespaces(function: Any, frame: Optional[FrameType]) -> Iterator[dict[str, Any]]:
    yield getattr(function, "__globals__", {})
    while frame is not None:
        yield frame.f_globals
        frame = frame.f_back


def _is_current(namespace: dict[str, Any]) -> bool:
    name = namespace.get("__name__", "")
    module = sys.modules.get(name)
    return module is not None and module.__dict__ is namespace and _code.owns(name, module)


def _import(
    name: str,
    globals: Optional[Mapping[str, Any]] = None,
    locals: Optional[Mapping[str, Any]] = None,
    fromlist: Sequence[str] = (),
    level: int = 0,
) -> ModuleType:
    """`__import__` while there are others than the current generation."""
    for generation in _others:
        if globals is None or not generation.has(globals):
            continue
        package = globals.get("__package__")
        if level and not package:
            break
        absolute = importlib.util.resolve_name("." * level + name, package) if level else name
        found = generation.find(absolute, fromlist or ())
        if found is not None:
            return found
        break
    return _python_import(name, globals, locals, fromlist, level)


class _Kept:
    """Finds what is inside the user's packages and not the user's, compiled modules for instance,
    which cannot be loaded twice: the packages of each generation have the same ones.
    """

    def __init__(self) -> None:
        self.modules: dict[str, ModuleType] = {}
        self._specs: dict[str, Any] = {}

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Optional[ModuleSpec]:
        module = self.modules.get(name)
        if module is None:
            return None
        return ModuleSpec(name, self, is_package=hasattr(module, "__path__"))  # type: ignore

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = self.modules[spec.name]
        self._specs[spec.name] = getattr(module, "__spec__", None)
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._specs.pop(module.__spec__.name)  # type: ignore


_kept = _Kept()


def _set_aside(generation: Generation) -> None:
    """Takes its modules out of sys.modules, and what is inside its packages."""
    global _code
    _code = UserCode(_folders)
    end = time.monotonic() + _IMPORT_PATIENCE
    while True:
        loaded = list(sys.modules.items())
        own = {name for name, module in loaded if _code.owns(name, module)}
        inside = {n: m for n, m in loaded if n not in own and not own.isdisjoint(_parents(n))}
        modules = {n: m for n, m in loaded if n in own or n in inside}
        # Another thread that is importing one would miss it in sys.modules.
        if not any(map(_is_being_imported, modules.values())) or time.monotonic() > end:
            break
        time.sleep(0.001)
    _kept.modules.update(inside)
    if _kept.modules and _kept not in sys.meta_path:
        sys.meta_path.insert(0, _kept)
    generation.modules = modules
    _choose_import()
    # In C, so that no other thread sees a half of it.
    deque(map(sys.modules.pop, modules), maxlen=0)


def _put_back(generation: Generation) -> None:
    sys.modules.update(generation.modules)
    generation.modules = {}


def _parents(name: str) -> Iterator[str]:
    while name := name.rpartition(".")[0]:
        yield name


def _is_being_imported(module: ModuleType) -> bool:
    return bool(getattr(getattr(module, "__spec__", None), "_initializing", False))
