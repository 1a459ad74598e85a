"""What runs inside a pool worker: the executor's initializer and the two calls that it serves."""

from __future__ import annotations

import faulthandler
import fcntl
import importlib.machinery
import importlib.util
import io
import logging
import multiprocessing
import os
import select
import signal
import sys
import threading
from multiprocessing import reduction
from typing import Any, NamedTuple

from plughost import _logging, _pools
from plughost._pool_prepare import PrepareError, prepare
from plughost._user_code import read_changes


class Descriptor:
    """A file descriptor on its way to a worker that is being started."""

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def __reduce__(self) -> tuple[Any, ...]:
        return _receive, (reduction.DupFd(self.fd),)


def _receive(duplicate: Any) -> Descriptor:
    return Descriptor(duplicate.detach())


class Setup(NamedTuple):
    """Everything a worker is told when it starts."""

    module: str  # path of the extension module plughost_core
    import_paths: list[str]
    targets: list[tuple[str, list[str]]]  # in order: the parent refers to them by index
    preload: list[str] = []  # modules
    start: str = ""  # module:function
    nice: int = 0  # added to the host's
    log_level: int = logging.INFO


_STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM}
_before_fork = threading.local()  # mask: of the thread that forks

_report = (True, "the worker was not initialised")


def initialize(
    setup: Setup, feeder: Descriptor, session: Descriptor, boxes: list[Descriptor]
) -> None:
    """Prepares this process for work; what goes wrong waits for report()."""
    global _report
    _die_with_parent()
    _leave_stop_signals_to_the_host()
    os.nice(setup.nice)
    faulthandler.enable()  # a crash in C code shows where Python was
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True)  # what a handler prints is wanted now
    _pools.use(_pools.InWorker())
    sys.path[:] = setup.import_paths + [p for p in sys.path if p not in setup.import_paths]
    read_changes(setup.import_paths)
    try:
        _load_extension(setup.module)
        import plughost_core

        _logging.install_in_worker(setup.log_level, plughost_core.log_prefix)
        plughost_core.attach(feeder.fd, session.fd, [box.fd for box in boxes])
        prepare(setup.preload, setup.start)
    except PrepareError as error:
        _report = (True, str(error))
        return
    except Exception as error:
        _report = (True, f"{type(error).__name__}: {error}")
        return
    failures = [plughost_core.load_target(spec, params) for spec, params in setup.targets]
    _report = (False, "; ".join(failure for failure in failures if failure))


def report() -> tuple[bool, str]:
    """Whether this worker is of no use at all, and what could not be imported."""
    return _report


def serve() -> None:
    """Runs what the parent posts to the mailboxes, until it closes the session."""
    import plughost_core  # by initialize()

    plughost_core.serve()


def _die_with_parent() -> None:
    """Ends this process with its parent, even while it runs C code.

    The kernel sends SIGIO, whose default action is to end the process, when the parent's end of
    the sentinel pipe closes. It reports later events only: a parent that is gone already is seen
    by the poll.
    """
    parent = multiprocessing.parent_process()
    assert parent is not None
    sentinel = parent.sentinel
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGIO})
    fcntl.fcntl(sentinel, fcntl.F_SETOWN, os.getpid())
    flags = fcntl.fcntl(sentinel, fcntl.F_GETFL)
    fcntl.fcntl(sentinel, fcntl.F_SETFL, flags | os.O_ASYNC)
    poll = select.poll()
    poll.register(sentinel, select.POLLIN)
    if poll.poll(0):
        os._exit(1)


def _leave_stop_signals_to_the_host() -> None:
    """SIGINT and SIGTERM to the whole group must not cost a request.

    SIGTERM gets a handler that does nothing, as an ignored signal would be inherited by programs
    that a user's function starts and later terminates. A process that it forks gets the defaults
    back.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP_SIGNALS)
    os.register_at_fork(
        before=_hold_stop_signals,
        after_in_parent=_release_stop_signals,
        after_in_child=_take_stop_signals,
    )


def _hold_stop_signals() -> None:
    _before_fork.mask = signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS)


def _release_stop_signals() -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, _before_fork.mask)


def _take_stop_signals() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _release_stop_signals()


def _load_extension(path: str) -> None:
    loader = importlib.machinery.ExtensionFileLoader("plughost_core", path)
    spec = importlib.util.spec_from_file_location("plughost_core", path, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    sys.modules["plughost_core"] = module
