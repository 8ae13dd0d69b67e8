"""Constraints on semantic versions, `>=1.2, <2 || ^3`.

Source: github.com/Masterminds/semver/v3 v3.5.0 (constraints.go). A version with a prerelease satisfies only a
group of constraints of which one has a prerelease too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fluxmark.template.errors import CallError
from fluxmark.template.gotext import encode, quote
from fluxmark.template.sprig.versions import Version, compare, parse_version

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_LENGTH = 512
_MAX_GROUPS = 32
_SPACE = r"[\t\n\f\r ]"
_OPERATOR = r"=||!=|>|<|>=|=>|<=|=<|~|~>|\^"
_SEGMENT = r"[0-9|xX*]+"
_PATTERN = (
    rf"v?({_SEGMENT})(\.{_SEGMENT})?(\.{_SEGMENT})?"
    r"(-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)
_BARE = re.sub(r"\((?!\?)", "(?:", _PATTERN)
_ONE = re.compile(rf"{_SPACE}*({_OPERATOR}){_SPACE}*({_PATTERN}){_SPACE}*")
_FIND = re.compile(rf"(?:{_OPERATOR}){_SPACE}*(?:{_BARE})")
_RANGE = re.compile(rf"{_SPACE}*({_BARE}){_SPACE}+-{_SPACE}+({_BARE}){_SPACE}*")
# possessive, so that a text that does not match is refused in linear time
_ITEM = rf"(?:{_OPERATOR}){_SPACE}*+(?:{_BARE})"
_GROUP = re.compile(rf"{_SPACE}*+{_ITEM}(?:(?:{_SPACE}++(?:,{_SPACE}*+)?|,{_SPACE}*+){_ITEM})*{_SPACE}*+")
_ANY = ("x", "X", "*", "")


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint; the flags say what the pattern leaves open: anything, minor and patch, patch."""

    operator: str
    version: Version
    is_open: bool
    minor_open: bool
    patch_open: bool

    def __call__(self, version: Version) -> bool:
        return _OPERATORS[self.operator](version, self)


def parse_constraints(text: str) -> Callable[[Version], bool]:
    """Return a test for versions; error: CallError."""
    if len(encode(text)) > _MAX_LENGTH:
        raise CallError(f"constraint string is too long (max {_MAX_LENGTH} bytes)")
    texts = _rewritten(text).split("||")
    if len(texts) > _MAX_GROUPS:
        raise CallError(f"too many constraint groups (max {_MAX_GROUPS})")
    groups = [_parse_group(group) for group in texts]
    return lambda version: any(_satisfies(version, group) for group in groups)


def _rewritten(text: str) -> str:
    """Return a text with `1.2 - 3.4` written as two comparisons."""
    for found in list(_RANGE.finditer(text)):
        text = text.replace(found[0], f">= {found[1]}, <= {found[2]} ", 1)
    return text


def _satisfies(version: Version, group: list[Constraint]) -> bool:
    if version[3] and not any(constraint.version[3] for constraint in group):
        return False
    return all(constraint(version) for constraint in group)


def _parse_group(text: str) -> list[Constraint]:
    if not _GROUP.fullmatch(text):
        raise CallError(f"improper constraint: {quote(encode(text))}")
    return [_parse(found) for found in _FIND.findall(text)]


def _parse(text: str) -> Constraint:
    found = _ONE.fullmatch(text)
    if not found:
        raise CallError(f"improper constraint: {quote(encode(text))}")
    operator, pattern, major = found[1], found[2], found[3]
    minor, patch, prerelease = found[4] or "", found[5] or "", found[6] or ""
    is_open = minor_open = patch_open = False
    if major in _ANY:
        pattern, is_open = f"0.0.0{prerelease}", True
    elif minor[1:] in _ANY:
        pattern, is_open, minor_open = f"{major}.0.0{prerelease}", True, True
    elif patch[1:] in _ANY:
        pattern, is_open, patch_open = f"{major}{minor}.0{prerelease}", True, True
    try:
        version = parse_version(pattern.encode())
    except CallError:
        raise CallError("constraint parser error") from None
    return Constraint(operator, version, is_open, minor_open, patch_open)


def _not_equal(version: Version, constraint: Constraint) -> bool:
    wanted = constraint.version
    if constraint.is_open:
        if wanted[0] != version[0]:
            return True
        if constraint.minor_open:
            return False
        if wanted[1] != version[1]:
            return True
        if constraint.patch_open:
            return version[3] != wanted[3]
        if wanted[2] != version[2]:
            return True
    return compare(version, wanted) != 0


def _greater(version: Version, constraint: Constraint) -> bool:
    wanted = constraint.version
    if constraint.is_open and version[0] != wanted[0]:
        return version[0] > wanted[0]
    if constraint.minor_open:
        return False
    if constraint.patch_open:
        return version[1] > wanted[1]
    return compare(version, wanted) > 0


def _less(version: Version, constraint: Constraint) -> bool:
    return compare(version, constraint.version) < 0


def _at_least(version: Version, constraint: Constraint) -> bool:
    return compare(version, constraint.version) >= 0


def _at_most(version: Version, constraint: Constraint) -> bool:
    wanted = constraint.version
    if not constraint.is_open:
        return compare(version, wanted) <= 0
    if version[0] != wanted[0]:
        return version[0] < wanted[0]
    return constraint.minor_open or version[1] <= wanted[1]


def _tilde(version: Version, constraint: Constraint) -> bool:
    wanted = constraint.version
    if compare(version, wanted) < 0:
        return False
    if wanted[:3] == (0, 0, 0) and not constraint.minor_open and not constraint.patch_open:
        return True  # ~0.0.0 and ~* accept all
    return version[0] == wanted[0] and (constraint.minor_open or version[1] == wanted[1])


def _tilde_or_equal(version: Version, constraint: Constraint) -> bool:
    return _tilde(version, constraint) if constraint.is_open else compare(version, constraint.version) == 0


def _caret(version: Version, constraint: Constraint) -> bool:
    wanted = constraint.version
    if compare(version, wanted) < 0:
        return False
    if wanted[0] > 0 or constraint.minor_open:
        return version[0] == wanted[0]
    if version[0] > 0:
        return False
    if wanted[1] > 0 or constraint.patch_open:
        return version[1] == wanted[1]
    return version[1] == 0 and version[2] == wanted[2]


_OPERATORS: dict[str, Callable[[Version, Constraint], bool]] = {
    "": _tilde_or_equal,
    "=": _tilde_or_equal,
    "!=": _not_equal,
    ">": _greater,
    "<": _less,
    ">=": _at_least,
    "=>": _at_least,
    "<=": _at_most,
    "=<": _at_most,
    "~": _tilde,
    "~>": _tilde,
    "^": _caret,
}
