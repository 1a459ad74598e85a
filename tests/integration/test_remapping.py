"""The file decides: endpoints are swapped, and plugins added, without touching code."""
import shutil

import pytest

from routes import shipped_routes
from support.http_client import get, post_json
from support.server import BINARY_DIR, Server


def test_swapping_two_handlers_swaps_the_endpoints():
    routes = shipped_routes()
    native, python = "GET /native/hello: native hello", "GET /python/hello: python endpoints:hello"
    assert native in routes and python in routes
    routes = routes.replace(native, "GET /native/hello: python endpoints:hello")
    routes = routes.replace(python, "GET /python/hello: native hello")

    with Server(routes) as server:
        assert get(server.port, "/native/hello").json()["message"] == "Hello from Python"
        assert get(server.port, "/python/hello").json()["message"] == "Hello from C++"


def test_moving_a_handler_to_the_pool_keeps_its_answer():
    routes = shipped_routes().replace(
        "POST /python/process: python endpoints:process",
        "POST /python/process: { to: python endpoints:process, mode: pool }")

    with Server(routes) as server:
        answer = post_json(server.port, "/python/process", {"data": "x"})

    assert answer.json() == {"result": {"processed": "X", "input_type": "str"}, "source": "python"}


@pytest.fixture
def plugin_folder(tmp_path):
    folder = tmp_path / "plugins.d"
    folder.mkdir()
    shutil.copy(BINARY_DIR / "native_plugin.so", folder / "mine.so")
    return folder


def test_plugin_dropped_into_plugin_dir_is_named_after_its_file(plugin_folder):
    (plugin_folder / "notes.txt").write_text("not a plugin")
    (plugin_folder / ".hidden.so").write_text("not a plugin either")

    with Server(f"plugin_dir: {plugin_folder}\nroutes:\n  GET /mine: mine hello\n") as server:
        assert get(server.port, "/mine").json()["message"] == "Hello from C++"


def test_plugin_beside_the_file_is_found(plugin_folder):
    routes = "plugins: { mine: ./mine.so }\nroutes:\n  GET /mine: mine hello\n"

    with Server(routes, {"mine.so": plugin_folder / "mine.so"}) as server:
        assert get(server.port, "/mine").status == 200


def test_replacing_the_file_of_a_running_plugin_harms_nothing(plugin_folder):
    with Server(f"plugin_dir: {plugin_folder}\nroutes:\n  GET /mine: mine hello\n") as server:
        (plugin_folder / "mine.so").write_bytes(b"overwritten in place")

        assert get(server.port, "/mine").status == 200
        assert server.stop() == 0
