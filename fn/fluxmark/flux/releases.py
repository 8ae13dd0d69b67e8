"""The releases of Flux, and what changed between them in how a tag is selected.

`fluxmark.flux.schema.versions` has the API versions that they serve. To add a release, add it to FLUX_VERSIONS,
and to RELEASES if it selects differently.

Source: the releases of Flux from 0.13, the first with v1alpha2; go.mod, internal/policy and internal/controller of
image-reflector-controller at its release tags, and the Masterminds/semver and fluxcd/pkg/version that they name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fluxmark.errors import FluxmarkError
from fluxmark.golang.dialect import Dialect

FLUX_VERSIONS = (*(f"0.{number}" for number in range(13, 42)), *(f"2.{number}" for number in range(10)))
"""Every known minor release of Flux, oldest first. There was no 1.x of this Flux."""
NEWEST_FLUX = FLUX_VERSIONS[-1]
NEWEST_SEMVER = Dialect()


class UnknownFluxVersionError(FluxmarkError):
    """A version of Flux that is not in FLUX_VERSIONS."""


@dataclass(frozen=True, slots=True)
class Release:
    """The behaviour of a Flux release and of those after it, up to the next one in `RELEASES`.

    flux: the first release, (major, minor).
    angle_groups: a pattern may say `(?<name>…)` besides `(?P<name>…)` (Go 1.22).
    loose_versions: a tag's numbers may have leading zeros, and its dots count wherever they are
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

_FLUX_VERSION = re.compile(r"v?([0-9]{1,9})\.([0-9]{1,9})(?:\.[0-9]{1,9})?")


def minor(flux_version: str) -> str:
    """Return the known minor version of `2.9`, `v2.9` or `v2.9.1`: `2.9`.

    Raises UnknownFluxVersionError, which lists the known ones.
    """
    match = _FLUX_VERSION.fullmatch(flux_version)
    found = f"{match[1]}.{match[2]}" if match else ""
    if found not in FLUX_VERSIONS:
        known = f"0.13 to 0.41 and 2.0 to {NEWEST_FLUX}"
        raise UnknownFluxVersionError(f"unknown Flux version {flux_version!r}: known are {known}")
    return found


def flux_order(flux_version: str) -> int:
    """Return the position of a version in FLUX_VERSIONS. Raises UnknownFluxVersionError."""
    return FLUX_VERSIONS.index(minor(flux_version))


def release_of(flux_version: str | None) -> Release:
    """Return how a Flux version such as `2.5` or `v2.5.1` selects tags; None means the newest known one.

    A version newer than all known ones selects as the newest does, an older one as the oldest. Raises
    UnknownFluxVersionError for a string that is not a version.
    """
    if flux_version is None:
        return NEWEST
    match = _FLUX_VERSION.fullmatch(flux_version)
    if match is None:
        raise UnknownFluxVersionError(f"not a Flux version: {flux_version!r} (write it as {NEWEST_FLUX})")
    wanted = int(match[1]), int(match[2])
    return next((release for release in reversed(RELEASES) if release.flux <= wanted), RELEASES[0])
