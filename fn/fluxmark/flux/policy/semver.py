"""`policy.semver`: the greatest version in a range.

Source: image-reflector-controller, internal/policy/semver.go.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fluxmark.flux.policy.errors import PolicyError
from fluxmark.flux.policy.policer import Choice, require_some
from fluxmark.flux.releases import NEWEST, Release
from fluxmark.golang.dialect import MAX_LENGTH
from fluxmark.golang.ranges import Constraint
from fluxmark.golang.semver import Version, parse_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_TWO_NUMBERS = re.compile(r"v?[0-9]+\.[0-9]+\.")


@dataclass(frozen=True, slots=True)
class SemVer:
    """Chooses the greatest version in the range; of equal ones, the first in the list."""

    constraint: Constraint
    release: Release = NEWEST

    @classmethod
    def of_range(cls, text: str, release: Release = NEWEST) -> SemVer:
        """Return the policy of a range; raises ConstraintError."""
        return cls(Constraint.parse(text, dialect=release.semver), release)

    def choose(self, keys: Sequence[str]) -> Choice:
        """Return the latest; raises PolicyError for an empty list and if no version is in the range."""
        require_some(keys)
        best: Version | None = None
        equal: list[str] = []
        for key in keys:
            version = self._parse(key)
            # The range is asked last: most versions are not greater than the best one so far.
            if version is None or (best is not None and version.precedence < best.precedence):
                continue
            if best is not None and version.precedence == best.precedence:
                equal.append(key)
            elif self.constraint.check(version):
                best, equal = version, [key]
        if best is None:
            raise PolicyError("unable to determine latest version from provided list")
        return Choice(best.original, tuple(equal))

    def objection(self, key: str) -> str:
        """Return why the version is skipped: it is none, a prerelease not asked for, or outside the range."""
        version = self._parse(key)
        if version is None:
            return "not a version of three parts"
        if self.constraint.check(version):
            return ""
        if version.prerelease and self.constraint.holds(version):
            return "a prerelease, which the range does not ask for"
        return "outside the range"

    def rank(self, keys: Iterable[str]) -> list[str]:
        """Return the keys that are versions in the range, the greatest first, equal ones in descending order."""
        versions = [version for version in map(self._parse, keys) if version and self.constraint.check(version)]
        versions.sort(key=lambda version: (version.precedence, version.original), reverse=True)
        return [version.original for version in versions]

    def _parse(self, key: str) -> Version | None:
        return parse_tag(key, loose=self.release.loose_versions, limit=self.release.semver.max_length)


def parse_tag(tag: str, *, loose: bool = True, limit: int = MAX_LENGTH) -> Version | None:
    """Return the version that a tag is for Flux, which asks for three parts; None if it is not one.

    loose: two dots are enough, wherever they are (`1.2-rc.1` is 1.2.0-rc.1), and numbers may have leading zeros.
    Before Flux 2.7 all three numbers had to be there, without leading zeros.
    Source: fluxcd/pkg/version (ParseVersion).
    """
    parts = tag.split(".", 2)
    if len(parts) < 3:  # the three-part rule
        return None
    if not loose and not _TWO_NUMBERS.fullmatch(tag, endpos=len(tag) - len(parts[2])):
        return None
    return parse_version(tag, leading_zeros=loose, limit=limit)
