"""A module whose start function must run before its handlers do."""

import os
import sys

steps = ["imported"]


def load() -> None:
    broken = os.environ.get("POOL_TEST_START_BROKEN", "")
    if broken and os.path.exists(broken):
        raise ValueError("no weights")
    steps.append("loaded")
    if "pool_preloaded" in sys.modules:
        steps.append("after the preload")


def state() -> dict:
    return {"steps": steps}
