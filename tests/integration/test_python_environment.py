"""Virtual environments, and packages with compiled parts in every mode."""
import shutil
import subprocess
import sys

import pytest

from routes import python_routes
from support.http_client import get
from support.python_packages import site_packages
from support.server import BINARY_DIR, Server, run_to_end

PACKAGED = "def name() -> str:\n    return 'from the environment'\n"
HANDLERS = """
import sys
import packaged

def where() -> dict:
    return {"says": packaged.name(), "prefix": sys.prefix, "executable": sys.executable,
            "argv": sys.argv}
"""
SCIENCE = """
import numpy
import pandas

def table(numbers: list[float]) -> dict:
    frame = pandas.DataFrame({"x": numpy.array(numbers)})
    return {"mean": float(frame["x"].mean()), "norm": float(numpy.linalg.norm(frame["x"]))}
"""
BOTH = ("GET /thread: python mine:where\n"
        "GET /pool: { to: python mine:where, mode: pool }")


@pytest.fixture(scope="module")
def venv(tmp_path_factory):
    folder = tmp_path_factory.mktemp("env") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    (packages / "packaged.py").write_text(PACKAGED)
    return folder


def routes_with(config: str, routes: str = BOTH) -> str:
    return python_routes(routes).replace("import_paths: [", f"{config}\n      import_paths: [., ")


@pytest.mark.parametrize("mode", ["thread", "pool"])
def test_packages_of_the_environment_are_there(venv, mode):
    with Server(routes_with(f"venv: {venv}"), {"mine.py": HANDLERS}) as server:
        answer = get(server.port, f"/{mode}").json()

    assert answer["says"] == "from the environment"
    assert answer["prefix"] == str(venv)
    assert answer["executable"] == f"{venv}/bin/python3"


def test_environment_that_is_activated_is_honoured(venv, monkeypatch):
    monkeypatch.setenv("VIRTUAL_ENV", str(venv))
    with Server(routes_with("debug: false"), {"mine.py": HANDLERS}) as server:
        assert get(server.port, "/thread").json()["prefix"] == str(venv)
        assert get(server.port, "/pool").json()["prefix"] == str(venv)


def test_activated_environment_of_another_python_is_told(tmp_path, monkeypatch):
    (tmp_path / "pyvenv.cfg").write_text("version = 3.12.1\n")
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path))

    done = run_to_end(routes_with("debug: false"), {"mine.py": HANDLERS})

    assert done.returncode == 3
    assert "or leave the one that VIRTUAL_ENV names (deactivate)" in done.stderr, done.stderr


def test_path_is_relative_to_the_file(venv, tmp_path):
    with Server(routes_with("venv: env"), {"mine.py": HANDLERS, "env/pyvenv.cfg": "",
                                           "packaged.py": PACKAGED},
                until_listening=False) as server:
        assert server.wait() == 3
        assert f"the virtual environment {server.path}/env is of Python an unknown version" \
            in server.log()


@pytest.mark.parametrize("settings, says", [
    ("version = 3.12.1\n", "is of Python 3.12.1, this server embeds Python 3.11; make one with"),
    ("home = /opt/python/bin\nversion = 3.11.2\n",
     "is of the Python in /opt/python/bin, this server embeds that of /usr/bin/python3"),
    ("version_info = 3.1.1.final.0\n", "is of Python 3.1.1.final.0"),
    (None, "(no pyvenv.cfg); make one with /usr/bin/python3 -m venv"),
])
def test_wrong_environment_refuses_the_start(tmp_path, settings, says):
    if settings is not None:
        (tmp_path / "pyvenv.cfg").write_text(settings)
    done = run_to_end(routes_with(f"venv: {tmp_path}"), {"mine.py": HANDLERS})

    assert done.returncode == 3
    assert says in done.stderr, done.stderr
    assert done.stderr.startswith("routes.yaml:7:13: error: "), done.stderr


def test_environment_without_interpreter_refuses_the_start(venv, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    shutil.copy(venv / "pyvenv.cfg", broken)

    done = run_to_end(routes_with(f"venv: {broken}"), {"mine.py": HANDLERS})

    assert done.returncode == 3
    assert "has no bin/python3" in done.stderr


@pytest.mark.parametrize("mode", ["thread", "pool"])
def test_numpy_and_pandas_work(mode):
    packages = site_packages(BINARY_DIR)
    routes = python_routes(f"GET /table: {{ to: python science:table, mode: {mode} }}").replace(
        "import_paths: [", f"import_paths: [., {packages}, ")
    with Server(routes, {"science.py": SCIENCE}) as server:
        assert get(server.port, "/table?numbers=3,4").json() == {"mean": 3.5, "norm": 5.0}
