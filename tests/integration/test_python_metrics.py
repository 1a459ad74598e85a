"""What the Python plugin measures of its threads and pools."""
import threading

from support.exposition import Exposition, scrape
from support.http_client import get
from support.server import Server
from support.waiting import wait_until

ADMIN = ("--admin", "127.0.0.1:0")
HANDLERS = {
    "measured.py": (
        "import os, time\n"
        "def quick() -> dict:\n    return {}\n"
        "def slow(ms: int) -> dict:\n    time.sleep(ms / 1000)\n    return {}\n"
        "def wait_for_go() -> dict:\n"
        "    while not os.path.exists('go'): time.sleep(0.005)\n"
        "    return {}\n"
        "def die() -> dict:\n    os._exit(3)\n"
        "async def later() -> dict:\n    return {}\n"),
}


def python(*routes: str, config: str = "") -> str:
    return (f"plugins:\n  python:\n    path: python_plugin.so\n    config:\n"
            f"      import_paths: [.]\n{config}"
            "routes:\n" + "".join(f"  {route}\n" for route in routes))


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
    seen = scrape(server.admin_port)
    found = seen.value("plughost_python_gil_hold_seconds_count", route=route)
    return seen if found == count else None


def test_shows_requests_that_wait_for_a_thread_and_how_long_they_did():
    routes = python("GET /wait: python measured:wait_for_go", config="      threads: 1\n")
    with Server(routes, HANDLERS, *ADMIN) as server:
        clients = [threading.Thread(target=get, args=(server.port, "/wait")) for _ in range(4)]
        for client in clients:
            client.start()
        depth = {"plugin": "python", "queue": "threads"}
        wait_until(lambda: scrape(server.admin_port).value("plughost_queue_depth", **depth) == 3, "three wait")

        (server.path / "go").touch()
        for client in clients:
            client.join()
        wait_until(lambda: scrape(server.admin_port).value("plughost_queue_depth", **depth) == 0, "none waits")
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
        assert scrape(server.admin_port).value("plughost_pool_restarts_total", **restarts) == 0

        assert get(server.port, "/die").status == 502
        wait_until(lambda: scrape(server.admin_port).value("plughost_pool_restarts_total", **restarts) == 1,
                   "the death counted")
        wait_until(lambda: _workers(server)["idle"] == 2, "two idle workers again")
        assert scrape(server.admin_port).value("plughost_queue_depth", queue="pool default") == 0


def _workers(server: Server) -> dict[str, float]:
    seen = scrape(server.admin_port)
    return {state: seen.value("plughost_pool_workers", pool="default", state=state)
            for state in ("starting", "idle", "busy", "retiring")}
