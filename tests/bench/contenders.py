"""Everything that is measured: how each server is started, and what it must answer."""
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

HERE = Path(__file__).resolve().parent
POOL_WORKERS = 2
CONNECTIONS = 32

HELLO_ROUTES = ("GET /native/hello: native hello", "GET /python/hello: python endpoints:hello",
                "GET /python/nap: python nap:nap")
POOL_ROUTES = ("GET /python/pool/squares: { to: python pool_workers:squares, mode: pool }",)
# What the peers run, here.
APP_ROUTES = ("GET /async/hello: python async_hello:hello", "GET /async/nap: python async_hello:nap",
              "ANY /asgi/{rest:path}: { to: python raw_asgi:app, mode: asgi }",
              "ANY /fastapi/{rest:path}: { to: python fastapi_app:app, mode: asgi }",
              "ANY /wsgi/{rest:path}: { to: python wsgi_app:app, mode: wsgi }")


class Missing(Exception):
    """A contender that cannot be had here; the text says why."""


@dataclass
class Contender:
    """One bar of the table: a URL that is loaded, or a command that measures itself."""

    name: str
    server: "Server | None"
    path: str = "/"
    answer: dict = field(default_factory=dict)  # every key must be there; None: any value
    headers: tuple[str, ...] = ()  # for the load generator
    command: list[str] | None = None  # measures itself: prints a rate
    beside: str | None = None  # a path that eight other clients load meanwhile
    connections: int = CONNECTIONS

    def check(self) -> None:
        """Raises AssertionError unless the answer is right: a fast wrong answer is no peer."""
        if self.server is None:
            return
        with self.server.awake(), self.server.connect() as connection:
            # A request that does not end its connection, as the load sends them: fastpysgi 0.6
            # dies of a segmentation fault once an ASGI client has asked for `close`.
            connection.request("GET", self.path)
            response = connection.getresponse()
            assert response.status == 200, f"{self.name}: status {response.status}"
            kind = response.headers["Content-Type"]
            assert kind.startswith("application/json"), f"{self.name}: {kind}"
            said = json.load(response)
        wrong = {key: said.get(key) for key, value in self.answer.items()
                 if key not in said or (value is not None and said[key] != value)}
        assert not wrong and said.keys() == self.answer.keys(), f"{self.name}: answers {said}"


@dataclass
class Server:
    """A process that listens on `port` once it is started, and runs while it is awake()."""

    command: list[str]
    port: int
    pinned: bool = True  # on core 0, the load on core 1; else both where the system puts them
    cwd: Path | None = None
    process: subprocess.Popen | None = None
    scheme: str = "http"

    def url(self, path: str) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}{path}"

    def connect(self) -> closing[HTTPConnection]:
        """A client's connection, closed at the end of the block."""
        if self.scheme == "http":
            return closing(HTTPConnection("127.0.0.1", self.port, timeout=10))
        # Its certificate is this run's own.
        return closing(HTTPSConnection("127.0.0.1", self.port, timeout=10,
                                       context=ssl._create_unverified_context()))

    def start(self, log: Path) -> None:
        pin = ["taskset", "-c", "0"] if self.pinned else []
        with open(log, "wb") as output:
            self.process = subprocess.Popen(
                [*pin, *self.command], cwd=self.cwd, stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True)
        end = time.monotonic() + 20
        while not self._is_open():
            if self.process.poll() is not None or time.monotonic() > end:
                raise Missing(f"does not start: {log.read_text(errors='replace').strip()[-300:]}")
            time.sleep(0.02)
        self._signal(signal.SIGSTOP)

    @contextmanager
    def awake(self) -> Iterator[None]:
        """Lets it run for a while. There are servers that spin where others wait for requests, so
        whoever is not measured stands still."""
        self._signal(signal.SIGCONT)
        try:
            yield
        finally:
            self._signal(signal.SIGSTOP)

    def stop(self) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            self._signal(signal.SIGCONT)
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
        with suppress(ProcessLookupError):  # itself, or workers that it left behind
            self._signal(signal.SIGKILL)
        self.process.wait()

    def _signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, number)

    def _is_open(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def existing(path: Path, cure: str) -> str:
    if not path.exists():
        raise Missing(f"no {path}: {cure}")
    return str(path)


def make_certificate(work: Path) -> tuple[Path, Path]:
    """A certificate and its key, for the servers that speak TLS."""
    cert, key = work / "tls.crt", work / "tls.key"
    if not cert.exists():
        done = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650", "-subj", "/CN=localhost",
             "-keyout", key, "-out", cert], capture_output=True, text=True)
        if done.returncode:
            raise Missing(f"openssl: {done.stderr.strip()[-300:]}")
    return cert, key


