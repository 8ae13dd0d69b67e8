"""The units of times and versions that a pattern writes in several parts: year and month, major and minor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.rules.ordering.roles import WRITTEN_VERSION, Role, before, is_any, is_time_of_day

if TYPE_CHECKING:
    from fluxmark.rules.ordering.pattern import Part, Row

_DATE_WIDTHS: Final = ((2, 2), (1, 2))
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


def units_of(row: Row, roles: list[Role]) -> list[str]:
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
        if role is Role.TIME and is_time_of_day(row, index):
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
        year = widths[first] == (4, 4) or (widths[first] == (2, 2) and before(row, first).endswith("20"))
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
        written = WRITTEN_VERSION.search(row[first - 1].text if first else "")
        if len(run) > 1 or written:
            skipped = written[0].count(".") if written else 0
            for index, unit in zip(run, _VERSION_UNITS[skipped:], strict=False):
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
    return (part.is_literal and part.text in separators) or (not part.is_literal and is_any(part))
