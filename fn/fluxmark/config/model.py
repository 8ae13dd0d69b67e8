"""The functionConfig as values: what a run of fluxmark is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from fluxmark.flux_releases import NEWEST_FLUX

if TYPE_CHECKING:
    from collections.abc import Mapping

Mode = Literal["Inject", "Check", "Update"]


@dataclass(frozen=True, slots=True)
class Where:
    """Where an image is marked: in documents that every list includes; an empty list includes all.

    paths: globs of files, relative to the package's root, with forward slashes.
    """

    paths: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Image:
    """An image that Flux is to update.

    name: of its ImageRepository and its ImagePolicy; image: without scheme, tag and digest.
    tag_format, repository, policy: as written at this image; `config.specs` merges them with what is said
    for all images.
    """

    name: str
    image: str
    tag_format: str | None = None
    repository: Mapping[str, Any] = field(default_factory=dict)
    policy: Mapping[str, Any] = field(default_factory=dict)
    where: Where = Where()


@dataclass(frozen=True, slots=True)
class ImageAutomation:
    """What to do. The defaults are those of the schema, and mean: mark what the package's policies say.

    name: of the configuration, for messages; empty where it has none.
    output: directory relative to the package's root, normalised, with forward slashes.
    flux_version: a known minor version, None if unset. repository, policy: as written, for all images.
    automation: as written, with its name; None if nothing is said of it.
    files: relative to the root, normalised, with forward slashes.
    """

    name: str = ""
    namespace: str = "flux-system"
    output: str = "image-automation"
    flux_version: str | None = None
    mode: Mode = "Inject"
    force: bool = False
    tag_format: str | None = None
    repository: Mapping[str, Any] = field(default_factory=dict)
    policy: Mapping[str, Any] = field(default_factory=dict)
    images: tuple[Image, ...] = ()
    automation: Mapping[str, Any] | None = None
    files: tuple[str, ...] = ()

    @property
    def flux(self) -> str:
        """The Flux that resources are written for: the newest known one if `flux_version` is unset."""
        return self.flux_version or NEWEST_FLUX
