"""Compiles each public header by itself: the ABI as C11 and as C++17, the SDK as C++17."""

import argparse
import pathlib
import shutil
import subprocess
import sys

WARNINGS = ("-Wall", "-Wextra", "-Wshadow", "-pedantic", "-Werror")


def compiles(compiler: str, language: str, standard: str, header: str, includes) -> bool:
    flags = [arg for include in includes for arg in ("-I", str(include))]
    command = [compiler, "-x", language, f"-std={standard}", *WARNINGS, *flags]
    # Twice: a header that is included again must not define anything again.
    source = f"#include <{header}>\n" * 2 + "int ph_not_an_empty_unit;\n"
    result = subprocess.run(
        [*command, "-fsyntax-only", "-"], input=source, capture_output=True, text=True
    )
    if result.returncode != 0:
        print(f"{header} alone, {compiler} {standard}:\n{result.stderr}")
    return result.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--abi", type=pathlib.Path, required=True)
    parser.add_argument("--sdk", type=pathlib.Path, required=True)
    parser.add_argument("--cc", default="cc")
    parser.add_argument("--cxx", default="c++")
    args = parser.parse_args()

    c_compilers = [args.cc, *filter(shutil.which, ["clang"])]
    cxx_compilers = [args.cxx, *filter(shutil.which, ["clang++"])]
    abi = [h.relative_to(args.abi).as_posix() for h in sorted(args.abi.rglob("*.h"))]
    sdk = [h.relative_to(args.sdk).as_posix() for h in sorted(args.sdk.rglob("*.hpp"))]
    if not abi or not sdk:
        print("no headers found")
        return 1
    results = [
        *(compiles(cc, "c", "c11", h, [args.abi]) for cc in c_compilers for h in abi),
        *(compiles(cxx, "c++", "c++17", h, [args.abi]) for cxx in cxx_compilers for h in abi),
        *(
            compiles(cxx, "c++", "c++17", h, [args.abi, args.sdk])
            for cxx in cxx_compilers
            for h in sdk
        ),
    ]
    print(f"{results.count(True)} of {len(results)} compiled")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
