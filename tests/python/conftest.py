import os
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
BINARY_DIR = Path(os.environ.get("PLUGHOST_BINARY_DIR", SOURCE / "build" / "release")).resolve()
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(BINARY_DIR / "tests" / "hypothesis"))

from hypothesis import HealthCheck, settings  # noqa: E402 (reads the environment)

sys.path.insert(0, str(SOURCE / "python"))
sys.path.insert(1, str(BINARY_DIR / "tests" / "python"))

settings.register_profile("plughost", deadline=None, database=None, max_examples=100,
                          suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("plughost")
