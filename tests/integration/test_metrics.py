"""GET /metrics: what plugins measure, as Prometheus reads it."""
import re

from support.exposition import Exposition, scrape
from support.http_client import get, request
from support.server import BINARY_DIR, Server, run_to_end
from support.waiting import wait_until

ADMIN = ("--admin", "127.0.0.1:0")
PLUGIN = BINARY_DIR / "fixtures" / "metrics_plugin.so"


def native(*routes: str) -> str:
    return (f"plugins: {{ m: {PLUGIN} }}\nroutes:\n" + "".join(f"  {route}\n" for route in routes))


def test_shows_what_a_plugin_counts():
    with Server(native("POST /count/{x}: m count", "GET /other: m count"), None, *ADMIN) as server:
        for body in ("", "x" * 10, "x" * 50):
            assert request(server.port, "POST", "/count/1", body).status == 200

        seen = scrape(server.admin_port)
        assert seen.value("fixture_requests_total", route="/count/{x}") == 3
        assert seen.value("fixture_requests_total", route="/other") == 0
        assert seen.value("fixture_body_bytes_sum", route="/count/{x}") == 60
        assert seen.value("fixture_body_bytes_bucket", route="/count/{x}", le="10") == 2
        assert seen.value("fixture_routes", plugin="m") == 2


def test_counts_go_on_through_a_reload_and_go_with_their_route():
    kept, gone, new = (f"GET /{name}: m count" for name in ("kept", "gone", "new"))
    with Server(native(kept, gone), None, *ADMIN) as server:
        for path in ("/kept", "/gone"):
            assert get(server.port, path).status == 200
        server.write("routes.yaml", native(kept, new))
        server.reload()
        assert get(server.port, "/new").status == 200
        assert get(server.port, "/kept").status == 200

        seen = wait_until(lambda: _without(server, "/gone"), "the old route's metrics gone")
        assert seen.value("fixture_requests_total", route="/kept") == 2
        assert get(server.admin_port, "/readyz").status == 200


def _without(server: Server, route: str) -> Exposition | None:
    seen = scrape(server.admin_port)
    return seen if seen.value("fixture_requests_total", route=route) is None else None


def test_shows_the_process():
    with Server(native("GET /x: m count"), None, *ADMIN) as server:
        seen = scrape(server.admin_port)
        assert seen.value("process_resident_memory_bytes") > 1e6
        assert seen.value("process_start_time_seconds") > 1e9
        assert 0 < seen.value("process_open_fds") < seen.value("process_max_fds")


def test_a_plugin_goes_on_where_nobody_reads_metrics():
    with Server(native("GET /none: m none", "GET /count: m count")) as server:
        assert get(server.port, "/none").body == b"no"
        assert get(server.port, "/count").status == 200


def test_a_refused_metric_refuses_the_start():
    done = run_to_end(native("GET /x: { to: m refuse, name: no-name }"), None,
                      "-c", "routes.yaml", "--listen", "127.0.0.1:0", *ADMIN)

    assert done.returncode == 3
    assert re.search(r"routes.yaml:3:\d+: error: plugin 'm': metric 'no-name' is refused", done.stderr)
