"""Handlers that run in the host's process, in a thread that holds the GIL."""

import platform
from typing import Any

_PYTHON_VERSION = platform.python_version()


def hello() -> dict[str, Any]:
    """GET /python/hello"""
    return {"message": "Hello from Python", "version": _PYTHON_VERSION}


def process(data: Any) -> dict[str, Any]:
    """POST /python/process: upper-cases a string, or the strings of a dict or a list."""
    processed = data
    if isinstance(data, str):
        processed = data.upper()
    elif isinstance(data, dict):
        processed = {key: _upper(value) for key, value in data.items()}
    elif isinstance(data, list):
        processed = [_upper(item) for item in data]
    return {
        "result": {"processed": processed, "input_type": type(data).__name__},
        "source": "python",
    }


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value
