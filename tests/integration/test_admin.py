"""The admin address: who is asked about health, where it listens, and what turns it off."""
import signal
import socket
import subprocess
import threading

import pytest

from routes import native_routes
from support.http_client import get, request
from support.server import BINARY_DIR, Server, run_to_end
from support.waiting import wait_until

ADMIN = ("--admin", "127.0.0.1:0")
FIXTURE = BINARY_DIR / "fixtures" / "fixture_plugin.so"


def fixture_routes(config: str = "{}", settings: str = "", handler: str = "hello") -> str:
    return (f"{settings}\n"
            f"plugins: {{ p: {{ path: {FIXTURE}, config: {config} }} }}\n"
            f"routes:\n  GET /route: p {handler}\n")


def test_says_that_it_lives_and_is_ready():
    with Server(native_routes(), None, *ADMIN) as server:
        for page, text in (("/livez", b"alive\n"), ("/readyz", b"ready\n")):
            answer = get(server.admin_port, page)

            assert (answer.status, answer.body) == (200, text)
            assert answer.headers["content-type"] == "text/plain; charset=utf-8"
            assert answer.headers["cache-control"] == "no-store"
        assert request(server.admin_port, "HEAD", "/readyz").status == 200
        assert request(server.admin_port, "POST", "/readyz").status == 405
        assert get(server.admin_port, "/hello").status == 404
        assert get(server.port, "/readyz").status == 404


def test_names_the_plugin_that_is_not_well():
    with Server(fixture_routes("{ fail: health }"), None, *ADMIN) as server:
        answer = get(server.admin_port, "/readyz")

        assert answer.status == 503
        assert answer.body == b"plugin 'p': this call was told to fail\n"
        assert get(server.admin_port, "/livez").status == 200


def test_names_the_plugin_that_is_out_of_service():
    with Server(fixture_routes(handler="fault"), None, *ADMIN) as server:
        assert get(server.admin_port, "/readyz").status == 200
        get(server.port, "/route")

        answer = get(server.admin_port, "/readyz")
        assert (answer.status, answer.body) == (503, b"plugin 'p': is out of service\n")


def test_asks_the_plugin_that_took_the_place_of_another():
    with Server(fixture_routes("{ fail: health }"), None, *ADMIN) as server:
        assert get(server.admin_port, "/readyz").status == 503
        server.write("routes.yaml", fixture_routes())

        server.reload()

        assert get(server.admin_port, "/readyz").status == 200


def test_is_not_ready_while_a_pool_worker_is_missing():
    routes = ("plugins:\n  python:\n    path: python_plugin.so\n    config:\n"
              "      import_paths: [.]\n      pools: { default: { workers: 1 } }\n"
              "routes:\n  GET /die: { to: python dying:die, mode: pool }\n")
    files = {"dying.py": "import os\ndef die() -> dict:\n    os._exit(3)\n"}
    with Server(routes, files, *ADMIN) as server:
        assert get(server.admin_port, "/readyz").status == 200
        for _ in range(4):  # a worker that dies once and again is not replaced at once
            assert get(server.port, "/die").status == 502

        reason = wait_until(lambda: _reason(server), "a reason not to be ready")
        assert "1 of 1 pool workers not running" in reason


def _reason(server: Server) -> str:
    answer = get(server.admin_port, "/readyz")
    return answer.body.decode() if answer.status == 503 else ""


def test_is_not_ready_once_it_stops():
    settings = "shutdown: { delay: 60s }"
    with Server(native_routes(settings), None, *ADMIN) as server:
        server.signal(signal.SIGTERM)

        assert wait_until(lambda: _reason(server), "not ready") == "the server is stopping\n"
        assert get(server.port, "/hello").status == 200
        assert get(server.admin_port, "/livez").status == 200
        server.signal(signal.SIGTERM)
        assert server.wait() == 0


