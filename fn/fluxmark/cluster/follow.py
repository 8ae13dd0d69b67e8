"""From a repository's files to its clusters.

A cluster starts at a Flux Kustomization that applies itself, or that no other one applies. From there all is
followed that it applies: kustomizations, and the Flux Kustomizations among what they build. Image resources that
no cluster reaches are grouped by where they are (`fluxmark.cluster.loose`): many repositories are synchronised by
something that they do not hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fluxmark.cluster import entry
from fluxmark.cluster.cluster import Cluster
from fluxmark.cluster.git import repository_name
from fluxmark.cluster.loose import Unit, grouped
from fluxmark.cluster.manifest import Manifest, is_templated
from fluxmark.cluster.tree import resources_in
from fluxmark.kustomize import KINDS, FluxSettings, Problem, Repository as Builds, Unfollowed
from fluxmark.words import GIT_REPOSITORY, KUSTOMIZATION_NAMES, OPERATOR_GROUP

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fluxmark.cluster.tree import Tree
    from fluxmark.kustomize import Build


@dataclass(frozen=True, slots=True)
class Model:
    """The clusters of a repository; what is wrong in its kustomizations; and what could not be followed."""

    clusters: tuple[Cluster, ...]
    problems: tuple[Problem, ...] = ()
    unfollowed: tuple[Unfollowed, ...] = ()
    unreached: tuple[Manifest, ...] = ()
    """Image resources that no cluster applies, in a repository whose clusters are known."""
    tree: Tree | None = None


@dataclass(slots=True)
class _Applied:
    """What one root applies."""

    name: str
    manifests: list[Manifest] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    directories: set[str] = field(default_factory=set)
    unfollowed: dict[Unfollowed, None] = field(default_factory=dict)
    problems: dict[Problem, None] = field(default_factory=dict)


def read_clusters(tree: Tree, paths: Sequence[str], remotes: frozenset[str] = frozenset()) -> Model:
    """Return the clusters of a repository.

    paths: of the files that may hold a resource that matters, and of all kustomizations. remotes: what the
    repository is called (`git.repository_name`), as far as that is known.
    """
    return _Reader(tree, paths, remotes).model()


class _Reader:
    def __init__(self, tree: Tree, paths: Sequence[str], remotes: frozenset[str]) -> None:
        self.tree = tree
        self.paths = paths
        self.remotes = remotes
        self.builds = Builds(tree)

    def model(self) -> Model:
        units = self.units()
        known = [manifest for unit in units for manifest in unit.manifests]
        roots = self.roots(entry.entries(known), units)
        found = [self.applied(root, known) for root in roots]
        problems = dict.fromkeys(problem for unit in units for problem in unit.problems)
        unfollowed: dict[Unfollowed, None] = {}
        for one in found:
            problems |= one.problems
            unfollowed |= one.unfollowed
        files = {file for one in found for file in one.files}
        directories = {directory for one in found for directory in one.directories}
        rest = [unit for unit in units if unit.directory not in directories and not unit.files <= files]
        clusters = self.clusters(found, rest, known)
        for unit in rest:
            unfollowed |= dict.fromkeys(unit.unfollowed)
        if self.tree.is_partial:
            unfollowed |= dict.fromkeys(Unfollowed(one.file, one.start, one.end, one.message) for one in problems)
            problems = {}
        unreached = tuple(one for unit in rest for one in unit.image_resources) if found else ()
        return Model(tuple(clusters), tuple(problems), tuple(unfollowed), unreached, self.tree)

    # what there is, as if each kustomization that no other one uses, and each other file, were applied

    def units(self) -> list[Unit]:
        """Return what each kustomization that no other one refers to builds, and the resources of all other
        files."""
        directories = {
            path.rpartition("/")[0] for path in self.paths if path.rpartition("/")[2] in KUSTOMIZATION_NAMES
        }
        builds = {directory: self.builds.build(directory) for directory in sorted(directories)}
        used = {below for directory, build in builds.items() for below in build.directories if below != directory}
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
                    units.append(Unit(path.rpartition("/")[0], frozenset([path]), manifests))
        return units

    def unit(self, directory: str, build: Build) -> Unit:
        files = frozenset((*build.files, *build.patches))
        manifests = tuple(self.manifests(build))
        return Unit(directory, files, manifests, tuple(build.problems), tuple(build.unfollowed))

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

    def roots(self, found: Sequence[Manifest], units: Sequence[Unit]) -> list[Manifest]:
        """Return the Kustomizations at which clusters start."""
        own: dict[int, tuple[str, frozenset[str]]] = {}
        for index, one in enumerate(found):
            path = entry.path_of(one)
            reach = self.reach(path) if path is not None and self.is_here(one, units) else None
            if path is not None and reach is not None:
                own[index] = path, reach
        below = {
            index: {other for other, one in enumerate(found) if one.source.path in reach}
            for index, (_, reach) in own.items()
        }
        selves = [index for index in own if index in below[index]]
        reached: set[int] = set()
        for index in selves:
            _spread(index, below, reached)
        roots = list(selves)
        applied_by_others = {other for index, others in below.items() for other in others if other != index}
        for index in own:
            if index not in reached and index not in applied_by_others:
                roots.append(index)
                _spread(index, below, reached)
        for index in own:  # Kustomizations that apply each other in a circle
            if index not in reached:
                roots.append(index)
                _spread(index, below, reached)
        paths: dict[str, Manifest] = {}
        for index in sorted(roots):
            paths.setdefault(own[index][0], found[index])
        return list(paths.values())

    def reach(self, path: str) -> frozenset[str] | None:
        """Return the files that a directory's build takes in; None where there is no such directory."""
        if not self.tree.is_directory(path):
            return None
        return frozenset(self.builds.build(path, FluxSettings()).files)

    def is_here(self, kustomization: Manifest, units: Sequence[Unit]) -> bool:
        """Tell whether a Kustomization applies this repository, for all that is known."""
        kind, namespace, name = entry.source_name(kustomization)
        if kind not in ("", GIT_REPOSITORY):
            return False
        if not self.remotes:
            return True
        for unit in units:
            for one in unit.manifests:
                if one.kind == GIT_REPOSITORY and (one.name, one.namespace or namespace) == (name, namespace):
                    return _is_own(one, self.remotes)
        return True

    def applied(self, root: Manifest, known: Sequence[Manifest]) -> _Applied:
        """Follow a Kustomization, and those that it applies."""
        path = entry.path_of(root)
        assert path is not None
        found = _Applied(path)
        found.manifests.append(root)
        waiting = [root]
        done: set[tuple[object, ...]] = set()
        while waiting:
            kustomization = waiting.pop(0)
            path = entry.path_of(kustomization)
            if path is None or not self.is_applied(kustomization, path, found, known):
                continue
            if (path, kustomization.identity) in done:
                continue
            done.add((path, kustomization.identity))
            build = self.builds.build(path, self.settings(kustomization, found, known))
            found.files |= {*build.files, *build.patches}
            found.directories |= {*build.directories, path}
            found.problems |= dict.fromkeys(build.problems)
            found.unfollowed |= dict.fromkeys(build.unfollowed)
            manifests = list(self.manifests(build))
            for instance in [one for one in manifests if one.group == OPERATOR_GROUP]:
                manifests += entry.synchronised(instance)
            found.manifests += manifests
            waiting += entry.entries(manifests)
        return found

    def is_applied(self, kustomization: Manifest, path: str, found: _Applied, known: Sequence[Manifest]) -> bool:
        """Tell whether a Kustomization's directory is in this repository; note what is not, or is not known."""
        kind, _, name = entry.source_name(kustomization)
        what = f"{kustomization.described} applies "
        if kind not in ("", GIT_REPOSITORY):
            what += f"the {kind} {name}, which is not in this repository"
        elif (source := self.source(kustomization, found, known)) is not None and not _is_own(
            source, self.remotes
        ):
            what += f"another repository, {source.get('spec', 'url')}"
        elif self.tree.is_directory(path):
            return True
        else:
            what += f"{path}, which this repository does not hold"
            if source is not None and self.remotes:
                found.problems[_problem(kustomization, path)] = None
                return False
        found.unfollowed[_unfollowed(kustomization, what)] = None
        return False

    def source(self, kustomization: Manifest, found: _Applied, known: Sequence[Manifest]) -> Manifest | None:
        _, namespace, name = entry.source_name(kustomization)
        for one in (*found.manifests, *known):
            if one.kind == GIT_REPOSITORY and (one.name, one.namespace or namespace) == (name, namespace):
                return one
        return None

    def settings(self, kustomization: Manifest, found: _Applied, known: Sequence[Manifest]) -> FluxSettings:
        def values_of(kind: str, namespace: str, name: str) -> dict[str, str] | None:
            if kind != "ConfigMap":
                return None
            for one in (*found.manifests, *known):
                if one.kind == kind and (one.name, one.namespace or namespace) == (name, namespace):
                    data = one.get("data")
                    return {str(key): str(value) for key, value in data.items()} if isinstance(data, dict) else {}
            return None

        source = self.source(kustomization, found, known)
        ignore = source.get("spec", "ignore") if source is not None else None
        return entry.settings_of(kustomization, values_of, ignore if isinstance(ignore, str) else None)

    # the result

    def clusters(
        self, found: Sequence[_Applied], rest: Sequence[Unit], known: Sequence[Manifest]
    ) -> Iterator[Cluster]:
        own = self.own(found, known)
        if len(found) == 1 and not _collide(found[0].manifests, rest):
            # what the only cluster does not reach is taken for its own: something may apply it that is not here
            found[0].manifests += [one for unit in rest for one in unit.manifests]
            found[0].unfollowed |= dict.fromkeys(one for unit in rest for one in unit.unfollowed)
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
                unfollowed=group.unfollowed,
                own=own,
            )

    def own(self, found: Sequence[_Applied], known: Iterable[Manifest]) -> frozenset[str]:
        """Return what this repository is called: by its remotes, and where its clusters are synchronised from.

        Where nothing else is known, by the GitRepository that `flux bootstrap` makes: it is named as its
        namespace.
        """
        names = set(self.remotes)
        for one in found:
            source = self.source(one.manifests[0], one, ())
            name = repository_name(source.text("spec", "url")) if source is not None else ""
            if name and one.manifests[0].source.path in one.files:
                names.add(name)
        if not names:
            sources = (one for one in known if one.kind == GIT_REPOSITORY and one.name == one.namespace)
            names |= {name for one in sources if (name := repository_name(one.text("spec", "url")))}
        return frozenset(names)


def _spread(start: int, below: dict[int, set[int]], reached: set[int]) -> None:
    waiting = [start]
    while waiting:
        index = waiting.pop()
        if index not in reached:
            reached.add(index)
            waiting += below.get(index, ())


def _is_own(source: Manifest, remotes: frozenset[str]) -> bool:
    url = source.get("spec", "url")
    if not remotes or not isinstance(url, str) or is_templated(url):
        return True
    name = repository_name(url)
    return not name or name in remotes


def _collide(manifests: Iterable[Manifest], units: Iterable[Unit]) -> bool:
    known = {one.identity for one in manifests}
    return any(one.identity in known for unit in units for one in unit.manifests)


def _problem(kustomization: Manifest, path: str) -> Problem:
    place = kustomization.place("spec", "path")
    return Problem(*place, f"kustomization path not found: this repository has no directory {path}")


def _unfollowed(kustomization: Manifest, what: str) -> Unfollowed:
    return Unfollowed(*kustomization.place("spec", "path"), what)
