"""Pairs of tags, made up from the fields of a pattern, of which the first is older for sure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fluxmark.rules.ordering.roles import Role
from fluxmark.rules.ordering.units import RANKS, VERSION_RANKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fluxmark.rules.ordering.fields import Field

_TEXTS_AFTER: Final = ("fffffff-1700000000", "0000000-1800000000")
_VERSIONS: Final = (("1.9.0", "1.10.0"), ("1.10.0", "1.11.0"))


@dataclass(frozen=True, slots=True)
class Pair:
    """Two tags.

    grown: the index of the field that tells which is newer, -1 if none does. mixed: whether something that does
    not grow with time differs, too.
    """

    older: str
    newer: str
    grown: int
    mixed: bool


def significance(fields: Sequence[Field], ordered: Sequence[int], extracted: Sequence[int]) -> list[int]:
    """Return the ordered fields, the one that counts most first.

    Units say it (the year before the day), else the order in `extract`, else the place in the tag.
    """
    if ordered and all(fields[index].unit for index in ordered):
        ranks = RANKS if all(fields[index].unit in RANKS for index in ordered) else VERSION_RANKS
        if all(fields[index].unit in ranks for index in ordered):
            return sorted(ordered, key=lambda index: ranks[fields[index].unit])
    own = {
        index: next(
            (extracted.index(group) for group in reversed(fields[index].part.groups) if group in extracted), -1
        )
        for index in ordered
    }
    timed = any(_never_resets(fields, index) for index in ordered)  # a time says by itself which is newer
    if not timed and len(set(own.values())) == len(own) and -1 not in own.values():
        return sorted(ordered, key=own.__getitem__)
    dated = [index for index in ordered if fields[index].unit in RANKS]
    by_rank = iter(sorted(dated, key=lambda index: RANKS[fields[index].unit]))
    return [next(by_rank) if index in dated else index for index in ordered]


def pairs(
    fields: Sequence[Field],
    ordered: Sequence[int],
    noisy: Sequence[int],
    bases: Sequence[Mapping[int, str]] = ({},),
) -> Iterator[Pair]:
    """Yield pairs that differ in time by the fields at `ordered`, in the order of their significance.

    noisy: the fields that may differ at the same time. The pairs in which all else is equal come first. bases:
    texts of ordered fields that stay as they are while a less significant one grows.
    """
    grown = [
        one
        for base in bases
        for one in dict.fromkeys(
            (index, tuple(older.items()), tuple(newer.items()))
            for index, older, newer in _grown(fields, ordered, base)
        )
    ]
    for variation in (None, (1, 2), (2, 1), (1, 3), (3, 1)):
        for index, older, newer in grown:
            left = _tag(fields, dict(older), noisy, variation[0] if variation else 0)
            right = _tag(fields, dict(newer), noisy, variation[1] if variation else 0)
            if left != right:
                yield Pair(left, right, index, variation is not None)
        if not noisy:
            return


def _grown(
    fields: Sequence[Field], ordered: Sequence[int], base: Mapping[int, str]
) -> Iterator[tuple[int, dict[int, str], dict[int, str]]]:
    """Yield the field that grows, and the texts of the ordered fields of the older and of the newer tag."""
    for position, index in enumerate(ordered):
        for low, high in fields[index].steps:
            for after in ("reset", "grow", "same"):
                older, newer = {index: low}, {index: high}
                for other in ordered[:position]:
                    older[other] = newer[other] = base.get(other, fields[other].still)
                for other in ordered[position + 1 :]:
                    steps = fields[other].steps
                    earlier, later = steps[0][0], steps[len(steps) // 2][1]
                    if after == "same":
                        older[other] = newer[other] = earlier
                    elif after == "grow" or _never_resets(fields, other):
                        older[other], newer[other] = steps[0]
                    else:
                        older[other], newer[other] = later, earlier
                yield index, older, newer


def _never_resets(fields: Sequence[Field], index: int) -> bool:
    """Tell whether a field is a whole time, which does not begin anew when what is before it grows."""
    return fields[index].role is Role.TIME and not fields[index].unit


def _tag(fields: Sequence[Field], values: dict[int, str], noisy: Sequence[int], variation: int) -> str:
    return "".join(
        values[index] if index in values else _text(field, variation if index in noisy else 0)
        for index, field in enumerate(fields)
    )


def _text(field: Field, variation: int) -> str:
    if field.steps:
        return field.still
    return field.texts[min(variation, len(field.texts) - 1)]


def twins(fields: Sequence[Field], noisy: Sequence[int], base: Mapping[int, str]) -> Iterator[Pair]:
    """Yield pairs that nothing but the fields at `noisy` distinguishes, in both orders."""
    for one, other in ((1, 2), (2, 1), (1, 3), (3, 1)):
        left, right = (_tag(fields, dict(base), noisy, variation) for variation in (one, other))
        if left != right:
            yield Pair(left, right, -1, mixed=True)


def open_pairs(fields: Sequence[Field], *, versions: bool) -> Iterator[Pair]:
    """Yield pairs for a row in which nothing tells the time: what builds usually write is where anything may.

    versions: whether that probably is a version.
    """
    wild = [
        index
        for index, field in enumerate(fields)
        if field.role in (Role.ANYTHING, Role.WORD) and field.part.high is None and not field.part.options
    ]
    candidates = (
        *(_VERSIONS if versions else ()),
        _TEXTS_AFTER,
        ("0000000-1700000000", "fffffff-1800000000"),
        ("f1700000000", "a1800000000"),
    )
    for index in reversed(wild):
        for older, newer in candidates:
            texts = [
                "".join(value if at == index else field.texts[0] for at, field in enumerate(fields))
                for value in (older, newer)
            ]
            yield Pair(texts[0], texts[1], -1, mixed=True)
    hashes = [index for index, field in enumerate(fields) if field.role is Role.HASH]
    if hashes and not wild:
        yield from twins(fields, hashes, {})
