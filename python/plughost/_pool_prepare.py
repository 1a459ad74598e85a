"""What a pool makes each of its workers do before it takes work: `preload` and `start`."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence

from plughost._bind import BindError, import_module, resolve


class PrepareError(Exception):
    """A worker that cannot be prepared: one line, which names what the configuration asked for."""


def prepare(preload: Sequence[str], start: str) -> None:
    """Imports the modules, then calls `module:function` (empty: nothing)."""
    for name in preload:
        try:
            import_module(name)
        except BindError as error:
            raise PrepareError(f"preload of {name}: {error.message}") from error
    if not start:
        return
    module, _, path = start.partition(":")
    try:
        _, function = resolve(import_module(module), path)
    except BindError as error:
        raise PrepareError(f"start function {start}: {error.message}") from error
    try:
        function()
    except BaseException as error:
        traceback.print_exc(file=sys.stderr)
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{last.filename}:{last.lineno}"
        what = " ".join("".join(traceback.format_exception_only(type(error), error)).split())
        raise PrepareError(f"start function {start}: {place}: {what}") from error
