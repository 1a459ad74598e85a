"""The parent's side of the process pool: one ProcessPoolExecutor for each worker.

Rationale: one dead worker fails every future of its executor and ends the executor's other workers,
so a pool of N is N executors of one process each. An executor starts, watches and ends its worker;
requests do not pass through it, as a submit costs the parent 0.1 ms of its GIL: the worker serves
them in one call that lasts as long as it does.
"""

from __future__ import annotations

import io
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import popen_forkserver, reduction, resource_tracker, spawn, util
from multiprocessing.context import ForkServerContext, ForkServerProcess, set_spawning_popen
from multiprocessing.forkserver import ForkServer, read_signed
from typing import Any

from plughost import _logging, _pool_worker
from plughost._pool_worker import Descriptor, Setup

# Modules of the standard library only: a fork server hands out what it has preloaded for ever, also
# after the file has changed.
_PRELOAD = ["concurrent.futures.process", "multiprocessing.queues", "multiprocessing.synchronize"]

_DONE, _BROKEN, _RAISED = range(3)  # pool::Outcome in process.hpp

_EXIT_UNKNOWN = 255  # what multiprocessing says when the fork server is gone

# The pool's own: users' functions share the one of multiprocessing, and it must stay as they expect
# it, with SIGINT and SIGTERM not blocked.
_fork_server = ForkServer()


def prepare(executable: str) -> None:
    """Before each worker: of pools there may be several."""
    spawn.set_executable(executable)
    _fork_server.set_forkserver_preload(_PRELOAD)


class _Popen(popen_forkserver.Popen):
    """A child of the pool's own fork server."""

    def _launch(self, process: _Process) -> None:
        orders = io.BytesIO()
        set_spawning_popen(self)
        try:
            reduction.dump(spawn.get_preparation_data(process.name), orders)
            reduction.dump(process, orders)
        finally:
            set_spawning_popen(None)
        self.sentinel, orders_fd = _fork_server.connect_to_new_process(self._fds)
        # The child takes the end of its orders' pipe for its parent's death: a second descriptor
        # keeps it open.
        held_fd = os.dup(orders_fd)
        self.finalizer = util.Finalize(self, util.close_fds, (held_fd, self.sentinel))
        with open(orders_fd, "wb") as pipe:
            pipe.write(orders.getbuffer())
        self.pid = read_signed(self.sentinel)


class _Process(ForkServerProcess):
    """Tells who waits for it how it ended, as soon as the executor knows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ended = threading.Event()

    @staticmethod
    def _Popen(process: _Process) -> _Popen:  # noqa: N802 (multiprocessing's name)
        return _Popen(process)

    def join(self, timeout: float | None = None) -> None:
        super().join(timeout)
        self.ended.set()

    def terminate(self) -> None:
        self.kill()  # workers take no notice of SIGTERM

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        del state["ended"]
        return state


class _Context(ForkServerContext):
    """The context of one executor; remembers the process it made."""

    process: _Process

    def Process(self, *args: Any, **kwargs: Any) -> _Process:  # noqa: N802 (the executor's name)
        self.process = _Process(*args, **kwargs)
        return self.process


class Worker:
    """One worker process and its executor."""

    def __init__(
        self,
        setup: Setup,
        feeder: int,
        session: int,
        boxes: list[int],
        on_ready: Callable[[bool, str], None],
        on_ended: Callable[[int, str], None],
    ) -> None:
        self._on_ready = on_ready
        self._on_ended = on_ended
        self._context = _Context()
        self._executor = ProcessPoolExecutor(
            1,
            mp_context=self._context,
            initializer=_pool_worker.initialize,
            initargs=(
                setup._replace(log_level=_logging.level()),
                Descriptor(feeder),
                Descriptor(session),
                [Descriptor(fd) for fd in boxes],
            ),
        )
        _ensure_fork_server()
        first = self._executor.submit(_pool_worker.report)
        self.pid = self._context.process.pid
        first.add_done_callback(self._ready)
        # All its working life: what it runs then passes through shared memory, not through here.
        self._executor.submit(_pool_worker.serve).add_done_callback(self._ended)

    def exit_code(self, patience: float) -> int | None:
        """After its death: the exit code; negative: the signal; None: nobody knows."""
        process = self._context.process
        if not process.ended.wait(patience) or process.exitcode == _EXIT_UNKNOWN:
            return None
        return process.exitcode

    def abandon(self) -> None:
        """After its death: frees what the executor holds."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def begin_shutdown(self) -> threading.Thread:
        stop = partial(self._executor.shutdown, wait=True, cancel_futures=True)
        thread = threading.Thread(target=stop, name="pool-shutdown", daemon=True)
        thread.start()
        return thread

    def _ready(self, future: Future[tuple[bool, str]]) -> None:
        if _outcome(future) == _DONE:
            self._on_ready(*future.result())
        else:
            self._on_ready(True, "its executor broke")

    def _ended(self, future: Future[None]) -> None:
        outcome = _outcome(future)
        error = future.exception() if outcome == _RAISED else None
        self._on_ended(outcome, f"{type(error).__name__}: {error}" if error else "")


def wait_for(threads: list[threading.Thread], patience: float) -> bool:
    """Joins all; false when one is still running after that many seconds."""
    deadline = time.monotonic() + patience
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return not any(thread.is_alive() for thread in threads)


def _outcome(future: Future[Any]) -> int:
    if future.cancelled():
        return _BROKEN
    error = future.exception()
    if error is None:
        return _DONE
    return _BROKEN if isinstance(error, BrokenProcessPool) else _RAISED


def _ensure_fork_server() -> None:
    """Starts it if it is not running, with SIGINT and SIGTERM blocked.

    Ctrl-C in a terminal and a service manager's SIGTERM reach the whole group, but it is the host
    that stops, and it still wants the answers. The fork server and its workers inherit the mask; a
    worker unblocks both when it has come to take no notice of them. The resource tracker, which
    unblocks them in the thread that starts it, comes first.
    """
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        _fork_server.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
