"""What every benchmark can be told."""
import argparse
from pathlib import Path


def parser(description: str, seconds: int) -> argparse.ArgumentParser:
    """seconds: the default of --seconds; whole ones, as wrk takes no others."""
    made = argparse.ArgumentParser(description=description.splitlines()[0])
    made.add_argument("--build", type=Path,
                      default=Path(__file__).resolve().parents[2] / "build" / "release")
    made.add_argument("--rounds", type=int, default=5)
    made.add_argument("--seconds", type=int, default=seconds, help="of one measurement")
    return made
