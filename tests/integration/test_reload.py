"""SIGHUP puts a changed routes.yaml and changed plugins into use, and no request notices."""
import re
import shutil
import signal

import pytest

from routes import native_routes, stream_routes
from support.background import Background
from support.closed_loop import ClosedLoop
from support.http_client import RawConnection, get
from support.server import BINARY_DIR, Server
from support.waiting import wait_until

GET_HELLO = b"GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"
GET_EVENTS = GET_HELLO.replace(b"hello", b"events")
FIXTURES = BINARY_DIR / "fixtures"


def fixture_routes(routes: str, config: str = "{}") -> str:
    return (f"plugins: {{ fixture: {{ path: '{FIXTURES / 'fixture_tables.so'}', "
            f"config: {config} }} }}\nroutes:\n{routes}")


def test_routes_are_remapped_under_open_connections():
    with Server(native_routes()) as server, RawConnection(server.port) as connection:
        assert connection.send(GET_HELLO).read_response().status == 200
        server.write("routes.yaml", native_routes().replace("GET /hello:", "GET /welcome:"))

        said = server.reload()

        assert "serving 2 routes of routes.yaml as it is now" in said
        assert connection.send(GET_HELLO).read_response().status == 404
        assert get(server.port, "/welcome").status == 200


def test_host_answers_change_too():
    with Server("routes:\n  GET /a: { respond: { body: old } }\n") as server:
        server.write("routes.yaml", "routes:\n  GET /a: { respond: { body: new } }\n"
                                    "  GET /b: { redirect: /a }\n")
        server.reload()

        assert get(server.port, "/a").body == b"new"
        assert get(server.port, "/b").status == 308


@pytest.mark.parametrize("wrong, line", [
    ("routes: {\n", r"routes\.yaml:\d+:\d+: error: "),
    (native_routes(routes="GET /hello: native hello"), r"routes\.yaml:6:3: error: "),
    (native_routes(routes="GET /more: native nothing"), r"routes\.yaml:6:14: error: .*'nothing'"),
    (native_routes("threads: { io: 1 }"),
     r"routes\.yaml:1:1: error: 'threads' is not as it was when the process started"),
    ("plugins: { native: missing.so }\nroutes:\n  GET /hello: native hello\n",
     r"routes\.yaml:1:12: error: plugin 'native': 'missing\.so': no such file"),
], ids=["syntax", "twice", "no_handler", "fixed", "no_plugin"])
def test_mistake_leaves_everything_as_it_was(wrong, line):
    with Server(native_routes()) as server:
        server.write("routes.yaml", wrong)

        said = server.reload()

        assert re.search(line, said), said
        assert "SIGHUP: reload refused; what was served before still is" in said
        assert get(server.port, "/hello").status == 200
        server.write("routes.yaml", native_routes(routes="GET /more: native hello"))
        assert "serving 3 routes" in server.reload()
        assert get(server.port, "/more").status == 200


def test_removed_setting_is_refused_by_name():
    with Server(native_routes("limits: { headers: 50 }")) as server:
        server.write("routes.yaml", native_routes())

        assert "error: 'limits' is not as it was" in server.reload()


def test_request_ends_on_the_handler_it_began_with():
    rest = "  GET /emit: stream emit\n  GET /end: stream end\n"
    with Server(stream_routes("GET /events: stream events\n" + rest)) as server, \
         RawConnection(server.port) as stream:
        stream.send(GET_EVENTS).read_response(to_head=True)
        server.write("routes.yaml", stream_routes(rest))

        server.reload()

        assert get(server.port, "/events").status == 404
        get(server.port, "/emit?one")
        assert stream.read_chunk() == b"one"
        get(server.port, "/end")
        assert stream.read_chunk() == b""


def test_too_many_old_states_of_the_routes_are_refused():
    text = stream_routes("GET /events: stream events\nGET /end: stream end")
    with Server(text) as server:
        streams = []
        for _ in range(16):
            streams.append(RawConnection(server.port).send(GET_EVENTS))
            streams[-1].read_response(to_head=True)
            assert "SIGHUP: serving" in server.reload()

        assert "error: requests still use 16 older states of the routes" in server.reload()

        get(server.port, "/end")
        wait_until(lambda: "SIGHUP: serving" in server.reload(), "the old states are gone")


def test_plugin_file_is_replaced_while_its_old_code_serves_a_stream(tmp_path):
    folder = tmp_path / "plugins.d"
    folder.mkdir()
    shutil.copy(BINARY_DIR / "native_plugin.so", folder / "mine.so")
    text = f"plugin_dir: {folder}\nroutes:\n  GET /hello: mine hello\n"
    with Server(text) as server:
        assert b"Hello from C++" in get(server.port, "/hello").body
        shutil.copy(FIXTURES / "fixture_plugin.so", folder / "new.tmp")
        (folder / "new.tmp").rename(folder / "mine.so")
        shutil.copy(BINARY_DIR / "native_plugin.so", folder / "second.so")
        server.write("routes.yaml", text + "  GET /second: second hello\n")

        server.reload()

        assert get(server.port, "/hello").body == b"hello"
        assert b"Hello from C++" in get(server.port, "/second").body
        assert server.stop() == 0


def test_call_that_hangs_fails_the_reload_and_not_the_requests(tmp_path):
    mark = tmp_path / "mark"
    text = "plugin_timeout: 1s\n" + fixture_routes(
        "  GET /hello: fixture hello\n", f"{{ hang: bind, while: '{mark}' }}")
    with Server(text) as server:
        mark.touch()
        said = server.reload()
        assert "it has not returned from bind() in time" in said
        assert get(server.port, "/hello").body == b"hello"

        mark.unlink()
        assert "serving 1 routes" in server.reload()
        assert get(server.port, "/hello").body == b"hello"
        assert server.stop() == 0


@pytest.mark.parametrize("call", ["create", "table_begin", "bind", "table_commit"])
def test_plugin_that_crashes_ends_the_reload_and_not_the_host(tmp_path, call):
    mark = tmp_path / "mark"
    text = fixture_routes("  GET /hello: fixture hello\n", f"{{ crash: {call}, while: '{mark}' }}")
    with Server(text) as server:
        mark.touch()

        said = server.reload()

        assert re.search(r"error 'plughost check -c routes\.yaml', which loads everything in a "
                         r"process of its own first, was ended by signal 9 \(Killed\)", said), said
        assert get(server.port, "/hello").body == b"hello"


def test_nothing_is_lost_under_load():
    one, two = native_routes(), native_routes(routes="GET /more: native hello")
    with Server(one) as server:
        loop = ClosedLoop(server.port, "/hello")
        running = Background(loop.run, 20_000, lambda: server.signal(signal.SIGTERM))
        reloads = 0
        while not running.done() and "SIGTERM" not in server.log():
            server.write("routes.yaml", two if reloads % 2 == 0 else one)
            before = server.log().count("SIGHUP: serving")
            server.signal(signal.SIGHUP)
            wait_until(lambda: server.log().count("SIGHUP: serving") > before
                       or "SIGTERM" in server.log(), "the end of the reload")
            reloads += 1

        report = running.result()

        report.assert_nothing_lost()
        assert reloads > 3
        assert server.wait() == 0
