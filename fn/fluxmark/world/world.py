"""All that is known of a package, and of the repository around it."""

from __future__ import annotations

from functools import cache, cached_property
from itertools import chain
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from fluxmark.fields import Finder
from fluxmark.fields.gather import gather
from fluxmark.words import GROUP
from fluxmark.world.manifest import Manifest, is_templated
from fluxmark.world.markers import MENTION, find_markers
from fluxmark.world.transforms import FLUX_GROUP, KUSTOMIZE_GROUP, Transforms, find_transforms
from krmfn.node import MapNode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from fluxmark.fields import ImageField
    from fluxmark.world.markers import Marker
    from fluxmark.world.source import Source

SOURCE_GROUP = "source.toolkit.fluxcd.io"
_MAIN = {"ImagePolicy": "imageRepositoryRef", "ImageRepository": "image", "ImageUpdateAutomation": "sourceRef"}
"""The field without which a resource of a kind is none."""


class World:
    """A package to look at.

    sources: texts that hold a marker, a resource of Flux or what transforms one. others: texts that hold neither,
    by path. flux_version: None where nobody said. has_comments: whether the texts still have theirs.
    inside: the package's directory within the Git repository around it, None without one; exists: whether there is
    a file or directory at a path below the package, which may lead out of it with `..`.
    """

    def __init__(
        self,
        sources: Iterable[Source],
        *,
        others: Mapping[str, Callable[[], Source]] | None = None,
        flux_version: str | None = None,
        has_comments: bool = True,
        inside: PurePosixPath | None = None,
        exists: Callable[[PurePosixPath], bool] | None = None,
    ) -> None:
        self.sources = tuple(sources)
        self.others = others or {}
        self.flux_version = flux_version
        self.has_comments = has_comments
        self._inside = inside
        self._exists = exists and cache(exists)
        self._covered: dict[tuple[int, int], bool | None] = {}

    # resources

    @cached_property
    def manifests(self) -> dict[Source, tuple[Manifest, ...]]:
        """The documents of every source that are mappings."""
        return {source: tuple(manifests_of(source)) for source in self.sources}

    @cached_property
    def policies(self) -> tuple[Manifest, ...]:
        """Every ImagePolicy that is no patch."""
        return tuple(self._of("ImagePolicy"))

    @cached_property
    def repositories(self) -> tuple[Manifest, ...]:
        """Every ImageRepository that is no patch."""
        return tuple(self._of("ImageRepository"))

    @cached_property
    def automations(self) -> tuple[Manifest, ...]:
        """Every ImageUpdateAutomation that is no patch."""
        return tuple(self._of("ImageUpdateAutomation"))

    @property
    def flux_resources(self) -> Iterator[Manifest]:
        """All three."""
        return chain(self.repositories, self.policies, self.automations)

    @cached_property
    def git_repositories(self) -> tuple[Manifest, ...]:
        """Every GitRepository."""
        return tuple(one for one in self._all if one.group == SOURCE_GROUP and one.kind == "GitRepository")

    @cached_property
    def transforms(self) -> Transforms:
        """What kustomizations do to resources."""
        return find_transforms(
            one for one in self._all if one.kind in ("Kustomization", "Component") and _transforms(one)
        )

    @cached_property
    def has_templates(self) -> bool:
        """Whether some text makes resources of Flux that cannot be read: a chart's, or one that is no YAML."""
        return any(source.error and GROUP in source.text for source in self.sources) or any(
            one.is_template for one in self._all if one.group == GROUP
        )

    def namespace(self, manifest: Manifest) -> str:
        """Return the namespace that a resource will have; '' where that is unknown."""
        if manifest.namespace:
            return manifest.namespace
        directory = str(PurePosixPath(manifest.source.path).parent)
        return self.transforms.namespaces.get(directory, "")

    def may_be(self, manifest: Manifest, namespace: str, name: str) -> bool:
        """Tell whether a resource is, or may turn out to be, the one of this namespace and name."""
        if is_templated(manifest.name) or (self.transforms.renames and _contains(name, manifest.name)):
            return True
        own = self.namespace(manifest)
        return manifest.name == name and (own in ("", namespace) or is_templated(own))

    def is_final(self, manifest: Manifest) -> bool:
        """Tell whether a resource will be what it is here: no patch changes it."""
        key = manifest.kind, manifest.name
        return not self.transforms.changes(*key) and key not in self._patched

    def policy(self, namespace: str, name: str) -> Manifest | None:
        """Return the ImagePolicy of this namespace and name; None where there is none for sure."""
        exact = (one for one in self.policies if one.name == name and self.namespace(one) in (namespace, ""))
        return next(exact, None)

    def repository_of(self, policy: Manifest) -> Manifest | None:
        """Return the ImageRepository that a policy selects from; None where it is not in the package."""
        namespace = policy.text("spec", "imageRepositoryRef", "namespace") or self.namespace(policy)
        name = policy.text("spec", "imageRepositoryRef", "name")
        return next(
            (
                one
                for one in self.repositories
                if one.name == name and (self.namespace(one) == namespace or "" in (namespace, one.namespace))
            ),
            None,
        )

    # markers and fields

    @cached_property
    def markers(self) -> tuple[Marker, ...]:
        """Every marker of every source."""
        return tuple(chain.from_iterable(map(self._markers, self.sources)))

    @cached_property
    def working_markers(self) -> dict[str, list[Marker]]:
        """The markers that Flux reads, by policy (`namespace:name`)."""
        found: dict[str, list[Marker]] = {}
        for marker in self.markers:
            if marker.works and marker.setter:
                found.setdefault(marker.setter.key, []).append(marker)
        return found

    def markers_of(self, policy: Manifest) -> list[Marker]:
        """Return the markers that name a policy."""
        namespace = self.namespace(policy)
        if namespace:
            return self.working_markers.get(f"{namespace}:{policy.name}", [])
        return [
            one
            for key, markers in self.working_markers.items()
            if key.partition(":")[2] == policy.name
            for one in markers
        ]

    def fields(
        self, mentions: Callable[[str], bool], selected: Callable[[str], bool]
    ) -> Iterator[tuple[Source, Manifest, ImageField]]:
        """Yield the image fields in all texts in which `mentions` finds an image's name.

        selected: tells whether a policy selects from a repository, by its canonical name.
        """
        sources = [*self.sources, *(make() for make in self.others.values())]
        clues = gather({source.path or str(number): source.text for number, source in enumerate(sources)})
        finder = Finder(selected, clues)
        for source in sources:
            if not (mentions(source.text) or clues.concern(source.path, source.text)):
                continue
            for manifest in self.manifests.get(source) or manifests_of(source):
                for field in finder.find(manifest.root, manifest.api_version, manifest.kind, source.path):
                    yield source, manifest, field

    # the repository

    @cached_property
    def root(self) -> PurePosixPath | None:
        """The package's directory within what Flux checks out; None where it cannot be known.

        That is the Git repository around the package, or the package itself (an example, a copy), whichever an
        update path leads into.
        """
        if self._exists is None:
            return None
        paths = [path for one in self.automations if (path := update_path(one)) and path.parts]
        here = PurePosixPath()
        for root in (self._inside, here):
            if root is not None and any(self._is_at(root, path) for path in paths):
                return root
        return here if self._inside == here else None

    def exists(self, path: PurePosixPath) -> bool:
        """Tell whether the repository has a file or a directory at a path; the root has to be known."""
        assert self.root is not None
        return self._is_at(self.root, path)

    def in_repository(self, source: Source) -> PurePosixPath | None:
        """Return the path of a source within the repository; None where it cannot be known."""
        return self.root / source.path if self.root is not None and source.path else None

    def covers(self, automation: Manifest, source: Source) -> bool | None:
        """Tell whether an automation updates a file; None where that cannot be known, or its path is not there."""
        key = id(automation), id(source)
        if key not in self._covered:
            self._covered[key] = self._covers(automation, source)
        return self._covered[key]

    def _covers(self, automation: Manifest, source: Source) -> bool | None:
        path, file = update_path(automation), self.in_repository(source)
        if path is not None and not path.parts:
            return True
        if path is None or file is None or not self.exists(path):
            return None
        return file.is_relative_to(path)

    # how it is done

    def _is_at(self, root: PurePosixPath, path: PurePosixPath) -> bool:
        assert self._exists is not None
        return self._exists(PurePosixPath(*[".."] * len(root.parts), path))

    @cached_property
    def _all(self) -> tuple[Manifest, ...]:
        return tuple(chain.from_iterable(self.manifests.values()))

    @cached_property
    def _patches(self) -> frozenset[int]:
        """The resources, by identity, that are patches for others.

        One without its main field is a patch, and so is what stands beside it: overlays keep theirs in one file.
        """
        partial = {
            id(one.source)
            for one in self._all
            if one.group == GROUP and one.kind in _MAIN and one.spec.get(_MAIN[one.kind]) is None
        }
        return frozenset(
            id(one)
            for one in self._all
            if id(one.source) in partial or one.source.path in self.transforms.patch_files
        )

    @cached_property
    def _patched(self) -> frozenset[tuple[str, str]]:
        """Kind and name of what these patches change."""
        return frozenset((one.kind, one.name) for one in self._all if id(one) in self._patches)

    def _of(self, kind: str) -> Iterator[Manifest]:
        """Yield the resources of a kind that are no patches."""
        for one in self._all:
            known = one.group == GROUP and one.kind == kind and id(one) not in self._patches
            if known and (one.name or not one.is_template):
                yield one

    def _markers(self, source: Source) -> Iterator[Marker]:
        if MENTION.search(source.text):
            yield from find_markers(source, {id(one.root): one for one in self.manifests[source]})


def manifests_of(source: Source) -> Iterator[Manifest]:
    """Yield the documents of a text that are mappings."""
    for document in source.documents:
        root = document.root
        if isinstance(root, MapNode) and root.pairs:
            yield Manifest(source, root)


def update_path(automation: Manifest) -> PurePosixPath | None:
    """Return what an automation updates, relative to the repository; None where the path is templated.

    A path cannot lead out of the repository: image-automation-controller joins it securely.
    """
    text = automation.get("spec", "update", "path")
    if text is None:
        return PurePosixPath()
    if not isinstance(text, str) or is_templated(text):
        return None
    parts: list[str] = []
    for part in PurePosixPath(text.lstrip("/")).parts:
        if part == "..":
            parts = parts[:-1]
        else:
            parts.append(part)
    return PurePosixPath(*parts)


def _transforms(manifest: Manifest) -> bool:
    return manifest.group in (KUSTOMIZE_GROUP, FLUX_GROUP, "") or manifest.api_version.startswith(KUSTOMIZE_GROUP)


def _contains(name: str, part: str) -> bool:
    return bool(part) and (name.startswith(part) or name.endswith(part))
