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
# an underscore may stand between two digits, or between a base's prefix and a digit
_UNDERSCORES = re.compile(r"(?:0[bBoOxX]_?)?[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*")
_FLOAT = re.compile(r"[+-]?(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9][0-9_]*)?")
_HEX_FLOAT = re.compile(r"([+-]?)0[xX]([0-9a-fA-F_]*)\.?([0-9a-fA-F_]*)[pP]([+-]?[0-9][0-9_]*)")
_SPECIAL = {"inf": math.inf, "infinity": math.inf, "nan": math.nan}


def wrap(number: int) -> int:
    """Return a number as Go's int64 holds it after an overflow."""
    return (number - INT_MIN & UINT_MAX) + INT_MIN


def parse_magnitude(text: str, base: int = 0) -> int | None:
    """Return an unsigned number, None where the text is none; what no uint64 holds may become UINT_MAX + 1.

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
    """Return an uint64, None where the text is none (or out of range)."""
    number = parse_magnitude(text, base)
    return number if number is not None and number <= UINT_MAX else None


def parse_int(text: str, base: int = 0) -> int | None:
    """Return an int64, None where the text is none (or out of range)."""
    number = parse_magnitude(text[1:] if text[:1] in ("+", "-") else text, base)
    if number is None:
        return None
    number = -number if text[:1] == "-" else number
    return number if INT_MIN <= number <= INT_MAX else None


def parse_float(text: str) -> float | None:
    """Return a float64, None where the text is none (or overflows)."""
    special = _SPECIAL.get(text.lstrip("+-").lower()) if len(text) - len(text.lstrip("+-")) <= 1 else None
    if special is not None:
        return -special if text[0] == "-" else special
    if "_" in text and not _good_underscores(text):
        return None
    plain = text.replace("_", "")
    if found := _HEX_FLOAT.fullmatch(text):
        sign, whole, fraction, exponent = (part.replace("_", "") for part in found.groups())
        if not whole + fraction:
            return None
        try:
            # exact: the mantissa has one rounding, by Python's own hexadecimal reader
            return float.fromhex(f"{sign}0x{whole or '0'}.{fraction}p{exponent}")
        except OverflowError:
            return None
    if not _FLOAT.fullmatch(text):
        return None
    number = float(plain)
    return None if math.isinf(number) else number


def _good_underscores(text: str) -> bool:
    """Tell whether each `_` stands between digits (or after a base's prefix); source: strconv.underscoreOK."""
    body = text.lstrip("+-").lower()
    previous = "^"
    is_hex = False
    if body[:2] in _BASES:
        is_hex = body[:2] == "0x"
        previous, body = "0", body[2:]
    for char in body:
        if char.isdigit() or (is_hex and char in "abcdef"):
            previous = "0"
        elif char == "_":
            if previous != "0":
                return False
            previous = "_"
        else:
            if previous == "_":
                return False
            previous = "!"
    return previous != "_"


def to_int(number: float) -> int:
    """Return a float as Go converts it to int64 on amd64: what does not fit becomes the smallest."""
    if math.isnan(number) or not -(2.0**63) <= number < 2.0**63:
        return INT_MIN
    return int(number)