def test_is_not_ready_while_it_starts():
    routes = ("plugins: { python: { path: python_plugin.so, config: { import_paths: [.] } } }\n"
              "routes:\n  GET /x: python slow:handler\n")
    files = {"slow.py": "import os, time\nwhile not os.path.exists('go'): time.sleep(0.01)\n"
                        "def handler() -> dict:\n    return {}\n"}
    with Server(routes, files, *ADMIN, until_listening=False) as server:
        assert get(server.admin_port, "/livez").status == 200
        assert _reason(server) == "the server is starting\n"

        (server.path / "go").touch()
        wait_until(lambda: get(server.admin_port, "/readyz").status == 200, "ready")


def test_answers_while_everything_else_is_busy():
    """No thread of the server proper is free: the one I/O thread sleeps in a handler."""
    routes = fixture_routes(handler="sleep").replace(
        "p sleep", "{ to: p sleep, ms: 3000, nonblocking: 1 }")
    with Server(routes, None, "--io-threads", "1", *ADMIN) as server:
        admin = server.admin_port
        sleeper = threading.Thread(target=get, args=(server.port, "/route"))
        sleeper.start()

        for page in ("/livez", "/readyz", "/metrics"):
            assert get(admin, page).status == 200
        assert sleeper.is_alive()
        sleeper.join()


def test_a_plugin_that_hangs_in_health_does_not_keep_the_other_pages():
    settings = "shutdown: { timeout: 1s }"
    with Server(fixture_routes("{ hang: health }", settings), None, *ADMIN) as server:
        admin = server.admin_port
        answers = []
        asking = threading.Thread(target=lambda: answers.append(get(admin, "/readyz")))
        asking.start()
        assert get(admin, "/livez").status == 200
        assert get(server.port, "/route").status == 200
        asking.join()

        assert answers[0].status == 504
        assert server.stop() == 5
        assert "has not returned from health()" in server.log()


def test_listens_where_the_file_says(monkeypatch):
    monkeypatch.delenv("PLUGHOST_ADMIN")
    with Server(native_routes("admin: unix:admin.sock")) as server:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(server.path / "admin.sock"))
            client.sendall(b"GET /livez HTTP/1.0\r\n\r\n")
            assert client.recv(4096).startswith(b"HTTP/1.1 200 ")
        assert "admin" not in server.stdout


@pytest.mark.parametrize("settings, environment, arguments", [
    ("admin: none", None, ()),
    ("admin: 127.0.0.1:1", "none", ()),
    ("admin: 127.0.0.1:1", "127.0.0.1:1", ("--admin", "none")),
])
def test_can_be_turned_off(monkeypatch, settings, environment, arguments):
    monkeypatch.delenv("PLUGHOST_ADMIN")
    if environment is not None:
        monkeypatch.setenv("PLUGHOST_ADMIN", environment)
    with Server(native_routes(settings), None, *arguments) as server:
        assert get(server.port, "/hello").status == 200
        assert "admin pages" not in server.log()


def test_a_busy_address_says_how_to_change_it():
    with socket.create_server(("127.0.0.1", 0)) as busy:
        address = f"127.0.0.1:{busy.getsockname()[1]}"

        done = run_to_end(native_routes(), None, "-c", "routes.yaml", "--listen", "127.0.0.1:0",
                          "--admin", address)

    assert done.returncode == 4
    assert done.stderr == (
        f"routes.yaml: error: cannot listen on {address}: Address already in use; choose another "
        "address with `admin` or --admin, or none to do without\n")
    assert done.stdout == ""


def refused(settings: str = "", *arguments: str) -> subprocess.CompletedProcess:
    return run_to_end(native_routes(settings), None, "-c", "routes.yaml", *arguments)


def test_one_address_cannot_be_both():
    done = refused("listen: 127.0.0.1:8001", "--admin", "127.0.0.1:8001")

    assert done.returncode == 3
    assert "'127.0.0.1:8001' is the address of the admin pages too" in done.stderr


@pytest.mark.parametrize("address, says", [
    ("systemd", "'systemd' is for `listen`"),
    ("8001", "'8001' is not HOST:PORT"),
])
def test_refuses_what_is_no_address(address, says):
    flag = refused("", "--admin", address)
    assert (flag.returncode, says in flag.stderr) == (2, True), flag.stderr
    key = refused(f"admin: {address}")
    assert key.returncode == 3
    assert key.stderr.startswith("routes.yaml:1:8: error: ") and says in key.stderr
