"""The functionConfig as values: what a run of fluxmark is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fluxmark.flux.files import matches
from fluxmark.flux.releases import NEWEST_FLUX
from fluxmark.modes import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Mapping


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
class FieldSpec:
    """An image field that no rule can know.

    path: of the field, keys separated by dots; `[]` stands for every item, `*` for every key. image: the
    repository. part: '' for a whole reference, else what of it the field holds. file: a glob; kind: of documents;
    at least one of the two is given.
    """

    path: str
    image: str
    part: str = ""
    file: str = ""
    kind: str = ""

    def applies(self, kind: str, file: str) -> bool:
        """Tell whether documents of this kind and file are meant; a file that is unknown is taken to match."""
        named = not self.file or not file or matches(file, self.file)
        return named and (not self.kind or self.kind == kind)


@dataclass(frozen=True, slots=True)
class ImageAutomation:
    """What to do. The defaults are those of the schema, and mean: mark what the package's policies say.

    name: of the configuration, for messages; empty if it has none.
    cluster: path that the cluster is synchronised from, normalised; None if the output decides.
    output: directory relative to the package's root, normalised, with forward slashes.
    flux_version: as `releases.known` returns it, None if unset. repository, policy: as written, for all images.
    automation: as written, with its name; None if unset of it.
    files: relative to the root, normalised, with forward slashes. mark_names: whether names get markers, too.
    link: whether the kustomization above `output` is edited so that a cluster applies it.
    """

    name: str = ""
    namespace: str = "flux-system"
    cluster: str | None = None
    output: str = "image-automation"
    flux_version: str | None = None
    mode: str = DEFAULT
    force: bool = False
    tag_format: str | None = None
    repository: Mapping[str, Any] = field(default_factory=dict)
    policy: Mapping[str, Any] = field(default_factory=dict)
    images: tuple[Image, ...] = ()
    automation: Mapping[str, Any] | None = None
    automations: tuple[Mapping[str, Any], ...] = ()
    files: tuple[str, ...] = ()
    fields: tuple[FieldSpec, ...] = ()
    mark_names: bool = False
    link: bool = False

    @property
    def flux(self) -> str:
        """The Flux that resources are written for: the newest known one if `flux_version` is unset."""
        return self.flux_version or NEWEST_FLUX
