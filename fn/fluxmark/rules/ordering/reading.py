"""A row of a policy's pattern, understood: what grows with time, what decides, what differs in no order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fluxmark.golang.ranges import Constraint
from fluxmark.rules.ordering.builds import significance
from fluxmark.rules.ordering.fields import Field, as_number, fields_of
from fluxmark.rules.ordering.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fluxmark.rules.ordering.evaluator import Evaluator
    from fluxmark.rules.ordering.pattern import Row


@dataclass(frozen=True, slots=True)
class Reading:
    """A row of a policy's pattern, understood.

    ordered: the fields that grow with time, by significance; in_key: those of the key; noisy: the fields that
    differ in no order. bases: versions in the range.
    """

    policy: Evaluator
    fields: tuple[Field, ...]
    ordered: tuple[int, ...]
    in_key: frozenset[int]
    noisy: tuple[int, ...]
    bases: tuple[Mapping[int, str], ...]

    @property
    def deciding(self) -> tuple[int, ...]:
        """The ordered fields within the key."""
        return tuple(index for index in self.ordered if index in self.in_key)


def read(policy: Evaluator, row: Row, known: Sequence[str]) -> Reading:
    """Return a row, understood. known: tags that the pattern matches."""
    groups = policy.groups
    fields = fields_of(row, is_version=policy.kind == "semver", extracted=policy.references)
    in_key = frozenset(
        index for index, part in enumerate(row) if groups is None or not groups.isdisjoint(part.groups)
    )
    fields = tuple(
        as_number(field) if field.role is Role.DIGITS and _are_numbers(policy, field, known) else field
        for field in fields
    )
    ordered = [index for index, field in enumerate(fields) if field.role.is_ordered]
    ranked = tuple(significance(fields, ordered, policy.references))
    return Reading(
        policy, fields, ranked, in_key, tuple(_noisy(policy, fields)), tuple(_bases(policy, fields, ranked))
    )


def _noisy(policy: Evaluator, fields: Sequence[Field]) -> Iterator[int]:
    for index, field in enumerate(fields):
        if not field.role.is_variable or field.part.is_open:
            continue
        timed = any(other.role is Role.TIME for other in fields[index:])
        # alpha, beta and rc are in order; so are the words of a version that nothing follows
        if (
            policy.kind != "semver"
            or field.role in (Role.HASH, Role.REQUEST)
            or (timed and not field.part.options)
        ):
            yield index


def _bases(policy: Evaluator, fields: Sequence[Field], ordered: Sequence[int]) -> Iterator[Mapping[int, str]]:
    """Yield texts for the numbers of a version, so that it is in the range."""
    yield {}
    if policy.kind != "semver":
        return
    units = {fields[index].unit: index for index in ordered}
    numbers = [units.get(unit, -1) for unit in ("major", "minor", "patch")]
    if set(numbers) == {-1}:
        numbers = [index for index in ordered if fields[index].role in (Role.NUMBER, Role.DIGITS)]
    versions = [index for index in ordered if fields[index].role is Role.VERSION]
    constraint = Constraint.parse(policy.spec["policy"]["semver"].get("range") or "")
    for version in {one.version for group in constraint.groups for one in group}:
        parts = [str(version.major), str(version.minor), str(version.patch)]
        base = dict(zip(numbers, parts, strict=False))
        yield base | dict.fromkeys(versions, ".".join(parts))


def _are_numbers(policy: Evaluator, field: Field, known: Sequence[str]) -> bool:
    """Tell whether digits of unknown meaning are a short number in the tags that are known."""
    groups = field.part.groups
    found = [policy.group(tag, groups[-1]) for tag in known] if groups else []
    return bool(found) and all(text is not None and text.isdecimal() and len(text) < 8 for text in found)
