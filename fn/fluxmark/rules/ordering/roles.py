"""What a part of a pattern is for the order of tags: a time, a number, a version, a hash, a word."""

from __future__ import annotations

import enum
import re
import string
from typing import TYPE_CHECKING, Final

from fluxmark.rules.ordering.characters import DIGITS, LETTERS, PUNCTUATION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmark.rules.ordering.pattern import Part, Row

SHORTEST_TIME: Final = 8
_NAMES: Final = {
    "time": ("ts", "timestamp", "time", "date", "datetime", "day", "epoch", "unix", "created"),
    "number": ("build", "run", "number", "num", "n", "counter", "count", "inc", "seq", "rc", "rev", "revision"),
    "hash": ("sha", "hash", "commit", "gitsha", "sha1", "digest"),
    "version": ("version", "semver", "ver", "v"),
    "pull request": ("pr", "pull", "mr"),
}
_ROLE_OF_NAME: Final = {name: role for role, names in _NAMES.items() for name in names}
_COUNTED: Final = re.compile(
    r"(?:^|[^A-Za-z])(?:alpha|a|beta|b|build|ci|dev|ls|n|nightly|canary|post|pre|preview|r|rc|rel|rev|run|v|snapshot|SNAPSHOT|RC)[-_.]?$"
)
_PULL_REQUEST: Final = re.compile(r"(?:^|[^A-Za-z])(?:pr|PR|pull|mr|MR|merge|issue)[-_.]?$")
WRITTEN_VERSION: Final = re.compile(r"(?<![0-9])(?:[0-9]{1,3}\.)+$")
_HEX: Final = frozenset(string.hexdigits)


class Role(enum.Enum):
    """What a field is for the order of tags."""

    FIXED = "a text"
    TIME = "a timestamp"
    NUMBER = "a number"
    DIGITS = "digits"  # a number or a time
    VERSION = "a version"
    HASH = "a commit hash"
    REQUEST = "the number of a pull request"
    WORD = "a word"
    ANYTHING = "anything"

    @property
    def is_ordered(self) -> bool:
        """Whether it grows with time."""
        return self in (Role.TIME, Role.NUMBER, Role.DIGITS, Role.VERSION)

    @property
    def is_variable(self) -> bool:
        """Whether it differs from tag to tag in no order."""
        return self in (Role.HASH, Role.REQUEST, Role.WORD, Role.ANYTHING)


def role_of(row: Row, index: int, *, is_version: bool, extracted: Sequence[int]) -> Role:
    part = row[index]
    if part.is_literal:
        return Role.FIXED
    if part.options:
        return Role.WORD
    if part.is_open:
        return Role.ANYTHING
    named = _named_role(row, index)
    if named == "hash":
        return Role.HASH
    near = before(row, index)
    if not part.is_digits:
        if named == "time":
            return Role.TIME
        if is_any(part) and _between_digits(row, index):
            return Role.FIXED  # an unescaped dot between numbers
        if part.chars <= DIGITS | {".", "v", "V", "_", "-"} and part.chars > DIGITS and part.high != 1:
            return Role.VERSION
        wide = part.high is None and part.chars >= DIGITS | LETTERS
        first = not any(other.is_digits or (other.is_literal and other.text.strip("vV")) for other in row[:index])
        if wide and is_version and (named == "version" or (first and not set(part.groups).isdisjoint(extracted))):
            return Role.VERSION
        if wide and is_version and first and not extracted and not part.groups:
            return Role.VERSION
        return _of_letters(part)
    if named == "time" or _is_time(row, index) or is_time_of_day(row, index):
        return Role.TIME
    if named == "pull request" or _PULL_REQUEST.search(near):
        return Role.REQUEST
    counted = near[-1:] in LETTERS or _COUNTED.search(near) or _is_of_git_describe(row, index)
    if named in ("number", "version") or counted or part.high is not None or _is_dotted(row, index):
        return Role.NUMBER
    return Role.DIGITS


def before(row: Row, index: int) -> str:
    """Return the fixed text before a part, that of an optional separator and of a choice included."""
    if index < 1:
        return ""
    near = row[index - 1]
    if near.options:
        return near.options[0]
    if near.low == 0 and near.high == 1 and near.chars <= PUNCTUATION:
        return before(row, index - 1)
    return near.text


def _named_role(row: Row, index: int) -> str:
    """Return what the name of a group says about a part; '' if the group holds other parts, too."""
    part = row[index]
    if not part.names or part.names[-1].lower() not in _ROLE_OF_NAME:
        return ""
    role = _ROLE_OF_NAME[part.names[-1].lower()]
    shared = any(
        other is not part
        and other.groups[-1:] == part.groups[-1:]
        and (other.chars or other.options)
        and other.high != 1
        for other in row
    )
    return "" if shared and (part.is_digits or role != "time") else role


def _of_letters(part: Part) -> Role:
    if part.chars & DIGITS and part.chars <= _HEX and part.chars - DIGITS:
        return Role.HASH
    if part.high == 1 and len(part.chars) <= 2:
        return Role.FIXED  # `v?`, `[-_]`
    return Role.WORD if "." not in part.chars else Role.ANYTHING


def _is_time(row: Row, index: int) -> bool:
    """Tell whether digits are a time by their number, those of the literal before them included."""
    part = row[index]
    before = row[index - 1].text if index else ""
    written = len(before) - len(before.rstrip(string.digits))
    return part.low + written >= SHORTEST_TIME


def is_time_of_day(row: Row, index: int) -> bool:
    """Tell whether four or six digits follow a date of eight."""
    part, before = row[index], row[max(index - 2, 0) : index]
    dates = [other for other in before if other.is_digits]
    return part.low == part.high and part.low in (4, 6) and bool(dates) and dates[0].low == dates[0].high == 8


def _is_of_git_describe(row: Row, index: int) -> bool:
    """Tell whether digits count commits as `git describe` writes them: `-7-g1a2b3c4`."""
    after = row[index + 1 : index + 3]
    return len(after) == 2 and after[0].text == "-g" and bool(after[1].chars) and after[1].chars <= _HEX


def _is_dotted(row: Row, index: int) -> bool:
    """Tell whether digits are next to other digits, with a dot between."""
    return bool(WRITTEN_VERSION.search(row[index - 1].text if index else "")) or any(
        0 <= index + 2 * step < len(row)
        and (row[index + step].text in (".", "_") or is_any(row[index + step]))
        and row[index + 2 * step].is_digits
        for step in (-1, 1)
    )


def is_any(part: Part) -> bool:
    """Tell whether a part is any one character: a dot that is not escaped."""
    return (part.low, part.high) == (1, 1) and "." in part.chars


def _between_digits(row: Row, index: int) -> bool:
    return 0 < index < len(row) - 1 and row[index - 1].is_digits and row[index + 1].is_digits
