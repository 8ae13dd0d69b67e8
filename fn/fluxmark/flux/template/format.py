"""How Go's fmt lays out one scalar: flags, width and precision.

Source: package fmt of Go 1.26 (format.go) and strconv (ftoa.go); widths count runes, not columns.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from fluxmark.golang.text import REPLACEMENT, can_backquote, decode, encode, is_print, quote

_MAX_RUNE = 0x10FFFF


@dataclass(slots=True)
class Flags:
    """What is between `%` and a verb; width and precision are None if they are not said."""

    width: int | None = None
    precision: int | None = None
    minus: bool = False
    plus: bool = False
    sharp: bool = False
    space: bool = False
    zero: bool = False
    plus_v: bool = False  # %+v
    sharp_v: bool = False  # %#v

    def pad(self, text: bytes, *, zero: bool = True) -> bytes:
        """Return a text padded to the width; `zero`: with zeros, where the flags ask for that."""
        missing = (self.width or 0) - len(decode(text))
        if missing <= 0:
            return text
        if self.minus:
            return text + b" " * missing
        return (b"0" if self.zero and zero else b" ") * missing + text

    def truncate(self, text: bytes) -> bytes:
        """Return the first runes of a text, as many as the precision says."""
        return text if self.precision is None else encode(decode(text)[: self.precision])


def integer(flags: Flags, number: int, verb: str, base: int, *, upper: bool = False) -> bytes:
    """Return an integer in a base: %d %b %o %O %x %X."""
    digits = f"{abs(number):{ {2: 'b', 8: 'o', 10: 'd', 16: 'x'}[base] }}"
    sign = "-" if number < 0 else "+" if flags.plus else " " if flags.space else ""
    if flags.precision is not None:
        if flags.precision == 0 and number == 0:
            return b" " * (flags.width or 0)
        digits = digits.zfill(flags.precision)
    elif flags.zero and not flags.minus and flags.width is not None:
        digits = digits.zfill(flags.width - len(sign))
    prefix = ""
    if flags.sharp and (base != 8 or not digits.startswith("0")):
        prefix = {2: "0b", 8: "0", 16: "0x"}.get(base, "")
    if verb == "O":
        prefix = "0o" + prefix
    text = prefix + digits
    return flags.pad((sign + (text.upper() if upper else text)).encode(), zero=False)


def unicode_point(flags: Flags, number: int) -> bytes:
    """Return a code point: %U, and %#U with the character."""
    digits = f"{number:X}".zfill(max(4, flags.precision or 0))
    shown = f" '{chr(number)}'" if flags.sharp and number <= _MAX_RUNE and _printable(number) else ""
    return flags.pad(f"U+{digits}{shown}".encode(), zero=False)


def _printable(number: int) -> bool:
    return not 0xD800 <= number <= 0xDFFF and is_print(chr(number))


def character(flags: Flags, number: int) -> bytes:
    """Return the character of a code point: %c."""
    return flags.pad(_rune(number).encode())


def quoted_character(flags: Flags, number: int) -> bytes:
    """Return a character literal: %q of an integer."""
    return flags.pad(quote(_rune(number).encode(), delimiter="'", ascii_only=flags.plus).encode())


def _rune(number: int) -> str:
    return REPLACEMENT if number > _MAX_RUNE or 0xD800 <= number <= 0xDFFF else chr(number)


def text(flags: Flags, data: bytes) -> bytes:
    """Return a string: %s."""
    return flags.pad(flags.truncate(data))


def quoted(flags: Flags, data: bytes) -> bytes:
    """Return a string literal: %q, with backquotes under %#q where that is possible."""
    data = flags.truncate(data)
    if flags.sharp and can_backquote(data):
        return flags.pad(b"`" + data + b"`")
    return flags.pad(quote(data, ascii_only=flags.plus).encode())


def hexadecimal(flags: Flags, data: bytes, *, upper: bool) -> bytes:
    """Return a string's bytes: %x and %X; the space flag parts them."""
    if flags.precision is not None:
        data = data[: flags.precision]
    if not data:
        return flags.pad(b"")
    prefix = "0x" if flags.sharp else ""
    shown = " ".join(f"{prefix}{byte:02x}" for byte in data) if flags.space else prefix + data.hex()
    return flags.pad((shown.upper() if upper else shown).encode())


def floating(flags: Flags, number: float, verb: str, precision: int) -> bytes:
    """Return a float: %e %E %f %g %G %x %X %b; `precision` is the verb's default, -1 the shortest exact one."""
    if flags.precision is not None:
        precision = flags.precision
    shown = format_float(number, verb, precision)
    sign, body = (shown[0], shown[1:]) if shown[0] in "+-" else ("+", shown)
    if flags.space and sign == "+" and not flags.plus:
        sign = " "
    if body[0] in "IN":
        bare = body[0] == "N" and not flags.space and not flags.plus
        return flags.pad((body if bare else sign + body).encode(), zero=False)
    if flags.sharp and verb != "b":
        body = _with_point(body, verb, precision)
    if not flags.plus and sign == "+":
        return flags.pad(body.encode())
    if flags.zero and not flags.minus and flags.width is not None:
        return (sign + body.zfill(flags.width - 1)).encode()
    return flags.pad((sign + body).encode())


