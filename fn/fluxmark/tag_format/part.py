"""The parts of a tag format: literal text, and placeholders, each with what it matches.

A new placeholder is one function here and one row of PLACEHOLDERS.
"""

from __future__ import annotations

import itertools
import re
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fluxmark.errors import FluxmarkError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MAX_TAG: Final = 128  # of the OCI distribution specification, as is the alphabet
TAG_CHARS: Final = frozenset(string.ascii_letters + string.digits + "_.-")
DIGITS: Final = frozenset(string.digits)
HEX: Final = frozenset("0123456789abcdef")

# At most 15 digits: Flux compares numbers as float64, which is exact up to 2^53. No zeros in front: '7' and '07'
# would be one number of two tags.
NUMBER: Final = "0|[1-9][0-9]{0,14}"

SEMVER_ANY: Final = ">=0.0.0"


class TagFormatError(FluxmarkError, ValueError):
    """A tag format that is not understood, or that leads to no sound order. `offset` is where, from 0."""

    def __init__(self, text: str, offset: int, what: str) -> None:
        super().__init__(f"tagFormat {text!r}, column {offset + 1}: {what}")
        self.offset = offset


class PartError(ValueError):
    """The argument of a placeholder is wrong; the message says how it should be."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of time in a layout: `YYYY`, `MM`, … `rank` 0 is the most significant."""

    token: str
    group: str
    rank: int

    @property
    def width(self) -> int:
        return len(self.token)


UNITS: Final = (
    Unit("YYYY", "year", 0),
    Unit("YY", "year", 0),
    Unit("MM", "month", 1),
    Unit("DD", "day", 2),
    Unit("HH", "hour", 3),
    Unit("mm", "minute", 4),
    Unit("ss", "second", 5),
    Unit("SSS", "millisecond", 6),
)
MINUTE: Final = 4
SECOND: Final = 5


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a tag format.

    kind: 'literal' or the placeholder's name. offset: where it is. pattern: for RE2, without named groups.
    width: the least and the greatest length of what it matches. chars: what can be at its ends.
    text: of a literal. layout: of a time, its units and the text between. range: of a version, which versions.
    """

    kind: str
    offset: int
    pattern: str
    width: tuple[int, int]
    chars: frozenset[str]
    text: str = ""
    layout: tuple[Unit | str, ...] = ()
    range: str = ""

    @property
    def fixed(self) -> bool:
        """Whether all that it matches has one length."""
        return self.width[0] == self.width[1]

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units of a time, as they are in the tag."""
        return tuple(piece for piece in self.layout if isinstance(piece, Unit))

    @property
    def resolution(self) -> int:
        """The rank of the finest unit of a time."""
        return max((unit.rank for unit in self.units), default=SECOND)


def literal(text: str, offset: int) -> Part:
    """Text that every tag has."""
    return Part("literal", offset, escape(text), (len(text), len(text)), frozenset(text), text=text)


def escape(text: str) -> str:
    """Escape literal text for RE2: of what a tag may hold, only the dot has a meaning."""
    return text.replace(".", r"\.")


def _sha(argument: str, offset: int) -> Part:
    match = re.fullmatch(r"([0-9]{1,2})(?:-([0-9]{1,2}))?", argument or "7-40")
    if match is None:
        raise PartError("the length of a commit's hash is '7' or '7-40'")
    low, high = int(match[1]), int(match[2] or match[1])
    if not 1 <= low <= high <= 64:
        raise PartError("a commit's hash has 1 to 64 digits, and the smaller number comes first")
    count = f"{low}" if low == high else f"{low},{high}"
    return Part("sha", offset, f"[a-f0-9]{{{count}}}", (low, high), HEX)


def _unix(argument: str, offset: int) -> Part:
    if argument:
        raise PartError("it takes no argument: seconds since 1970 have ten digits until the year 2286")
    return Part("unix", offset, "[0-9]{10}", (10, 10), DIGITS)


