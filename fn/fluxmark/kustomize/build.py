"""The package's interface: builds of directories, and what they return."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fluxmark.kustomize import flux
from fluxmark.kustomize.builder import Builder
from fluxmark.kustomize.errors import BuildError, Problem, Unfollowed
from fluxmark.kustomize.ignore import Source
from fluxmark.kustomize.library import Library
from fluxmark.kustomize.state import State
from fluxmark.kustomize.substitute import substitute
from fluxmark.kustomize.tree import NOWHERE, Mapping, Origin, deepest, plain, put, string

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmark.kustomize.flux import FluxSettings
    from fluxmark.kustomize.kustomization import Kustomization
    from fluxmark.kustomize.library import Files
    from fluxmark.kustomize.resource import Resource


class Object:
    """A resource as it is built.

    file, document, item: where it was read, the index of its document, and its index in a list (-1 outside of
    one); for a generated resource the kustomization. start: its offset in the file. original_name,
    original_namespace: as they are written there. uncertain: why it may be something else in truth.
    undefined: variables that Flux replaces in it, and that nothing defines.
    """

    def __init__(self, resource: Resource) -> None:
        self._resource = resource
        identity, first = resource.id, resource.original
        self.group = identity.group
        self.api_version = f"{identity.group}/{identity.version}" if identity.group else identity.version
        self.kind = identity.kind
        self.namespace = identity.namespace
        self.name = identity.name
        self.file = resource.file
        self.document = resource.document
        self.item = resource.item
        self.start = resource.start
        self.original_name = first.name
        self.original_namespace = first.namespace
        self.uncertain = resource.uncertain
        self.undefined = resource.undefined

    def __repr__(self) -> str:
        """Show what it is."""
        return f"<{self.kind} {self.namespace}/{self.name} of {self.file}>"

    @cached_property
    def data(self) -> dict[str, Any]:
        """Its contents; of a Secret without the values."""
        data: dict[str, Any] = plain(self._resource.tree)
        if self.kind == "Secret" and not self.group:
            data = {key: value for key, value in data.items() if key not in ("data", "stringData")}
        return data

    @property
    def tree(self) -> Mapping:
        """Its contents with their places, for `FluxSettings.spec`."""
        return self._resource.tree

    def origin(self, path: Sequence[str | int], *, key: bool = False) -> Origin:
        """Return where the deepest value on a path that there is, is written; key: where its key is.

        A field that a patch wrote is in the patch's text; one that a kustomization's field sets is there.
        """
        return deepest(self._resource.tree, path, key=key)


@dataclass(frozen=True, slots=True)
class Build:
    """What came of a directory.

    objects: of the kinds in `fluxmark.kustomize.kinds`, as far as they could be built. problems: what makes
    kustomize refuse the build. unfollowed: what is not known. files: that are resources, whatever their kind.
    directories: of all kustomizations on the way. patches: files that those read and that are not resources.
    images: each entry of an `images` with its kustomization's file.
    """

    objects: tuple[Object, ...]
    problems: tuple[Problem, ...]
    unfollowed: tuple[Unfollowed, ...]
    files: frozenset[str]
    directories: frozenset[str]
    patches: frozenset[str]
    images: tuple[tuple[str, dict[str, Any]], ...] = ()


class Repository:
    """A repository's tree, read once for all builds of its directories."""

    def __init__(self, files: Files) -> None:
        self.files = files
        library = Library(files)
        self._library = library
        self._builder = Builder(library)
        self._sources: dict[str | None, Builder] = {}
        self._kustomizations: dict[tuple[str | None, str], Kustomization] = {}
        self._applied: dict[tuple[str | None, str], State] = {}

    def build(self, directory: str, settings: FluxSettings | None = None) -> Build:
        """Build a directory: as `kustomize build`, or with settings as kustomize-controller does.

        Never raises: what goes wrong is in the result.
        """
        if settings is None:
            return _result(self._builder.build(directory))
        builder = self._source(settings.ignore)
        state = State()
        try:
            own = self._kustomization(builder, directory, settings.ignore)
            made = flux.with_settings(builder.library, own, settings)
        except BuildError as error:
            state.fail(error, NOWHERE)
            return _result(state)
        if made is not own:
            return _result(_after(builder.build_tree(made), settings))
        place = settings.ignore, directory
        if place not in self._applied:
            is_there = builder.kustomizations.of(directory, strict=False) is own
            self._applied[place] = builder.build(directory) if is_there else builder.build_tree(own)
        return _result(_after(self._applied[place], settings))

    def _kustomization(self, builder: Builder, directory: str, ignore: str | None) -> Kustomization:
        """Return the kustomization that kustomize-controller builds a directory with, before it adds settings."""
        place = ignore, directory
        if place not in self._kustomizations:
            self._kustomizations[place] = flux.kustomization(builder, directory)
        return self._kustomizations[place]

    def _source(self, ignore: str | None) -> Builder:
        """Return the builder for what a source delivers."""
        if ignore not in self._sources:
            source = Source(self.files, ignore)
            self._sources[ignore] = Builder(Library(source, self._library, source.excludes), self._builder)
        return self._sources[ignore]


def _after(state: State, settings: FluxSettings) -> State:
    """Return a build with what kustomize-controller does after it."""

    def change(resource: Resource) -> Resource:
        for field, values in (("labels", settings.common_labels), ("annotations", settings.common_annotations)):
            for key, value in values.items():
                tree = put(resource.tree, ("metadata", field, key), string(value, NOWHERE), NOWHERE)
                resource = resource.with_tree(tree)
        if settings.substitute is None:
            return resource
        return substitute(resource, settings.substitute, settings.unknown, any_unknown=settings.any_unknown)

    out = State()
    out.note(state)
    out.replace_all(map(change, state.resources))
    return out


def _result(state: State) -> Build:
    return Build(
        tuple(Object(resource) for resource in state.resources),
        tuple(dict.fromkeys(state.problems)),
        tuple(dict.fromkeys(state.unfollowed)),
        frozenset(state.files),
        frozenset(state.directories),
        frozenset(state.read),
        tuple((file, plain(entry)) for (file, _), entry in state.images.items()),
    )
