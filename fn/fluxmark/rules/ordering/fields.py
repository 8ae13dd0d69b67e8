"""What the parts of a pattern mean in tags that builds really have: times, numbers, versions, hashes, words.

A field that grows with time has steps, pairs of an older and a newer text. Any other field has texts: the usual
one, and those that come last and first in the order of characters.
"""

from __future__ import annotations

import enum
import re
import string
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from fluxmark.rules.ordering.characters import DIGITS, LETTERS, PUNCTUATION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmark.rules.ordering.pattern import Part, Row

Steps = tuple[tuple[str, str], ...]

_TIMES: Final = {
    6: (("231231", "240101"),),
    8: (("20231231", "20240101"), ("20240109", "20240110")),
    10: (("1700000000", "1800000000"), ("1700000000", "1700000001")),
    12: (("202312312359", "202401010000"),),
    13: (("1700000000000", "1800000000000"), ("1700000000000", "1700000000001")),
    14: (("20231231235959", "20240101000000"), ("20240101000000", "20240101000001")),
    17: (("20231231235959999", "20240101000000000"), ("20240101000000000", "20240101000000001")),
}
"""Times by their number of digits: days, seconds and milliseconds since 1970, dates with the time of day."""
_TIMES_OF_DAY: Final = {4: (("0959", "1000"),), 6: (("095959", "100000"), ("100000", "100001"))}
_SHORTEST_TIME: Final = 8
_SECONDS: Final = 10
_DATE_WIDTHS: Final = ((2, 2), (1, 2))
_MIXED_WIDTHS: Final = ((13, 10), (14, 8), (12, 8), (14, 12))
_NUMBERS: Final = (("1", "2"), ("9", "10"), ("99", "100"))
_VERSIONS: Final = (("1.9.0", "1.10.0"), ("1.0.9", "1.0.10"), ("1.9", "1.10"), ("9", "10"))
_HASHES: Final = ("abc1234", "fffffff", "0000000", "a000000")
_WORDS: Final = ("main", "release", "feature")
_UNITS: Final = {
    "year": ("year", "yyyy", "yy", "y"),
    "month": ("month", "mm", "mon", "mo", "m"),
    "day": ("day", "dd", "d", "date"),
    "hour": ("hour", "hh", "h", "time"),
    "minute": ("minute", "min", "mi"),
    "second": ("second", "sec", "ss", "s"),
    "millisecond": ("millisecond", "ms", "sss"),
}
_VERSION_UNITS: Final = ("major", "minor", "patch", "mod", "build")
RANKS: Final = {name: rank for rank, names in enumerate(_UNITS.values()) for name in names}
VERSION_RANKS: Final = {name: rank for rank, name in enumerate(_VERSION_UNITS)}
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
_WRITTEN_VERSION: Final = re.compile(r"(?<![0-9])(?:[0-9]{1,3}\.)+$")
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


@dataclass(frozen=True, slots=True)
class Field:
    """A part and its meaning.

    steps: of a field that grows with time, older and newer texts. texts: of any other, the usual one first, then
    a great one and small ones. unit: of a time in several parts. fine: whether no two builds share its value.
    """

    part: Part
    role: Role
    steps: Steps = ()
    texts: tuple[str, ...] = ("",)
    unit: str = ""

    @property
    def still(self) -> str:
        """A usual text, for a tag in which something else grows."""
        if not self.steps:
            return self.texts[0]
        return "12" if self.role is Role.DIGITS and self.part.fits("12") else self.steps[0][0]

    @property
    def is_optional(self) -> bool:
        """Whether it is a separator or the like that differs from tag to tag: `v?`, `[-_]`."""
        return self.role is Role.FIXED and not self.part.is_literal

    @property
    def fine(self) -> bool:
        """Whether two builds never share its value: a number that counts builds, a time with its minutes."""
        if self.role is Role.TIME:
            if self.unit in ("minute", "second", "millisecond", "time"):
                return True
            day = self.part.is_digits and self.part.high is not None and self.part.high < _SECONDS
            return not self.unit and not day
        return self.role in (Role.NUMBER, Role.DIGITS) and not self.unit


def fields_of(row: Row, *, is_version: bool, extracted: Sequence[int] = ()) -> tuple[Field, ...]:
    """Return the fields of a row.

    is_version: whether the policy compares versions. extracted: the groups that make the key, in their order.
    """
    roles = [_role(row, index, is_version=is_version, extracted=extracted) for index in range(len(row))]
    units = _units(row, roles)
    found = []
    for index, (part, role) in enumerate(zip(row, roles, strict=True)):
        if units[index] and role.is_ordered:
            role = Role.NUMBER if units[index] in VERSION_RANKS else Role.TIME  # noqa: PLW2901
        steps = _steps(row, index, role, units[index]) if role.is_ordered else ()
        texts = ("",) if steps else _texts(part, role)
        found.append(Field(part, role, steps, texts, units[index]))
    return tuple(found)


