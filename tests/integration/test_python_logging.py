"""What Python code says outside of its answers, and where an operator finds it."""
import re

import pytest

from routes import python_routes
from support.background import Background
from support.http_client import get, request
from support.server import Server
from support.waiting import wait_until

TALKER = """
import logging
import threading
import warnings

log = logging.getLogger("shop.cart")
log.info("imported")

def say(level: str, text: str) -> dict:
    log.log(getattr(logging, level), text)
    return {}

def trip() -> dict:
    try:
        {}["price"]
    except KeyError:
        log.exception("no price")
    return {}

def warn() -> dict:
    warnings.warn("old-fashioned", DeprecationWarning)
    warnings.warn("careful")
    return {}

def aside() -> dict:
    thread = threading.Thread(target=log.warning, args=("beside",))
    thread.start()
    thread.join()
    return {}
"""
CONFIGURED = """
import logging
import sys
logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="mine: %(message)s", force=True)

def say() -> dict:
    logging.info("my own way")
    return {}
"""
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d"


def talking(settings: str = "", module: str = TALKER) -> Server:
    names = ["say", "trip", "warn", "aside"]
    routes = "\n".join([f"GET /{name}: python talker:{name}" for name in names] +
                       [f"GET /pool/{name}: {{ to: python talker:{name}, mode: pool }}"
                        for name in names] +
                       ["GET /pool/{shop}/say: { to: python talker:say, mode: pool }"])
    return Server(python_routes(routes, settings).replace("import_paths: [", "import_paths: [., "),
                  {"talker.py": module})


@pytest.fixture(scope="module")
def server():
    with talking() as running:
        yield running


def line_with(server: Server, text: str) -> str:
    wait_until(lambda: text in server.log(), f"{text!r} is in the log")
    return next(line for line in server.log().splitlines() if text in line)


@pytest.mark.parametrize("level, shown", [("INFO", "info"), ("WARNING", "warning"),
                                          ("ERROR", "error"), ("CRITICAL", "error")])
def test_record_is_a_line_of_the_host_with_the_requests_id(server, level, shown):
    get(server.port, f"/say?level={level}&text=bought-{level}", **{"X-Request-ID": f"id-{level}"})

    line = line_with(server, f"bought-{level}")

    assert re.fullmatch(rf"{TIME} {shown} plugin 'python': request id-{level} \(/say\): "
                        rf"shop\.cart: bought-{level}", line), line


def test_record_of_a_worker_has_the_same_form(server):
    get(server.port, "/pool/corner/say?level=ERROR&text=sold-out", **{"X-Request-ID": "id-worker"})

    line = line_with(server, "sold-out")

    assert re.fullmatch(rf"{TIME} error pool worker \d+: request id-worker "
                        r"\(/pool/\{shop\}/say\): shop\.cart: sold-out", line), line


@pytest.mark.parametrize("path", ["/trip", "/pool/trip"])
def test_traceback_is_part_of_its_record(server, path):
    before = server.log().count("no price")
    get(server.port, path)
    wait_until(lambda: server.log().count("no price") > before and
               server.log().rstrip().endswith("KeyError: 'price'"), "the traceback is there")

    after = server.log().rpartition("no price")[2]

    assert after.splitlines()[1] == "    Traceback (most recent call last):"
    assert all(line.startswith("    ") for line in after.splitlines()[1:])


def test_warnings_are_records(server):
    get(server.port, "/warn")

    line = line_with(server, "careful")

    assert " warning plugin 'python': request " in line
    assert "talker.py" in line and "UserWarning" in line


@pytest.mark.parametrize("path, who", [("/aside", r"plugin 'python'"),
                                       ("/pool/aside", r"pool worker \d+")])
def test_record_of_another_thread_has_no_request(server, path, who):
    get(server.port, path)

    wait_until(lambda: re.search(rf"{who}: shop\.cart: beside$", server.log(), re.MULTILINE),
               f"a line of {who}")


def test_record_of_a_workers_import_has_no_request(server):
    get(server.port, "/pool/say?level=INFO&text=started")

    wait_until(lambda: re.search(r"pool worker \d+: shop\.cart: imported$", server.log(),
                                 re.MULTILINE), "a line of the import")


def test_record_of_an_import_is_there(server):
    assert line_with(server, "imported").endswith("info plugin 'python': shop.cart: imported")


def test_level_of_the_host_decides():
    with talking("log: { level: error }") as server:
        for path in ("/say", "/pool/say"):
            get(server.port, f"{path}?level=WARNING&text=unheard")
            get(server.port, f"{path}?level=ERROR&text=heard{path}")
            line_with(server, f"heard{path}")

        assert "unheard" not in server.log()


def test_module_that_configures_logging_has_its_own_way():
    routes = python_routes("GET /say: python mine:say").replace("import_paths: [",
                                                                "import_paths: [., ")
    with Server(routes, {"mine.py": CONFIGURED}) as server:
        get(server.port, "/say")

        assert line_with(server, "my own way") == "mine: my own way"


def test_tasks_log_for_their_own_requests():
    module = TALKER + """
import asyncio

async def slowly(text: str) -> dict:
    await asyncio.sleep(0.02)
    log.info("slowly %s", text)
    await asyncio.gather(asyncio.create_task(beside(text)), asyncio.to_thread(log.info, "away"))
    return {}

async def beside(text: str) -> None:
    log.info("beside %s", text)
"""
    routes = python_routes("GET /slowly: python talker:slowly").replace(
        "import_paths: [", "import_paths: [., ")
    with Server(routes, {"talker.py": module}) as server:
        answers = [Background(request, server.port, "GET", f"/slowly?text=t{number}",
                              headers={"X-Request-ID": f"id-{number}"}) for number in range(5)]
        assert {each.result().status for each in answers} == {200}

        for number in range(5):
            for word in ("slowly", "beside"):
                line = next(line for line in server.log().splitlines()
                            if line.endswith(f"{word} t{number}"))
                assert f"id-{number} " in line, line
        assert server.log().count("away") == 5
