"""Fails to import while the file named by an environment variable exists."""

import os

if os.path.exists(os.environ["POOL_TEST_BROKEN"]):
    raise RuntimeError("half-written file")


def answer() -> dict:
    return {"imported": True}