def as_number(field: Field) -> Field:
    """Return a field of digits with the steps of a number."""
    return replace(field, role=Role.NUMBER, steps=_numbers(field.part, field.part.high))


def _role(row: Row, index: int, *, is_version: bool, extracted: Sequence[int]) -> Role:
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
    before = _before(row, index)
    if not part.is_digits:
        if named == "time":
            return Role.TIME
        if _is_any(part) and _between_digits(row, index):
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
    if named == "time" or _is_time(row, index) or _is_time_of_day(row, index):
        return Role.TIME
    if named == "pull request" or _PULL_REQUEST.search(before):
        return Role.REQUEST
    counted = before[-1:] in LETTERS or _COUNTED.search(before) or _is_of_git_describe(row, index)
    if named in ("number", "version") or counted or part.high is not None or _is_dotted(row, index):
        return Role.NUMBER
    return Role.DIGITS


def _before(row: Row, index: int) -> str:
    """Return the fixed text before a part, that of an optional separator and of a choice included."""
    if index < 1:
        return ""
    near = row[index - 1]
    if near.options:
        return near.options[0]
    if near.low == 0 and near.high == 1 and near.chars <= PUNCTUATION:
        return _before(row, index - 1)
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
    return part.low + written >= _SHORTEST_TIME


def _is_time_of_day(row: Row, index: int) -> bool:
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
    return bool(_WRITTEN_VERSION.search(row[index - 1].text if index else "")) or any(
        0 <= index + 2 * step < len(row)
        and (row[index + step].text in (".", "_") or _is_any(row[index + step]))
        and row[index + 2 * step].is_digits
        for step in (-1, 1)
    )


def _is_any(part: Part) -> bool:
    """Tell whether a part is any one character: a dot that is not escaped."""
    return (part.low, part.high) == (1, 1) and "." in part.chars


def _between_digits(row: Row, index: int) -> bool:
    return 0 < index < len(row) - 1 and row[index - 1].is_digits and row[index + 1].is_digits


def _units(row: Row, roles: list[Role]) -> list[str]:
    """Return the unit of every part of a time or a version that has several parts; '' for others."""
    named = [
        next((name.lower() for name in reversed(part.names) if name.lower() in RANKS), "")
        if part.is_digits
        else ""
        for part in row
    ]
    if _is_distinct(named):
        return named
    for index, role in enumerate(roles):
        if role is Role.TIME and _is_time_of_day(row, index):
            found = [""] * len(row)
            date = next(at for at in (index - 2, index - 1) if at >= 0 and row[at].is_digits)
            found[date], found[index] = "date", "time"
            return found
    named = [
        next((name.lower() for name in reversed(part.names) if name.lower() in VERSION_RANKS), "")
        if part.is_digits
        else ""
        for part in row
    ]
    return named if _is_distinct(named) else _unnamed_units(row, roles)


def _is_distinct(names: list[str]) -> bool:
    """Tell whether there are two units or more, each once."""
    given = [name for name in names if name]
    return len(given) == len(set(given)) > 1


def _unnamed_units(row: Row, roles: list[Role]) -> list[str]:
    """Recognise dates in several parts (`YYYY-MM-DD`, `DD-MM-YYYY`), with the time of day, and dotted versions."""
    found = [""] * len(row)
    digits = [index for index, role in enumerate(roles) if role is Role.NUMBER and row[index].is_digits]
    widths = {index: (row[index].low, row[index].high) for index in digits}
    for at, first in enumerate(digits):
        run = _run(row, digits[at:], "._-")
        if len(run) < 2:
            continue
        year = widths[first] == (4, 4) or (widths[first] == (2, 2) and _before(row, first).endswith("20"))
        if year and widths[run[1]] in _DATE_WIDTHS:
            for index, unit in zip(run, _UNITS, strict=False):
                if index == first or widths[index] in _DATE_WIDTHS:
                    found[index] = unit
            return found
        if [widths[index] for index in run[:3]] == [(2, 2), (2, 2), (4, 4)]:
            found[run[0]], found[run[1]], found[run[2]] = "day", "month", "year"
            return found
    for at, first in enumerate(digits):
        run = _run(row, digits[at:], ".")
        written = _WRITTEN_VERSION.search(row[first - 1].text if first else "")
        if len(run) > 1 or written:
            before = written[0].count(".") if written else 0
            for index, unit in zip(run, _VERSION_UNITS[before:], strict=False):
                found[index] = unit
            return found
    return found


def _run(row: Row, digits: list[int], separators: str) -> list[int]:
    """Return the first of these parts and those that follow it, each after one separator or none."""
    run = digits[:1]
    for index in digits[1:]:
        between = row[run[-1] + 1 : index]
        if len(between) > 1 or (between and not _separates(between[0], separators)):
            break
        run.append(index)
    return run


