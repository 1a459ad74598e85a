"""on_startup and on_shutdown of the modules that handlers are in."""
import pytest

from support.http_client import get
from support.server import Server, run_to_end

FIRST = """
import asyncio
from pathlib import Path

log = Path("hooks.log")

def note(line):
    with log.open("a") as file:
        file.write(line + "\\n")

async def on_startup():
    global loop
    loop = asyncio.get_running_loop()
    await asyncio.sleep(0.01)
    note("first up")

async def on_shutdown():
    await asyncio.sleep(0.01)
    note("first down")

async def hello():
    return {"same": loop is asyncio.get_running_loop()}
"""
SECOND = """
from first import note

def on_startup():
    note("second up")

def on_shutdown():
    note("second down")

def hello():
    return {}
"""
FAILING = """
from first import note

async def on_startup():
    raise LookupError("no database")

def on_shutdown():
    note("failing down")

def hello():
    return {}
"""


def routes(*lines: str) -> str:
    return ("plugins: { python: { path: python_plugin.so, config: { import_paths: [.] } } }\n"
            "routes:\n" + "".join(f"  {line}\n" for line in lines))


def test_hooks_run_in_order_and_back():
    files = {"first.py": FIRST, "second.py": SECOND}
    with Server(routes("GET /a: python first:hello", "GET /b: python second:hello",
                       "GET /c: python first:hello"), files) as server:
        log = server.path / "hooks.log"
        assert log.read_text() == "first up\nsecond up\n"

        assert get(server.port, "/a").json() == {"same": True}
        assert server.stop() == 0, server.log()

        assert log.read_text() == "first up\nsecond up\nsecond down\nfirst down\n"


def test_async_hooks_have_a_loop_without_async_handlers():
    plain = FIRST.replace("async def hello", "def hello").replace(
        "loop is asyncio.get_running_loop()", "loop.is_running()")
    with Server(routes("GET /a: python first:hello"), {"first.py": plain}) as server:
        assert get(server.port, "/a").json() == {"same": True}
        assert server.stop() == 0, server.log()


@pytest.mark.parametrize("kind", ["async def", "def"])
def test_failing_startup_refuses_the_start(kind, tmp_path):
    log = tmp_path / "hooks.log"
    files = {"first.py": FIRST.replace('"hooks.log"', repr(str(log))),
             "failing.py": FAILING.replace("async def", kind)}

    done = run_to_end(routes("GET /a: python first:hello", "GET /b: python failing:hello"), files)

    assert done.returncode == 3, done
    assert "on_startup of module 'failing' failed: LookupError: no database" in done.stderr
    assert "failing.py" in done.stderr and "Traceback" in done.stderr
    assert log.read_text() == "first up\nfirst down\n"


def test_failing_shutdown_is_logged_and_the_others_run():
    files = {"first.py": FIRST,
             "failing.py": FAILING.replace('raise LookupError("no database")', "pass").replace(
                 'note("failing down")', 'raise LookupError("cannot say goodbye")')}
    with Server(routes("GET /a: python first:hello", "GET /b: python failing:hello"),
                files) as server:
        assert server.stop() == 0, server.log()

        assert "on_shutdown of module 'failing' failed: LookupError" in server.log()
        assert (server.path / "hooks.log").read_text() == "first up\nfirst down\n"
