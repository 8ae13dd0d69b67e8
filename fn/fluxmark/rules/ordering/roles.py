"""What the parts of a pattern mean: hashes, times, numbers, words."""

from __future__ import annotations

import enum
import string
from typing import TYPE_CHECKING, Final

from fluxmark.rules.ordering.pattern import DIGITS

if TYPE_CHECKING:
    from fluxmark.rules.ordering.pattern import Part, Row

TIME_WIDTHS: Final = (8, 10, 12, 13, 14, 17)
"""Digits of a date, of seconds and milliseconds since 1970, of a date with minutes, seconds and milliseconds."""

_SHORTEST_TIME: Final = 8
_HEX = frozenset(string.hexdigits)
_NAMES = {
    "time": ("ts", "timestamp", "time", "date", "datetime", "day", "epoch", "unix", "created", "year", "month"),
    "number": ("build", "run", "number", "num", "n", "counter", "count", "inc", "seq", "major", "minor", "patch"),
    "hash": ("sha", "hash", "commit", "gitsha", "sha1", "digest"),
}
_ROLE_OF_NAME = {name: role for role, names in _NAMES.items() for name in names}


class Role(enum.Enum):
    """What a part is for the order of tags."""

    FIXED = "a text"
    TIME = "a timestamp"
    NUMBER = "a number"
    DIGITS = "digits"  # a number or a time, who knows
    HASH = "a commit hash"
    WORD = "a word"
    ANYTHING = "anything"

    @property
    def is_ordered(self) -> bool:
        """Whether it grows with time."""
        return self in (Role.TIME, Role.NUMBER, Role.DIGITS)

    @property
    def is_variable(self) -> bool:
        """Whether it changes from tag to tag, and not with time."""
        return self in (Role.HASH, Role.WORD, Role.ANYTHING)


def roles(row: Row) -> list[Role]:
    """Return the role of every part of a row."""
    return [_role(row, index) for index in range(len(row))]


def _role(row: Row, index: int) -> Role:
    part = row[index]
    if part.is_literal:
        return Role.FIXED
    if part.options:
        return Role.WORD
    if part.is_open:
        return Role.ANYTHING
    named = next(
        (_ROLE_OF_NAME[name.lower()] for name in reversed(part.names) if name.lower() in _ROLE_OF_NAME), ""
    )
    if named == "hash":
        return Role.HASH
    if not part.chars or not part.chars <= DIGITS:
        if named == "time":
            return Role.TIME
        if _is_any(part) and _between_digits(row, index):
            return Role.FIXED  # an unescaped dot between numbers
        return _of_letters(part)
    if named == "time" or _is_time(row, index):
        return Role.TIME
    if named == "number" or part.high is not None or _is_version(row, index):
        return Role.NUMBER
    return Role.DIGITS


def _of_letters(part: Part) -> Role:
    if part.chars & DIGITS and part.chars <= _HEX and part.chars - DIGITS:
        return Role.HASH
    if part.high == 1 and len(part.chars) == 1:
        return Role.FIXED  # `v?`
    return Role.WORD if part.chars <= DIGITS | set(string.ascii_letters) | set("_.-") else Role.ANYTHING


def _is_time(row: Row, index: int) -> bool:
    """Tell whether digits are a time by their number, digits written out in front of them included."""
    part = row[index]
    before = row[index - 1].text if index else ""
    written = len(before) - len(before.rstrip(string.digits))
    return part.low + written >= _SHORTEST_TIME


def _is_version(row: Row, index: int) -> bool:
    """Tell whether digits stand beside other digits, with a dot between."""
    return any(
        0 <= index + 2 * step < len(row)
        and (row[index + step].text in (".", "_") or _is_any(row[index + step]))
        and row[index + 2 * step].chars <= DIGITS
        and bool(row[index + 2 * step].chars)
        for step in (-1, 1)
    )


def _is_any(part: Part) -> bool:
    """Tell whether a part is any one character: a dot that somebody forgot to escape."""
    return (part.low, part.high) == (1, 1) and "." in part.chars


def _between_digits(row: Row, index: int) -> bool:
    if not 0 < index < len(row) - 1:
        return False
    return all(bool(row[at].chars) and row[at].chars <= DIGITS for at in (index - 1, index + 1))
