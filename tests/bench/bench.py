"""Measures plughost beside other servers, all in one run: `make bench`.

Servers run on core 0 with one I/O thread, wrk -t1 -c32 on core 1; the pool's rows are not pinned.
Each round starts every server anew, as how fast one is differs by several per cent from start to
start, and measures all of them, so that a slow minute of the machine meets everyone. Only ratios
count.
"""
import argparse
import json
import os
import platform
import sys
from pathlib import Path
from typing import Callable

import arguments
import contenders
from contenders import CONNECTIONS, HERE, POOL_WORKERS, Contender, Missing, Server
from load import Measurement, measure
from report import Bar, judge, table

NATIVE = {"message": "Hello from C++", "timestamp": None}
PYTHON = {"message": "Hello from Python", "version": None}
SQUARES = {"squares": [1, 4, 9]}

BARS = [
    Bar("native hello", "stock Pistache", 1.6),
    Bar("native hello", "nginx return 200", 1.0),
    Bar("native hello", "bare epoll loop", 0.85),
    Bar("native hello", "constant on the transport", 0.92),
    Bar("tls hello", "nginx tls", 0.9),
    Bar("python hello", "uvicorn raw ASGI", 2.0),
    Bar("python hello", "fastpysgi WSGI", 1.05),
    Bar("python hello", "native hello", 0.7),
    Bar("python hello", "FastAPI on uvicorn", 6.0),
    Bar("native beside naps", "native hello", 0.8, "p99_ms"),
    Bar("async hello", "uvicorn raw ASGI", 1.4),
    Bar("asgi app", "uvicorn raw ASGI", 1.25),
    Bar("asgi app", "Granian ASGI", 1.5),
    Bar("asgi app", "fastpysgi ASGI", 1.2),
    Bar("FastAPI mounted", "FastAPI on uvicorn", 1.1),
    Bar("wsgi app", "Granian WSGI", 1.2),
    Bar("wsgi app", "gunicorn gthread", 8.0),
    Bar("512 async naps", "512 naps on uvicorn", 1.2),
    Bar("pool squares", "ProcessPoolExecutor.submit loop", 4.0),
]


