"""The package's type hints hold, and users' handlers are checked against them."""

import os
import subprocess
import sys
from pathlib import Path

PYTHON = Path(__file__).resolve().parents[2] / "python"

USER = '''
from collections.abc import AsyncIterator
from dataclasses import dataclass
from plughost import Form, Headers, HTTPError, Request, Response, UploadFile, pool, pools, route
from plughost.testing import TestClient

@dataclass
class User:
    name: str

def create(body: User, request: Request, photo: UploadFile | None = None) -> Response:
    if request.headers["x"] and request.cookies["y"]:
        raise HTTPError(404, headers={"Retry-After": "1"})
    reveal_type(request.form.getlist("a"))
    reveal_type(request.files["a"].read())
    return Response(body, 201)

async def upload(body: AsyncIterator[bytes], request: Request) -> int:
    reveal_type([piece async for piece in request.stream()])
    return sum([len(piece) async for piece in body])

reveal_type(TestClient({"POST /": create}).post("/", json={"name": "x"}).status)
TestClient({"POST /": upload}).post("/", body=[b"x"])
Response("x", status="OK")

def area(width: int, height: float) -> float:
    return width * height

reveal_type(pools["ml"].submit(area, 2, height=0.5).result())
reveal_type(list(pool.map(area, [1], [0.5])))
pool.submit(area, "2", 0.5)

@route("/area/<int:width>", ["GET", "PUT"], use_process_pool=True, timeout="5s", cors={"origins": "*"})
def routed(width: int, height: float) -> float:
    return width * height

reveal_type(routed(1, 0.5))
route("/a", tiemout="5s")
'''


def mypy(tmp_path: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary",
               "--cache-dir", str(tmp_path / "cache"), *arguments]
    done = subprocess.run(command, cwd=PYTHON, capture_output=True, text=True, timeout=200)
    assert done.stderr == ""
    return done.stdout


def test_hints_are_strict(tmp_path: Path) -> None:
    # _pool.py lives off what multiprocessing does not publish, and its stubs do not know.
    assert mypy(tmp_path, "-p", "plughost", "--exclude", "/_pool.py") == ""


def test_stub_of_the_native_part_is_true(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "plughost_core"], cwd=tmp_path, text=True,
        capture_output=True, timeout=200,
        env={**os.environ, "MYPYPATH": str(PYTHON), "PYTHONPATH": os.environ["PLUGHOST_BINARY_DIR"]})
    assert done.returncode == 0, done.stdout + done.stderr


def test_handlers_are_checked(tmp_path: Path) -> None:
    file = tmp_path / "user.py"
    file.write_text(USER)

    said = mypy(tmp_path, str(file))

    assert 'Revealed type is "builtins.list[Union[builtins.str, plughost.form.UploadFile]]"' in said
    assert 'Revealed type is "builtins.bytes"' in said
    assert 'Revealed type is "builtins.int"' in said
    assert 'Revealed type is "builtins.list[builtins.bytes]"' in said
    assert 'Revealed type is "builtins.float"' in said
    assert 'Revealed type is "builtins.list[builtins.float]"' in said
    assert said.count("error:") == 3
    assert said.count('Revealed type is "builtins.float"') == 2
    assert 'error: Argument "tiemout" to "route" has incompatible type "str"' in said
    assert 'error: Argument 2 to "submit" of "Pool" has incompatible type "str"' in said
    assert 'error: Argument "status" to "Response" has incompatible type "str"' in said
