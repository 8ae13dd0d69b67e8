"""Numbers as Go's strconv reads them, and number literals as templates read them.

Source: package strconv of Go (ParseInt, ParseUint, ParseFloat), and text/template/parse (node.go) for literals.
"""

from __future__ import annotations

import math
import re

_MAX_DIGITS = 64  # of an uint64, in base 2
INT_MIN, INT_MAX, UINT_MAX = -(1 << 63), (1 << 63) - 1, (1 << 64) - 1

_BASES = {"0x": 16, "0o": 8, "0b": 2}
_DIGITS = {
    base: re.compile(f"[{chars}]+", re.ASCII)
    for base, chars in {2: "01", 8: "0-7", 10: "0-9", 16: "0-9a-fA-F"}.items()
}
# an underscore may be between two digits, or between a base's prefix and a digit
_UNDERSCORES = re.compile(r"(?:0[bBoOxX]_?)?[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*")
# An underscore is between two digits, or between 0x and the first digit.
_DECIMALS = "[0-9](?:_?[0-9])*+"
_HEX_DIGITS = "[0-9a-f](?:_?[0-9a-f])*+"
_NUMBER = re.compile(
    rf"""
    (?P<special> [+-]?inf(?:inity)? | nan )
  | (?P<hex> [+-]?0x (?: _?{_HEX_DIGITS} (?: \.(?:{_HEX_DIGITS})? )? | \.{_HEX_DIGITS} ) p[+-]?{_DECIMALS} )
  | [+-]? (?: {_DECIMALS} (?: \.(?:{_DECIMALS})? )? | \.{_DECIMALS} ) (?: e[+-]?{_DECIMALS} )?
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


def wrap(number: int) -> int:
    """Return a number as Go's int64 holds it after an overflow."""
    return (number - INT_MIN & UINT_MAX) + INT_MIN


def parse_magnitude(text: str, base: int = 0) -> int | None:
    """Return an unsigned number, None if the text is not one; what no uint64 holds may become UINT_MAX + 1.

    base 0: a prefix says the base, and `_` may part digits.
    """
    digits = text
    if base == 0:
        base = 10
        if text[:1] == "0" and len(text) > 1:
            prefix = text[:2].lower()
            base = _BASES.get(prefix, 8)
            digits = text[2:] if prefix in _BASES else text[1:]
        if "_" in digits:
            if not _UNDERSCORES.fullmatch(text):
                return None
            digits = digits.replace("_", "")
    if not _DIGITS[base].fullmatch(digits):
        return None
    significant = digits.lstrip("0")
    return int(significant or "0", base) if len(significant) <= _MAX_DIGITS else UINT_MAX + 1


def parse_uint(text: str, base: int = 0) -> int | None:
    """Return an uint64, None if the text is not one (or out of range)."""
    number = parse_magnitude(text, base)
    return number if number is not None and number <= UINT_MAX else None


def parse_int(text: str, base: int = 0) -> int | None:
    """Return an int64, None if the text is not one (or out of range)."""
    number = parse_magnitude(text[1:] if text[:1] in ("+", "-") else text, base)
    if number is None:
        return None
    number = -number if text[:1] == "-" else number
    return number if INT_MIN <= number <= INT_MAX else None


def parse_float(text: str) -> float | None:
    """Return the float64 nearest to the number that the text is, None if strconv.ParseFloat fails.

    It fails for what is not a number of its grammar, and for a number that is too large (1e999); `inf` and `nan`
    are numbers.
    """
    if text.isdecimal() and text.isascii():  # most keys: a timestamp, the number of a build
        value = float(text)
        return None if math.isinf(value) else value
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    if match["special"]:
        return float(text)
    digits = text.replace("_", "")
    try:
        value = float.fromhex(digits) if match["hex"] else float(digits)
    except OverflowError:
        return None
    return None if math.isinf(value) else value


def to_int(number: float) -> int:
    """Return a float as Go converts it to int64 on amd64: what does not fit becomes the smallest."""
    if math.isnan(number) or not -(2.0**63) <= number < 2.0**63:
        return INT_MIN
    return int(number)
