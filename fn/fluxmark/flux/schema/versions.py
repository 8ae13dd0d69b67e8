"""Which Flux serves which API version of the three kinds.

Source: the CRDs and the manifests of every Flux release in `fluxmark.flux.releases`.
"""

from __future__ import annotations

from typing import NamedTuple

from fluxmark.flux.api_groups import GROUP
from fluxmark.flux.releases import NEWEST_FLUX, at_least, is_newer, order

KINDS = ("ImageRepository", "ImagePolicy", "ImageUpdateAutomation")
API_VERSIONS = ("v1alpha1", "v1alpha2", "v1beta1", "v1beta2", "v1")
"""Oldest first; a field, once introduced, is in all later ones."""


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
    Served("v1", "2.7", NEWEST_FLUX),
)
_AUTOMATION = (
    Served("v1alpha1", "0.13", "0.36"),
    Served("v1alpha2", "0.13", "0.36"),
    Served("v1beta1", "0.16", "2.6"),
    Served("v1beta2", "2.3", "2.8"),
    Served("v1", "2.7", NEWEST_FLUX),
)
SERVED = {"ImageRepository": _REFLECTOR, "ImagePolicy": _REFLECTOR, "ImageUpdateAutomation": _AUTOMATION}


def span(kind: str, api_version: str) -> Served | None:
    """Return which Flux serves an API version (`v1`, or with its group) of a kind; None for an unknown one."""
    name = api_version.removeprefix(f"{GROUP}/")
    return next((served for served in SERVED.get(kind, ()) if served.api_version == name), None)


def served(api_version: str, kind: str, flux_version: str) -> bool:
    """Return whether a Flux serves an API version (`v1`, or with its group) of a kind."""
    flux = NEWEST_FLUX if is_newer(flux_version) else flux_version
    found = span(kind, api_version)
    return found is not None and at_least(flux, found.first) and order(flux) <= order(found.last)


def api_version(kind: str, flux_version: str | None = None) -> str:
    """Return the newest API version, with its group, that a Flux serves; without one, the newest known Flux.

    Raises KeyError for an unknown kind, UnknownFluxVersionError for an unknown Flux.
    """
    flux = flux_version or NEWEST_FLUX
    newest = next(s.api_version for s in reversed(SERVED[kind]) if served(s.api_version, kind, flux))
    return f"{GROUP}/{newest}"
