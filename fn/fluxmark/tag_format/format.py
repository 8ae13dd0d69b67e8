"""From a tag format to the policy for which the newest tag wins, or to the reason why there is none.

What decides is called the *key*: the ordering placeholders, the most significant first. Flux compares either one
text (alphabetical), one number (numerical) or a version (semver); a key of several numbers is therefore extracted
as a version, which compares them one by one: `$ts.$n.0`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from fluxmark.tag_format.part import (
    MAX_TAG,
    MINUTE,
    NUMBER,
    PLACEHOLDERS,
    SEMVER_ANY,
    TAG_CHARS,
    Part,
    PartError,
    TagFormatError,
    literal,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

TIMES: Final = ("unix", "datetime", "date")
ORDERING: Final = (*TIMES, "n", "semver")

MAX_NUMBERS: Final = 2  # with what is in front of them they fill the three places of a version

_HINT = "see docs/tag-formats.md, or write filterTags and policy in full"
_READERS = {name: read for name, read, _ in PLACEHOLDERS}


@dataclass(frozen=True, slots=True)
class TagFormat:
    """A tag format that was understood: its text and parts, and `filterTags` and `policy` of an ImagePolicy."""

    text: str
    parts: tuple[Part, ...]
    pattern: str
    extract: str
    policy: dict[str, dict[str, str]]

    @property
    def key(self) -> tuple[Part, ...]:
        """The parts that decide which tag is newer, the most significant first."""
        return tuple(part for part in self.parts if part.kind in ORDERING)

    def spec(self) -> dict[str, Any]:
        """Return the fields of an ImagePolicy's spec."""
        policy = {name: dict(choice) for name, choice in self.policy.items()}
        return {"filterTags": {"pattern": self.pattern, "extract": self.extract}, "policy": policy}

    def matches(self, tag: str) -> bool:
        """Say whether a tag is of this format. (The pattern is of the kind that `re` and RE2 read alike.)"""
        return re.fullmatch(self.pattern[1:-1], tag) is not None

    def sort_key(self, tag: str) -> tuple[int, ...] | None:
        """Return what orders the tags of this format as a policy should, the newest last; None for another tag."""
        match = re.fullmatch(self.pattern[1:-1], tag)
        if match is None:
            return None
        text = re.sub(r"\$(\w+)", lambda name: match[name[1]], self.extract)
        return tuple(int(digits) for digits in re.findall(r"[0-9]+", text))

    def examples(self, count: int, *, seed: int = 0) -> list[str]:
        """Return `count` made-up tags of this format, the oldest first. The same seed gives the same tags."""
        from fluxmark.tag_format.example import tags

        return list(tags(self.parts, count, seed))


def expand(text: str) -> dict[str, Any]:
    """Return `filterTags` and `policy` for a tag format, to be put into an ImagePolicy's spec.

    Raises TagFormatError for a format that is not understood, or that no policy of Flux can order.
    """
    return parse(text).spec()


def parse(text: str) -> TagFormat:
    """Read a tag format. Raises TagFormatError as `expand` does."""
    parts = tuple(_parts(text))
    _check_length(text, parts)
    _check_order(text, parts)
    _check_splits(text, parts)
    key = [part for part in parts if part.kind in ORDERING]
    groups, extract, policy = _evaluation(key)
    pattern = "".join(groups.get(part.offset, part.pattern) for part in parts)
    return TagFormat(text, parts, f"^{pattern}$", extract, policy)


def _parts(text: str) -> Iterator[Part]:
    """Split a format into literal text and placeholders."""
    at = 0
    while at < len(text):
        end = at
        while end < len(text) and text[end] in TAG_CHARS:
            end += 1
        if end > at:
            yield literal(text[at:end], at)
        elif text[at] == "<":
            end = text.find(">", at) + 1
            if not end:
                raise TagFormatError(text, at, "this placeholder has no '>'")
            yield _placeholder(text, at, end)
        else:
            raise TagFormatError(
                text, at, f"a tag cannot hold {text[at]!r}; it has letters, digits, '_', '.' and '-'"
            )
        at = end


def _placeholder(text: str, start: int, end: int) -> Part:
    name, colon, argument = text[start + 1 : end - 1].partition(":")
    reader = _READERS.get(name)
    if reader is None:
        known = ", ".join(f"<{known}>" for known in _READERS)
        raise TagFormatError(text, start, f"there is no placeholder '<{name}>'; there are {known}")
    if colon and not argument:
        raise TagFormatError(text, start, f"there is nothing after the colon of '<{name}:>'; a '>' ends it")
    try:
        return reader(argument, start)
    except PartError as error:
        raise TagFormatError(text, start, f"'{text[start:end]}': {error}") from None


def _check_length(text: str, parts: tuple[Part, ...]) -> None:
    shortest = sum(part.width[0] for part in parts)
    if shortest > MAX_TAG:
        raise TagFormatError(
            text, 0, f"its tags have {shortest} characters or more, and a tag has at most {MAX_TAG}"
        )
    if text[:1] in (".", "-"):
        raise TagFormatError(text, 0, f"a tag cannot begin with {text[0]!r}")


