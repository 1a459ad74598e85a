"""Which modules are the user's own, and how their files are read.

The user's own are those from files below the configured import paths, except what pip has put there
and what any `site-packages` holds: only they are imported anew by a reload.
"""

from __future__ import annotations

import importlib.metadata
import os
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from importlib.machinery import (
    BYTECODE_SUFFIXES,
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
    SourcelessFileLoader,
)
from types import ModuleType
from typing import Any

_OURS = {"plughost", "plughost_core", "__main__"}
_INSTALLED = {"site-packages", "dist-packages"}


class UserCode:
    """Files below some folders. installed: what pip has put there, looked up when this is made."""

    def __init__(self, folders: Sequence[str]) -> None:
        self._installed = {os.path.join(folder, ""): _installed_in(folder) for folder in folders}
        self._standard = os.path.join(sysconfig.get_path("stdlib"), "")

    def owns(self, name: str, module: ModuleType) -> bool:
        """Compiled modules are nobody's: they cannot be loaded twice."""
        if name.partition(".")[0] in _OURS:
            return False
        has = getattr(module, "__dict__", {})  # not getattr: some import when they are asked
        if isinstance(getattr(has.get("__spec__"), "loader", None), ExtensionFileLoader):
            return False
        places = [has.get("__file__"), *(has.get("__path__") or ())]
        return any(isinstance(place, str) and self._is_own(place) for place in places)

    def _is_own(self, place: str) -> bool:
        if place.startswith(self._standard) or not _INSTALLED.isdisjoint(place.split(os.sep)):
            return False
        return any(
            place.startswith(folder) and place[len(folder) :].split(os.sep)[0] not in installed
            for folder, installed in self._installed.items()
        )


def _installed_in(folder: str) -> set[str]:
    """The files and folders directly in folder that are of distributions installed there."""
    names: set[str] = set()
    for distribution in importlib.metadata.distributions(path=[folder]):
        if distribution.read_text("RECORD") is not None:
            names.update(file.parts[0] for file in distribution.files or ())
    return names


class _Loader(SourceFileLoader):
    """Takes bytecode only from a file that is younger than the source.

    Python itself compares seconds and sizes, so that a change within the second in which the file
    was last imported would go unseen.
    """

    def get_data(self, path: str) -> bytes:
        if path.endswith(tuple(BYTECODE_SUFFIXES)):
            if os.stat(path).st_mtime_ns <= os.stat(self.path).st_mtime_ns:
                raise OSError(f"{path} may be older than its source")
        return super().get_data(path)


def read_changes(folders: Iterable[str]) -> None:
    """From here on an import of a file below folders never gives what the file was before."""
    roots = tuple(os.path.join(folder, "") for folder in folders)
    make_finder = FileFinder.path_hook(
        (ExtensionFileLoader, EXTENSION_SUFFIXES),
        (_Loader, SOURCE_SUFFIXES),
        (SourcelessFileLoader, BYTECODE_SUFFIXES),
    )

    def hook(path: str) -> Any:
        if not os.path.join(path, "").startswith(roots):
            raise ImportError(f"{path} is not below an import path")
        return make_finder(path)

    sys.path_hooks.insert(0, hook)
    for path in list(sys.path_importer_cache):
        if os.path.join(path, "").startswith(roots):
            del sys.path_importer_cache[path]
