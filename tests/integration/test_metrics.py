"""GET /metrics: what plugins measure, as Prometheus reads it."""
import re
import threading

from support.exposition import Exposition, parse
from support.http_client import get, request
from support.server import BINARY_DIR, Server, run_to_end
from support.waiting import wait_until

ADMIN = ("--admin", "127.0.0.1:0")
PLUGIN = BINARY_DIR / "fixtures" / "metrics_plugin.so"
HANDLERS = {
    "measured.py": (
        "import os, threading, time\n"
        "def quick() -> dict:\n    return {}\n"
        "def slow(ms: int) -> dict:\n    time.sleep(ms / 1000)\n    return {}\n"
        "gate = threading.Event()\n"
        "def wait_for_gate() -> dict:\n    gate.wait(30)\n    return {}\n"
        "def open_gate() -> dict:\n    gate.set()\n    return {}\n"
        "def die() -> dict:\n    os._exit(3)\n"
        "async def later() -> dict:\n    return {}\n"),
}


def native(*routes: str) -> str:
    return (f"plugins: {{ m: {PLUGIN} }}\nroutes:\n" + "".join(f"  {route}\n" for route in routes))


def python(*routes: str, config: str = "") -> str:
    return (f"plugins:\n  python:\n    path: python_plugin.so\n    config:\n"
            f"      import_paths: [.]\n{config}"
            "routes:\n" + "".join(f"  {route}\n" for route in routes))


def scrape(server: Server) -> Exposition:
    answer = get(server.admin_port, "/metrics")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return parse(answer.body.decode())


def test_shows_what_a_plugin_counts():
    with Server(native("POST /count/{x}: m count", "GET /other: m count"), None, *ADMIN) as server:
        for body in ("", "x" * 10, "x" * 50):
            assert request(server.port, "POST", "/count/1", body).status == 200

        seen = scrape(server)
        assert seen.value("fixture_requests_total", route="/count/{x}") == 3
        assert seen.value("fixture_requests_total", route="/other") == 0
        assert seen.value("fixture_body_bytes_sum", route="/count/{x}") == 60
        assert seen.value("fixture_body_bytes_bucket", route="/count/{x}", le="10") == 2
        assert seen.value("fixture_routes", plugin="m") == 2


def test_a_plugin_goes_on_where_nobody_reads_metrics():
    with Server(native("GET /none: m none", "GET /count: m count")) as server:
        assert get(server.port, "/none").body == b"no"
        assert get(server.port, "/count").status == 200


def test_a_refused_metric_refuses_the_start():
    done = run_to_end(native("GET /x: { to: m refuse, name: no-name }"), None,
                      "-c", "routes.yaml", "--listen", "127.0.0.1:0", *ADMIN)

    assert done.returncode == 3
    assert re.search(r"routes.yaml:3:\d+: error: plugin 'm': metric 'no-name' is refused", done.stderr)


def test_measures_calls_of_python_threads_by_route():
    routes = python("GET /quick: python measured:quick", "GET /slow: python measured:slow",
                    "GET /later: python measured:later")
    with Server(routes, HANDLERS, *ADMIN) as server:
        for _ in range(5):
            assert get(server.port, "/quick").status == 200
        assert get(server.port, "/slow?ms=60").status == 200
        assert get(server.port, "/later").status == 200

        seen = wait_until(lambda: _with_hold_count(server, 1, "/slow"), "the slow call measured")
        for metric in ("plughost_python_gil_wait_seconds", "plughost_python_gil_hold_seconds"):
            assert seen.value(f"{metric}_count", route="/quick") == 5
            assert seen.value(f"{metric}_count", route="/later") is None  # the loop's
        assert 0 < seen.value("plughost_python_gil_hold_seconds_sum", route="/quick") < 5
        assert 0.06 <= seen.value("plughost_python_gil_hold_seconds_sum", route="/slow") < 5
        assert seen.value("plughost_python_gil_hold_seconds_bucket", route="/slow", le="0.05") == 0
        assert seen.value("plughost_python_gil_acquire_seconds_count") > 0


def _with_hold_count(server: Server, count: int, route: str) -> Exposition | None:
    """The call's measure is taken a moment after its answer."""
    seen = scrape(server)
    found = seen.value("plughost_python_gil_hold_seconds_count", route=route)
    return seen if found == count else None


def test_shows_requests_that_wait_for_a_thread_and_how_long_they_did():
    routes = python("GET /wait: python measured:wait_for_gate", config="      threads: 1\n")
    files = dict(HANDLERS)
    files["measured.py"] = files["measured.py"].replace("gate.wait(30)", "_until_go()") + (
        "def _until_go():\n    while not os.path.exists('go'): time.sleep(0.005)\n")
    with Server(routes, files, *ADMIN) as server:
        clients = [threading.Thread(target=get, args=(server.port, "/wait")) for _ in range(4)]
        for client in clients:
            client.start()
        depth = {"plugin": "python", "queue": "threads"}
        wait_until(lambda: scrape(server).value("plughost_queue_depth", **depth) == 3, "three wait")

        (server.path / "go").touch()
        for client in clients:
            client.join()
        wait_until(lambda: scrape(server).value("plughost_queue_depth", **depth) == 0, "none waits")
        seen = wait_until(lambda: _with_hold_count(server, 4, "/wait"), "four calls measured")
        assert seen.value("plughost_python_gil_wait_seconds_count", route="/wait") == 4


def test_shows_the_workers_of_a_pool_and_why_they_were_replaced():
    routes = python("GET /quick: { to: python measured:quick, mode: pool }",
                    "GET /die: { to: python measured:die, mode: pool }",
                    config="      pools: { default: { workers: 2 } }\n")
    with Server(routes, HANDLERS, *ADMIN) as server:
        assert get(server.port, "/quick").status == 200
        wait_until(lambda: _workers(server)["idle"] == 2, "two idle workers")
        restarts = {"pool": "default", "cause": "exit"}
        assert scrape(server).value("plughost_pool_restarts_total", **restarts) == 0

        assert get(server.port, "/die").status == 502
        wait_until(lambda: scrape(server).value("plughost_pool_restarts_total", **restarts) == 1,
                   "the death counted")
        wait_until(lambda: _workers(server)["idle"] == 2, "two idle workers again")
        assert scrape(server).value("plughost_queue_depth", queue="pool default") == 0


def _workers(server: Server) -> dict[str, float]:
    seen = scrape(server)
    return {state: seen.value("plughost_pool_workers", pool="default", state=state)
            for state in ("starting", "idle", "busy", "retiring")}
