"""Checks that every function in the ABI's tables carries exactly one thread tag in its comment."""

import pathlib
import re
import sys

import abi_text

TAG = re.compile(r"\[(?:control|worker|any|notify)(?: & [a-z!()|& ]+)?\]")


def main() -> int:
    include = pathlib.Path(sys.argv[1])
    functions = [
        (struct.name, field)
        for struct in abi_text.structs(include)
        for field in struct.fields
        if field.is_function
    ]
    if not functions:
        print("no function was found")
        return 1
    wrong = 0
    for struct, field in functions:
        tags = TAG.findall(field.comment)
        if len(tags) != 1:
            wrong += 1
            print(f"{struct}.{field.name}: {tags or 'no thread tag'}, expected exactly one")
    print(f"{len(functions)} functions, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
