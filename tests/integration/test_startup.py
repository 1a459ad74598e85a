"""A start that is refused: a line for each mistake, the exit code, and nothing half started."""
import re
import socket
from dataclasses import dataclass, field

import pytest

from routes import native_routes
from support.server import BINARY_DIR, Files, Server, run_to_end

MISTAKE = re.compile(r"routes\.yaml:\d+:\d+: error: .+")


def native(route: str = "GET /hello: native hello", settings: str = "") -> str:
    return f"{settings}\nplugins: {{ native: native_plugin.so }}\nroutes:\n  {route}\n"


def python(route: str) -> str:
    return ("plugins: { python: { path: python_plugin.so, config: { import_paths: [.] } } }\n"
            f"routes:\n  {route}\n")


@dataclass
class Refusal:
    """A routes.yaml, where its mistake is, and what the line must say of it."""

    routes: str
    line: int
    says: tuple[str, ...]
    files: Files = field(default_factory=dict)


REFUSALS = {
    "missing_plugin": Refusal(
        "plugins: { native: nowhere.so }\nroutes:\n  GET /x: native hello\n", 1, ("nowhere.so",)),
    "text_file_as_plugin": Refusal(
        "plugins: { native: ./text.so }\nroutes:\n  GET /x: native hello\n", 1, ("text.so",),
        {"text.so": "this is not a library"}),
    "library_that_is_no_plugin": Refusal(
        "plugins: { native: /lib/x86_64-linux-gnu/libm.so.6 }\nroutes:\n  GET /x: native hello\n",
        1, ("ph_plugin_entry_v1",)),
    "wrong_abi_major": Refusal(
        f"plugins: {{ native: {BINARY_DIR / 'tests' / 'integration' / 'future_plugin.so'} }}\n"
        "routes:\n  GET /x: native hello\n", 1, ("ABI major 2", "this host has 1")),
    "unknown_plugin": Refusal(
        native("GET /x: nativ hello"), 4, ("nativ", "did you mean 'native'?")),
    "unknown_handler": Refusal(native("GET /x: native helo"), 4, ("helo", "hello")),
    "unknown_key": Refusal(native(settings="timout: 5s"), 1, ("timout", "did you mean 'timeout'?")),
    "unknown_key_of_a_route": Refusal(
        native("GET /x: { to: native hello, timout: 5s }"), 4, ("timout",)),
    "bad_unit": Refusal(native(settings="timeout: 5 minuts"), 1, ("5 minuts",)),
    "bad_size": Refusal(native(settings="limits: { body: 10MX }"), 1, ("10MX",)),
    "unknown_method": Refusal(native("GTE /x: native hello"), 4, ("GTE", "did you mean 'GET'?")),
    "bad_pattern": Refusal(native("GET /{a}{b}: native hello"), 4, ("{a}{b}",)),
    "ambiguous_route": Refusal(
        native("GET /{a}: native hello\n  GET /{b}: native hello"), 5, ("/{a}", "4")),
    "repeated_key": Refusal(native("GET /x: native hello\n  GET /x: native echo"), 5, ("GET /x",)),
    "broken_yaml": Refusal("plugins: {\n", 1, ("{",)),
    "later_versions_key": Refusal(
        native(settings="watch: true"), 1, ("watch", "not supported in this version")),
    "variable_not_set": Refusal(
        native(settings="timeout: ${PLUGHOST_TEST_NOT_SET}"), 1, ("PLUGHOST_TEST_NOT_SET",)),
    "no_python_module": Refusal(python("GET /x: python nowhere:f"), 3, ("nowhere",)),
    "no_python_function": Refusal(
        python("GET /x: python mine:helo"), 3, ("helo", "did you mean 'hello'?"),
        {"mine.py": "def hello(): return {}\n"}),
    "python_import_error": Refusal(
        python("GET /x: python mine:hello"), 3, ("mine.py:2", "cannot import name"),
        {"mine.py": "\nfrom json import nothing\n"}),
    "python_syntax_error": Refusal(
        python("GET /x: python mine:hello"), 3, ("mine.py:2", "SyntaxError"),
        {"mine.py": "\ndef hello(:\n"}),
    "bad_signature": Refusal(
        python("GET /x: python mine:hello"), 3, ("mine:hello", "when"),
        {"mine.py": "def hello(when: complex): return {}\n"}),
    "async_mode_of_a_plain_function": Refusal(
        python("GET /x: { to: python mine:hello, mode: async }"), 3,
        ("mine:hello is a plain function", "mode async is for 'async def' functions"),
        {"mine.py": "def hello(): return {}\n"}),
    "pool_mode_of_an_async_function": Refusal(
        python("GET /x: { to: python mine:hello, mode: pool }"), 3,
        ("mine:hello is an async def function", "leave 'mode' out"),
        {"mine.py": "async def hello(): return {}\n"}),
    "unknown_python_option": Refusal(
        python("GET /x: { to: python mine:hello, mod: pool }"), 3, ("mod", "mode"),
        {"mine.py": "def hello(): return {}\n"}),
    "unknown_mode": Refusal(
        python("GET /x: { to: python mine:hello, mode: pol }"), 3, ("pol",),
        {"mine.py": "def hello(): return {}\n"}),
    "missing_plugin_dir": Refusal("plugin_dir: plugins.d\n" + native(), 1, ("plugins.d",)),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_mistake_is_one_line_with_its_place(name):
    case = REFUSALS[name]

    done = run_to_end(case.routes, case.files)

    lines = done.stderr.splitlines()
    mistakes = [line for line in lines if MISTAKE.fullmatch(line)]
    assert done.returncode == 3, done
    assert done.stdout == ""
    assert len(mistakes) == 1 and "Traceback" not in done.stderr, done.stderr
    assert mistakes[0].startswith(f"routes.yaml:{case.line}:"), mistakes[0]
    for words in case.says:
        assert words in mistakes[0], mistakes[0]


def test_all_mistakes_are_told_at_once():
    done = run_to_end("timout: 5s\nlimits: { body: 10MX }\n" +
                      native("GTE /x: native hello\n  GET /{x: native hello"))

    places = re.findall(r"^routes\.yaml:(\d+):\d+: error: ", done.stderr, re.MULTILINE)
    assert done.returncode == 3
    assert places == ["1", "2", "6", "7"], done.stderr


def test_missing_file_is_told():
    done = run_to_end("", None, "-c", "nowhere.yaml", "--listen", "127.0.0.1:0")

    assert (done.returncode, done.stdout) == (3, "")
    assert re.search(r"^nowhere\.yaml: error: ", done.stderr, re.MULTILINE), done.stderr


def test_port_in_use_is_exit_code_4():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"

        done = run_to_end(native_routes(), None, "-c", "routes.yaml", "--listen", address)

    errors = [line for line in done.stderr.splitlines() if "error" in line]
    assert (done.returncode, done.stdout) == (4, ""), done
    assert len(errors) == 1 and address in errors[0], done.stderr


def test_port_in_use_with_python_leaves_no_process():
    routes = python("GET /x: { to: python mine:hello, mode: pool }")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with Server(routes, {"mine.py": "def hello(): return {}\n"}, listen=address,
                    until_listening=False) as server:
            assert server.wait() == 4, server.log()
            server.wait_for_no_process()


@pytest.mark.parametrize("arguments", [
    pytest.param(["--lisen", "127.0.0.1:0"], id="unknown_flag"),
    pytest.param(["--io-threads", "many"], id="not_a_number"),
    pytest.param(["--listen", "nonsense"], id="bad_address"),
    pytest.param(["surve"], id="unknown_command"),
])
def test_wrong_command_line_is_exit_code_2(arguments):
    done = run_to_end(native_routes(), None, *arguments)

    assert (done.returncode, done.stdout) == (2, ""), done
    assert done.stderr


def test_version_is_told():
    done = run_to_end("", None, "--version")

    assert done.returncode == 0
    assert re.search(r"\d+\.\d+\.\d+", done.stdout)


def test_help_is_told():
    done = run_to_end("", None, "--help")

    assert done.returncode == 0
    for flag in ("--config", "--listen", "--io-threads", "--executor-threads"):
        assert flag in done.stdout


def test_serve_is_the_default_command():
    with Server(native_routes(), None, "--io-threads", "1", "--executor-threads", "2") as server:
        assert server.stop() == 0
        assert server.stdout == f"listening on http://127.0.0.1:{server.port}\n"
