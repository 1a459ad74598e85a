"""What the clients of native handlers feel of a pool that computes.

Four workers run tasks of 50 ms without a pause, and a client asks for native hello at a constant
rate: p99 of its answers with and without them. The client stands for one on a machine of its own,
so it must not wait for a turn itself: it is measured with real-time priority, where it may have it.
Prints a line for each rate; exits 1 if a bar is missed.
"""
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import arguments
from load import parse_wrk, wrk
from report import at_most

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

RATES = (1000, 4000)  # requests a second
ROUTES = """log: {{ level: warn }}
plugins:
  native: native_plugin.so
  python:
    path: python_plugin.so
    config: {{ import_paths: [{package}, {apps}], pools: {{ default: {{ workers: 4 }} }} }}
routes:
  GET /hello: native hello
  GET /spin: {{ to: python spin:spin, mode: pool }}
"""
GET_HELLO = b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"


def p99_ms(port: int, rate: int, seconds: int) -> float:
    """From the moment at which each request was due, not from when it could be sent."""
    times = []
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        begin = time.perf_counter()
        for number in range(int(rate * seconds)):
            due = begin + number / rate
            if (early := due - time.perf_counter()) > 0:
                time.sleep(early)
            connection.sendall(GET_HELLO)
            assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
            times.append(time.perf_counter() - due)
    return statistics.quantiles(times, n=100)[98] * 1000


@contextmanager
def busy_pool(port: int, seconds: int) -> Iterator[None]:
    """Eight clients keep its four workers at work, for more than those seconds."""
    url = f"http://127.0.0.1:{port}/spin"
    load = subprocess.Popen(wrk(url, 8, seconds + 2), stdout=subprocess.PIPE, text=True)
    urllib.request.urlopen(url, timeout=30).close()  # it has waited behind others: they are at work
    yield
    assert load.poll() is None, "the load ended before the measurement"
    done = parse_wrk(load.communicate(timeout=60)[0]).rate
    assert done > 20, f"the pool did only {done} tasks a second"


def measure(port: int, rate: int, rounds: int, seconds: int) -> bool:
    ratios = []
    for _ in range(rounds):
        alone = p99_ms(port, rate, seconds)
        with busy_pool(port, seconds):
            beside = p99_ms(port, rate, seconds)
        print(f"  {rate}/s: {alone:.2f} ms alone, {beside:.2f} ms beside", file=sys.stderr)
        ratios.append(beside / alone)
    return at_most(f"native p99 at {rate}/s beside 4 busy workers, relative to idle",
                   statistics.median(ratios), 2.0, "x")


def go_first() -> None:
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(1))
    except OSError as error:
        print(f"the client may not go first ({error}): its own waits count too", file=sys.stderr)


def main() -> int:
    told = arguments.parser(__doc__, seconds=3).parse_args()
    os.environ["PLUGHOST_BINARY_DIR"] = str(told.build.resolve())
    from support.server import Server
    good = True
    with Server(ROUTES.format(package=HERE.parents[1] / "python", apps=HERE / "apps")) as server:
        go_first()
        p99_ms(server.port, 1000, 1)  # warm-up
        for rate in RATES:
            good &= measure(server.port, rate, told.rounds, told.seconds)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
