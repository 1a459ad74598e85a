"""Handlers that run on after their deadline, each in its way."""
import time
from pathlib import Path

from plughost import Request


def polite(request: Request, note: str, begun: str = "") -> dict:
    """Runs until it is cancelled."""
    if begun:
        Path(begun).touch()
    while not request.cancelled:
        time.sleep(0.002)
    Path(note).touch()
    return {}


def loop(note: str) -> dict:
    try:
        while True:
            pass
    except Exception:
        return {}  # does not catch it
    except BaseException as error:
        Path(note).write_text(f"left by {type(error).__name__}")
        raise


def deaf(go: str) -> dict:
    """Takes no interrupt."""
    while not Path(go).exists():
        try:
            time.sleep(0.002)
        except BaseException:
            pass
    return {}
