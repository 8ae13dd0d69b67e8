"""Ranges of versions: the grammar of `policy.semver.range`.

Comparisons are joined with "and" by spaces or one comma, the groups that they form with "or" by `||`;
`1.0 - 2.0` is a range with both ends, and `x`, `X`, `*` or a missing number leaves the rest of a version open
("dirty" upstream).

Source: Masterminds/semver v3, constraints.go and constraints_test.go.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fluxmark.golang.dialect import Dialect
from fluxmark.golang.semver import parse_version
from fluxmark.golang.text import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fluxmark.golang.semver import Version

NEWEST = Dialect()
MAX_RANGE_LENGTH = 512  # bytes
_LONGEST = 8192  # characters, for the dialects without that limit: rewriting hyphens takes quadratic time
MAX_GROUPS = 32

# The quantifiers are possessive: what may follow a part never continues it, so giving back finds nothing new, and
# without it a long range with many spaces takes exponential time.
_SPACE = r"[\t\n\f\r ]"
# groups are not repeated possessively: Python before 3.11.5 (Debian 12 has 3.11.2) gets that wrong (gh-106052)
_IDENTIFIERS = r"[0-9A-Za-z-]++(?:\.[0-9A-Za-z-]++)*"
_NUMBER = r"[0-9|xX*]++"
_VERSION = rf"v?+{_NUMBER}(?:\.{_NUMBER}){{0,2}}(?:-{_IDENTIFIERS})?(?:\+{_IDENTIFIERS})?"
_OPERATOR = r"(?:!=|>=|=>|<=|=<|~>|[=<>~^])?"
_COMPARISON = rf"{_OPERATOR}{_SPACE}*+{_VERSION}"

_HYPHEN_RANGE = re.compile(rf"{_SPACE}*({_VERSION}){_SPACE}++-{_SPACE}++({_VERSION}){_SPACE}*")
_GROUP = re.compile(
    rf"{_SPACE}*+{_COMPARISON}(?:(?:{_SPACE}++(?:,{_SPACE}*+)?|,{_SPACE}*+){_COMPARISON})*{_SPACE}*+",
)
_FIND_COMPARISON = re.compile(
    rf"""
    (?P<operator>{_OPERATOR}){_SPACE}*+
    (?P<version>
        v?+(?P<major>{_NUMBER})(?:\.(?P<minor>{_NUMBER}))?(?:\.(?P<patch>{_NUMBER}))?
        (?P<prerelease>-{_IDENTIFIERS})?(?:\+{_IDENTIFIERS})?
    )
    """,
    re.VERBOSE,
)


class ConstraintError(ValueError):
    """The range is not one; the text is that of Masterminds/semver."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """An operator and a version, parts of which may be open.

    dirty: some part is open; major_only: all after the major number is (`1`, `1.x`); minor_only: the patch number
    is (`1.2`, `1.2.*`). `*` is dirty and neither of the others.
    """

    operator: str
    version: Version
    dirty: bool = False
    major_only: bool = False
    minor_only: bool = False

    def check(self, version: Version) -> bool:
        """Return whether the version satisfies the comparison, prereleases not looked at."""
        return _CHECKS[self.operator](version, self)


@dataclass(frozen=True, slots=True)
class Constraint:
    """A parsed range: the groups are joined with "or", the comparisons in one with "and"."""

    text: str
    groups: tuple[tuple[Comparison, ...], ...]
    dialect: Dialect = NEWEST

    @classmethod
    def parse(cls, text: str, *, dialect: Dialect = NEWEST) -> Constraint:
        """Return the constraint that a range is; raises ConstraintError."""
        if len(text) > _LONGEST:
            raise ConstraintError(f"the range has {len(text)} characters; ranges above {_LONGEST} are not read")
        if dialect.limits and len(text.encode(errors="replace")) > MAX_RANGE_LENGTH:
            raise ConstraintError(f"constraint string is too long (max {MAX_RANGE_LENGTH} bytes)")
        groups = _rewrite_hyphen_ranges(text).split("||")
        if dialect.limits and len(groups) > MAX_GROUPS:
            raise ConstraintError(f"too many constraint groups (max {MAX_GROUPS})")
        return cls(text, tuple(_parse_group(group, dialect) for group in groups), dialect)

    def check(self, version: Version) -> bool:
        """Return whether the version is in the range.

        A prerelease only is where the range asks for prereleases: where it names one itself.
        """
        if version.prerelease:
            return any(self._admits_prerelease(group, version) for group in self.groups)
        return self.holds(version)

    def holds(self, version: Version) -> bool:
        """Return whether the version is in the range when prereleases are treated as any other version."""
        return any(all(comparison.check(version) for comparison in group) for group in self.groups)

    def _admits_prerelease(self, group: tuple[Comparison, ...], version: Version) -> bool:
        if self.dialect.group_prereleases:
            asked = any(comparison.version.prerelease for comparison in group)
            return asked and all(comparison.check(version) for comparison in group)
        return all(
            # Formerly each comparison was asked alone, and `!=` with all three numbers was not asked.
            (comparison.version.prerelease or (comparison.operator == "!=" and not comparison.dirty))
            and comparison.check(version)
            for comparison in group
        )


def _rewrite_hyphen_ranges(text: str) -> str:
    # Upstream replaces the first text that equals the match, which need not be the match: `1 - 2 || 11 - 2`.
    for match in list(_HYPHEN_RANGE.finditer(text)):
        text = text.replace(match[0], f">= {match[1]}, <= {match[2]} ", 1)
    return text


def _parse_group(text: str, dialect: Dialect) -> tuple[Comparison, ...]:
    if not _GROUP.fullmatch(text):
        raise ConstraintError(f"improper constraint: {quote(text) if dialect.limits else text}")
    return tuple(_parse_comparison(match, dialect) for match in _FIND_COMPARISON.finditer(text))


def _parse_comparison(match: re.Match[str], dialect: Dialect) -> Comparison:
    major, minor, patch, prerelease = match.group("major", "minor", "patch", "prerelease")
    prerelease = prerelease or ""
    text, dirty, major_only, minor_only = match["version"], True, False, False
    if _is_open(major):
        text = f"0.0.0{prerelease}"
    elif _is_open(minor):
        text, major_only = f"{major}.0.0{prerelease}", True
    elif _is_open(patch):
        text, minor_only = f"{major}.{minor}.0{prerelease}", True
    else:
        dirty = False
    version = parse_version(
        text,
        leading_zeros=dialect.range_zeros,
        limit=dialect.max_length,
    )
    if version is None:
        raise ConstraintError(
            "constraint parser error" if dialect.group_prereleases else "constraint Parser Error"
        )
    return Comparison(match["operator"], version, dirty, major_only, minor_only)


def _is_open(number: str | None) -> bool:
    return number is None or number in {"x", "X", "*"}


def _not_equal(version: Version, than: Comparison) -> bool:
    bound = than.version
    if not than.dirty:
        return version.precedence != bound.precedence
    if version.major != bound.major:
        return True
    if than.major_only:
        return False
    if version.minor != bound.minor:
        return True
    if than.minor_only:
        return version.prerelease != bound.prerelease
    return version.precedence != bound.precedence


def _greater(version: Version, than: Comparison) -> bool:
    bound = than.version
    if than.dirty and version.major != bound.major:
        return version.major > bound.major
    if than.major_only:  # 11.1.0 is not greater than 11
        return False
    if than.minor_only:
        return version.minor > bound.minor
    return version.precedence > bound.precedence


def _less(version: Version, than: Comparison) -> bool:
    return version.precedence < than.version.precedence


def _greater_or_equal(version: Version, than: Comparison) -> bool:
    return version.precedence >= than.version.precedence


def _less_or_equal(version: Version, than: Comparison) -> bool:
    bound = than.version
    if not than.dirty:
        return version.precedence <= bound.precedence
    if version.major != bound.major:
        return version.major < bound.major
    return than.major_only or version.minor <= bound.minor


def _tilde(version: Version, than: Comparison) -> bool:
    bound = than.version
    if version.precedence < bound.precedence:
        return False
    if not (bound.major or bound.minor or bound.patch or than.major_only or than.minor_only):
        return True  # `*`, and ~0.0.0 as well
    return version.major == bound.major and (than.major_only or version.minor == bound.minor)


def _equal(version: Version, than: Comparison) -> bool:
    return _tilde(version, than) if than.dirty else version.precedence == than.version.precedence


def _caret(version: Version, than: Comparison) -> bool:
    bound = than.version
    if version.precedence < bound.precedence or version.major != bound.major:
        return False
    if bound.major or than.major_only:
        return True
    if version.minor != bound.minor:
        return False
    return bool(bound.minor or than.minor_only or version.patch == bound.patch)


_CHECKS: Mapping[str, Callable[[Version, Comparison], bool]] = {
    "": _equal,
    "=": _equal,
    "!=": _not_equal,
    ">": _greater,
    "<": _less,
    ">=": _greater_or_equal,
    "=>": _greater_or_equal,
    "<=": _less_or_equal,
    "=<": _less_or_equal,
    "~": _tilde,
    "~>": _tilde,
    "^": _caret,
}
