"""Handlers for CPU-bound work, which run in the processes of the pool."""

import math
from typing import Any


def squares(numbers: list[int]) -> dict[str, Any]:
    """GET /python/pool/squares?numbers=1,2,3"""
    return {"squares": compute_squares(numbers)}


def compute(numbers: list[int]) -> dict[str, Any]:
    """POST /python/pool/compute with {"numbers": [1, 2, 3]}"""
    return {"squares": compute_squares(numbers)}


def compute_squares(numbers: list[int]) -> list[int]:
    """The square of each number."""
    return [number * number for number in numbers]


def compute_sum(numbers: list[int]) -> int:
    """The sum of the numbers."""
    return sum(numbers)


def compute_factorial(n: int) -> int:
    """n!, for n of 0 or more."""
    return math.factorial(n)
