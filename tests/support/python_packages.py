"""Packages that the tests need and Debian does not have, installed into a folder of the build."""
import fcntl
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parents[1] / "requirements.txt"


def site_packages(binary_dir: Path) -> Path:
    """A folder for sys.path: filled once, and again when the requirements change."""
    venv = binary_dir / "tests" / "venv"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    stamp = venv / "installed.txt"
    venv.parent.mkdir(parents=True, exist_ok=True)
    with open(venv.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != REQUIREMENTS.read_text():
            _run(sys.executable, "-m", "venv", "--clear", str(venv))
            _run(str(venv / "bin" / "python"), "-m", "pip", "-q", "--disable-pip-version-check",
                 "install", "--only-binary=:all:", "-r", str(REQUIREMENTS))
            stamp.write_text(REQUIREMENTS.read_text())
    return venv / "lib" / version / "site-packages"


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=540)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr or done.stdout}"
