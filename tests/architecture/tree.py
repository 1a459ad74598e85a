"""The source tree as the architecture tests see it."""
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE_SUFFIXES = {".h", ".hpp", ".c", ".cpp"}

_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def sources(*folders: str) -> list[Path]:
    """C and C++ files below folders of the root, as paths relative to it."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*"))
    return sorted(path.relative_to(ROOT) for path in found if path.suffix in SOURCE_SUFFIXES)


def product_files() -> list[Path]:
    python = (path.relative_to(ROOT) for path in (ROOT / "python").rglob("*.py"))
    return sources("host", "plugins") + sorted(python)


def includes(path: Path) -> list[tuple[str, bool]]:
    """What a file includes: (name, between quotes)."""
    return [(name, mark == '"') for mark, name in _INCLUDE.findall((ROOT / path).read_text())]


def area(path: Path) -> str:
    """The part of the architecture a file belongs to: `host/net`, `host/main`, `plugins/sdk`."""
    parts = path.parts
    if parts[0] == "host" and len(parts) == 2:
        return "host/main" if path.stem == "main" else "host/app"
    return "/".join(parts[:2])
