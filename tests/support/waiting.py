"""Waiting for something to become true, with a deadline instead of a sleep."""
import time
from typing import Callable, TypeVar

T = TypeVar("T")

# Generous, for sanitizer builds on a busy machine; nothing waits this long when all is well.
DEADLINE = 30.0


def wait_until(predicate: Callable[[], T], what: str, deadline: float = DEADLINE) -> T:
    """The first true value of predicate(); AssertionError that names `what` at the deadline."""
    end = time.monotonic() + deadline
    while True:
        value = predicate()
        if value:
            return value
        assert time.monotonic() < end, f"not within {deadline:g} s: {what}"
        time.sleep(0.005)
