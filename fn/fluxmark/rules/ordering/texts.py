"""Texts of fields, as builds write them: older and newer ones of what grows, extreme ones of the rest."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Final

from fluxmark.rules.ordering.characters import DIGITS
from fluxmark.rules.ordering.roles import SHORTEST_TIME, Role
from fluxmark.rules.ordering.units import RANKS

if TYPE_CHECKING:
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
_MIXED_WIDTHS: Final = ((13, 10), (14, 8), (12, 8), (14, 12))
_NUMBERS: Final = (("1", "2"), ("9", "10"), ("99", "100"))
_VERSIONS: Final = (("1.9.0", "1.10.0"), ("1.0.9", "1.0.10"), ("1.9", "1.10"), ("9", "10"))
_HASHES: Final = ("abc1234", "fffffff", "0000000", "a000000")
_WORDS: Final = ("main", "release", "feature")


def steps_of(row: Row, index: int, role: Role, unit: str) -> Steps:
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
    return number_steps(part, None if beyond else part.high)


def number_steps(part: Part, high: int | None) -> Steps:
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
    preferred = sorted(widths, key=lambda width: (width != 10, width < SHORTEST_TIME, -width))
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


def texts_of(part: Part, role: Role) -> tuple[str, ...]:
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
