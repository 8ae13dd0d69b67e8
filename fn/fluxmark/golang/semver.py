"""Semantic versions as Masterminds/semver v3 reads and orders them. Source: version.go (NewVersion, Compare)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fluxmark.golang.dialect import MAX_LENGTH

_MAX_NUMBER = 2**64 - 1
_MAX_DIGITS = len(str(_MAX_NUMBER))

_IDENTIFIERS = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_VERSION = re.compile(
    rf"v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-({_IDENTIFIERS}))?(?:\+({_IDENTIFIERS}))?",
)
_METADATA = re.compile(_IDENTIFIERS)
_LEADING_ZERO = re.compile(r"(?:^|\.)0[0-9]+(?:\.|$)")

# Numbers come before texts, a version without a prerelease after all with one.
_Identifier = tuple[int, int, str]
Precedence = tuple[int, int, int, bool, tuple[_Identifier, ...]]


@dataclass(frozen=True, slots=True)
class Version:
    """A version; `original` is the string it was read from, `precedence` its sort key.

    Build metadata does not count in the order, so versions of different strings can have equal precedence.
    """

    major: int
    minor: int
    patch: int
    prerelease: str
    metadata: str
    original: str
    precedence: Precedence


def parse_version(text: str, *, leading_zeros: bool = True, limit: int = MAX_LENGTH) -> Version | None:
    """Return the version that a string is, None if it is not one: `1`, `v1.2` and `1.2.3-rc.1+5` are versions.

    leading_zeros: whether the three numbers may have them; the numbers of a prerelease never may.
    limit: the maximum length in bytes, 0 for none.
    """
    match = _VERSION.fullmatch(text)
    # All that matches is ASCII: a letter is a byte.
    if match is None or 0 < limit < len(text):
        return None
    prerelease = match[4] or ""
    if prerelease and _LEADING_ZERO.search(prerelease):
        return None
    numbers = []
    for digits in (match[1], match[2] or "0", match[3] or "0"):
        if digits[0] == "0" and len(digits) > 1 and not leading_zeros:
            return None
        number = _uint64(digits)
        if number is None:
            return None
        numbers.append(number)
    core = numbers[0], numbers[1], numbers[2]
    return Version(*core, prerelease, match[5] or "", text, precedence(core, prerelease))


def problem(text: str) -> str:
    """Return the library's error for a string that is not a version; empty for a version."""
    if len(text.encode(errors="surrogateescape")) > MAX_LENGTH:
        return f"version string is too long (max {MAX_LENGTH} bytes)"
    match = _VERSION.fullmatch(text)
    if match is None:
        return "invalid semantic version"
    for digits in (match[1], match[2], match[3]):
        if digits and _uint64(digits) is None:
            return f'error parsing version segment: strconv.ParseUint: parsing "{digits}": value out of range'
    return prerelease_problem(match[4] or "")


def prerelease_problem(prerelease: str) -> str:
    """Return the library's error for a prerelease; empty if it is valid."""
    if prerelease and not _METADATA.fullmatch(prerelease):
        return "invalid prerelease string"
    return "version segment starts with 0" if _LEADING_ZERO.search(prerelease) else ""


def metadata_problem(metadata: str) -> str:
    """Return the library's error for build metadata; empty if it is valid."""
    return "" if not metadata or _METADATA.fullmatch(metadata) else "invalid metadata string"


def precedence(core: tuple[int, int, int], prerelease: str) -> Precedence:
    """Return the sort key of a version: its three numbers, then no prerelease after all prereleases."""
    identifiers = tuple(map(_identifier, prerelease.split("."))) if prerelease else ()
    return *core, not prerelease, identifiers


def _uint64(digits: str) -> int | None:
    digits = digits.lstrip("0") or "0"
    # the length first: Python refuses to convert very long numbers
    return number if len(digits) <= _MAX_DIGITS and (number := int(digits)) <= _MAX_NUMBER else None


def _identifier(text: str) -> _Identifier:
    # A number that does not fit 64 bits is compared as a string.
    number = _uint64(text) if text.isdecimal() else None
    return (1, 0, text) if number is None else (0, number, "")
