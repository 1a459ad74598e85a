"""`plughost check` says what a start would say, and serves nothing."""
import os
import signal
import subprocess
from pathlib import Path

from routes import native_routes, python_routes
from support.server import BINARY, BINARY_DIR, Workspace, run_to_end
from support.waiting import DEADLINE, wait_until

MODULE = """
from pathlib import Path

Path("imported").touch()

def on_startup() -> None:
    Path("started").touch()

def hello() -> str:
    return "hello"
"""


def check(routes: str, files: dict | None = None) -> subprocess.CompletedProcess:
    return run_to_end(routes, files, "check", "-c", "routes.yaml")


def test_file_with_nothing_wrong():
    result = check(native_routes())

    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "routes.yaml: nothing wrong with 2 routes and 1 plugins\n"


def test_python_targets_are_imported_and_nothing_is_started():
    routes = python_routes("GET /a: python startup:hello")
    workspace = Workspace(routes.replace("import_paths: [", "import_paths: [., "),
                          {"startup.py": MODULE})
    try:
        result = subprocess.run([BINARY, "check"], cwd=workspace.path, capture_output=True,
                                text=True, timeout=DEADLINE)

        assert result.returncode == 0, result.stderr
        assert (workspace.path / "imported").exists()
        assert not (workspace.path / "started").exists()
    finally:
        workspace.close()


def test_every_mistake_of_a_phase_is_reported():
    result = check(native_routes(routes="GET /x: native nothing\nGET /y: native neither"))

    assert result.returncode == 3
    assert result.stdout == ""
    assert "routes.yaml:6:11: error: plugin 'native': " in result.stderr
    assert "routes.yaml:7:11: error: plugin 'native': " in result.stderr


def test_missing_module_is_named():
    result = check(python_routes("GET /x: python no_such_module:f"))

    assert result.returncode == 3
    assert "no_such_module" in result.stderr


def test_hanging_plugin_does_not_hold_ctrl_c():
    fixture = BINARY_DIR / "fixtures" / "fixture_plugin.so"
    workspace = Workspace(f"plugins: {{ p: {{ path: '{fixture}', config: {{ hang: create, "
                          f"journal: journal }} }} }}\nroutes:\n  GET /a: p hello\n")
    try:
        process = subprocess.Popen([BINARY, "check"], cwd=workspace.path, stderr=subprocess.PIPE)
        wait_until(lambda: Path(workspace.path, "journal").exists(), "it hangs in create()")
        os.kill(process.pid, signal.SIGINT)

        assert process.wait(DEADLINE) == 5
        process.stderr.close()
    finally:
        workspace.close()
