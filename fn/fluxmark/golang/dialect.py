"""The releases of Masterminds/semver v3. Source: its CHANGELOG.md, constraints.go and version.go."""

from __future__ import annotations

from dataclasses import dataclass

MAX_LENGTH = 256
"""The maximum length of a version in bytes, since 3.5."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between releases of Masterminds/semver; the default is 3.5, the newest.

    range_zeros: the numbers of a range may have leading zeros (not in 3.3.1).
    group_prereleases: a prerelease in a range opens all comparisons joined to it with "and"; before 3.4 each
        comparison with a prerelease opened only itself.
    limits: ranges and versions have a maximum length, and errors quote the range (3.5).
    """

    range_zeros: bool = True
    group_prereleases: bool = True
    limits: bool = True

    @property
    def max_length(self) -> int:
        """The maximum length of a version in bytes, 0 for none."""
        return MAX_LENGTH if self.limits else 0
