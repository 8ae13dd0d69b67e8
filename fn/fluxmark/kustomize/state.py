"""What a build has gathered so far: its resources, and what went wrong on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fluxmark.kustomize.configuration import Configuration
from fluxmark.kustomize.errors import BuildError, Problem, Unfollowed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fluxmark.kustomize.kustomization import Kustomization
    from fluxmark.kustomize.resource import Resource
    from fluxmark.kustomize.tree import Mapping, Place


@dataclass(slots=True)
class State:
    """The accumulator of a build.

    read: files that kustomizations read and that are not resources: patches, and what generators are made of.
    images: entries of `images` by file and offset. configuration: of the transformers. variables: the entries of
    `vars` by name.
    incomplete: whether there are resources that are not known. chained: whether a problem depends on the
    directories that led here, so that nobody else may use this.
    """

    resources: list[Resource] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unfollowed: list[Unfollowed] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    directories: set[str] = field(default_factory=set)
    images: dict[tuple[str, int], Mapping] = field(default_factory=dict)
    configuration: Configuration = field(default_factory=Configuration)
    variables: dict[str, Mapping] = field(default_factory=dict)
    incomplete: bool = False
    chained: bool = False
    _index: dict[tuple[str, ...], Resource] | None = None
    _numbers: dict[tuple[str, ...], list[int]] | None = None

    def append(self, resource: Resource) -> None:
        """Add a resource; one whose identity is there already is refused."""
        index = self.index()
        key = resource.id.key
        if key in index:
            self.collide(index[key], resource)
            return
        index[key] = resource
        self.resources.append(resource)
        self._numbers = None

    def append_again(self) -> None:
        """Add all resources anew, which finds those that have become the same."""
        resources = self.resources
        self.replace_all(())
        for resource in resources:
            self.append(resource)

    def collide(self, first: Resource, second: Resource) -> None:
        """Note that two resources have one identity."""
        place = second.tree.place.origin
        other = first.tree.place.origin
        message = f"may not add resource with an already registered id: {second.id}"
        self.problems.append(Problem(place.file, place.start, place.end, message, other))

    def index(self) -> dict[tuple[str, ...], Resource]:
        """Return the resources by their identity."""
        if self._index is None:
            self._index = {resource.id.key: resource for resource in self.resources}
        return self._index

    def numbers(self, key: tuple[str, ...]) -> list[int]:
        """Return which resources have this identity, or had it."""
        if self._numbers is None:
            self._numbers = {}
            for number, resource in enumerate(self.resources):
                for one in dict.fromkeys(identity.key for identity in resource.ids):
                    self._numbers.setdefault(one, []).append(number)
        return self._numbers.get(key, [])

    def replace_one(self, number: int, resource: Resource) -> None:
        """Take a resource for another one."""
        before = self.resources[number]
        self.resources[number] = resource
        if resource.ids != before.ids:
            self._index = self._numbers = None
        elif self._index is not None:
            self._index[resource.id.key] = resource

    def replace_all(self, resources: Iterable[Resource]) -> None:
        """Take these resources for all there were."""
        self.resources = list(resources)
        self._index = self._numbers = None

    def change(self, change: Callable[[Resource], Resource]) -> None:
        """Change every resource."""
        self.replace_all([change(resource) for resource in self.resources])

    def fail(self, error: BuildError, place: Place) -> None:
        """Note an error; place: where it is written if the error does not say."""
        origin = (error.place or place).origin
        if origin.start < 0:
            origin = place.origin
        self.problems.append(Problem(origin.file, origin.start, origin.end, error.message))

    def leave(self, place: Place, what: str) -> None:
        """Note something that cannot be followed, which may hold resources."""
        origin = place.origin
        self.unfollowed.append(Unfollowed(origin.file, origin.start, origin.end, what))

    def merge(self, other: State) -> None:
        """Add what a base has gathered."""
        for resource in other.resources:
            self.append(resource)
        self.note(other)

    def note(self, other: State) -> None:
        """Add what a base has gathered but its resources."""
        # each once: many paths may lead to one base
        self.problems = list(dict.fromkeys((*self.problems, *other.problems)))
        self.unfollowed = list(dict.fromkeys((*self.unfollowed, *other.unfollowed)))
        self.files |= other.files
        self.read |= other.read
        self.directories |= other.directories
        self.images |= other.images
        self.configuration.merge(other.configuration)
        for name, entry in other.variables.items():
            if name in self.variables:
                self.fail(BuildError(f"var '{name}' already encountered", entry.place), entry.place)
            self.variables[name] = entry
        self.incomplete |= other.incomplete
        self.chained |= other.chained

    def visit(self, kustomization: Kustomization) -> None:
        """Note a kustomization on the way."""
        self.directories.add(kustomization.directory)
