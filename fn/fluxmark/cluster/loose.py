"""Image resources that no Flux Kustomization reaches, grouped into what may be clusters.

Nothing says which of them belong together. What decides is that a cluster cannot hold two resources of one
identity: directories that hold the same names are different clusters, and all that has names of its own may belong
to each.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING

from fluxmark.flux.api_groups import AUTOMATION, FLUX_KUSTOMIZE_GROUP, GROUP

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fluxmark.cluster.manifest import Manifest
    from fluxmark.kustomize import Problem, Unfollowed

_Identity = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Unit:
    """What is applied together for sure: what a kustomization builds, or the resources of a file.

    directory: of the kustomization or the file. directories: all that a kustomization takes in. is_built: whether
    it is a kustomization. is_root: whether it has Kustomizations of Flux; what they apply is then in the unit,
    too.
    """

    directory: str
    files: frozenset[str]
    manifests: tuple[Manifest, ...]
    directories: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    unfollowed: tuple[Unfollowed, ...] = ()
    is_built: bool = False
    is_root: bool = False

    @property
    def matters(self) -> bool:
        """Whether a cluster is made of it: others hold Secrets and the like, which more than one may use."""
        return self.is_root or bool(self.image_resources)

    @property
    def identities(self) -> frozenset[_Identity]:
        """What is in one cluster once only: image resources, and the Kustomizations of Flux."""
        return frozenset(one.identity for one in self.manifests if one.group in (GROUP, FLUX_KUSTOMIZE_GROUP))

    @property
    def image_resources(self) -> list[Manifest]:
        """Its ImageRepositories, ImagePolicies and ImageUpdateAutomations."""
        return [one for one in self.manifests if one.group == GROUP]


@dataclass(frozen=True, slots=True)
class Group:
    """Units that may be one cluster. directory: that holds all of them, '' if there is only one group."""

    units: tuple[Unit, ...]
    directory: str = ""
    identities: frozenset[_Identity] = field(default=frozenset())

    @property
    def manifests(self) -> list[Manifest]:
        """The resources of all units."""
        return [one for unit in self.units for one in unit.manifests]

    @property
    def files(self) -> frozenset[str]:
        """The files of all units."""
        return frozenset().union(*(unit.files for unit in self.units))

    @property
    def directories(self) -> frozenset[str]:
        """The directories of all units."""
        return frozenset().union(*(unit.directories for unit in self.units))

    @property
    def is_root(self) -> bool:
        """Whether a Kustomization of Flux says that this is a cluster."""
        return any(unit.is_root for unit in self.units)

    @property
    def has_automation(self) -> bool:
        """Whether there is an ImageUpdateAutomation."""
        return any(one.kind == AUTOMATION for unit in self.units for one in unit.image_resources)

    @property
    def unfollowed(self) -> tuple[Unfollowed, ...]:
        """What could not be followed in any of them."""
        return tuple(dict.fromkeys(one for unit in self.units for one in unit.unfollowed))


@dataclass(slots=True)
class _Directory:
    """A directory with the units in it, and the directories below it."""

    units: list[Unit] = field(default_factory=list)
    below: dict[str, _Directory] = field(default_factory=dict)


def grouped(units: Sequence[Unit]) -> list[Group]:
    """Return the groups of units with image resources; what belongs to several of them is in each.

    Units of other resources, as Secrets, join every group, the nearest ones first.
    """
    top = _Directory()
    others = [unit for unit in units if not unit.matters]
    for unit in units:
        if not unit.matters:
            continue
        here = top
        for name in unit.directory.split("/") if unit.directory else ():
            here = here.below.setdefault(name, _Directory())
        here.units.append(unit)
    return [
        Group(
            (*group.units, *sorted(others, key=lambda unit: -_shared(unit.directory, group.directory))),
            group.directory,
            group.identities,
        )
        for group in _groups(top, "")
    ]


def _shared(one: str, other: str) -> int:
    """Return how many directories two paths share."""
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _groups(directory: _Directory, path: str) -> list[Group]:
    """Return the groups of a directory: one, unless directories below it hold the same names."""
    sets = [_groups(below, f"{path}/{name}" if path else name) for name, below in directory.below.items()]
    if directory.units:
        sets.insert(0, [Group(tuple(directory.units), path, _identities(directory.units))])
    # what collides with something is one of several clusters; what does not is merged last, into each of them
    counts = Counter(
        identity for found in sets for identity in {one for group in found for one in group.identities}
    )
    collide = [any(counts[one] > 1 for group in found for one in group.identities) for found in sets]
    merged: list[Group] = []
    for _, found in sorted(zip(collide, sets, strict=True), key=lambda row: not row[0]):
        merged = _merged(merged, found, path)
    return merged


def _merged(known: list[Group], more: list[Group], path: str) -> list[Group]:
    """Merge groups of different directories."""
    if not known or not more:
        return known or more
    if len(known) == 1 == len(more):
        one, other = known[0], more[0]
        return [_joined(one, other, path)] if _apart(one, other) or _is_copy(one, other) else [one, other]
    if len(known) == 1 or len(more) == 1:
        (single,), several = (known, more) if len(known) == 1 else (more, known)
        if all(_apart(single, one) for one in several):
            return [_joined(one, single, one.directory) for one in several]
        return [*known, *more]
    # several clusters here and there: those of one name belong together
    left = list(more)
    found = []
    for one in known:
        name = one.directory.rpartition("/")[2]
        twin = next((two for two in left if two.directory.rpartition("/")[2] == name and _apart(one, two)), None)
        if twin is not None:
            left.remove(twin)
        found.append(one if twin is None else _joined(one, twin, one.directory))
    return [*found, *left]


def _apart(one: Group, other: Group) -> bool:
    return one.identities.isdisjoint(other.identities)


def _is_copy(one: Group, other: Group) -> bool:
    """Tell whether two groups with the same names are one cluster, in which resources are there twice.

    That is so where only one has an automation, and their directories are not alike: `clusters/staging` and
    `clusters/production` are, `applications` and `platform/images` are not.
    """
    if one.has_automation == other.has_automation:
        return False
    parts, others = one.directory.split("/"), other.directory.split("/")
    return len(parts) != len(others) or sum(a != b for a, b in zip(parts, others, strict=True)) > 1


def _joined(one: Group, other: Group, directory: str) -> Group:
    return Group((*one.units, *other.units), directory, one.identities | other.identities)


def _identities(units: Iterable[Unit]) -> frozenset[_Identity]:
    return frozenset().union(*(unit.identities for unit in units))