class Field:
    """The contenders of a round: those that could be started, and why the others could not."""

    def __init__(self, build: Path, work: Path, wanted: set[str]):
        self.present: list[Contender] = []
        self.missing: dict[str, str] = {}
        self._servers: list[Server] = []
        self._wanted = wanted
        self._work = work
        self._build = build

    def assemble(self) -> None:
        venv = self._cached(lambda: contenders.make_venv(self._work / "venv"))
        own = self._own(contenders.HELLO_ROUTES)
        free = self._own(contenders.POOL_ROUTES, pinned=False)
        apps = self._own(contenders.APP_ROUTES, venv=venv)
        self._add("native hello", own, "/native/hello", NATIVE)
        self._add("native beside naps", own, "/native/hello", NATIVE, beside="/python/nap")
        self._add("python hello", own, "/python/hello", PYTHON)
        for name, path in (("async hello", "/async/hello"), ("asgi app", "/asgi/python/hello"),
                           ("FastAPI mounted", "/fastapi/python/hello"),
                           ("wsgi app", "/wsgi/python/hello")):
            self._add(name, apps, path, PYTHON)
        self._add("512 async naps", apps, "/async/nap", PYTHON, connections=512)
        # It closes after each answer unless it is asked not to.
        self._add("stock Pistache",
                  lambda: self._started(contenders.built_peer(self._build, "stock_pistache")),
                  "/", NATIVE, ("Connection: Keep-Alive",))
        for name, program in (("bare epoll loop", "bare_epoll"),
                              ("constant on the transport", "constant_transport")):
            self._add(name, lambda program=program: self._started(
                contenders.built_peer(self._build, program)), "/", NATIVE)
        self._add("nginx return 200", lambda: self._started(contenders.nginx(self._work)),
                  "/", NATIVE)
        self._add("tls hello",
                  lambda: self._started(contenders.plughost_tls(self._build, self._work)),
                  "/native/hello", NATIVE)
        self._add("nginx tls", lambda: self._started(contenders.nginx(self._work, tls=True)),
                  "/", NATIVE)
        for name, make in (
                ("uvicorn raw ASGI", lambda: contenders.uvicorn(venv(), "raw_asgi:app")),
                ("Granian ASGI", lambda: contenders.granian(venv(), "asgi", "raw_asgi:app")),
                ("fastpysgi ASGI", lambda: contenders.fastpysgi(venv(), "raw_asgi:app")),
                ("FastAPI on uvicorn", lambda: contenders.uvicorn(venv(), "fastapi_app:app")),
                ("fastpysgi WSGI", lambda: contenders.fastpysgi(venv(), "wsgi_app:app")),
                ("Granian WSGI", lambda: contenders.granian(venv(), "wsgi", "wsgi_app:app")),
                ("gunicorn gthread", lambda: contenders.gunicorn(venv(), "wsgi_app:app"))):
            self._add(name, lambda make=make: self._started(make()), "/python/hello", PYTHON)
        self._add("512 naps on uvicorn", lambda: self._started(
            contenders.uvicorn(venv(), "raw_asgi:napping")), "/", PYTHON, connections=512)
        self._add("pool squares", free, "/python/pool/squares?numbers=1,2,3", SQUARES)
        self._add_loop("ProcessPoolExecutor.submit loop")

    def warm_up(self, seconds: int) -> None:
        """Loads each for a moment. A peer that cannot stand it is missing; ours must."""
        for contender in list(self.present):
            try:
                measure(contender, seconds)
            except AssertionError as error:
                if contender.name in {bar.ours for bar in BARS}:
                    raise
                self.present.remove(contender)
                self.missing[contender.name] = str(error)

    def close(self) -> None:
        for server in self._servers:
            server.stop()

    def _add(self, name: str, server: Callable[[], Server], path: str, answer: dict,
             headers: tuple[str, ...] = (), **load) -> None:
        if name not in self._wanted:
            return
        try:
            contender = Contender(name, server(), path, answer, headers, **load)
            contender.check()
            self.present.append(contender)
        except (Missing, OSError) as error:
            self.missing[name] = str(error)

    def _add_loop(self, name: str) -> None:
        if name in self._wanted:
            self.present.append(Contender(name, None, command=[
                "/usr/bin/python3", str(HERE / "apps" / "pool_loop.py"), "SECONDS",
                str(POOL_WORKERS), str(CONNECTIONS)]))

    def _started(self, server: Server) -> Server:
        self._servers.append(server)
        server.start(self._work / f"{Path(server.command[0]).name}-{server.port}.log")
        return server

    def _own(self, routes: tuple[str, ...], pinned: bool = True,
             venv: Callable[[], Path | None] = lambda: None) -> Callable[[], Server]:
        """One plughost for all contenders that need those routes."""
        return self._cached(lambda: self._started(
            contenders.plughost(self._build, self._work, routes, pinned, venv())))

    @staticmethod
    def _cached(make: Callable):
        """make() at most once; a Missing is raised again each time."""
        results: list = []

        def get():
            if not results:
                try:
                    results.append(make())
                except Missing as error:
                    results.append(error)
            if isinstance(results[0], Missing):
                raise results[0]
            return results[0]
        return get


def run_round(field: Field, seconds: int, backwards: bool) -> dict[str, Measurement]:
    try:
        field.assemble()
        field.warm_up(min(seconds, 1))
        # There and back: nobody is always measured after the same neighbour.
        return {contender.name: measure(contender, seconds)
                for contender in field.present[::-1 if backwards else 1]}
    finally:
        field.close()


def parse_arguments() -> argparse.Namespace:
    parser = arguments.parser(__doc__, seconds=5)
    parser.add_argument("--only", action="append", metavar="TEXT",
                        help="only rows that contain TEXT; may be repeated")
    return parser.parse_args()


def main() -> int:
    told = parse_arguments()
    bars = [bar for bar in BARS if not told.only or
            any(text in f"{bar.ours} {bar.peer}" for text in told.only)]
    work = HERE.parents[1] / "build" / "bench"
    work.mkdir(parents=True, exist_ok=True)
    for old in (*work.glob("*.log"), *work.glob("routes-*.yaml")):
        old.unlink()
    wanted = {name for bar in bars for name in (bar.ours, bar.peer)}
    rounds: list[dict[str, Measurement]] = []
    missing: dict[str, str] = {}
    for number in range(told.rounds):
        field = Field(told.build.resolve(), work, wanted)
        rounds.append(run_round(field, told.seconds, backwards=number % 2 == 1))
        missing |= field.missing
        print(f"round {number + 1} of {told.rounds}", file=sys.stderr)
    rows = [judge(bar, rounds) for bar in bars]
    print(table(rows, missing))
    (work / "results.json").write_text(json.dumps({
        "machine": {"system": platform.platform(), "cores": os.cpu_count(),
                    "load": os.getloadavg()},
        "rounds": told.rounds, "seconds": told.seconds, "rows": rows,
        "measurements": [{name: vars(each) for name, each in measured.items()}
                         for measured in rounds],
        "missing": missing}, indent=2) + "\n")
    return 1 if any(row["verdict"] == "MISSED" for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
