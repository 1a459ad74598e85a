"""A task that keeps a core busy."""
import time


def spin() -> dict:
    end = time.perf_counter() + 0.05
    while time.perf_counter() < end:
        pass
    return {"done": True}
