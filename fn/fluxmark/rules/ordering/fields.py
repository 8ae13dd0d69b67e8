"""What the parts of a pattern mean in tags that builds really have: times, numbers, versions, hashes, words.

A field that grows with time has steps, pairs of an older and a newer text. Any other field has texts: the usual
one, and those that come last and first in the order of characters.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from fluxmark.rules.ordering.roles import Role, role_of
from fluxmark.rules.ordering.texts import number_steps, steps_of, texts_of
from fluxmark.rules.ordering.units import VERSION_RANKS, units_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmark.rules.ordering.pattern import Part, Row
    from fluxmark.rules.ordering.texts import Steps

_SECONDS: Final = 10


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
    roles = [role_of(row, index, is_version=is_version, extracted=extracted) for index in range(len(row))]
    units = units_of(row, roles)
    found = []
    for index, (part, role) in enumerate(zip(row, roles, strict=True)):
        if units[index] and role.is_ordered:
            role = Role.NUMBER if units[index] in VERSION_RANKS else Role.TIME  # noqa: PLW2901
        steps = steps_of(row, index, role, units[index]) if role.is_ordered else ()
        texts = ("",) if steps else texts_of(part, role)
        found.append(Field(part, role, steps, texts, units[index]))
    return tuple(found)


def as_number(field: Field) -> Field:
    """Return a field of digits with the steps of a number."""
    return replace(field, role=Role.NUMBER, steps=number_steps(field.part, field.part.high))
