"""`policy.numerical`: the order of the numbers, as float64.

Source: image-reflector-controller, internal/policy/numerical.go; the grammar is that of Go's strconv.ParseFloat.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isnan
from typing import TYPE_CHECKING

from fluxmark.flux.policy.errors import PolicyError
from fluxmark.flux.policy.policer import Choice, require_some
from fluxmark.golang.numbers import parse_float

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Numerical:
    """Chooses the key with the greatest number, or the smallest if descending.

    Of equal ones it takes the last in the list. One key that is not a number fails the whole policy.
    """

    descending: bool = False

    def choose(self, keys: Sequence[str]) -> Choice:
        """Return the latest; raises PolicyError for an empty list and for the first key that is not a number."""
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
        """Return that the key is not a number, if so."""
        return "not a number, which fails the policy" if parse_float(key) is None else ""

    def rank(self, keys: Iterable[str]) -> list[str]:
        """Return the keys that are numbers, the latest first, `nan` last."""
        values = {key: value for key in keys if (value := parse_float(key)) is not None}
        sign = 1 if self.descending else -1

        def place(key: str) -> tuple[bool, float]:
            value = values[key]
            return (True, inf) if isnan(value) else (False, sign * value)

        return sorted(sorted(values), key=place)
