"""Where the server listens: several addresses, Unix sockets, sockets that systemd passes on."""
import os
import signal
import socket
import stat
import subprocess

import pytest

from routes import native_routes, python_routes
from support.certificates import client_context, make_certificate
from support.http_client import RawConnection, exchange, get
from support.server import Server, run_to_end
from support.waiting import DEADLINE, wait_until

GET_HELLO = b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
CLIENT = """
def where(request):
    return {"client": request.client}
"""


def listening(*addresses: str, settings: str = "", **options) -> Server:
    lines = "".join(f"  - {address}\n" for address in addresses)
    return Server(native_routes(f"listen:\n{lines}{settings}"), listen=None, **options)


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def unix_socket(path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(16)
    return listener


def test_every_address_of_the_list_is_served_and_told():
    with listening("127.0.0.1:0", '"[::1]:0"', "unix:x.sock", "127.0.0.1:0") as server:
        first, second, third, fourth = server.urls
        assert first.startswith("http://127.0.0.1:") and second.startswith("http://[::1]:")
        assert third == f"unix:{server.path}/x.sock"

        for place in (port_of(first), ("::1", port_of(second)), server.path / "x.sock",
                      port_of(fourth)):
            assert exchange(place, GET_HELLO).json()["message"] == "Hello from C++"
        assert server.stop() == 0


def test_curl_speaks_to_the_unix_socket():
    with listening("unix:run/x.sock", settings="limits: { connections: 100 }\n",
                   files={"run/keep": ""}) as server:
        done = subprocess.run(["curl", "-sS", "--unix-socket", server.path / "run/x.sock",
                               "http://localhost/hello"], capture_output=True, text=True,
                              timeout=DEADLINE)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith('{"message":"Hello from C++"')


def test_unix_client_has_no_address():
    routes = "listen: [unix:x.sock, 127.0.0.1:0]\n" + python_routes(
        "GET /where: python mine:where").replace("import_paths: [", "import_paths: [., ")
    with Server(routes, {"mine.py": CLIENT}, listen=None) as server:
        request = b"GET /where HTTP/1.1\r\nHost: x\r\n\r\n"

        assert exchange(server.path / "x.sock", request).json() == {"client": None}
        assert exchange(server.port, request).json()["client"][0] == "127.0.0.1"


def test_ipv6_wildcard_takes_ipv4_clients_with_their_own_address():
    routes = python_routes("GET /where: python mine:where").replace(
        "import_paths: [", "import_paths: [., ")
    with Server(routes, {"mine.py": CLIENT}, listen="[::]:0") as server:
        request = b"GET /where HTTP/1.1\r\nHost: x\r\n\r\n"

        assert exchange(server.port, request).json()["client"][0] == "127.0.0.1"
        assert exchange(("::1", server.port), request).json()["client"][0] == "::1"


def test_ipv6_wildcard_leaves_ipv4_to_its_neighbour():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with listening(f"0.0.0.0:{port}", f'"[::]:{port}"') as server:
        assert server.urls == [f"http://0.0.0.0:{port}", f"http://[::]:{port}"]

        assert exchange(port, GET_HELLO).status == 200
        assert exchange(("::1", port), GET_HELLO).status == 200


def test_mode_is_that_of_the_socket_file():
    with listening('{ address: unix:x.sock, mode: "0620" }') as server:
        assert stat.S_IMODE(os.stat(server.path / "x.sock").st_mode) == 0o620


def test_socket_file_is_removed_at_the_stop():
    with listening("unix:x.sock") as server:
        assert (server.path / "x.sock").exists()

        assert server.stop() == 0

        assert not (server.path / "x.sock").exists()


def test_socket_file_of_a_killed_server_is_replaced(tmp_path):
    path = tmp_path / "x.sock"
    with listening(f"unix:{path}") as killed:
        killed.signal(signal.SIGKILL)
        killed.wait()
    assert path.exists()

    with listening(f"unix:{path}"):
        assert exchange(path, GET_HELLO).status == 200


def test_path_where_another_process_listens_is_exit_code_4(tmp_path):
    path = tmp_path / "x.sock"
    with unix_socket(path):
        done = run_to_end(native_routes(f"listen: unix:{path}"))

        assert (done.returncode, done.stdout) == (4, ""), done
        assert f"routes.yaml:1:9: error: cannot listen on unix:{path}: another process listens " \
            "there; choose another path" in done.stderr
        assert path.exists()


def test_every_address_in_use_is_told():
    with socket.create_server(("127.0.0.1", 0)) as one, \
         socket.create_server(("127.0.0.1", 0)) as two:
        ports = [one.getsockname()[1], two.getsockname()[1]]
        done = run_to_end(native_routes(
            f"listen: [127.0.0.1:{ports[0]}, unix:x.sock, 127.0.0.1:{ports[1]}]"))

    assert done.returncode == 4
    for port in ports:
        assert f"cannot listen on 127.0.0.1:{port}: Address already in use" in done.stderr


def test_flag_may_be_repeated_and_replaces_the_list():
    with Server(native_routes("listen: [unix:a.sock, unix:b.sock]"), None,
                "--listen", "unix:c.sock", listen="127.0.0.1:0") as server:
        assert [url.partition(":")[0] for url in server.urls] == ["http", "unix"]
        assert exchange(server.path / "c.sock", GET_HELLO).status == 200
        assert not (server.path / "a.sock").exists()


def test_variable_holds_a_list_with_commas(monkeypatch):
    monkeypatch.setenv("PLUGHOST_LISTEN", "127.0.0.1:0,unix:v.sock")
    with Server(native_routes(), listen=None) as server:
        assert exchange(server.port, GET_HELLO).status == 200
        assert exchange(server.path / "v.sock", GET_HELLO).status == 200


def test_port_variable_replaces_the_port_of_the_first_address_that_has_one(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    monkeypatch.setenv("PORT", str(port))
    with listening("unix:x.sock", "127.0.0.1:1", "127.0.0.1:0") as server:
        assert server.urls[1] == f"http://127.0.0.1:{port}"
        assert server.urls[0].startswith("unix:") and port_of(server.urls[2]) != port


@pytest.mark.parametrize("arguments", [
    pytest.param(["--listen", "unix:"], id="no_path"),
    pytest.param(["--listen", "localhost:0,localhost:80,localhost:80"], id="twice"),
    pytest.param(["--listen", "unix:" + "x" * 200], id="long_path"),
])
def test_wrong_address_on_the_command_line_is_exit_code_2(arguments):
    done = run_to_end(native_routes(), None, *arguments)

    assert (done.returncode, done.stdout) == (2, ""), done
    assert done.stderr.startswith("--listen: error: ")


def test_sockets_of_systemd_are_served(tmp_path):
    with unix_socket(tmp_path / "a") as first, \
         socket.create_server(("127.0.0.1", 0)) as second, \
         Server(native_routes("listen: systemd"), listen=None,
                sockets={"admin": first, "web": second}) as server:
        assert server.urls == [f"unix:{tmp_path}/a",
                               f"http://127.0.0.1:{second.getsockname()[1]}"]
        assert exchange(tmp_path / "a", GET_HELLO).status == 200
        assert exchange(second.getsockname()[1], GET_HELLO).status == 200

        assert server.stop() == 0
        assert (tmp_path / "a").exists()  # systemd's, not ours


def test_sockets_of_systemd_are_chosen_by_name():
    with socket.create_server(("127.0.0.1", 0)) as one, \
         socket.create_server(("127.0.0.1", 0)) as two, \
         Server(native_routes("listen: [systemd, 127.0.0.1:0, systemd:two]"), listen=None,
                sockets={"one": one, "two": two}) as server:
        ports = [port_of(url) for url in server.urls]

        assert ports[1:] == [two.getsockname()[1], one.getsockname()[1]]


def test_socket_of_systemd_that_nobody_names_is_closed_with_a_warning():
    with socket.create_server(("127.0.0.1", 0)) as one, \
         socket.create_server(("127.0.0.1", 0)) as two, \
         Server(native_routes("listen: systemd:one"), listen=None,
                sockets={"one": one, "two": two}) as server:
        assert "the socket 'two', but `listen` does not name it" in server.log()


def test_no_child_inherits_the_variables_or_sockets_of_systemd():
    routes = ("listen: systemd\n" + python_routes("GET /env: { to: python mine:env, mode: pool }")
              .replace("import_paths: [", "import_paths: [., "))
    handler = ("import os\n"
               "def env():\n"
               "    return {'variables': [n for n in os.environ if n.startswith('LISTEN_')],\n"
               "            'targets': [os.readlink(f'/proc/self/fd/{n}') for n in\n"
               "                        os.listdir('/proc/self/fd') if\n"
               "                        os.path.exists(f'/proc/self/fd/{n}')]}\n")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        inode = os.fstat(listener.fileno()).st_ino
        with Server(routes, {"mine.py": handler}, listen=None,
                    sockets={"web": listener}) as server:
            answer = get(server.port, "/env").json()

    assert answer["variables"] == []
    assert f"socket:[{inode}]" not in answer["targets"]


@pytest.mark.parametrize("listen, says", [
    ("systemd", "systemd passed no such socket"),
    ("systemd:web", "systemd passed no such socket"),
])
def test_start_without_systemd_is_told(listen, says):
    done = run_to_end(native_routes(f"listen: {listen}"))

    assert done.returncode == 4
    assert f"routes.yaml:1:9: error: cannot listen on {listen}: {says}" in done.stderr


def test_socket_of_systemd_that_does_not_listen_is_refused():
    with socket.socket() as idle, \
         Server(native_routes("listen: systemd"), listen=None, until_listening=False,
                sockets={"web": idle}) as server:
        assert server.wait() == 4
        assert "the socket 'web' that systemd passed is not a listening stream socket" \
            in server.log()


def test_variables_for_another_process_are_ignored(monkeypatch):
    monkeypatch.setenv("LISTEN_PID", "1")
    monkeypatch.setenv("LISTEN_FDS", "1")
    with Server(native_routes(), listen="127.0.0.1:0") as server:
        assert exchange(server.port, GET_HELLO).status == 200


def test_clients_who_wait_in_any_queue_are_served_by_the_stop(attempt):
    with listening("127.0.0.1:0", "unix:x.sock", "127.0.0.1:0") as server:
        places = [port_of(server.urls[0]), server.path / "x.sock", port_of(server.urls[2])]
        server.signal(signal.SIGSTOP)  # so that nobody is accepted yet
        clients = [RawConnection(place) for place in places for _ in range(20)]
        for client in clients:
            client.send(GET_HELLO)
        server.signal(signal.SIGTERM)
        server.signal(signal.SIGCONT)

        assert {client.read_response().status for client in clients} == {200}
        assert server.wait() == 0
        for client in clients:
            client.socket.close()


def test_connection_limit_holds_for_all_addresses_together():
    post = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    with listening("127.0.0.1:0", "unix:x.sock", settings="limits: { connections: 2 }\n") as server:
        place = server.path / "x.sock"
        with RawConnection(server.port) as first, RawConnection(place) as second:
            assert first.send(post).read_response().status == 100  # busy: none is closed for others
            assert second.send(post).read_response().status == 100

            for full in (server.port, place):
                assert exchange(full, GET_HELLO).status == 503
        wait_until(lambda: exchange(place, GET_HELLO).status == 200, "room again")


def test_tls_is_chosen_for_each_address(tmp_path):
    make_certificate(tmp_path, "server")
    tls = client_context(tmp_path)
    with listening("127.0.0.1:0", "{ address: 127.0.0.1:0, tls: false }", "unix:x.sock",
                   "{ address: unix:y.sock, tls: true }",
                   settings=f"tls: {{ cert: {tmp_path}/server.crt, key: {tmp_path}/server.key }}\n"
                   ) as server:
        first, second = server.urls[:2]
        assert first.startswith("https://") and second.startswith("http://")

        for place in (port_of(first), server.path / "y.sock"):
            with RawConnection(place, tls) as connection:
                assert connection.send(GET_HELLO).read_response().status == 200
        for place in (port_of(second), server.path / "x.sock"):
            assert exchange(place, GET_HELLO).status == 200
