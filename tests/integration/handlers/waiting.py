"""Handlers that take their time. `mark` names a file, which tells the test that one has begun."""
import math
import os
import time
from pathlib import Path

_runs = 0


def nap() -> dict:
    time.sleep(0.1)
    return {"slept": 0.1}


def second() -> dict:
    time.sleep(1)
    return {"slept": 1}


def hang(mark: str) -> dict:
    Path(mark).write_text(str(os.getpid()))
    time.sleep(60)
    return {}


def until(mark: str, go: str) -> dict:
    """Ends when the file `go` is there."""
    Path(mark).write_text(str(os.getpid()))
    while not Path(go).exists():
        time.sleep(0.005)
    return {"went": True}


def busy_in_c(mark: str) -> dict:
    """Minutes in one call that never comes back to the interpreter."""
    Path(mark).write_text(str(os.getpid()))
    return {"digits": math.factorial(5_000_000).bit_length()}


def count() -> dict:
    global _runs
    _runs += 1
    return {"runs": _runs}


def runs() -> dict:
    return {"runs": _runs}


def note(log: str, line: str) -> dict:
    """Says in the file `log` that it ran, then takes a millisecond."""
    with open(log, "a", encoding="utf-8") as file:
        file.write(line + "\n")
    time.sleep(0.001)
    return {"pid": os.getpid()}


def policy() -> dict:
    """Of the thread that runs the handler."""
    policy = os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK
    return {"yields_to_who_wakes_it": policy == os.SCHED_BATCH}
