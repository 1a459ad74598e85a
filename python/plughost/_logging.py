"""Where `logging` goes: into the host's log, whoever of the server's processes says it."""

from __future__ import annotations

import datetime
import logging
import os
import sys
import threading
from collections.abc import Callable

_LEVELS = {"WARNING": "warning", "CRITICAL": "error", "ERROR": "error", "INFO": "info"}


class HostHandler(logging.Handler):
    """Hands each record to the host, which adds the time, the plugin and the request's id.

    write takes the level as `logging` numbers it and the line; it is called on any thread.
    """

    def __init__(self, write: Callable[[int, str], None]) -> None:
        super().__init__()
        self._write = write

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._write(record.levelno, self.format(record))
        except Exception:
            self.handleError(record)


class WorkerFormatter(logging.Formatter):
    """A record as a line of the host's log, from a worker process that shares its stderr.

    prefix names the request that the main thread runs, the only one that runs requests.
    """

    def __init__(self, fmt: str, prefix: Callable[[], str]) -> None:
        super().__init__(fmt)
        self._prefix = prefix

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.datetime.fromtimestamp(record.created).astimezone()
        level = _LEVELS.get(record.levelname, "debug")
        line = super().format(record).replace("\n", "\n    ")
        time = when.isoformat(timespec="milliseconds")
        prefix = self._prefix() if record.thread == threading.main_thread().ident else ""
        return f"{time} {level} pool worker {os.getpid()}: {prefix}{line}"


def install(write: Callable[[int, str], None], level: int) -> None:
    """Makes the root logger's records of that level and above, and warnings, lines of the host."""
    _install(HostHandler(write), logging.Formatter(_FORMAT), level)


def install_in_worker(level: int, prefix: Callable[[], str]) -> None:
    """The same in a worker of the pool; each record is one write, so that lines do not mix."""
    _install(logging.StreamHandler(sys.stderr), WorkerFormatter(_FORMAT, prefix), level)


def level() -> int:
    """What install() was told, or a user's module has set since."""
    return logging.getLogger().level


_FORMAT = "%(name)s: %(message)s"


def _install(handler: logging.Handler, formatter: logging.Formatter, level: int) -> None:
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(True)
