"""What changed between Flux releases in how a tag is selected.

Source: go.mod, internal/policy and internal/controller of image-reflector-controller at its release tags, and the
versions of Masterminds/semver and fluxcd/pkg/version that they name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fluxmark.errors import FluxmarkError
from fluxmark.golang.semver import Dialect

NEWEST_SEMVER = Dialect()


@dataclass(frozen=True, slots=True)
class Release:
    """The behaviour of a Flux release and of those after it, up to the next one in `RELEASES`.

    flux: the first release, (major, minor).
    angle_groups: a pattern may say `(?<name>…)` besides `(?P<name>…)` (Go 1.22).
    loose_versions: a tag's numbers may have leading zeros, and its dots count wherever they stand
        (fluxcd/pkg/version 0.10).
    sorted_tags: the scanner stores the tags in descending order; before, in the registry's own.
    semver: how its Masterminds/semver reads ranges and versions.
    """

    flux: tuple[int, int]
    angle_groups: bool = True
    loose_versions: bool = True
    sorted_tags: bool = True
    semver: Dialect = NEWEST_SEMVER


def _before_2_7(flux: tuple[int, int], *, angle_groups: bool = True, range_zeros: bool = True) -> Release:
    return Release(
        flux,
        angle_groups=angle_groups,
        loose_versions=False,
        sorted_tags=False,
        semver=Dialect(range_zeros=range_zeros, group_prereleases=False, limits=False),
    )


RELEASES = (
    _before_2_7((2, 0), angle_groups=False),
    _before_2_7((2, 3)),
    _before_2_7((2, 5), range_zeros=False),
    _before_2_7((2, 6)),
    Release((2, 7), semver=Dialect(limits=False)),
    Release((2, 9)),
)
NEWEST = RELEASES[-1]

_FLUX_VERSION = re.compile(r"v?([0-9]{1,9})\.([0-9]{1,9})(?:\.[0-9].*)?")


def release_of(flux_version: str | None) -> Release:
    """Return how a Flux version such as `2.5`, `v2.5.1` behaves: None is the newest known one.

    A version that is newer than all known ones behaves as the newest, an older one as the oldest.
    Raises FluxmarkError for a text that is no version.
    """
    if flux_version is None:
        return NEWEST
    match = _FLUX_VERSION.fullmatch(flux_version)
    if match is None:
        raise FluxmarkError(f"not a Flux version: {flux_version!r} (write it as 2.9)")
    wanted = int(match[1]), int(match[2])
    return next((release for release in reversed(RELEASES) if release.flux <= wanted), RELEASES[0])
