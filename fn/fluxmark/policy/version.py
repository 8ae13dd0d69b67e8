"""Versions as Flux reads them from tags.

Source: Masterminds/semver v3, version.go (NewVersion), and fluxcd/pkg/version (ParseVersion).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_LENGTH = 256  # bytes; Masterminds/semver 3.5
_MAX_NUMBER = 2**64 - 1
_MAX_DIGITS = len(str(_MAX_NUMBER))

_IDENTIFIERS = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_VERSION = re.compile(
    rf"v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-({_IDENTIFIERS}))?(?:\+({_IDENTIFIERS}))?",
)
_TWO_NUMBERS = re.compile(r"v?[0-9]+\.[0-9]+\.")
_LEADING_ZERO = re.compile(r"(?:^|\.)0[0-9]+(?:\.|$)")

# Numbers come before texts, a version without a prerelease after all with one.
_Identifier = tuple[int, int, str]
Precedence = tuple[int, int, int, bool, tuple[_Identifier, ...]]


@dataclass(frozen=True, slots=True)
class Version:
    """A version; `original` is the text it was read from, `precedence` its place in the order.

    Build metadata has no part in the order, so versions of different texts can be equal in it.
    """

    major: int
    minor: int
    patch: int
    prerelease: str
    original: str
    precedence: Precedence


def parse_version(text: str, *, leading_zeros: bool = True, limit: int = MAX_LENGTH) -> Version | None:
    """Return the version that the text is, None if it is none: `1`, `v1.2` and `1.2.3-rc.1+5` are versions.

    leading_zeros: whether the three numbers may have them; those of a prerelease never may.
    limit: the greatest length in bytes, 0 for none.
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
        if digits[0] == "0" and len(digits) > 1:
            if not leading_zeros:
                return None
            digits = digits.lstrip("0") or "0"  # noqa: PLW2901  # so that its length tells how large it is
        if len(digits) > _MAX_DIGITS or (number := int(digits)) > _MAX_NUMBER:
            return None
        numbers.append(number)
    major, minor, patch = numbers
    identifiers = tuple(map(_identifier, prerelease.split("."))) if prerelease else ()
    return Version(major, minor, patch, prerelease, text, (major, minor, patch, not prerelease, identifiers))


def parse_tag(tag: str, *, loose: bool = True, limit: int = MAX_LENGTH) -> Version | None:
    """Return the version that a tag is for Flux, which asks for three parts; None if it is none.

    loose: two dots are enough, wherever they stand (`1.2-rc.1` is 1.2.0-rc.1), and numbers may have leading zeros.
    Before Flux 2.7 all three numbers had to be there, without leading zeros.
    """
    parts = tag.split(".", 2)
    if len(parts) < 3:  # the three-part rule
        return None
    if not loose and not _TWO_NUMBERS.fullmatch(tag, endpos=len(tag) - len(parts[2])):
        return None
    return parse_version(tag, leading_zeros=loose, limit=limit)


def _identifier(text: str) -> _Identifier:
    # A number that does not fit 64 bits is compared as a text.
    if text.isdecimal() and len(text) <= _MAX_DIGITS and (number := int(text)) <= _MAX_NUMBER:
        return 0, number, ""
    return 1, 0, text
