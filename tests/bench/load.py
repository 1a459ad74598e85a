"""One measurement: wrk against a URL, or a command that measures itself."""
import re
import subprocess
from dataclasses import dataclass

from contenders import Contender


@dataclass
class Measurement:
    rate: float  # requests a second
    p99_ms: float | None = None


_UNITS_IN_MS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


def wrk(url: str, connections: int, seconds: int, headers: tuple[str, ...] = ()) -> list[str]:
    """The command line of a closed loop."""
    # A peer that leaves some of 512 clients aside for seconds is slow, not wrong.
    return ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency",
            *(word for header in headers for word in ("-H", header)), url]


def parse_wrk(text: str) -> Measurement:
    """Raises AssertionError if wrk saw an error: then it measured something else."""
    errors = re.search(r"Socket errors: (.*)|Non-2xx or 3xx responses: (\d+)", text)
    assert errors is None, f"the load saw errors: {errors[0]}"
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    assert rate, f"wrk says no rate: {text}"
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", text)
    return Measurement(float(rate[1]), float(p99[1]) * _UNITS_IN_MS[p99[2]] if p99 else None)


def measure(contender: Contender, seconds: int) -> Measurement:
    try:
        return _measure(contender, seconds)
    except AssertionError as error:
        raise AssertionError(f"{contender.name}: {error}") from None


def _measure(contender: Contender, seconds: int) -> Measurement:
    if contender.command is not None:
        command = [word.replace("SECONDS", str(seconds)) for word in contender.command]
        return Measurement(float(_run(command, seconds)))
    assert contender.server is not None
    with contender.server.awake():
        return _measure_awake(contender, seconds)


def _measure_awake(contender: Contender, seconds: int) -> Measurement:
    sleepers = None
    if contender.beside is not None:
        sleepers = subprocess.Popen(_wrk(contender, contender.beside, 8, seconds),
                                    stdout=subprocess.PIPE, text=True)
    measured = parse_wrk(_run(_wrk(contender, contender.path, contender.connections, seconds), seconds))
    if sleepers is not None:
        parse_wrk(sleepers.communicate(timeout=60)[0])
    return measured


def _wrk(contender: Contender, path: str, connections: int, seconds: int) -> list[str]:
    server = contender.server
    assert server is not None
    pin = ["taskset", "-c", "1"] if server.pinned else []
    return [*pin, *wrk(server.url(path), connections, seconds, contender.headers)]


def _run(command: list[str], seconds: int) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60)
    assert done.returncode == 0, f"{command[0]}: {done.stderr}"
    return done.stdout
