"""Bounds that keep a hostile or mistaken template from eating the machine.

Each is far beyond what a commit message needs; beyond it the outcome is an error, never a wrong message.
"""

from __future__ import annotations

import contextlib
from contextvars import ContextVar
from typing import TYPE_CHECKING

from fluxmark.flux.template.errors import LimitExceeded

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_SOURCE = 1 << 18  # characters of a template
MAX_BYTES = 1 << 20  # of the message, and of any one string on the way to it
MAX_ITEMS = 1 << 20  # of any one list
MAX_STEPS = 1 << 20  # each of about two microseconds at most, so that an execution takes about two seconds
MAX_BLOCKS = 100  # blocks within blocks, in the source
MAX_PARENTHESES = 40  # parentheses within parentheses, in the source
MAX_DEPTH = 200  # blocks and template calls within each other, while executing


def check_size(size: int) -> None:
    """Refuse a string of `size` bytes before it is made; error: LimitExceeded."""
    if size > MAX_BYTES:
        raise LimitExceeded(f"the template makes a text of more than {MAX_BYTES} bytes")


_steps: ContextVar[int] = ContextVar("steps", default=0)


@contextlib.contextmanager
def budget() -> Iterator[None]:
    """Give what runs in this block steps of its own."""
    token = _steps.set(0)
    try:
        yield
    finally:
        _steps.reset(token)


def spend(steps: int) -> None:
    """Count work: nodes, commands, elements of lists and dicts, shares of texts; error: LimitExceeded."""
    spent = _steps.get() + steps
    if spent > MAX_STEPS:
        raise LimitExceeded(f"the template runs for more than {MAX_STEPS} steps")
    _steps.set(spent)


def check_source(text: str) -> None:
    """Refuse a template before it is parsed; error: LimitExceeded."""
    if len(text) > MAX_SOURCE:
        raise LimitExceeded(f"the template has more than {MAX_SOURCE} characters")


def check_items(count: int) -> None:
    """Refuse a list of `count` elements before it is made; error: LimitExceeded."""
    if count > MAX_ITEMS:
        raise LimitExceeded(f"the template makes a list of more than {MAX_ITEMS} elements")
