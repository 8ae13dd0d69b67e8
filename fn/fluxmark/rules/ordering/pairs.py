"""Pairs of tags that a pattern matches, of which the first is older for sure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fluxmark.rules.ordering.pattern import DIGITS
from fluxmark.rules.ordering.roles import TIME_WIDTHS, Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fluxmark.rules.ordering.pattern import Part, Row

_TIMES: Final = {
    2: ("09", "10"),
    4: ("2023", "2024"),
    6: ("231231", "240101"),
    8: ("20231231", "20240101"),
    10: ("1700000000", "1800000000"),
    12: ("202312312359", "202401010000"),
    13: ("1700000000000", "1800000000000"),
    14: ("20231231235959", "20240101000000"),
    17: ("20231231235959999", "20240101000000000"),
}
_NUMBERS: Final = (("1", "2"), ("9", "10"), ("99", "100"))
_VERSIONS: Final = (("1.9.0", "1.10.0"), ("1.10.0", "1.11.0"))
_HASH: Final = "abc1234"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two tags; `mixed` says that something which does not grow with time differs, too."""

    older: str
    newer: str
    mixed: bool


def pairs(row: Row, roles: Sequence[Role], ordered: Sequence[int], key: frozenset[int] | None) -> Iterator[Pair]:
    """Yield pairs that differ in time by the parts at `ordered`, the first part counting most.

    key: the groups that make the key, None for the whole tag. First come the pairs in which all else is equal.
    """
    plain = list(_grown(row, roles, ordered, key))
    for variation in (None, 1, -1):
        for older, newer in plain:
            texts = []
            for values, other in ((older, variation), (newer, -variation if variation else None)):
                chosen = [
                    values.get(index, "") if index in ordered else _fill(row[index], roles[index], other)
                    for index in range(len(row))
                ]
                texts.append("".join(chosen))
            if texts[0] != texts[1]:
                yield Pair(texts[0], texts[1], variation is not None)


def _grown(
    row: Row, roles: Sequence[Role], ordered: Sequence[int], key: frozenset[int] | None
) -> Iterator[tuple[dict[int, str], dict[int, str]]]:
    """Yield the values of the ordered parts of the older and of the newer tag."""
    for position, index in enumerate(ordered):
        for low, high in _growth(row, index, roles[index], key):
            older, newer = {index: low}, {index: high}
            for before in ordered[:position]:
                older[before] = newer[before] = _growth(row, before, roles[before], key)[0][0]
            for after in ordered[position + 1 :]:
                steps = _growth(row, after, roles[after], key)
                older[after], newer[after] = steps[len(steps) // 2][1], steps[0][0]
            yield older, newer


def _growth(row: Row, index: int, role: Role, key: frozenset[int] | None) -> list[tuple[str, str]]:
    """Return values of one part, each with a later one; at least one pair."""
    part = row[index]
    if not part.chars <= DIGITS:
        return [_TIMES[10]]  # a time of some form
    if role is Role.TIME:
        return _times(row, index)
    if role is Role.DIGITS:
        return [_TIMES[10]]  # of one width, in case that it is a time
    beyond = index + 1 < len(row) and row[index + 1].is_open and (key is None or not key & set(part.groups))
    high = None if beyond else part.high
    found = [
        (older.zfill(part.low), newer.zfill(part.low))
        for older, newer in _NUMBERS
        if high is None or len(newer.zfill(part.low)) <= high
    ]
    return found or [("1", "2")]


def _times(row: Row, index: int) -> list[tuple[str, str]]:
    part = row[index]
    before = row[index - 1].text if index else ""
    written = len(before) - len(before.rstrip("0123456789"))
    digits = before[len(before) - written :]
    widths = [width for width in _TIMES if _fits(part, width - written)]
    preferred = sorted(widths, key=lambda width: (width != 10, width not in TIME_WIDTHS, -width))
    found = []
    for width in preferred[:1]:
        older, newer = _TIMES[width]
        if older.startswith(digits) and newer.startswith(digits):
            found.append((older[written:], newer[written:]))
    if part.high is not None and part.high > part.low and not written:
        # a long one before a short one: seconds after milliseconds, a date after a date with its time
        found += [
            (_TIMES[long][0], _TIMES[short][1])
            for long, short in ((13, 10), (14, 8), (12, 8), (14, 12))
            if _fits(part, long) and _fits(part, short)
        ]
    width = max(part.low, 1)
    return found or [("1".zfill(width), "2".zfill(width))]


def _fits(part: Part, width: int) -> bool:
    return part.low <= width and (part.high is None or width <= part.high) and width > 0


def _fill(part: Part, role: Role, variation: int | None) -> str:
    """Return a text for a part that does not grow: variation 1 gives a great one, -1 a small one."""
    if part.is_literal:
        return part.text
    if part.options:
        ranked = sorted(part.options)
        return ranked[-1] if variation == 1 else ranked[0] if variation == -1 else part.options[0]
    if part.is_open:
        return ""
    if role is Role.HASH:
        width = max(part.low, min(len(_HASH), part.high or len(_HASH)))
        if variation is None and width == len(_HASH) and set(_HASH) <= part.chars:
            return _HASH
        lowers = part.chars - {char for char in part.chars if char.isupper()} or part.chars
        char = (
            max(lowers) if variation == 1 else min(lowers) if variation == -1 else sorted(lowers)[len(lowers) // 2]
        )
        return char * width
    if role is Role.FIXED:
        return "." if "." in part.chars else min(part.chars, default="") * part.low
    return _word(part, variation)


def _word(part: Part, variation: int | None) -> str:
    """Return a word of a part's characters."""
    for candidate in {1: ("release", "z", "9"), -1: ("feature", "a", "0"), None: ("main", "a", "1")}[variation]:
        if set(candidate) <= part.chars and _fits(part, len(candidate)):
            return candidate
    if not part.chars:
        return ""
    char = max(part.chars) if variation == 1 else min(part.chars - {"-", "."} or part.chars)
    return char * max(part.low, 1)


def open_pairs(row: Row, roles: Sequence[Role], *, versions: bool) -> Iterator[Pair]:
    """Yield pairs for a row in which nothing tells the time: what builds usually write stands where anything may.

    versions: whether that probably is a version.
    """
    wild = [index for index, role in enumerate(roles) if role in (Role.ANYTHING, Role.WORD)]
    wild = [index for index in wild if row[index].high is None and len(row[index].chars) > len(DIGITS)]
    hashes = [index for index, role in enumerate(roles) if role is Role.HASH]
    for index in reversed(wild):
        for older, newer in (
            *(_VERSIONS if versions else ()),
            ("fffffff-1700000000", "0000000-1800000000"),
            ("0000000-1700000000", "fffffff-1800000000"),
            ("f1700000000", "a1800000000"),
        ):
            texts = [
                "".join(value if at == index else _fill(part, roles[at], None) for at, part in enumerate(row))
                for value in (older, newer)
            ]
            yield Pair(texts[0], texts[1], mixed=True)
    if hashes and not wild:
        for variation in (1, -1):
            texts = [
                "".join(_fill(part, role, direction) for part, role in zip(row, roles, strict=True))
                for direction in (variation, -variation)
            ]
            yield Pair(texts[0], texts[1], mixed=True)
