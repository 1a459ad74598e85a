"""What the host is told of the routes that modules declare with `route`."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import NamedTuple

from ._bind import BindError, import_module
from ._declare import Declaration, Mistake, declared_by, keep_mistakes


_NO_ROUTES = "module '{}' declares no routes: put @plughost.route('/path') above its functions"


class Offer(NamedTuple):
    """A route, or what is wrong with one. The host reads the fields in this order."""

    methods: list[str] = []
    pattern: str = ""
    target: str = ""
    options_json: str = ""
    origin: str = ""
    key: str = ""  # of a mistake: a JSON pointer into the plugin's configuration
    mistake: str = ""  # one line; empty: the rest is a route


def collect(names: Sequence[str]) -> tuple[list[Offer], list[str]]:
    """Imports the modules; what they declare, and what is odd about it.

    A package stands for its modules too, as far as it imports them.
    """
    offers: list[Offer] = []
    with keep_mistakes() as mistakes:
        for index, name in enumerate(names):
            if wrong := _import(name):
                offers.append(Offer(key=f"/routes/{index}", mistake=wrong))
    offers.extend(map(_wrong, mistakes))
    taken: dict[str, ModuleType] = {}
    for index, name in enumerate(names):
        found = _modules_of(name)
        if not offers and not any(map(declared_by, found.values())):
            offers.append(Offer(key=f"/routes/{index}", mistake=_NO_ROUTES.format(name)))
        taken.update(found)
    declared = [each for module in taken.values() for each in declared_by(module)]
    replaced = _replaced(declared)
    offers.extend(map(_wrong, replaced.values()))
    offers.extend(_offer(each) for i, each in enumerate(declared) if i not in replaced)
    return offers, _left_out(taken)


def _import(name: str) -> str:
    """Empty, or why not."""
    if ":" in name:
        return f"'{name}' is not a module: leave out what follows ':'"
    try:
        import_module(name)
    except BindError as error:
        return error.message
    return ""


def _modules_of(name: str) -> dict[str, ModuleType]:
    return {
        known: module
        for known, module in list(sys.modules.items())
        if (known == name or known.startswith(name + ".")) and inspect.ismodule(module)
    }


def _offer(each: Declaration) -> Offer:
    return Offer(each.methods, each.pattern, each.target, json.dumps(each.options), each.origin)


def _wrong(mistake: Mistake) -> Offer:
    return Offer(origin=mistake.origin, mistake=" ".join(mistake.text.split()))


def _replaced(declared: list[Declaration]) -> dict[int, Mistake]:
    """By index, those whose function can no longer be found by its name.

    Of two functions with one name the later is found: easily done, and then the wrong one answers.
    """
    last = {each.target: each for each in declared}
    mistakes = {}
    for index, each in enumerate(declared):
        later = last[each.target]
        if inspect.unwrap(each.function) is not inspect.unwrap(later.function):
            name = each.target.partition(":")[2]
            text = f"'{name}' is defined again at {later.origin}, and would answer here: rename one"
            mistakes[index] = Mistake(each.origin, text)
    return mistakes


def _left_out(taken: dict[str, ModuleType]) -> list[str]:
    known = list(sys.modules.items())
    return [
        f"module '{name}' declares routes that are not served: name it under 'routes' in the "
        "plugin's config"
        for name, module in known
        if name not in taken and inspect.ismodule(module) and declared_by(module)
    ]
