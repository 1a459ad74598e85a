"""SIGHUP puts changed Python code into use, and no request notices."""
import re

from support.http_client import RawConnection, get
from support.server import Server
from support.waiting import wait_until

CONFIG = ("plugins: { python: { path: python_plugin.so, config: { import_paths: [.], "
          "pools: { default: { workers: 2 } } } } }\nroutes:\n")
THREAD = "  GET /thread: python app:hello\n"
ASYNC = "  GET /async: python app:hello_async\n"
POOL = "  GET /pool: { to: python app:hello, mode: pool }\n"
STREAM = "  GET /stream: python app:stream\n"
APP = """
import asyncio
import time
from pathlib import Path

import helper

FOLDER = Path(__file__).parent

def hello() -> str:
    from helper import word
    assert word is helper.word
    return word

async def hello_async() -> str:
    return hello()

async def stream():
    for number in range(2):
        yield f"{number} {hello()}"
        while not (FOLDER / "gate").exists():
            await asyncio.sleep(0.005)
"""
HOOKS = """
def note(line):
    with (FOLDER / "hooks.log").open("a") as file:
        file.write(f"{helper.word} {line}\\n")

async def on_startup():
    note("up")

def on_shutdown():
    note("down")
"""
BACKGROUND = """
import asyncio
from pathlib import Path

FOLDER = Path(__file__).parent
ended = False

async def lifespan(receive, send):
    global ended
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    ended = True
    await send({"type": "lifespan.shutdown.complete"})

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        return await lifespan(receive, send)
    await send({"type": "http.response.start", "status": 202})
    await send({"type": "http.response.body", "body": b""})
    while not (FOLDER / "gate").exists():
        await asyncio.sleep(0.005)
    await asyncio.sleep(0.2)
    (FOLDER / "behind").write_text(f"ended: {ended}\\n")
"""
MISTAKES = [
    ("def hello(:\n", r"error: plugin 'python': \S+/app\.py:1: SyntaxError"),
    ("\nimport nowhere\n", r"/app\.py:2: ModuleNotFoundError: No module named 'nowhere'"),
    (APP + "def on_startup():\n    raise LookupError('no database')\n",
     r"/app\.py:\d+: on_startup of module 'app' failed: LookupError: no database"),
    (APP + "if __import__('multiprocessing').parent_process():\n    raise LookupError('no model')\n",
     r"a pool worker cannot import app:hello: \S+/app\.py:\d+: LookupError: no model"),
]


def helper(number: int) -> str:
    return f"word = 'version {number}'\n"


def serve(routes: str, app: str = APP) -> Server:
    return Server(CONFIG + routes, {"app.py": app, "helper.py": helper(1)})


def test_changed_helper_is_used_in_every_mode():
    with serve(THREAD + ASYNC + POOL) as server:
        paths = ("/thread", "/async", "/pool")
        assert {get(server.port, path).body for path in paths} == {b"version 1"}
        server.write("helper.py", helper(2))

        assert "SIGHUP: serving 3 routes" in server.reload()

        assert {get(server.port, path).body for path in paths} == {b"version 2"}
        assert server.stop() == 0, server.log()


def test_mistake_leaves_the_old_code_serving():
    with serve(THREAD + POOL) as server:
        workers = set(server.workers())
        for app, says in MISTAKES:
            server.write("app.py", app)
            server.write("helper.py", helper(2))

            said = server.reload()

            assert re.search(says, said), said
            assert "what was served before still is" in said
            assert get(server.port, "/thread").body == b"version 1"
            assert get(server.port, "/pool").body == b"version 1"
            assert set(server.workers()) == workers
        server.write("app.py", APP)
        assert "SIGHUP: serving" in server.reload()
        assert get(server.port, "/thread").body == get(server.port, "/pool").body == b"version 2"


def test_request_in_flight_ends_on_the_code_it_began_with():
    request = b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with serve(STREAM + THREAD, APP + HOOKS) as server, RawConnection(server.port) as client:
        client.send(request).read_response(to_head=True)
        assert client.read_chunk() == b"0 version 1"
        server.write("helper.py", helper(2))

        server.reload()

        hooks = server.path / "hooks.log"
        assert hooks.read_text() == "version 1 up\nversion 2 up\n"
        assert get(server.port, "/thread").body == b"version 2"
        (server.path / "gate").touch()
        assert client.read_chunk() == b"1 version 1"
        wait_until(lambda: hooks.read_text().endswith("version 1 down\n"), "the end of the old code")
        assert server.stop() == 0, server.log()
        assert hooks.read_text().endswith("version 1 down\nversion 2 down\n")


def test_pool_is_up_before_the_old_one_retires():
    with serve(POOL) as server:
        old = set(server.workers())
        server.write("helper.py", helper(2))

        server.reload()

        assert get(server.port, "/pool").body == b"version 2"
        wait_until(lambda: len(server.workers()) == 2, "the old workers have left")
        assert not old & set(server.workers())
        assert get(server.port, "/pool").body == b"version 2"
        server.stop()
        server.wait_for_no_process()


def test_work_behind_an_answer_ends_before_its_application_does():
    with serve("  ANY /{rest:path}: { to: python app:app, mode: asgi }\n", BACKGROUND) as server:
        assert get(server.port, "/").status == 202
        assert "SIGHUP: serving" in server.reload()

        (server.path / "gate").touch()

        said = server.path / "behind"
        wait_until(lambda: said.exists() and said.read_text().endswith("\n"), "the work is done")
        assert said.read_text() == "ended: False\n"
