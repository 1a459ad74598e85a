"""Sets of modules for the tables of a host that reloads."""

from __future__ import annotations

import builtins
import importlib.util
import os
import shutil
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from plughost import _generations as generations
from plughost._user_code import UserCode, _Loader


class Files:
    """Modules of a user, and the tables they are loaded for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = 1

    def write(self, **files: str) -> None:
        """`pack_sub` is pack/sub.py."""
        for name, text in files.items():
            path = self.folder / (name.replace("_", "/").replace("init", "__init__") + ".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def begin(self) -> int:
        self.number += 1
        generations.begin(self.number)
        return self.number

    def load(self, name: str) -> Any:
        return importlib.import_module(name)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Files]:
    folder = tmp_path / "code"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(sys, "path_hooks", list(sys.path_hooks))
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    first = generations.Generation(1)
    for name, value in {"_current": first, "_serving": first, "_others": [],
                        "_kept": generations._Kept()}.items():
        monkeypatch.setattr(generations, name, value)
    generations.install([str(folder)])
    yield Files(folder)
    for generation in [*generations._others, generations._current]:
        generations.drop(generation.number)
    generations._set_aside(generations.Generation(0))
    assert builtins.__import__ is generations._python_import


def test_an_import_of_old_code_finds_old_modules(files: Files) -> None:
    files.write(a="import b\ndef look():\n    import b as again\n    return b is again, again.v\n",
                b="v = 1\n", pack_init="", pack_sub="v = 1\n",
                c="def look():\n    import pack.sub\n    from pack import sub\n"
                  "    return pack.sub.v, sub.v\nlook()\n")
    old, deep = files.load("a"), files.load("c")
    files.write(b="v = 2\n", pack_sub="v = 2\n")

    files.begin()
    new, new_deep = files.load("a"), files.load("c")

    assert (old.look(), new.look()) == ((True, 1), (True, 2))
    assert (deep.look(), new_deep.look()) == ((1, 1), (2, 2))


def test_python_imports_itself_again_when_there_is_one_generation(files: Files) -> None:
    files.write(a="")
    files.load("a")

    files.begin()
    assert builtins.__import__ is not generations._python_import
    generations.commit()
    generations.drop(1)

    assert builtins.__import__ is generations._python_import


def test_compiled_modules_of_a_package_stay(files: Files) -> None:
    compiled = next(Path(sysconfig.get_path("stdlib")).glob("lib-dynload/_lsprof*.so"))
    files.write(pack_init="import pack._lsprof\ndef look():\n    return pack._lsprof\n")
    shutil.copy(compiled, files.folder / "pack" / compiled.name)
    old = files.load("pack")
    spec = old.look().__spec__

    files.begin()
    new = files.load("pack")

    assert new is not old
    assert new.look() is old.look()
    assert new.look().__spec__ is spec


def test_what_others_put_into_a_namespace_stays(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = tmp_path / "venv" / "site-packages" / "shared"
    others.mkdir(parents=True)
    (others / "theirs.py").write_text("")
    monkeypatch.syspath_prepend(str(others.parent))
    files.write(shared_mine="", a="import shared.mine, shared.theirs\n"
                                   "def look():\n    return shared.mine, shared.theirs\n")
    old = files.load("a").look()

    files.begin()
    new = files.load("a").look()

    assert new[0] is not old[0]
    assert new[1] is old[1]


def test_what_pip_installed_is_not_the_users(files: Files) -> None:
    files.write(mine="", theirs="", bundle_init="")
    (files.folder / "theirs-1.dist-info").mkdir()
    (files.folder / "theirs-1.dist-info" / "METADATA").write_text("Name: theirs\nVersion: 1\n")
    (files.folder / "theirs-1.dist-info" / "RECORD").write_text(
        "theirs.py,,\nbundle/__init__.py,,\n")
    code = UserCode([str(files.folder)])

    owned = {name for name in ("mine", "theirs", "bundle") if code.owns(name, files.load(name))}

    assert owned == {"mine"}
    assert not code.owns("json", sys.modules["json"])
    assert not code.owns("odd", ModuleType("odd"))


def test_bytecode_that_may_be_older_than_its_source_is_not_taken(files: Files) -> None:
    files.write(a="v = 1\n")
    module = files.load("a")
    assert isinstance(module.__loader__, _Loader)
    bytecode = importlib.util.cache_from_source(module.__file__)
    source = Path(module.__file__)
    before = source.stat()

    source.write_text("v = 2\n")
    os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))
    os.utime(bytecode, ns=(before.st_atime_ns, before.st_mtime_ns))
    files.begin()

    assert files.load("a").v == 2


def test_the_caller_of_the_package_is_known(files: Files) -> None:
    files.write(a="from plughost import _generations\n"
                  "def ask(*given):\n    return _generations.calling(*given).number\n")
    old = files.load("a")
    second = files.begin()
    new = files.load("a")

    assert (old.ask(), new.ask(), generations.calling().number) == (1, second, 1)
    assert generations.calling(old.ask).number == 1
    assert new.ask(old.ask) == 1
    generations.commit()
    assert generations.calling().number == second
