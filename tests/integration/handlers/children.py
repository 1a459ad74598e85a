"""Handlers that start processes of their own with multiprocessing, and leave them running."""
import multiprocessing
import time


def _sleep() -> None:
    time.sleep(120)


def leave(method: str) -> dict:
    child = multiprocessing.get_context(method).Process(target=_sleep, daemon=True)
    child.start()
    return {"pid": child.pid}


def terminate(method: str) -> dict:
    child = multiprocessing.get_context(method).Process(target=_sleep, daemon=True)
    child.start()
    child.terminate()
    child.join(20)
    return {"exit_code": child.exitcode}
