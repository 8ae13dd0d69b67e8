"""The releases of Flux: which controllers they ship, and how they select a tag.

This is the only table of releases: `fluxmark.flux.schema.versions` says which API versions they serve, the guards
in `fluxmark/flux/schema/*.json` which fields they have, and docs/flux-versions.md is generated from all three. To
add a release, add it to SHIPPED, and to RELEASES if it selects differently.

Source: `manifests/bases` of fluxcd/flux2 at its release tags; go.mod, internal/policy and internal/controller of
image-reflector-controller at its release tags, and the Masterminds/semver and fluxcd/pkg/version that they name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from fluxmark.errors import FluxmarkError
from fluxmark.golang.dialect import Dialect


class Shipped(NamedTuple):
    """A release of Flux and its controllers: image-reflector, image-automation and kustomize-controller.

    A controller is '' if its version is not known. note: what the release changes beyond fields and selection.
    """

    flux: str
    reflector: str
    automation: str
    kustomize: str
    note: str = ""


SHIPPED = (
    Shipped("0.13", "0.9.0", "0.9.0", "0.11.1"),
    Shipped("0.14", "0.9.1", "0.10.0", "0.12.1"),
    Shipped("0.15", "0.10.0", "0.12.0", "0.13.0"),
    Shipped("0.16", "0.11.0", "0.14.0", "0.13.1"),
    Shipped("0.17", "0.11.1", "0.14.1", "0.14.0"),
    Shipped("0.18", "0.12.0", "0.15.0", "0.15.1"),
    Shipped("0.19", "0.13.0", "0.15.0", "0.16.0"),
    Shipped("0.20", "0.13.0", "0.16.0", "0.16.0"),
    Shipped("0.21", "0.13.0", "0.16.0", "0.16.0"),
    Shipped("0.22", "0.13.0", "0.17.0", "0.17.0"),
    Shipped("0.23", "0.13.2", "0.17.1", "0.18.0"),
    Shipped("0.24", "0.14.0", "0.18.0", "0.18.1"),
    Shipped("0.25", "0.15.0", "0.19.0", "0.19.0"),
    Shipped("0.26", "0.16.0", "0.20.0", "0.20.0"),
    Shipped("0.27", "0.16.0", "0.20.0", "0.21.0"),
    Shipped("0.28", "0.17.0", "0.21.0", "0.22.0"),
    Shipped("0.29", "0.17.2", "0.22.0", "0.24.0"),
    Shipped("0.30", "0.18.0", "0.22.1", "0.25.0"),
    Shipped("0.31", "0.19.0", "0.23.0", "0.26.0"),
    Shipped("0.32", "0.20.0", "0.24.1", "0.27.0"),
    Shipped("0.33", "0.20.1", "0.24.2", "0.27.1"),
    Shipped("0.34", "0.21.0", "0.25.0", "0.28.0"),
    Shipped("0.35", "0.22.0", "0.26.0", "0.29.0"),
    Shipped("0.36", "0.22.1", "0.26.1", "0.30.0"),
    Shipped("0.37", "0.23.0", "0.27.0", "0.31.0"),
    Shipped("0.38", "0.23.1", "0.28.0", "0.32.0"),
    Shipped("0.39", "0.24.0", "0.29.0", "0.33.0"),
    Shipped("0.40", "0.25.0", "0.30.0", "0.34.0"),
    Shipped("0.41", "0.26.0", "0.31.0", "0.35.0"),
    Shipped("2.0", "0.29.0", "0.35.0", "1.0.0"),
    Shipped("2.1", "0.30.0", "0.36.0", "1.1.0"),
    Shipped("2.2", "0.31.1", "0.37.0", "1.2.0"),
    Shipped("2.3", "0.32.0", "0.38.0", "1.3.0", "templates: `.Changed`"),
    Shipped("2.4", "0.33.0", "0.39.0", "1.4.0"),
    Shipped("2.5", "0.34.0", "0.40.0", "1.5.0"),
    Shipped("2.6", "0.35.0", "0.41.0", "1.6.0"),
    Shipped("2.7", "1.0.1", "1.0.1", "1.7.0", "templates: no `.Updated` and no `.Changed.ImageResult`"),
    Shipped("2.8", "1.1.0", "1.1.0", "1.8.0"),
    Shipped(
        "2.9",
        "1.2.1",
        "1.2.1",
        "1.9.1",
        "`postBuild` fails on an undefined variable by default; GCP: also `docker.s3nsregistry.fr`",
    ),
    Shipped("2.9.4", "1.2.4", "1.2.4", "1.9.4", "AWS: also `ecr-public.aws.com`"),
    Shipped("2.9.5", "1.2.5", "1.2.5", "1.9.5"),
    Shipped("2.10", "", "", "", "ImageRepository: `serviceAccountName` is also the identity for `provider`"),
)
"""Oldest first; a patch release only where it changes something or is the newest one. There was no Flux 1.x of
this kind. Of 2.10 the API modules are known (v1.3.0), the controllers are not."""

FLUX_VERSIONS = tuple(dict.fromkeys(".".join(shipped.flux.split(".")[:2]) for shipped in SHIPPED))
"""Every known minor release of Flux, oldest first."""
NEWEST_FLUX = FLUX_VERSIONS[-1]
NEWEST_CONTROLLERS = next(shipped.flux for shipped in reversed(SHIPPED) if shipped.reflector)
"""The newest release whose controllers are known."""
NEWEST_SEMVER = Dialect()


class UnknownFluxVersionError(FluxmarkError):
    """A version of Flux that never was, or text that is not a version."""


@dataclass(frozen=True, slots=True)
class Release:
    """The behaviour of a Flux release and of those after it, up to the next one in `RELEASES`.

    flux: the first release, (major, minor).
    angle_groups: a pattern may use `(?<name>…)` as well as `(?P<name>…)` (Go 1.22).
    loose_versions: a tag's numbers may have leading zeros, and its dots count wherever they are
        (fluxcd/pkg/version 0.10).
    sorted_tags: the scanner stores the tags in descending order; before, in the registry's own.
    semver: how its Masterminds/semver reads ranges and versions. says: what differs from the release before.
    """

    flux: tuple[int, int]
    says: str = ""
    angle_groups: bool = True
    loose_versions: bool = True
    sorted_tags: bool = True
    semver: Dialect = NEWEST_SEMVER


def _before_2_7(
    flux: tuple[int, int], says: str = "", *, angle_groups: bool = True, range_zeros: bool = True
) -> Release:
    return Release(
        flux,
        says,
        angle_groups=angle_groups,
        loose_versions=False,
        sorted_tags=False,
        semver=Dialect(range_zeros=range_zeros, group_prereleases=False, limits=False),
    )


RELEASES = (
    _before_2_7((2, 0), angle_groups=False),
    _before_2_7((2, 3), "a pattern may name a group with `(?<name>…)` as well as `(?P<name>…)` (Go 1.22)"),
    _before_2_7(
        (2, 5), "a range refuses numbers with leading zeros (Masterminds/semver 3.3.1)", range_zeros=False
    ),
    _before_2_7((2, 6), "a range accepts them again (3.3.0)"),
    Release(
        (2, 7),
        "tags with leading zeros or fewer than three numbers, such as `2025.02.03` and `1.2-rc.1`, are versions "
        "(fluxcd/pkg/version 0.10); one prerelease in a range opens its whole group, and `!=1.0.0` lets no "
        "prerelease through (Masterminds/semver 3.4); tags are stored in descending order, before in that of the "
        "registry",
        semver=Dialect(limits=False),
    ),
    Release(
        (2, 9),
        "a range has at most 512 bytes and 32 groups, a version 256; errors quote the range (Masterminds/semver "
        "3.5)",
    ),
)
NEWEST = RELEASES[-1]

_FLUX_VERSION = re.compile(r"v?([0-9]{1,9})\.([0-9]{1,9})(?:\.([0-9]{1,9}))?")
_LAST_PATCH = 10**9
"""Stands for the newest patch release of a minor one."""


def order(flux_version: str, *, patch: int = _LAST_PATCH) -> tuple[int, int, int]:
    """Return a sort key of `2.9`, `v2.9` or `2.9.5`. patch: taken where the text has none, the newest by default.

    Raises UnknownFluxVersionError for text that is not a version.
    """
    match = _FLUX_VERSION.fullmatch(flux_version)
    if match is None:
        raise UnknownFluxVersionError(f"not a Flux version: {flux_version!r} (write it as {NEWEST_FLUX})")
    return int(match[1]), int(match[2]), patch if match[3] is None else int(match[3])


def at_least(flux_version: str, first: str) -> bool:
    """Return whether a Flux has what came with the release `first`. Raises UnknownFluxVersionError."""
    return order(flux_version) >= order(first, patch=0)


def known(flux_version: str) -> str:
    """Return a version as it is kept: `2.9` for `v2.9`, `2.9.5` for `v2.9.5`; a newer one than all known is kept.

    Raises UnknownFluxVersionError, which lists the known ones.
    """
    match = _FLUX_VERSION.fullmatch(flux_version)
    minor = f"{match[1]}.{match[2]}" if match else ""
    if match is None or (minor not in FLUX_VERSIONS and not is_newer(minor)):
        versions = f"0.13 to 0.41 and 2.0 to {NEWEST_FLUX}"
        raise UnknownFluxVersionError(f"unknown Flux version {flux_version!r}: known are {versions}")
    return flux_version.removeprefix("v")


def is_newer(flux_version: str) -> bool:
    """Return whether a Flux is newer than the newest known one. Raises UnknownFluxVersionError."""
    return order(flux_version) > order(NEWEST_FLUX)


def note(flux_version: str | None) -> str:
    """Return what is assumed of a Flux that is not wholly known; '' if nothing is. None: none was named.

    Raises UnknownFluxVersionError.
    """
    if flux_version is None or not at_least(flux_version, NEWEST_FLUX):
        return ""
    if is_newer(flux_version):
        return f"Flux {flux_version} is newer than the newest known, {NEWEST_FLUX}; it is treated like that one"
    if not SHIPPED[-1].reflector:
        return (
            f"of Flux {flux_version} only the API is known; selection and commits are those of Flux "
            f"{NEWEST_CONTROLLERS}"
        )
    return ""


def release_of(flux_version: str | None) -> Release:
    """Return how a Flux version such as `2.5` or `v2.5.1` selects tags; None means the newest known one.

    A version newer than all known ones selects as the newest does, an older one as the oldest. Raises
    UnknownFluxVersionError for a string that is not a version.
    """
    if flux_version is None:
        return NEWEST
    wanted = order(flux_version)[:2]
    return next((release for release in reversed(RELEASES) if release.flux <= wanted), RELEASES[0])