def plughost_tls(build: Path, work: Path) -> Server:
    """Native only, over TLS."""
    binary = existing(build / "plughost", "make build")
    cert, key = make_certificate(work)
    port = free_port()
    routes = work / f"routes-{port}.yaml"
    routes.write_text(
        "log: { level: warn }\n"
        f"tls: {{ cert: {cert}, key: {key} }}\n"
        f"plugins: {{ native: {build / 'native_plugin.so'} }}\n"
        "routes: { GET /native/hello: native hello }\n")
    return Server([binary, "-c", str(routes), "--listen", f"127.0.0.1:{port}",
                   "--admin", "127.0.0.1:0", "--io-threads", "1"], port, scheme="https")


def plughost(build: Path, work: Path, routes: tuple[str, ...], pinned: bool = True,
             venv: Path | None = None) -> Server:
    """The release build, one I/O thread, with the shipped handlers and those of apps/."""
    binary = existing(build / "plughost", "make build")
    port = free_port()
    file = work / f"routes-{port}.yaml"
    file.write_text(
        "log: { level: warn }\n"
        "plugins:\n"
        f"  native: {build / 'native_plugin.so'}\n"
        "  python:\n"
        f"    path: {build / 'python_plugin.so'}\n"
        "    config:\n"
        f"      import_paths: [{HERE.parents[1] / 'python'}, {HERE / 'apps'}]\n"
        + (f"      venv: {venv}\n" if venv else "") +
        f"      pools: {{ default: {{ workers: {POOL_WORKERS} }} }}\n"
        "routes:\n" + "".join(f"  {route}\n" for route in routes))
    return Server([binary, "-c", str(file), "--listen", f"127.0.0.1:{port}",
                   "--admin", "127.0.0.1:0", "--io-threads", "1"], port, pinned)


def built_peer(build: Path, name: str) -> Server:
    program = build / "tests" / "bench" / name
    port = free_port()
    return Server([existing(program, "make bench builds it"), str(port)], port)


def nginx(work: Path, tls: bool = False) -> Server:
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    if program is None:
        raise Missing("nginx is not installed")
    port = free_port()
    folder = work / ("nginx-tls" if tls else "nginx")
    certificate = "ssl_protocols TLSv1.2 TLSv1.3; ssl_certificate {}; ssl_certificate_key {};\n    ".format(
        *make_certificate(work)) if tls else ""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr;\n"
        "events { worker_connections 1024; }\n"
        "http {\n"
        "  access_log off; keepalive_requests 1000000000; default_type application/json;\n"
        + "".join(f"  {kind}_temp_path {folder};\n"
                  for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) +
        f"  server {{ listen 127.0.0.1:{port}{' ssl' if tls else ''};\n"
        f"    {certificate}"
        "return 200 '{\"message\": \"Hello from C++\", \"timestamp\": 1700000000}'; }\n"
        "}\n")
    return Server([program, "-e", "stderr", "-p", str(folder), "-c", "nginx.conf"], port,
                  scheme="https" if tls else "http")


def python_peer(venv: Path, *arguments: str) -> Server:
    port = free_port()
    command = [word.replace("PORT", str(port)) for word in arguments]
    return Server([str(venv / "bin" / "python"), *command], port, cwd=HERE / "apps")


def fastpysgi(venv: Path, app: str) -> Server:
    return python_peer(venv, "serve_fastpysgi.py", app, "PORT")


def granian(venv: Path, interface: str, app: str) -> Server:
    return python_peer(venv, "-m", "granian", "--interface", interface, app, "--host", "127.0.0.1",
                       "--port", "PORT", "--workers", "1", "--loop", "uvloop", "--no-access-log",
                       "--log-level", "error")


def gunicorn(venv: Path, app: str) -> Server:
    """With as many threads as plughost has by default, and a worker that may stand still."""
    return python_peer(venv, "-m", "gunicorn", "-k", "gthread", "--threads", "8", "-w", "1", "-b",
                       "127.0.0.1:PORT", "--timeout", "0", "--log-level", "warning", app)


def uvicorn(venv: Path, app: str) -> Server:
    return python_peer(venv, "-m", "uvicorn", app, "--port", "PORT", "--loop", "uvloop", "--http",
                       "httptools", "--no-access-log", "--log-level", "warning")


def make_venv(folder: Path) -> Path:
    """The Python peers, installed once and again when the requirements change."""
    requirements = HERE / "requirements.txt"
    stamp = folder / "installed.txt"
    if stamp.exists() and stamp.read_text() == requirements.read_text():
        return folder
    print(f"installing the Python peers in {folder}", file=sys.stderr)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "-q", "--disable-pip-version-check"]
    for command in ([sys.executable, "-m", "venv", "--clear", str(folder)],
                    [*pip, "install", "-r", str(requirements)]):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise Missing(f"{' '.join(command)}: {(done.stderr or done.stdout).strip()[-300:]}")
    stamp.write_text(requirements.read_text())
    return folder
