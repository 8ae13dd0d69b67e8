"""A repository: its texts, its markers, its image fields, and the clusters that Flux makes of it."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from fluxmark import image
from fluxmark.cluster.automation import Origin, is_below
from fluxmark.cluster.follow import Model, read_clusters
from fluxmark.cluster.git import NO_CHECKOUT
from fluxmark.cluster.manifest import Manifest
from fluxmark.cluster.markers import MENTION, find_markers
from fluxmark.cluster.overrides import Overrides
from fluxmark.cluster.readers import Readers
from fluxmark.flux.api_groups import GROUP
from krmfn.yaml.parser import MapNode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from fluxmark.cluster.automation import Scope
    from fluxmark.cluster.cluster import Cluster
    from fluxmark.cluster.git import Checkout
    from fluxmark.cluster.markers import Marker
    from fluxmark.cluster.source import Source
    from fluxmark.cluster.tree import Tree
    from fluxmark.fields import Clues, ImageField


class Repository:
    """A repository to look at.

    tree: its texts; those with a marker, or a resource of Flux, are its sources. paths: of the files that may hold
    a resource that matters, and of all kustomizations. checkout: what Git says of it. flux_version: None if it
    is not configured. has_comments: whether the texts still have theirs. focus: the directory that findings are
    wanted for, '' for all. is_root: whether paths are known to start where Flux's own do, at the root of what it
    checks out. generators: programs that mention ImagePolicy, which may write policies that are not in the
    repository.
    """

    def __init__(
        self,
        tree: Tree,
        paths: Iterable[str],
        *,
        checkout: Checkout = NO_CHECKOUT,
        flux_version: str | None = None,
        has_comments: bool = True,
        focus: str = "",
        is_root: bool = False,
        generators: Iterable[str] = (),
    ) -> None:
        self.tree = tree
        self.sources = tuple(chain.from_iterable(tree.sources.values()))
        self.flux_version = flux_version
        self.has_comments = has_comments
        self.focus = focus
        self._paths = tuple(paths)
        self._checkout = checkout
        self._is_root = is_root
        self._markers_of: dict[tuple[str, str, int], list[Marker]] = {}
        self.generators = tuple(generators)
        self.tags: Mapping[str, Sequence[str]] = {}
        """Tags that are known of images, by canonical name."""

    # clusters

    @cached_property
    def model(self) -> Model:
        """The clusters, with what is wrong in their kustomizations."""
        return read_clusters(self.tree, self._paths, self._checkout)

    @property
    def clusters(self) -> tuple[Cluster, ...]:
        """The clusters that Flux makes of this repository."""
        return self.model.clusters

    @cached_property
    def policies(self) -> tuple[Manifest, ...]:
        """The ImagePolicies of all clusters; one that several clusters share, and none of them changes, once."""
        return tuple(_once(one for cluster in self.clusters for one in cluster.policies))

    @cached_property
    def repositories(self) -> tuple[Manifest, ...]:
        """The ImageRepositories of all clusters, likewise."""
        return tuple(_once(one for cluster in self.clusters for one in cluster.repositories))

    @cached_property
    def automations(self) -> tuple[Manifest, ...]:
        """The ImageUpdateAutomations of all clusters, likewise."""
        return tuple(_once(one for cluster in self.clusters for one in cluster.automations))

    @property
    def image_resources(self) -> Iterator[Manifest]:
        """All three."""
        return chain(self.repositories, self.policies, self.automations)

    @property
    def scopes(self) -> Iterator[Scope]:
        """What each automation of each cluster updates."""
        return chain.from_iterable(cluster.scopes for cluster in self.clusters)

    @cached_property
    def is_complete(self) -> bool:
        """Whether all resources of all clusters are known."""
        return not self.has_templates and all(cluster.is_complete for cluster in self.clusters)

    @cached_property
    def has_templates(self) -> bool:
        """Whether some text makes resources of Flux that cannot be read: a chart's, or one that is not YAML."""
        return any(source.error and GROUP in source.text for source in self.sources) or any(
            one.is_template for one in chain.from_iterable(self.manifests.values()) if one.group == GROUP
        )

    # documents

    @cached_property
    def manifests(self) -> dict[Source, tuple[Manifest, ...]]:
        """The documents of every source that are mappings, as they are there."""
        return {source: tuple(manifests_of(source)) for source in self.sources}

    # markers and image fields

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

    @cached_property
    def _readers(self) -> Readers:
        return Readers(self.clusters)

    def readers(self, path: str) -> tuple[Cluster, ...]:
        """Return the clusters that the markers of a file may be for: see `Readers.of`."""
        return self._readers.of(path)

    def updating(self, path: str) -> list[Scope]:
        """Return the automations that update a file, in the order of the clusters."""
        return self._readers.updating(path)

    def holders(self, namespace: str, name: str) -> tuple[Cluster, ...]:
        """Return the clusters that hold a policy."""
        return self._readers.holders(namespace, name)

    def policies_of(self, marker: Marker) -> list[Manifest]:
        """Return the policies that a marker names, one for each cluster that reads it and holds one."""
        setter = marker.setter
        if setter is None:
            return []
        found = (one.policy(setter.namespace, setter.policy) for one in self.readers(marker.source.path))
        return [policy for policy in found if policy is not None]

    def markers_of(self, policy: Manifest) -> list[Marker]:
        """Return the markers that name a policy, in files that its cluster reads."""
        key = policy.namespace, policy.name, id(policy.root)  # the same in all clusters that share it
        if key not in self._markers_of:
            self._markers_of[key] = list(self._named(policy))
        return self._markers_of[key]

    def _named(self, policy: Manifest) -> Iterator[Marker]:
        if policy.namespace:
            named = self.working_markers.get(policy.id, [])
        else:
            named = [
                one
                for key, markers in self.working_markers.items()
                if key.partition(":")[2] == policy.name
                for one in markers
            ]
        for one in named:
            if any(_holds(two, policy) for two in self.readers(one.source.path)):
                yield one

    @cached_property
    def texts(self) -> dict[str, str]:
        """All texts by path, a number where that is unknown."""
        own = {source.path or str(number): source.text for number, source in enumerate(self.sources)}
        return {**own, **self.tree.unparsed}

    @cached_property
    def clues(self) -> Clues:
        """What the documents tell of one another's image fields."""
        from fluxmark.fields.gather import gather

        return gather(self.texts)

    @cached_property
    def fields(self) -> tuple[tuple[Source, Manifest, ImageField], ...]:
        """The image fields of the repositories that Flux scans, in all texts."""
        scanned = {
            ref.canonical for one in self.repositories if (ref := image.parse_templated(one.text("spec", "image")))
        }
        if not scanned:
            return ()
        from fluxmark.fields import Finder

        finder = Finder(scanned.__contains__, self.clues)
        # the last part is in every text that names the image, whatever is said of the registry
        lasts = sorted({re.escape(name.rpartition("/")[2]) for name in scanned})
        mention = re.compile("|".join(lasts))
        return tuple(
            (source, manifest, field)
            for source in self.sources_with(
                lambda path, text: mention.search(text) is not None or self.clues.concern(path, text)
            )
            for manifest in self.manifests_in(source)
            for field in finder.find(manifest.root, manifest.api_version, manifest.kind, source.path)
        )

    def sources_with(self, wanted: Callable[[str, str], bool]) -> Iterator[Source]:
        """Yield all sources whose path and text are wanted, with those that concern neither markers nor Flux."""
        yield from (source for source in self.sources if wanted(source.path, source.text))
        for path, text in self.tree.unparsed.items():
            if wanted(path, text) and (source := self.tree.source(path)) is not None:
                yield source

    def manifests_in(self, source: Source) -> Iterable[Manifest]:
        """Return the documents of a source that are mappings."""
        return self.manifests[source] if source in self.manifests else manifests_of(source)

    @cached_property
    def _overrides(self) -> Overrides:
        """The images that kustomizations set."""
        return Overrides(self.model.builds)

    def overrides_image(self, file: str, name: str) -> bool:
        """Tell whether every kustomization that builds a file sets the image of this name; False without any."""
        return self._overrides.set(file, name)

    def is_in_focus(self, path: str) -> bool:
        """Tell whether findings of a file are wanted."""
        return is_below(path, self.focus)

    # paths

    @cached_property
    def knows_root(self) -> bool:
        """Whether paths start where Flux's own do: at the root of a Git repository, or an update path leads
        here."""
        return self._is_root or any(scope.path and self.tree.exists(scope.path) for scope in self.scopes)

    def covers(self, scope: Scope, source: Source) -> bool | None:
        """Tell whether an automation updates a file; None if that is not known, or its path does not exist."""
        if scope.path and (not source.path or not self.knows_root or not self.tree.exists(scope.path)):
            return None if scope.origin is not Origin.OTHER else False
        return scope.covers(source.path)

    def is_updated(self, source: Source) -> bool | None:
        """Tell whether an automation updates a file; None if that is not known."""
        if any(self.covers(scope, source) for scope in self.updating(source.path)):
            return True
        return None if self._has_unknown_paths or not source.path else False

    @cached_property
    def _has_unknown_paths(self) -> bool:
        """Whether it is not known of an automation which files it updates."""
        return any(
            scope.origin is not Origin.OTHER
            and (scope.path is None or (scope.path and not (self.knows_root and self.tree.exists(scope.path))))
            for scope in self.scopes
        )

    # how it is done

    def _markers(self, source: Source) -> Iterator[Marker]:
        if MENTION.search(source.text):
            yield from find_markers(source, {id(one.root): one for one in self.manifests[source]})


def _holds(cluster: Cluster, policy: Manifest) -> bool:
    found = cluster.policy(policy.namespace, policy.name)
    return found is not None and found.root is policy.root


def manifests_of(source: Source) -> Iterator[Manifest]:
    """Yield the documents of a text that are mappings."""
    for document in source.documents:
        root = document.root
        if isinstance(root, MapNode) and root.pairs:
            yield Manifest(source, root)


def _once(manifests: Iterable[Manifest]) -> Iterator[Manifest]:
    """Yield the manifests without those that are the same as one before, in another cluster."""
    seen: dict[tuple[int, int], list[Manifest]] = {}
    for manifest in manifests:
        known = seen.setdefault((id(manifest.source), manifest.root.start), [])
        if not any(one.identity == manifest.identity and one.data == manifest.data for one in known):
            known.append(manifest)
            yield manifest
