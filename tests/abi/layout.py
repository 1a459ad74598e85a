"""Compares the layout of the ABI with plugins/abi/layout.lock, or writes that file (--update).

The layout is what a C11 compiler says: a generated program prints size and alignment of every
struct, offset, size and declaration of every field, and the value of every constant.
"""

import argparse
import difflib
import pathlib
import subprocess
import sys
import tempfile

import abi_text

HEAD = "# ABI major 1 on LP64 Linux. Written by tests/abi/layout.py --update; see CHANGELOG.md.\n"

ADVICE = """
The layout of the ABI differs from {lock}.
A released field never moves, changes its type or goes away: plugins built long ago rely on it.
If fields were only appended (and PH_ABI_MINOR and CHANGELOG.md say so), run
  {python} {script} --include {include} --lock {lock} --update
"""


def program(include: pathlib.Path) -> str:
    lines = ["#include <plughost/abi/abi.h>", "#include <stdio.h>", "int main(void) {"]
    for struct in abi_text.structs(include):
        s = struct.name
        lines.append(
            f'  printf("\\nstruct {s} size %zu align %zu\\n", sizeof(struct {s}),'
            f" _Alignof(struct {s}));"
        )
        for field in struct.fields:
            member = f"{s}, {field.name}"
            lines.append(
                f'  printf("  %4zu %4zu  %s\\n", offsetof(struct {member}),'
                f' sizeof(((struct {s} *)0)->{field.name}), "{field.declaration}");'
            )
    lines.append('  printf("\\nconstants\\n");')
    for name in abi_text.constants(include):
        lines.append(f'  printf("  {name} = %ld\\n", (long){name});')
    return "\n".join([*lines, "  return 0;", "}", ""])


def current_layout(include: pathlib.Path, compiler: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "layout.c")
        source.write_text(program(include))
        binary = source.with_suffix("")
        command = [compiler, "-std=c11", "-Wall", "-Wextra", "-pedantic", "-Werror"]
        subprocess.run([*command, "-I", include, source, "-o", binary], check=True)
        printed = subprocess.run([binary], check=True, capture_output=True, text=True).stdout
    return HEAD + printed


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--include", type=pathlib.Path, required=True)
    parser.add_argument("--lock", type=pathlib.Path, required=True)
    parser.add_argument("--compiler", default="cc")
    parser.add_argument("--update", action="store_true")
    args = parser.parse_args()

    layout = current_layout(args.include, args.compiler)
    if args.update:
        args.lock.write_text(layout)
        return 0
    locked = args.lock.read_text()
    if layout == locked:
        return 0
    diff = difflib.unified_diff(
        locked.splitlines(True), layout.splitlines(True), "layout.lock", "headers"
    )
    sys.stderr.writelines(diff)
    sys.stderr.write(
        ADVICE.format(lock=args.lock, include=args.include, python="python3", script=sys.argv[0])
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
