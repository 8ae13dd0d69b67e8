"""Bounds that keep a hostile or mistaken template from eating the machine.

Each is far beyond what a commit message needs; beyond it the outcome is an error, never a wrong message.
"""

from __future__ import annotations

from fluxmark.flux.template.errors import LimitExceeded

MAX_BYTES = 1 << 20  # of the message, and of any one string on the way to it
MAX_ITEMS = 1 << 20  # of any one list
MAX_STEPS = 1 << 20  # nodes walked, commands evaluated, elements of lists handled
MAX_BLOCKS = 100  # blocks within blocks, in the source
MAX_PARENTHESES = 40  # parentheses within parentheses, in the source
MAX_DEPTH = 200  # blocks and template calls within each other, while executing


def check_size(size: int) -> None:
    """Refuse a string of `size` bytes before it is made; error: LimitExceeded."""
    if size > MAX_BYTES:
        raise LimitExceeded(f"the template makes a text of more than {MAX_BYTES} bytes")


def check_steps(count: int) -> None:
    """Refuse to go on after `count` steps; error: LimitExceeded."""
    if count > MAX_STEPS:
        raise LimitExceeded(f"the template runs for more than {MAX_STEPS} steps")


def check_items(count: int) -> None:
    """Refuse a list of `count` elements before it is made; error: LimitExceeded."""
    if count > MAX_ITEMS:
        raise LimitExceeded(f"the template makes a list of more than {MAX_ITEMS} elements")
