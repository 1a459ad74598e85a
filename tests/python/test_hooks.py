"""Which modules are started and ended when generations share them."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest

from plughost._hooks import Hooks


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    made = ModuleType("hooked_by_a_test")
    monkeypatch.setitem(sys.modules, made.__name__, made)
    return made


def started(loop: Any = None) -> Hooks:
    hooks = Hooks()
    hooks.add("hooked_by_a_test:handler")
    assert hooks.start(loop)
    return hooks


@pytest.mark.parametrize("names", [(), ("on_startup",), ("on_startup", "on_shutdown")], ids=str)
def test_every_module_that_was_started_is_forgotten_at_the_end(
    module: ModuleType, names: tuple[str, ...]
) -> None:
    for name in names:
        setattr(module, name, lambda: None)
    hooks = started()

    assert hooks.stop(None) == []

    assert not Hooks._users


def test_module_of_two_generations_is_started_once_and_ended_once(module: ModuleType) -> None:
    calls: list[str] = []
    module.on_startup = lambda: calls.append("up")  # type: ignore[attr-defined]
    module.on_shutdown = lambda: calls.append("down")  # type: ignore[attr-defined]

    first, second = started(), started()
    first.stop(None)
    assert calls == ["up"]
    second.stop(None)

    assert calls == ["up", "down"]
