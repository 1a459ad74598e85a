"""Texts of routes.yaml for the tests."""
from collections.abc import Sequence
from pathlib import Path

from support.server import BINARY_DIR, SOURCE

HANDLERS = Path(__file__).resolve().parent / "handlers"


def shipped_routes() -> str:
    """The file at the root, with its relative paths made to hold in another folder."""
    text = (SOURCE / "routes.yaml").read_text()
    assert "import_paths: [python]" in text
    return text.replace("import_paths: [python]", f"import_paths: [{SOURCE / 'python'}]")


def native_routes(settings: str = "", routes: str = "") -> str:
    """Native only: starts at once, and holds no Python."""
    return (f"{settings}\n"
            "plugins: { native: native_plugin.so }\n"
            "routes:\n"
            "  GET /hello: native hello\n"
            "  POST /echo: native echo\n" + _indented(routes))


def stream_routes(routes: str, settings: str = "") -> str:
    """Handlers of tests/fixtures/stream_plugin.c, its counters at /counters, native hello."""
    return (f"{settings}\n"
            "plugins:\n"
            "  native: native_plugin.so\n"
            f"  stream: {BINARY_DIR / 'fixtures' / 'stream_plugin.so'}\n"
            "routes:\n"
            "  GET /native: native hello\n"
            "  GET /counters: stream counters\n" + _indented(routes))


def websocket_routes(settings: str = "", routes: str = "") -> str:
    """Handlers of tests/fixtures/websocket_plugin.cpp, each at /NAME; native hello at /hello."""
    names = ("echo", "push", "flood", "close", "throw", "pause", "greet")
    fast = [f"{name}_fast" for name in names]
    others = ("gate", "status", "mixed", "wrong", "late", "say", "open_gate", "go_on", "counters")
    return (f"{settings}\n"
            "plugins:\n"
            "  native: native_plugin.so\n"
            f"  websocket: {BINARY_DIR / 'fixtures' / 'websocket_plugin.so'}\n"
            "routes:\n"
            "  GET /hello: native hello\n"
            + "".join(f"  GET /{name}: websocket {name}\n" for name in (*names, *fast, *others))
            + _indented(routes))


def python_routes(routes: str, settings: str = "", threads: int = 8, queue: int = 4096,
                  workers: int = 2, pool_queue: int = 4096, pools: str = "", config: str = "",
                  folders: Sequence[Path] = ()) -> str:
    """tests/integration/handlers beside the shipped handlers, and native hello at /hello.

    `pools` names more of them: `, ml: { workers: 1 }`. `config` is one more line of the plugin's;
    `folders` stand last in its import_paths.
    """
    paths = ", ".join(map(str, (HANDLERS, SOURCE / "python", *folders)))
    return (f"{settings}\n"
            "plugins:\n"
            "  native: native_plugin.so\n"
            "  python:\n"
            "    path: python_plugin.so\n"
            "    config:\n"
            f"      import_paths: [{paths}]\n"
            f"      threads: {threads}\n"
            f"      queue: {queue}\n"
            f"      pools: {{ default: {{ workers: {workers}, queue: {pool_queue} }}{pools} }}\n"
            f"      {config}\n"
            "routes:\n"
            "  GET /hello: native hello\n" + _indented(routes))


def _indented(routes: str) -> str:
    return "".join(f"  {line.strip()}\n" for line in routes.strip().splitlines())
