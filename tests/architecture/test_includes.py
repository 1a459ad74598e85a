"""Who may include whom, and which folder owns which library."""
from pathlib import Path

import pytest

import tree

# A folder of the host and the folders it may include besides itself. Each line adds to the ones
# it stands on, so an arrow that is missing here is an arrow the architecture does not have.
BASE = {"host/base"}
CONFIG = BASE | {"host/config"}
HTTP = BASE | {"host/http"}
ROUTING = CONFIG | HTTP | {"host/routing"}
METRICS = HTTP | {"host/metrics"}
DISPATCH = ROUTING | METRICS | {"host/dispatch"}
APP = DISPATCH | {"host/builtin", "host/plugin", "host/net", "host/admin", "host/app"}
ALLOWED = {
    "host/base": BASE,
    "host/config": CONFIG,
    "host/http": HTTP,
    "host/routing": ROUTING,
    "host/metrics": METRICS,
    "host/dispatch": DISPATCH,
    "host/builtin": DISPATCH | {"host/builtin"},
    "host/plugin": DISPATCH | {"host/plugin", "plugins/abi"},  # never net
    "host/net": DISPATCH | {"host/net"},  # never plugin
    "host/admin": DISPATCH | {"host/admin"},
    "host/app": APP,
    "host/main": APP,
    "plugins/abi": {"plugins/abi"},
    "plugins/sdk": {"plugins/abi", "plugins/sdk"},
    "plugins/native": {"plugins/abi", "plugins/sdk", "plugins/native"},
    "plugins/python": {"plugins/abi", "plugins/sdk", "plugins/python"},
    "plugins/examples": {"plugins/abi", "plugins/sdk", "plugins/examples"},
}

# The one place of each library. A prefix that is not here is a library nobody decided on.
LIBRARIES = {
    "boost/": {"host/http"},
    "zlib.h": {"host/http"},
    "zstd.h": {"host/http"},
    "yaml-cpp/": {"host/config"},
    "pistache/": {"host/net"},
    "prometheus/": {"host/metrics"},
    "openssl/": {"host/net"},
    "spdlog/": {"host/base"},
    "rapidjson/": {"host/base", "plugins/native", "plugins/python"},
    "pybind11/": {"plugins/python"},
    "Python.h": {"plugins/python"},
    "CLI/": {"host/main"},
    # The python plugin opens its own libpython again, before there is an interpreter.
    "dlfcn.h": {"host/plugin", "plugins/python"},
}
SYSTEM_FOLDERS = ("sys/", "netinet/", "arpa/", "linux/")

FILES = tree.sources("host", "plugins")


def included_area(name: str) -> str | None:
    """The area a name leads into; None for the system, a library, or a neighbour of the file."""
    if name.startswith("plughost/"):
        return "plugins/" + name.split("/")[1]
    if (tree.ROOT / "host" / name).is_file():
        return tree.area(Path("host") / name)
    return None


@pytest.mark.parametrize("path", FILES, ids=str)
def test_includes_only_what_its_folder_may(path: Path):
    own = tree.area(path)
    is_host = own.startswith("host/")

    entered = {name: included_area(name) for name, quoted in tree.includes(path)
               if name.startswith("plughost/") or (is_host and quoted)}

    assert own in ALLOWED, f"{path} is in a folder the architecture does not have"
    wrong = {name: found for name, found in entered.items()
             if found is None or found not in ALLOWED[own]}
    assert not wrong, f"{path} includes {wrong}"


@pytest.mark.parametrize("path", FILES, ids=str)
def test_includes_a_library_only_in_the_folder_that_owns_it(path: Path):
    own = tree.area(path)
    names = [name for name, _ in tree.includes(path)]

    for name in names:
        owners = next((owners for prefix, owners in LIBRARIES.items() if name.startswith(prefix)),
                      None)
        assert owners is None or own in owners, f"{path}: <{name}> belongs to {sorted(owners)}"


@pytest.mark.parametrize("path", FILES, ids=str)
def test_includes_no_library_nobody_decided_on(path: Path):
    known = (*LIBRARIES, *SYSTEM_FOLDERS, "plughost/")

    unknown = [name for name, quoted in tree.includes(path)
               if not quoted and "/" in name and not name.startswith(known)]

    assert not unknown, f"{path} includes {unknown}: give it a folder in LIBRARIES"


@pytest.mark.parametrize("path", tree.sources("plugins"), ids=str)
def test_plugins_do_not_include_the_host(path: Path):
    climbing = [name for name, quoted in tree.includes(path)
                if quoted and (name.startswith("..") or name.startswith("host/"))]

    assert not climbing, f"{path} includes {climbing}"
