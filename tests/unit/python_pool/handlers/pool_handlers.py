"""Handlers that the pool's tests run in workers."""

import ctypes
import os
import resource
import signal
import threading
import time
from pathlib import Path

from plughost import HTTPError, Request, Response

_kept: list[bytes] = []


def squares(numbers: list[int]) -> dict:
    return {"squares": [number * number for number in numbers]}


def pid() -> dict:
    return {"pid": os.getpid()}


def copy(request: Request) -> dict:
    return {
        "method": request.method,
        "path": request.path,
        "accept": request.headers["accept"],
        "colour": request.query_params["colour"],
        "name": request.path_params["name"],
        "body": request.text,
        "client": list(request.client) if request.client else None,
        "cancelled": request.cancelled,
    }


def teapot() -> dict:
    raise HTTPError(418, "short and stout")


def created() -> Response:
    return Response("made", status=201, headers={"x-made-by": "worker"})


def broken() -> dict:
    raise ValueError("nobody expects this")


def length(body: bytes) -> dict:
    return {"length": len(body)}


def large(size: int) -> str:
    return "x" * size


def hold(started: str, gate: str) -> dict:
    """Leaves its pid in the file `started`, then runs until the file `gate` exists."""
    written = Path(started + ".new")
    written.write_text(str(os.getpid()))
    written.rename(started)
    while not os.path.exists(gate):
        time.sleep(0.001)
    return {"pid": os.getpid()}


def append(log: str, line: str) -> dict:
    """Notes every run, so that a test sees one that happened twice."""
    with open(log, "a", encoding="utf-8") as file:
        file.write(line + "\n")
    return {"line": line}


def leave(code: int) -> dict:
    os._exit(code)


def crash() -> dict:
    ctypes.string_at(0)
    return {}


def grow(mib: int) -> dict:
    """Keeps that much memory."""
    _kept.append(b"x" * (mib << 20))
    return {}


def nap(ms: int) -> dict:
    time.sleep(ms / 1000)
    return {"ms": ms}


def on_signal(mark: str) -> dict:
    """From now on SIGUSR1 leaves the file `mark`."""
    signal.signal(signal.SIGUSR1, lambda *_: Path(mark).touch())
    return {"pid": os.getpid()}


def raise_on_signal() -> dict:
    """From now on SIGUSR1 raises, wherever it meets the process."""

    def fail(*_: object) -> None:
        raise RuntimeError("met by a signal")

    signal.signal(signal.SIGUSR1, fail)
    return {"pid": os.getpid()}


def in_thread(gate: str, mark: str) -> dict:
    """Leaves a thread behind that leaves the file `mark` once there is a file `gate`."""

    def work() -> None:
        while not os.path.exists(gate):
            time.sleep(0.001)
        Path(mark).touch()

    threading.Thread(target=work, daemon=True).start()
    return {"pid": os.getpid()}


def unwritable() -> str:
    """An answer for which there is no room in the mailbox."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (65536, resource.RLIM_INFINITY))
    return "x" * 1_000_000
