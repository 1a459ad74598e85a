"""What /proc says of a host and of the processes that it started."""
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    session: int
    command: str

    def is_pool_worker(self) -> bool:
        """True for a pool worker or for the forkserver, which has the same command line."""
        return "multiprocessing.forkserver" in self.command


def _read(pid: int) -> Process | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, parent, _, session = stat.rpartition(")")[2].split()[:4]
    # A zombie whose new parent has not looked yet holds nothing.
    return None if state in "ZX" else Process(pid, int(parent), int(session), command)


def in_session(session: int) -> list[Process]:
    """Every living process of a session: also those whose parent is gone."""
    pids = (int(name) for name in os.listdir("/proc") if name.isdigit())
    found = (_read(pid) for pid in pids)
    return [process for process in found if process and process.session == session]


def pool_workers(session: int) -> list[int]:
    """The pids of pool workers: the children of a forkserver."""
    processes = [process for process in in_session(session) if process.is_pool_worker()]
    servers = {process.pid for process in processes}
    return [process.pid for process in processes if process.parent in servers]


def thread_count(pid: int) -> int:
    return _status(pid, "Threads")


def memory(pid: int) -> int:
    """Resident bytes."""
    return _status(pid, "VmRSS") * 1024


def peak_memory(pid: int) -> int:
    """The most bytes that were resident at once."""
    return _status(pid, "VmHWM") * 1024


def _status(pid: int, key: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{key}:"):
            return int(line.split()[1])
    raise AssertionError(f"no {key} of process {pid}")