def _with_point(body: str, verb: str, precision: int) -> str:
    """Return a number with a decimal point and, for %g, the trailing zeros: the sharp flag."""
    digits = 0
    if verb in "gGx":
        digits = 6 if precision == -1 else precision
    marks = "pP" if verb in "xX" else "eE"
    exponent_at = next((at for at, char in enumerate(body) if char in marks), len(body))
    mantissa, tail = body[:exponent_at], body[exponent_at:]
    seen = mantissa.replace(".", "")
    significant = len(seen.lstrip("0"))
    if "." not in mantissa:
        significant += mantissa == "0"
        mantissa += "."
    return mantissa + "0" * (digits - significant) + tail


def format_float(number: float, verb: str, precision: int) -> str:
    """Return a float64 as strconv.FormatFloat does; precision -1: what tells it from its neighbours."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "+Inf" if number > 0 else "-Inf"
    if verb in "xX":
        shown = _hex_float(number, precision)
        return shown.upper() if verb == "X" else shown
    if verb == "b":
        exponent = max(math.frexp(number)[1] - 53, -1074) if number else -1074
        return f"{_sign(number)}{int(math.ldexp(abs(number), -exponent))}p{exponent:+d}"
    if verb in "gG":
        shown = _general(number, precision)
        return shown.upper() if verb == "G" else shown
    if precision >= 0:
        return f"{number:.{precision}{verb}}"
    digits, point = shortest(number)
    return _sign(number) + (plain(digits, point) if verb == "f" else _scientific(digits, point))


def _sign(number: float) -> str:
    return "-" if math.copysign(1, number) < 0 else ""


def plain(digits: str, point: int) -> str:
    """Return digits as a decimal number without exponent."""
    whole = digits[: max(point, 0)].ljust(point, "0") or "0"
    fraction = "0" * max(-point, 0) + digits[max(point, 0) :]
    return f"{whole}.{fraction}" if fraction else whole


def _scientific(digits: str, point: int) -> str:
    mantissa = f"{digits[0]}.{digits[1:]}" if len(digits) > 1 else digits
    return f"{mantissa}e{0 if digits == '0' else point - 1:+03d}"


def shortest(number: float) -> tuple[str, int]:
    """Return the shortest digits that read back as the number, and where its decimal point is (0.1 is "1", 0)."""
    return _digits(repr(abs(number)))


def _digits(shown: str) -> tuple[str, int]:
    mantissa, _, exponent = shown.partition("e")
    whole, _, fraction = mantissa.partition(".")
    significant = (whole + fraction).lstrip("0")
    point = len(significant) - len(fraction) + int(exponent or 0)
    return (significant.rstrip("0"), point) if significant else ("0", 1)


def _general(number: float, precision: int) -> str:
    """Return %g: with an exponent where that is below -4, or at least the precision (6 for the shortest)."""
    if precision < 0:
        digits, point = shortest(number)
        limit = 6
    else:
        limit = precision or 1
        digits, point = _digits(f"{abs(number):.{limit - 1}e}")
        if limit > len(digits) >= point:
            limit = len(digits)
    as_plain = -4 <= point - 1 < limit
    return _sign(number) + (plain(digits, point) if as_plain else _scientific(digits, point))


def _hex_float(number: float, precision: int) -> str:
    sign, mantissa, exponent = float.hex(number).partition("0x")[0], *float.hex(abs(number))[2:].split("p")
    if number == 0:
        return f"{sign}0x0{'.' + '0' * precision if precision > 0 else ''}p+00"
    fraction_bits = int(mantissa[2:].ljust(13, "0"), 16) if "." in mantissa else 0
    bits = (int(mantissa[0]) << 52) | fraction_bits
    power = int(exponent)
    while bits < 1 << 52:  # Go normalises what is denormal
        bits, power = bits << 1, power - 1
    if 0 <= precision < 13:
        drop = 4 * (13 - precision)
        kept, rest = bits >> drop, bits & ((1 << drop) - 1)
        half = 1 << (drop - 1)
        kept += rest > half or (rest == half and kept & 1)
        bits = kept << drop
        if bits >= 1 << 53:
            bits, power = bits >> 1, power + 1
    digits = f"{bits & ((1 << 52) - 1):013x}"
    digits = digits.rstrip("0") if precision < 0 else digits[:precision].ljust(precision, "0")
    return f"{sign}0x1{'.' + digits if digits else ''}p{power:+03d}"
