"""Hooks that call functions in a pool."""
import os
from pathlib import Path

from plughost import pool

_total = 0


def on_startup() -> None:
    global _total
    _total = pool.submit(sum, [1, 2, 3]).result()


def total() -> dict:
    return {"total": _total}


def on_shutdown() -> None:
    Path(os.environ["PLUGHOST_TEST_MARK"]).write_text(str(pool.submit(sum, [4, 5, 6]).result()))