def _separates(part: Part, separators: str) -> bool:
    return (part.is_literal and part.text in separators) or (not part.is_literal and _is_any(part))


def _steps(row: Row, index: int, role: Role, unit: str) -> Steps:
    """Return texts of an ordered field, each with a later one; at least one pair."""
    part = row[index]
    if role is Role.VERSION:
        fitting = tuple((old, new) for old, new in _VERSIONS if part.fits(old) and part.fits(new))
        return fitting or (("1", "2"),)
    if not part.is_digits:
        return _TIMES[10]  # a time of some layout
    if unit in RANKS and unit not in ("date", "time"):
        return _unit_steps(part, unit, row[index - 1].text if index else "")
    if unit == "time" and part.low == part.high and part.low in _TIMES_OF_DAY:
        return _TIMES_OF_DAY[part.low]
    if role is Role.TIME:
        return _times(row, index)
    if role is Role.DIGITS:
        return _TIMES[10]  # of one width, in case that it is a time
    beyond = index + 1 < len(row) and row[index + 1].is_open
    return _numbers(part, None if beyond else part.high)


def _numbers(part: Part, high: int | None) -> Steps:
    steps = tuple(
        (older.zfill(part.low), newer.zfill(part.low))
        for older, newer in _NUMBERS
        if (high is None or len(newer.zfill(part.low)) <= high) and set(older + newer) <= part.chars | {"0"}
    )
    return steps or (("1", "2"),)


def _unit_steps(part: Part, unit: str, before: str) -> Steps:
    if RANKS[unit] == 0:
        long = part.fits("2023") and not before.endswith("20")
        return (("2023", "2024"),) if long else (("23", "24"), ("29", "30"))
    low, high = part.low, part.high
    if high == 3 and low == 3:
        return (("009", "010"), ("099", "100"))
    return tuple((older.zfill(low), newer.zfill(low)) for older, newer in (("1", "2"), ("9", "10"), ("11", "12")))


def _times(row: Row, index: int) -> Steps:
    part = row[index]
    before = row[index - 1].text if index else ""
    written = len(before) - len(before.rstrip(string.digits))
    digits = before[len(before) - written :]
    widths = [width for width in _TIMES if _holds(part, width - written)]
    preferred = sorted(widths, key=lambda width: (width != 10, width < _SHORTEST_TIME, -width))
    found: list[tuple[str, str]] = []
    for width in preferred[:1]:
        found += [
            (older[written:], newer[written:])
            for older, newer in _TIMES[width]
            if older.startswith(digits) and newer.startswith(digits)
        ]
    if part.high is not None and part.high > part.low and not written:
        # a long one before a short one: seconds after milliseconds, a date after a date with its time
        found += [
            (_TIMES[long][0][0], _TIMES[short][0][1])
            for long, short in _MIXED_WIDTHS
            if _holds(part, long) and _holds(part, short)
        ]
    width = max(part.low, 1)
    return tuple(found) or (("1".zfill(width), "2".zfill(width)),)


def _holds(part: Part, width: int) -> bool:
    return part.low <= width and (part.high is None or width <= part.high) and width > 0


def _texts(part: Part, role: Role) -> tuple[str, ...]:
    """Return texts for a part that does not grow: the usual one, a great one, small ones."""
    if part.is_literal:
        return (part.text,)
    if part.options:
        ranked = sorted(part.options)
        return (part.options[0], ranked[-1], ranked[0])
    if part.is_open:
        return ("",)
    if role is Role.HASH:
        return _hashes(part)
    if role is Role.FIXED:
        return ("." if "." in part.chars else min(part.chars, default="") * part.low,)
    if role is Role.REQUEST:
        texts = tuple(text for text in ("12", "9", "100") if part.fits(text))
        return texts or tuple(char * part.low for char in ("1", "9", "0") if char in part.chars)
    if not part.low and part.high is None:
        return ("", *_words(part))
    return _words(part)


def _hashes(part: Part) -> tuple[str, ...]:
    length = len(_HASHES[0])
    width = max(part.low, min(length, part.high or length))
    if width == length:
        found = tuple(text for text in _HASHES if set(text) <= part.chars)
        if len(found) == len(_HASHES):
            return found
    chars = part.chars - {char for char in part.chars if char.isupper()} or part.chars
    middle, letters = sorted(chars)[len(chars) // 2], sorted(chars - DIGITS)
    low = min(chars) * width
    return (middle * width, max(chars) * width, low, *([letters[0] + low[1:]] if letters else []))


def _words(part: Part) -> tuple[str, ...]:
    """Return words of a part's characters: the usual one, the greatest, the smallest."""
    if not part.chars:
        return ("",)
    if all(map(part.fits, _WORDS)):
        return _WORDS
    width = max(part.low, 1)
    usual = next((word for word in ("main", "a", "1") if part.fits(word)), min(part.chars) * width)
    return (usual, max(part.chars) * width, min(part.chars - {"-", "."} or part.chars) * width)
