"""Which Flux serves which API version of the three kinds.

Source: the CRDs and the manifests of every Flux release from 0.13 (the first with v1alpha2) to 2.9.
"""

from __future__ import annotations

from typing import NamedTuple

from fluxmark.errors import FluxmarkError
from fluxmark.words import GROUP

KINDS = ("ImageRepository", "ImagePolicy", "ImageUpdateAutomation")
API_VERSIONS = ("v1alpha1", "v1alpha2", "v1beta1", "v1beta2", "v1")
"""Oldest first; a field, once introduced, is in all later ones."""

FLUX_VERSIONS = (*(f"0.{minor}" for minor in range(13, 42)), *(f"2.{minor}" for minor in range(10)))
"""Every release of Flux known, oldest first. There was no 1.x of this Flux."""


class Served(NamedTuple):
    """An API version with the first and the last Flux that serves it."""

    api_version: str
    first: str
    last: str


_REFLECTOR = (
    Served("v1alpha1", "0.13", "0.36"),
    Served("v1alpha2", "0.13", "0.36"),
    Served("v1beta1", "0.16", "2.6"),
    Served("v1beta2", "0.40", "2.8"),
    Served("v1", "2.7", FLUX_VERSIONS[-1]),
)
_AUTOMATION = (
    Served("v1alpha1", "0.13", "0.36"),
    Served("v1alpha2", "0.13", "0.36"),
    Served("v1beta1", "0.16", "2.6"),
    Served("v1beta2", "2.3", "2.8"),
    Served("v1", "2.7", FLUX_VERSIONS[-1]),
)
SERVED = {"ImageRepository": _REFLECTOR, "ImagePolicy": _REFLECTOR, "ImageUpdateAutomation": _AUTOMATION}


class UnknownFluxVersionError(FluxmarkError):
    """A version of Flux that is not in FLUX_VERSIONS."""


def minor(flux_version: str) -> str:
    """Return the known minor version of `2.9`, `v2.9` or `v2.9.1`: `2.9`.

    Raises UnknownFluxVersionError, which lists the known ones.
    """
    numbers = flux_version.removeprefix("v").split(".")
    found = ".".join(numbers[:2])
    if found in FLUX_VERSIONS and len(numbers) <= 3 and all(n.isascii() and n.isdigit() for n in numbers):
        return found
    msg = f"unknown Flux version {flux_version!r}: known are 0.13 to 0.41 and 2.0 to {FLUX_VERSIONS[-1]}"
    raise UnknownFluxVersionError(msg)


def flux_order(flux_version: str) -> int:
    """Return the position of a version in FLUX_VERSIONS. Raises UnknownFluxVersionError."""
    return FLUX_VERSIONS.index(minor(flux_version))


def span(kind: str, api_version: str) -> Served | None:
    """Return which Flux serves an API version (`v1`, or with its group) of a kind; None for an unknown one."""
    name = api_version.removeprefix(f"{GROUP}/")
    return next((served for served in SERVED.get(kind, ()) if served.api_version == name), None)


def served(api_version: str, kind: str, flux_version: str) -> bool:
    """Return whether a Flux serves an API version (`v1`, or with its group) of a kind."""
    at = flux_order(flux_version)
    found = span(kind, api_version)
    return found is not None and flux_order(found.first) <= at <= flux_order(found.last)


def api_version(kind: str, flux_version: str | None = None) -> str:
    """Return the newest API version, with its group, that a Flux serves; without one, the newest known Flux.

    Raises KeyError for an unknown kind, UnknownFluxVersionError for an unknown Flux.
    """
    flux = flux_version or FLUX_VERSIONS[-1]
    newest = next(s.api_version for s in reversed(SERVED[kind]) if served(s.api_version, kind, flux))
    return f"{GROUP}/{newest}"
