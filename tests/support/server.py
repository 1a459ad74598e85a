"""The real executable on a free port, with a routes.yaml of its own in a folder of its own."""
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from support import processes
from support.waiting import DEADLINE, wait_until

SOURCE = Path(__file__).resolve().parents[2]
BINARY_DIR = Path(os.environ.get("PLUGHOST_BINARY_DIR", SOURCE / "build" / "release")).resolve()
BINARY = BINARY_DIR / "plughost"

# A sanitizer keeps freed memory for a while.
IS_SANITIZED = any(name in BINARY.read_bytes() for name in (b"__asan_init", b"__tsan_init"))

# Servers of tests run side by side, and nobody asks most of them; --admin beats it.
os.environ.setdefault("PLUGHOST_ADMIN", "none")

Files = dict[str, str | Path]

_RELOADED = re.compile(r"SIGHUP: (serving|reload refused|reload failed|nothing was reloaded)")
_SANITIZER = re.compile(r"(Address|Leak|Thread)Sanitizer|: runtime error: ")


class Workspace:
    """A folder with routes.yaml and what it names; removed at close().

    `files` are texts, or paths of files to copy. The plugins of the build are found beside the
    executable, so that a routes.yaml need not say where that is.
    """

    def __init__(self, routes: str, files: Files | None = None):
        self.path = Path(tempfile.mkdtemp(prefix="plughost-test-"))
        for name, content in {"routes.yaml": routes, **(files or {})}.items():
            file = self.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Path):
                shutil.copy(content, file)
            else:
                file.write_text(content)

    def close(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


class Server:
    """One run of the executable, in a session of its own.

    `routes` is the text of routes.yaml, or a file to be used where it is.
    Use it as a context manager: at the end it is stopped, every process of the session that is
    left is killed by its pid, and a sanitizer's report fails the test. What it wrote to stderr is
    in .log().
    """

    def __init__(self, routes: str | Path, files: Files | None = None, *arguments: str,
                 listen: str | None = "127.0.0.1:0", until_listening: bool = True,
                 sockets: dict[str, socket.socket] | None = None):
        """`listen` None: what the file says. `sockets`: passed as systemd does, by name."""
        self.port = 0
        self.urls: list[str] = []
        self.stdout = ""
        text = "" if isinstance(routes, Path) else routes
        config = routes if isinstance(routes, Path) else "routes.yaml"
        self._workspace = Workspace(text, files)
        self._log_path = self._workspace.path / "stderr.log"
        command = [BINARY, "-c", config, *(["--listen", listen] if listen else []), *arguments]
        passed = list((sockets or {}).values())
        with open(self._log_path, "wb") as log:
            self.process = subprocess.Popen(
                _activated(command, sockets) if sockets else command,
                cwd=self._workspace.path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=log, start_new_session=True, pass_fds=[each.fileno() for each in passed])
        self.pid = self.process.pid
        try:
            if until_listening:
                self._read_urls()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        try:
            if self.process.poll() is None:
                self.signal(signal.SIGTERM)
                self._wait_to_report()
            report = _SANITIZER.search(self.log())
            assert kind is not None or report is None, self.log()
        finally:
            self.close()

    @property
    def path(self) -> Path:
        """The folder of routes.yaml."""
        return self._workspace.path

    @property
    def admin_port(self) -> int:
        """Of the admin pages; for a server that was started with `--admin 127.0.0.1:0`."""
        said = wait_until(lambda: re.search(r"admin pages .* on http://\S+:(\d+)", self.log()),
                          "the admin address in the log")
        return int(said[1])

    def log(self) -> str:
        return self._log_path.read_text(errors="replace")

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def signal_group(self, number: int) -> None:
        """As a terminal's Ctrl-C does: the host and all that it started."""
        os.killpg(self.pid, number)

    def wait(self, deadline: float = DEADLINE) -> int:
        """The exit code (negative: the signal that ended it)."""
        try:
            return self.process.wait(deadline)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {deadline:g} s:\n{self.log()}") from None

    def write(self, name: str, text: str) -> None:
        """Rewrites a file of its folder."""
        (self.path / name).write_text(text)

    def reload(self) -> str:
        """What the log says of one reload."""
        before = len(self.log())
        self.signal(signal.SIGHUP)
        wait_until(lambda: _RELOADED.search(self.log()[before:]), "the end of the reload")
        return self.log()[before:]

    def stop(self) -> int:
        self.signal(signal.SIGTERM)
        return self.wait()

    def processes(self) -> list[processes.Process]:
        """Every living process of the run, the host among them while it lives."""
        self.process.poll()
        return processes.in_session(self.pid)

    def workers(self) -> list[int]:
        return processes.pool_workers(self.pid)

    def threads(self) -> int:
        return processes.thread_count(self.pid)

    def wait_for_no_process(self, deadline: float = DEADLINE) -> None:
        wait_until(lambda: not self.processes(), f"no process left of {self.pid}", deadline)

    def close(self) -> None:
        for process in self.processes():
            try:
                os.kill(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it ended by itself in between
        self.process.wait()
        self.process.stdout.close()
        self._workspace.close()

    def _wait_to_report(self) -> None:
        """Sanitizers say at the end what they found; a test may have left work that never ends."""
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            pass  # close() kills it

    def _read_urls(self) -> None:
        end = time.monotonic() + DEADLINE
        while not self.stdout.endswith("\n"):  # all lines come in one write
            left = max(0.0, end - time.monotonic())
            ready, _, _ = select.select([self.process.stdout], [], [], left)
            data = os.read(self.process.stdout.fileno(), 4096) if ready else b""
            self.stdout += data.decode()
            if not data:
                raise AssertionError(f"not listening; it said:\n{self.stdout}{self.log()}")
        prefix = "listening on "
        lines = self.stdout.splitlines()
        assert all(line.startswith(prefix) for line in lines), self.stdout
        self.urls = [line.removeprefix(prefix) for line in lines]
        ports = [url.rpartition(":")[2] for url in self.urls if url.startswith("http")]
        self.port = int(ports[0]) if ports else 0


def _activated(command: list, sockets: dict[str, socket.socket]) -> list:
    """The command, started with descriptors and variables as sd_listen_fds(3) describes them."""
    # By way of high numbers: a socket's own may be one of those from 3 on.
    away = " ".join(f"{200 + i}<&{each.fileno()}" for i, each in enumerate(sockets.values()))
    back = " ".join(f"{3 + i}<&{200 + i} {200 + i}<&-" for i in range(len(sockets)))
    script = (f"exec {away}; exec {back}; export LISTEN_PID=$$ LISTEN_FDS={len(sockets)} "
              f"LISTEN_FDNAMES={':'.join(sockets)}; exec \"$@\"")
    return ["bash", "-c", script, "bash", *command]


def run_to_end(routes: str, files: Files | None = None, *arguments: str,
               deadline: float = DEADLINE) -> subprocess.CompletedProcess:
    """Runs the executable where it is expected to refuse; kills it at the deadline."""
    workspace = Workspace(routes, files)
    try:
        return subprocess.run([BINARY, *(arguments or ("-c", "routes.yaml"))], cwd=workspace.path,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=deadline)
    finally:
        workspace.close()