def _datetime(argument: str, offset: int) -> Part:
    return _time("datetime", argument or "YYYYMMDDHHmmss", offset)


def _date(argument: str, offset: int) -> Part:
    return _time("date", argument or "YYYYMMDD", offset)


def _time(kind: str, text: str, offset: int) -> Part:
    layout: list[Unit | str] = []
    at = 0
    while at < len(text):
        unit = next((unit for unit in UNITS if text.startswith(unit.token, at)), None)
        piece = text[at] if unit is None else unit.token
        if unit is None and piece not in "TZ._-":
            tokens = ", ".join(unit.token for unit in UNITS)
            raise PartError(
                f"{text[at:]!r} is not part of a layout, which is made of {tokens}, and of '.', '_', '-', 'T' and "
                "'Z'; for numbers without zeros in front (2026.7.1) use <semver>"
            )
        layout.append(unit or piece)
        at += len(piece)
    ranks = sorted(piece.rank for piece in layout if isinstance(piece, Unit))
    if not ranks or ranks != list(range(len(ranks))):
        raise PartError("a layout has each unit once and leaves none out: the year, then the month, and so on")
    runs = itertools.groupby(layout, key=lambda piece: isinstance(piece, Unit))
    pattern = "".join(_digits(run) if digits else escape("".join(map(str, run))) for digits, run in runs)
    return Part(kind, offset, pattern, (len(text), len(text)), DIGITS, layout=tuple(layout))


def _digits(units: Iterable[Unit | str]) -> str:
    """Write one pattern for adjacent units."""
    return f"[0-9]{{{sum(unit.width for unit in units if isinstance(unit, Unit))}}}"


def _n(argument: str, offset: int) -> Part:
    if argument:
        raise PartError("it takes no argument")
    return Part("n", offset, f"(?:{NUMBER})", (1, 15), DIGITS)


# Only ranges that cannot be misread: extracted versions have no prerelease, and a '>' would end the placeholder.
_RANGE = re.compile(r"[~^]?[0-9]{1,9}(?:\.[0-9]{1,9}){0,2}|[0-9]{1,9}(?:\.[0-9]{1,9})?\.x")


def _semver(argument: str, offset: int) -> Part:
    if argument and not _RANGE.fullmatch(argument):
        raise PartError("a range is like '^1.2', '~1.2.3' or '1.x'; for others write the policy in full")
    pattern = r"\.".join([f"(?:{NUMBER})"] * 3)
    return Part("semver", offset, pattern, (5, 47), DIGITS, range=argument or SEMVER_ANY)


def _branch(argument: str, offset: int) -> Part:
    if argument:
        raise PartError("it takes no argument")
    return Part("branch", offset, "[A-Za-z0-9_][A-Za-z0-9_.-]*", (1, MAX_TAG), TAG_CHARS)


def _pr(argument: str, offset: int) -> Part:
    if argument:
        raise PartError("it takes no argument")
    return Part("pr", offset, "[0-9]{1,15}", (1, 15), DIGITS)


PLACEHOLDERS: Final[tuple[tuple[str, Callable[[str, int], Part], str], ...]] = (
    ("sha", _sha, "a commit's hash of 7 to 40 digits; <sha:7> of just 7, <sha:7-12> of 7 to 12"),
    ("unix", _unix, "seconds since 1970, ten digits"),
    ("datetime", _datetime, "date and time, YYYYMMDDHHmmss; <datetime:YYYY-MM-DDTHH-mm-ss> has another layout"),
    ("date", _date, "a day, YYYYMMDD; <date:YYYY.MM.DD> has another layout"),
    ("n", _n, "a number that grows with every build, without zeros in front"),
    ("semver", _semver, "a version of three numbers, like 1.2.3; <semver:^1.2> only those of a range"),
    ("branch", _branch, "the name of a branch, or any text"),
    ("pr", _pr, "the number of a pull request"),
)
"""Every placeholder: its name, what reads its argument, and what it stands for."""
