"""From a repository's files to its clusters.

A cluster starts at a Flux Kustomization that applies itself (`gotk-sync.yaml`). From there all is followed that it
applies: kustomizations, and the Flux Kustomizations among what they build. Many repositories are synchronised by
something that they do not hold; so what no such cluster reaches, Flux Kustomizations with all that they apply
among it, is grouped by where it is (`fluxmark.cluster.loose`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from fluxmark.cluster import entry
from fluxmark.cluster.cluster import Cluster
from fluxmark.cluster.git import NO_CHECKOUT, repository_name
from fluxmark.cluster.loose import Unit, grouped
from fluxmark.cluster.manifest import Manifest, is_templated
from fluxmark.cluster.tree import resources_in
from fluxmark.flux.api_groups import GIT_REPOSITORY, KUSTOMIZATION_NAMES, OPERATOR_GROUP, TOKEN
from fluxmark.kustomize.errors import Problem, Unfollowed
from fluxmark.kustomize.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fluxmark.cluster.git import Checkout
    from fluxmark.cluster.tree import Tree
    from fluxmark.kustomize import Build, FluxSettings, Repository as Builds


_MAIN_BRANCHES = ("main", "master")
"""What is checked out on one of these is what Flux has; a person may be on any other branch."""


@dataclass(frozen=True, slots=True)
class Model:
    """The clusters of a repository, and what could not be followed.

    problems: what keeps kustomizations from being built that a cluster applies, or that hold image resources or
    markers, or have them next to; asides: likewise of all others.
    """

    clusters: tuple[Cluster, ...]
    problems: tuple[Problem, ...] = ()
    asides: tuple[Problem, ...] = ()
    unfollowed: tuple[Unfollowed, ...] = ()
    unreached: tuple[Manifest, ...] = ()
    """Image resources that no cluster applies, in a repository whose clusters are known."""
    tree: Tree | None = None
    builds: tuple[Build, ...] = ()
    """Of the kustomizations that no other one uses, as kustomize makes them."""


ByName = dict[tuple[str, str], list["Manifest"]]
"""Resources by kind and name."""


@dataclass(slots=True)
class _Applied:
    """What the Kustomizations of Flux at which a cluster starts apply."""

    name: str
    manifests: list[Manifest] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    directories: set[str] = field(default_factory=set)
    unfollowed: dict[Unfollowed, None] = field(default_factory=dict)
    problems: dict[Problem, None] = field(default_factory=dict)
    by_name: ByName = field(default_factory=dict)

    def add(self, manifests: Iterable[Manifest]) -> None:
        """Add resources."""
        for one in manifests:
            self.manifests.append(one)
            self.by_name.setdefault((one.kind, one.name), []).append(one)

    def reaches(self, unit: Unit) -> bool:
        """Tell whether a unit is applied."""
        return (unit.is_built and unit.directory in self.directories) or unit.files <= self.files


def read_clusters(tree: Tree, paths: Sequence[str], checkout: Checkout = NO_CHECKOUT) -> Model:
    """Return the clusters of a repository.

    paths: of the files that may hold a resource that matters, and of all kustomizations. checkout: what
    Git says of it.
    """
    return _Reader(tree, paths, checkout).model()


class _Reader:
    def __init__(self, tree: Tree, paths: Sequence[str], checkout: Checkout) -> None:
        self.tree = tree
        self.paths = paths
        self.own = set(checkout.remotes)
        self.revisions: list[object] = [{"branch": checkout.branch}] if checkout.branch in _MAIN_BRANCHES else []
        self.known: list[Manifest] = []
        self.by_name: ByName = {}
        self.unused: tuple[Build, ...] = ()

    @cached_property
    def builds(self) -> Builds:
        """The builds of all kustomizations; most trees that update reads have none."""
        from fluxmark.kustomize import Repository

        return Repository(self.tree)

    @cached_property
    def as_flux(self) -> FluxSettings:
        """How Flux builds a directory for a Kustomization that adds nothing."""
        from fluxmark.kustomize import FluxSettings

        return FluxSettings()

    def model(self) -> Model:
        units = self.units()
        self.known = [manifest for unit in units for manifest in unit.manifests]
        for one in self.known:
            self.by_name.setdefault((one.kind, one.name), []).append(one)
        roots = self.roots()
        found = [self.applied(path, starts) for path, starts in roots.items()]
        rest = [unit for unit in units if not any(one.reaches(unit) for one in found)]
        rest = list(self.followed(rest))
        clusters = tuple(self.clusters(found, rest))
        problems: dict[Problem, None] = {}
        unfollowed: dict[Unfollowed, None] = {}
        for applied in found:
            problems |= applied.problems
            unfollowed |= applied.unfollowed
        asides: dict[Problem, None] = {}
        marked = {path for path, sources in self.tree.sources.items() if any(TOKEN in one.text for one in sources)}
        near = {path.rpartition("/")[0] for path in marked} | {unit.directory for unit in rest if unit.matters}
        for unit in rest:
            if unit.matters or not unit.directories.isdisjoint(near) or not unit.files.isdisjoint(marked):
                problems |= dict.fromkeys(unit.problems)
                unfollowed |= dict.fromkeys(unit.unfollowed)
            else:
                asides |= dict.fromkeys(unit.problems)
        if self.tree.is_partial:
            unfollowed |= dict.fromkeys(Unfollowed(one.file, one.start, one.end, one.message) for one in problems)
            problems, asides = {}, {}
        unreached = tuple(one for unit in rest for one in unit.image_resources) if found else ()
        return Model(
            clusters, tuple(problems), tuple(asides), tuple(unfollowed), unreached, self.tree, self.unused
        )

    # what there is, as if each kustomization that no other one uses, and each other file, were applied

    def units(self) -> list[Unit]:
        """Return what each kustomization that no other one refers to builds, and the resources of all other
        files."""
        directories = {
            path.rpartition("/")[0] for path in self.paths if path.rpartition("/")[2] in KUSTOMIZATION_NAMES
        }
        builds = {directory: self.builds.build(directory) for directory in sorted(directories)}
        used = {below for directory, build in builds.items() for below in build.directories if below != directory}
        self.unused = tuple(build for directory, build in builds.items() if directory not in used)
        starts = [directory for directory in builds if directory not in used]
        reached = {below for start in starts for below in (*builds[start].directories, start)}
        # kustomizations that refer to each other in a circle: one of them stands for all
        starts += [directory for directory in builds if directory not in reached]
        units = [self.unit(directory, builds[directory]) for directory in starts]
        listed = {path for unit in units for path in unit.files}
        for path in self.paths:
            if path not in listed and path.rpartition("/")[2] not in KUSTOMIZATION_NAMES:
                manifests = tuple(self.loose(path))
                if manifests:
                    directory = path.rpartition("/")[0]
                    units.append(Unit(directory, frozenset([path]), manifests, frozenset([directory])))
        return units

    def unit(self, directory: str, build: Build) -> Unit:
        files = frozenset((*build.files, *build.patches))
        manifests = tuple(self.manifests(build))
        directories = frozenset((*build.directories, directory))
        return Unit(
            directory, files, manifests, directories, tuple(build.problems), tuple(build.unfollowed), is_built=True
        )

    def loose(self, path: str) -> Iterator[Manifest]:
        """Yield the resources of a file that no kustomization uses."""
        for source in self.tree.sources.get(path, ()):
            for document in source.documents:
                for node in resources_in(document):
                    manifest = Manifest(source, node)
                    if (manifest.group, manifest.kind) in KINDS and not manifest.is_template:
                        yield manifest

    def manifests(self, build: Build) -> Iterator[Manifest]:
        for built in build.objects:
            found = self.tree.resource(built.file, built.start)
            if found is not None:
                yield Manifest(*found, built=built, tree=self.tree)

    # what Flux applies

    def roots(self) -> dict[str, list[Manifest]]:
        """Return the Kustomizations that apply themselves, by their path; as `flux bootstrap` makes them."""
        found: dict[str, list[Manifest]] = {}
        for one in entry.entries(self.known):
            path = entry.path_of(one)
            kind, namespace, name = entry.source_name(one)
            if path is None or kind not in ("", GIT_REPOSITORY) or not self.tree.is_directory(path):
                continue
            source = self.source(one)
            url = repository_name(source.text("spec", "url")) if source is not None else ""
            if not path and name != namespace and url not in self.own:
                continue  # every file is below the root, whatever repository is meant
            if one.source.path not in self.builds.build(path, self.as_flux).files:
                continue
            found.setdefault(path, []).append(one)
            if source is not None and url:
                # a fork or a mirror has other remotes than the repository that is synchronised
                self.own.add(url)
                self.revisions.append(source.get("spec", "ref"))
        return found

    def followed(self, units: Sequence[Unit]) -> Iterator[Unit]:
        """Yield the units that no other one applies, with what the Kustomizations among their resources apply."""
        found = {}
        for index, unit in enumerate(units):
            if starts := entry.entries(unit.manifests):
                found[index] = self.applied(unit.directory, starts)
        below = {
            index: {other for other, unit in enumerate(units) if other != index and applied.reaches(unit)}
            for index, applied in found.items()
        }
        applied_by_others = {other for others in below.values() for other in others}
        reached: set[int] = set()
        first = [index for index in range(len(units)) if index not in applied_by_others]
        for index in (*first, *sorted(applied_by_others)):  # the latter: those that apply each other in a circle
            if index not in reached:
                _spread(index, below, reached)
                yield _with(units[index], found.get(index))

    def applied(self, name: str, starts: Sequence[Manifest]) -> _Applied:
        """Follow Kustomizations, and those that they apply."""
        found = _Applied(name)
        found.add(starts)
        waiting = list(starts)
        done: set[tuple[object, ...]] = set()
        while waiting:
            kustomization = waiting.pop(0)
            path = entry.path_of(kustomization)
            key = path, kustomization.identity
            if key in done or path is None or not self.is_applied(kustomization, path, found):
                continue
            done.add(key)
            build = self.builds.build(path, self.settings(kustomization, found))
            found.files |= {*build.files, *build.patches}
            found.directories |= {*build.directories, path}
            found.problems |= dict.fromkeys(build.problems)
            found.unfollowed |= dict.fromkeys(build.unfollowed)
            manifests = list(self.manifests(build))
            for instance in [one for one in manifests if one.group == OPERATOR_GROUP]:
                manifests += entry.synchronised(instance)
            found.add(manifests)
            waiting += entry.entries(manifests)
        return found

    def is_applied(self, kustomization: Manifest, path: str, found: _Applied) -> bool:
        """Tell whether a Kustomization's directory is in this repository; note what is not, or is not known."""
        kind, _, name = entry.source_name(kustomization)
        source = self.source(kustomization, found)
        url = source.text("spec", "url") if source is not None else ""
        if kind not in ("", GIT_REPOSITORY):
            what = f"the {kind} {name}, which is not in this repository"
        elif source is not None and not self.is_own(source):
            what = f"another repository, {url}"
        elif source is not None and not self.is_same_revision(source):
            what = f"another revision of this repository, {source.get('spec', 'ref')}"
        elif self.tree.is_directory(path):
            return True
        else:
            what = f"{path}, which this repository does not hold"
            if source is not None and self.own and self.revisions:
                place = kustomization.place("spec", "path")
                message = f"kustomization path not found: this repository has no directory {path}"
                found.problems[Problem(*place, message)] = None
                return False
        where = kustomization.place("spec", "sourceRef") if source is not None else kustomization.place("spec")
        found.unfollowed[Unfollowed(*where, f"{kustomization.described} applies {what}")] = None
        return False

    def is_own(self, source: Manifest) -> bool:
        """Tell whether a GitRepository is this repository, for all that is known."""
        url = source.get("spec", "url")
        if not self.own or not isinstance(url, str) or is_templated(url):
            return True
        name = repository_name(url)
        return not name or name in self.own

    def is_same_revision(self, source: Manifest) -> bool:
        """Tell whether a GitRepository checks out what the clusters are synchronised from, for all that is
        known."""
        ref = source.get("spec", "ref")
        return not self.revisions or ref in self.revisions

    def source(self, kustomization: Manifest, found: _Applied | None = None) -> Manifest | None:
        """Return the GitRepository that a Kustomization applies; None if it is not there."""
        _, namespace, name = entry.source_name(kustomization)
        return self.find(GIT_REPOSITORY, namespace, name, found)

    def find(self, kind: str, namespace: str, name: str, found: _Applied | None) -> Manifest | None:
        """Return a resource of the cluster in question, or else of the repository; None if it is in neither."""
        for by_name in (found.by_name, self.by_name) if found is not None else (self.by_name,):
            for one in by_name.get((kind, name), ()):
                if (one.namespace or namespace) == namespace:
                    return one
        return None

    def settings(self, kustomization: Manifest, found: _Applied) -> FluxSettings:
        """Return what a Kustomization adds to the build of its directory."""

        def values_of(kind: str, namespace: str, name: str) -> dict[str, str] | None:
            one = self.find(kind, namespace, name, found) if kind == "ConfigMap" else None
            data = one.get("data") if one is not None else None
            values = data if isinstance(data, dict) else {}
            return None if one is None else {str(key): str(value) for key, value in values.items()}

        source = self.source(kustomization, found)
        ignore = source.get("spec", "ignore") if source is not None else None
        return entry.settings_of(kustomization, values_of, ignore if isinstance(ignore, str) else None)

    # the result

    def clusters(self, found: Sequence[_Applied], rest: Sequence[Unit]) -> Iterator[Cluster]:
        own = self.names()
        if len(found) == 1 and not _collide(found[0].manifests, rest):
            # what the only cluster does not reach is taken for its own: something may apply it that is not here
            found[0].manifests += [one for unit in rest for one in unit.manifests]
            rest = ()
        for one in found:
            yield Cluster(
                one.name,
                one.manifests,
                files=frozenset(one.files),
                directories=frozenset(one.directories),
                is_root=True,
                unfollowed=tuple(one.unfollowed),
                own=own,
            )
        names = {one.name for one in found}
        for group in grouped(rest):
            yield Cluster(
                f"{group.directory} (not applied)" if group.directory in names else group.directory,
                group.manifests,
                files=group.files,
                directories=group.directories,
                is_root=group.is_root,
                unfollowed=group.unfollowed,
                own=own,
            )

    def names(self) -> frozenset[str]:
        """Return what this repository is called; where nothing else says it, by what `flux bootstrap` makes.

        That is a GitRepository with the name of its namespace.
        """
        if self.own:
            return frozenset(self.own)
        sources = (one for one in self.known if one.kind == GIT_REPOSITORY and one.name == one.namespace)
        return frozenset(name for one in sources if (name := repository_name(one.text("spec", "url"))))


def _with(unit: Unit, applied: _Applied | None) -> Unit:
    """Return a unit with what its Kustomizations apply."""
    if applied is None:
        return unit
    known = {id(one.root) for one in unit.manifests}
    return replace(
        unit,
        files=unit.files | applied.files,
        directories=unit.directories | applied.directories,
        manifests=(*unit.manifests, *(one for one in applied.manifests if id(one.root) not in known)),
        problems=(*unit.problems, *applied.problems),
        unfollowed=(*unit.unfollowed, *applied.unfollowed),
        is_root=True,
    )


def _spread(start: int, below: dict[int, set[int]], reached: set[int]) -> None:
    waiting = [start]
    while waiting:
        index = waiting.pop()
        if index not in reached:
            reached.add(index)
            waiting += below.get(index, ())


def _collide(manifests: Iterable[Manifest], units: Iterable[Unit]) -> bool:
    known = {one.identity for one in manifests}
    return any(one.identity in known for unit in units for one in unit.manifests)
