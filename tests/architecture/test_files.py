"""Rules for every product file: length, names, and a place in the build."""
import re
from pathlib import Path

import pytest

import tree

MAX_LINES = 300
MAX_COLUMNS = 100
SNAKE_CASE = re.compile(r"[a-z][a-z0-9_]*\.(h|hpp|c|cpp)|_{0,2}[a-z][a-z0-9_]*\.py")

FILES = tree.product_files()


def with_suffix(*suffixes: str) -> list[Path]:
    return [path for path in FILES if path.suffix in suffixes]


def text(path: Path) -> str:
    return (tree.ROOT / path).read_text()


@pytest.mark.parametrize("path", FILES, ids=str)
def test_is_short(path: Path):
    lines = len(text(path).splitlines())

    assert lines < MAX_LINES, f"{path} has {lines} lines: which of its ideas can live by itself?"


@pytest.mark.parametrize("path", FILES, ids=str)
def test_fits_the_page(path: Path):
    lines = enumerate(text(path).splitlines(), 1)

    wide = [number for number, line in lines if len(line) > MAX_COLUMNS]
    assert not wide, f"{path}: over {MAX_COLUMNS} columns in lines {wide}"


@pytest.mark.parametrize("path", FILES, ids=str)
def test_is_named_in_snake_case(path: Path):
    assert SNAKE_CASE.fullmatch(path.name), f"{path} is not named in snake_case"


@pytest.mark.parametrize("path", FILES, ids=str)
def test_is_finished(path: Path):
    marks = re.findall(r"\b(?:TODO|FIXME|XXX|HACK)\b", text(path))

    assert not marks, f"{path} says {marks}"


@pytest.mark.parametrize("path", with_suffix(".h", ".hpp"), ids=str)
def test_header_is_guarded(path: Path):
    content = text(path)

    # A pragma is not C11, so the headers of the ABI have a named guard.
    named = r"^#ifndef (PLUGHOST_\w+)\n#define \1$"
    guard = named if path.suffix == ".h" else r"^#pragma once$"
    assert re.search(guard, content, re.MULTILINE), f"{path} has no include guard"


@pytest.mark.parametrize("path", with_suffix(".c", ".cpp"), ids=str)
def test_is_listed_in_a_cmake_file(path: Path):
    folder = path.parent
    while not (tree.ROOT / folder / "CMakeLists.txt").exists():
        folder = folder.parent
    listed = (tree.ROOT / folder / "CMakeLists.txt").read_text().split()

    name = str(path.relative_to(folder))
    names = {word.strip("()\"") for word in listed}
    assert name in names, f"{path} is not in {folder}/CMakeLists.txt: nothing builds it"
