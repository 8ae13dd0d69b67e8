"""`policy.numerical`: the order of the numbers, as float64.

Source: image-reflector-controller, internal/policy/numerical.go; the grammar is that of Go's strconv.ParseFloat.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import inf, isinf, isnan
from typing import TYPE_CHECKING

from fluxmark.policy.errors import PolicyError
from fluxmark.policy.policer import Choice, require_some

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# An underscore stands between two digits, or between 0x and the first digit.
_DIGITS = "[0-9](?:_?[0-9])*+"
_HEX_DIGITS = "[0-9a-f](?:_?[0-9a-f])*+"
_NUMBER = re.compile(
    rf"""
    (?P<special> [+-]?inf(?:inity)? | nan )
  | (?P<hex> [+-]?0x (?: _?{_HEX_DIGITS} (?: \.(?:{_HEX_DIGITS})? )? | \.{_HEX_DIGITS} ) p[+-]?{_DIGITS} )
  | [+-]? (?: {_DIGITS} (?: \.(?:{_DIGITS})? )? | \.{_DIGITS} ) (?: e[+-]?{_DIGITS} )?
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


def parse_float(text: str) -> float | None:
    """Return the float64 nearest to the number that the text is, None where strconv.ParseFloat fails.

    It fails for what is no number of its grammar, and for a number that is too large (1e999); `inf` and `nan` are
    numbers.
    """
    if text.isdecimal() and text.isascii():  # most keys: a timestamp, the number of a build
        value = float(text)
        return None if isinf(value) else value
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
    return None if isinf(value) else value


@dataclass(frozen=True, slots=True)
class Numerical:
    """Chooses the key with the greatest number, or the smallest if descending.

    Of equal ones it takes the last in the list. One key that is no number fails the whole policy.
    """

    descending: bool = False

    def choose(self, keys: Sequence[str]) -> Choice:
        """Return the latest; raises PolicyError for an empty list and for the first key that is no number."""
        require_some(keys)
        values = list(map(parse_float, keys))
        if None in values:
            raise PolicyError(f"failed to parse invalid numeric value '{keys[values.index(None)]}'")
        # `nan` is neither smaller nor greater, so it is always taken, and whatever comes after it as well.
        numbers = [value for value in values if value is not None]
        restart = max((index for index, value in enumerate(numbers) if isnan(value)), default=-1) + 1
        tail = numbers[restart:]
        if not tail:
            return Choice(keys[-1], tuple(keys))
        best = min(tail) if self.descending else max(tail)
        equal = tuple(key for key, value in zip(keys[restart:], tail, strict=True) if value == best)
        return Choice(equal[-1], tuple(keys) if restart else equal)

    def objection(self, key: str) -> str:
        """Return that the key is no number, if so."""
        return "not a number, which fails the policy" if parse_float(key) is None else ""

    def rank(self, keys: Iterable[str]) -> list[str]:
        """Return the keys that are numbers, the latest first, `nan` last."""
        values = {key: value for key in keys if (value := parse_float(key)) is not None}
        sign = 1 if self.descending else -1

        def place(key: str) -> tuple[bool, float]:
            value = values[key]
            return (True, inf) if isnan(value) else (False, sign * value)

        return sorted(sorted(values), key=place)
