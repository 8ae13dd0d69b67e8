"""Durations. Source: sprig date.go, and Go's package time (ParseDuration, Duration.String)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fluxmark.flux.template.types import ANY, STRING, Function, Kind
from fluxmark.golang.numbers import INT_MAX, INT_MIN, parse_magnitude, wrap
from fluxmark.golang.text import decode

if TYPE_CHECKING:
    from fluxmark.flux.template.values import Value

_SECOND = 1_000_000_000
_UNITS = {
    "ns": 1,
    "us": 1_000,
    "\xb5s": 1_000,
    "\u03bcs": 1_000,
    "ms": 1_000_000,
    "s": _SECOND,
    "m": 60 * _SECOND,
    "h": 3600 * _SECOND,
}
_PART = re.compile(r"([0-9]*)(?:\.([0-9]*))?([^.0-9]+)")
_ROUNDED = (
    ("y", 8760 * 3600 * _SECOND),
    ("mo", 720 * 3600 * _SECOND),
    ("d", 24 * 3600 * _SECOND),
    ("h", 3600 * _SECOND),
    ("m", 60 * _SECOND),
    ("s", _SECOND),
)


def _duration(value: Value | None) -> bytes:
    """Return seconds, given as a text or an int64, as Go writes a duration; other types count as 0."""
    seconds = 0
    if value is not None and value.type.kind is Kind.STRING:
        shown = value.data.decode("latin-1")
        seconds = parse_magnitude(shown[1:] if shown[:1] in ("+", "-") else shown, 10) or 0
        seconds = max(INT_MIN, min(INT_MAX, -seconds if shown[:1] == "-" else seconds))
    elif value is not None and value.type.kind is Kind.INT64:
        seconds = value.data
    return _show(wrap(seconds * _SECOND)).encode()


def _show(duration: int) -> str:
    sign, rest = "-" if duration < 0 else "", abs(duration)
    if rest < _SECOND:
        for unit, size in (("ms", 1_000_000), ("\xb5s", 1_000), ("ns", 1)):
            if rest >= size:
                return f"{sign}{_fraction(rest, size)}{unit}"
        return "0s"
    minutes, seconds = divmod(rest, 60 * _SECOND)
    hours, minutes_left = divmod(minutes, 60)
    shown = f"{_fraction(seconds, _SECOND)}s"
    if minutes:
        shown = f"{minutes_left}m{shown}"
    return f"{sign}{hours}h{shown}" if hours else f"{sign}{shown}"


def _fraction(amount: int, unit: int) -> str:
    whole, rest = divmod(amount, unit)
    digits = f"{rest:0{len(str(unit)) - 1}d}".rstrip("0") if rest else ""
    return f"{whole}.{digits}" if digits else str(whole)


def _duration_round(value: Value | None) -> bytes:
    """Return a duration, given as Go's text or as nanoseconds in an int64, in its largest unit."""
    duration = 0
    if value is not None and value.type.kind is Kind.STRING:
        duration = parse_duration(decode(value.data))
    elif value is not None and value.type.kind is Kind.INT64:
        duration = value.data
    for unit, size in _ROUNDED:
        if abs(duration) > size:
            return f"{abs(duration) // size}{unit}".encode()
    return b"0s"


def parse_duration(text: str) -> int:
    """Return the nanoseconds of Go's text for a duration, 0 if it is not one."""
    negative = text[:1] == "-"
    rest = text[1:] if text[:1] in ("+", "-") else text
    total = 0
    while rest:
        found = _PART.match(rest)
        if not found or found[3] not in _UNITS or not (found[1] or found[2]):
            return 0
        unit = _UNITS[found[3]]
        whole = (parse_magnitude(found[1], 10) or 0) * unit
        fraction = _kept(found[2] or "")
        total += whole + int(int(fraction or 0) * (unit / float(10 ** len(fraction))))
        rest = rest[found.end() :]
    if total > INT_MAX + negative:
        return 0
    return -total if negative else total


def _kept(digits: str) -> str:
    """Return the digits of a fraction that an uint64 of 63 bits holds, as Go drops the others."""
    kept = ""
    for digit in digits:
        if int(kept or 0) > INT_MAX // 10 or int(kept + digit) > 1 << 63:
            break
        kept += digit
    return kept


FUNCTIONS: tuple[Function, ...] = (
    Function("duration", (ANY,), STRING, _duration),
    Function("durationRound", (ANY,), STRING, _duration_round),
)
