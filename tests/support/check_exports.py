"""Checks that plugins export ph_plugin_entry_v1 and nothing else, and have no GNU_UNIQUE symbol."""

import subprocess
import sys

ENTRY = "ph_plugin_entry_v1"


def symbols(library: str, *options: str) -> list[tuple[str, str]]:
    """(type letter, name) of each defined symbol; the letter u is GNU_UNIQUE."""
    command = ["nm", "--defined-only", "--format=posix", *options, library]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [(line.split()[1], line.split()[0]) for line in printed.splitlines()]


def main() -> int:
    failed = False
    for library in sys.argv[1:]:
        exported = [name for _, name in symbols(library, "--dynamic")]
        unique = [name for kind, name in symbols(library) if kind == "u"]
        if exported != [ENTRY]:
            print(f"{library} exports {exported}, expected only {ENTRY}")
            failed = True
        if unique:
            print(f"{library} has GNU_UNIQUE symbols: {unique}")
            failed = True
    return 1 if failed or len(sys.argv) < 2 else 0


if __name__ == "__main__":
    sys.exit(main())
