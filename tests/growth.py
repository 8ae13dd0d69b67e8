"""Growth: how many steps work takes at a size and at four times the size.

Steps are lines of Python run and functions called, so a slow or a busy machine makes no difference. What happens
within a call into C is not counted.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

SMALL = 60
TIMES = 4
GREATEST_GROWTH = 5.0
"""A little above TIMES, for the logarithm in what sorts and halves; a quadratic path gets to TIMES * TIMES."""


def steps(work: Callable[[int], object], size: int) -> int:
    """Return how many lines run, and how many functions are called, Python's and C's, while this works."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    def profile(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.gettrace(), sys.getprofile()
    sys.settrace(trace)
    sys.setprofile(profile)
    try:
        work(size)
    finally:
        sys.settrace(before[0])
        sys.setprofile(before[1])
    return count


def assert_linear(work: Callable[[int], object], size: int = SMALL) -> None:
    work(2)  # imports and caches
    small, large = steps(work, size), steps(work, size * TIMES)
    assert large < GREATEST_GROWTH * small, f"{small} steps grew to {large}"
