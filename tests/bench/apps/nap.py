"""A handler that waits as one does for a database: the GIL is free meanwhile."""
import time


def nap() -> dict:
    time.sleep(0.1)
    return {"slept": 0.1}