def _check_order(text: str, parts: tuple[Part, ...]) -> None:
    """Refuse a format whose tags cannot be brought into the order in which they were built."""
    key = [part for part in parts if part.kind in ORDERING]
    if not key:
        raise TagFormatError(
            text, 0, f"nothing in it says which tag is newer; add <unix>, <datetime>, <n> or <semver> ({_HINT})"
        )
    first, rest = key[0], key[1:]
    for part in rest:
        if part.kind != "n":
            what = f"both <{first.kind}> and <{part.kind}> would decide which tag is newer; only <n> can follow"
            raise TagFormatError(text, part.offset, f"{what} ({_HINT})")
    if len(rest) > MAX_NUMBERS:
        what = f"at most {MAX_NUMBERS} <n> can follow <{first.kind}>"
        raise TagFormatError(text, rest[MAX_NUMBERS].offset, f"{what} ({_HINT})")
    if first.kind == "semver" and rest and first.range != SEMVER_ANY:
        raise TagFormatError(text, first.offset, f"a range cannot go together with <n> ({_HINT})")
    timed = first.kind in TIMES and first.resolution >= MINUTE
    for part in parts:
        if part.kind in ("branch", "pr") and not timed:
            what = f"<{first.kind}> need not be in order across what <{part.kind}> stands for"
            advice = "write the branch's name, or add <unix> or <datetime> to the tags"
            raise TagFormatError(text, part.offset, f"{what}; {advice} ({_HINT})")
        if part.kind == "sha" and not timed and first.kind != "n" and not rest:
            what = f"two commits can have the same <{first.kind}>, and which is newer is not in the tag"
            raise TagFormatError(text, part.offset, f"{what}; add <n>, <unix> or <datetime> ({_HINT})")


def _check_splits(text: str, parts: tuple[Part, ...]) -> None:
    """Refuse a format some of whose tags can be read in two ways, so that the wrong piece could decide.

    A part of no fixed length must be followed by text that cannot be a part of it. Behind <branch>, which can be
    anything, tags are read from the end, so there it must be preceded by such text.
    """
    branches = [index for index, part in enumerate(parts) if part.kind == "branch"]
    if len(branches) > 1:
        raise TagFormatError(text, parts[branches[1]].offset, "two <branch> cannot be distinguished")
    branch = branches[0] if branches else len(parts)
    for index, part in enumerate(parts):
        if part.fixed or part.kind == "branch":
            continue
        other = index + 1 if index < branch else index - 1
        if not 0 <= other < len(parts):
            continue
        near = parts[other]
        edge = near.text[0 if index < branch else -1] if near.kind == "literal" else ""
        if not edge or edge in part.chars:
            side = "after" if index < branch else "before"
            what = f"where <{part.kind}> {'ends' if index < branch else 'begins'} cannot be told"
            raise TagFormatError(text, part.offset, f"{what}; put a '-' {side} it, or give it a fixed length")


def _evaluation(key: list[Part]) -> tuple[dict[int, str], str, dict[str, dict[str, str]]]:
    """Return the patterns with groups for the parts of a key (by offset), what to extract and how to compare."""
    first, numbers = key[0], key[1:]
    groups: dict[int, str] = {}
    names: list[str] = []
    for count, part in enumerate([part for part in key if part.kind == "n"], 1):
        names.append("n" if count == 1 else f"n{count}")
        groups[part.offset] = f"(?P<{names[-1]}>{NUMBER})"
    if first.kind == "n" and not numbers:
        return groups, "$n", {"numerical": {"order": "asc"}}
    if first.kind == "n":
        return groups, _version([f"${name}" for name in names]), {"semver": {"range": SEMVER_ANY}}
    if first.kind == "semver":
        groups[first.offset] = f"(?P<version>{first.pattern})"
        if not numbers:
            return groups, "$version", {"semver": {"range": first.range}}
        # Numbers of a prerelease are compared one by one; `-0` lets versions with a prerelease in at all.
        extract = "$version-" + ".".join(f"${name}" for name in names)
        return groups, extract, {"semver": {"range": f"{first.range}-0"}}
    groups[first.offset], time = _time_groups(first, whole=not numbers)
    if not numbers:
        return groups, time, {"alphabetical": {"order": "asc"}}
    return groups, _version([time, *(f"${name}" for name in names)]), {"semver": {"range": SEMVER_ANY}}


def _version(numbers: list[str]) -> str:
    """Write up to three numbers as a version."""
    return ".".join([*numbers, "0", "0"][:3])


def _time_groups(part: Part, *, whole: bool) -> tuple[str, str]:
    """Return the pattern of a time with its groups, and what to extract so that the text grows with time.

    whole: text between the units may stay in it; otherwise only digits come out, and no zero in front.
    """
    units = part.units
    ordered = list(units) == sorted(units, key=lambda unit: unit.rank)
    if ordered and (whole or len(units) == len(part.layout)):
        pattern, extract = f"(?P<ts>{part.pattern})", "$ts"
    else:
        pattern = "".join(
            literal(piece, 0).pattern if isinstance(piece, str) else f"(?P<{piece.group}>[0-9]{{{piece.width}}})"
            for piece in part.layout
        )
        extract = "".join(f"${unit.group}" for unit in sorted(units, key=lambda unit: unit.rank))
    two_digits = sum(unit.width for unit in units if unit.rank == 0) == 2
    return pattern, f"20{extract}" if two_digits and not whole else extract
