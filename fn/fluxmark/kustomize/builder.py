"""Builds directories as kustomize does, each base once.

Source: kustomize's `api/internal/target/kusttarget.go`, which this follows step by step.
"""

from __future__ import annotations

from posixpath import normpath
from typing import TYPE_CHECKING

from fluxmark.kustomize import generate, images, marks, patches, references, replacements, transform, variables
from fluxmark.kustomize.errors import BuildError
from fluxmark.kustomize.kustomization import Kustomizations, is_remote
from fluxmark.kustomize.library import NAMES
from fluxmark.kustomize.state import State
from fluxmark.kustomize.tree import NOWHERE, Place, Scalar, Text, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmark.kustomize.kustomization import Kustomization
    from fluxmark.kustomize.library import Library
    from fluxmark.kustomize.resource import Resource

MAX_DEPTH = 64
"""Longest chain of kustomizations that is followed."""
MAX_VISITS = 5_000
"""Most times that components may be applied in one build."""
MAX_RESOURCES = 100_000
"""Most resources that one build may hold."""
LOCAL = "config.kubernetes.io/local-config"

_PLUGINS = (
    ("generators", "the generator"),
    ("transformers", "the transformer"),
)


def joined(directory: str, path: str) -> str | None:
    """Return a path relative to a directory as one of the repository; None if it leaves that."""
    if path.startswith("/"):
        return None
    out = normpath(f"{directory}/{path}" if directory else path)
    if out == ".":
        return ""
    return None if out == ".." or out.startswith("../") else out


class Builder:
    """Builds directories of one repository; what was built is kept for those that use it as a base.

    whole: the builder of the whole repository, where the library holds a part of it.
    """

    def __init__(self, library: Library, whole: Builder | None = None) -> None:
        self.library = library
        self._whole = whole
        self.kustomizations = Kustomizations(library)
        self._built: dict[str, State] = {}
        self._finished: dict[str, State] = {}
        self._visits = 0

    def build(self, directory: str) -> State:
        """Build the kustomization of a directory."""
        if directory not in self._finished:
            self._visits = 0
            self._finished[directory] = self.finished(self._directory(directory, (), NOWHERE, component=None))
        return self._finished[directory]

    def build_tree(self, kustomization: Kustomization) -> State:
        """Build a kustomization that was made or changed for a directory."""
        self._visits = 0
        state = State()
        self._accumulate(kustomization, state, (kustomization.directory,))
        return self.finished(state)

    def finished(self, state: State) -> State:
        """Return a copy of a state with the last steps of a build done."""
        out = State()
        out.note(state)
        out.replace_all([_hashed(resource, out) for resource in state.resources])
        references.follow(out)
        variables.resolve(out)
        done = [_finished(resource, out) for resource in out.resources]
        out.replace_all(())
        for resource in done:
            if resource is not None:
                out.append(resource)
        return out

    def _directory(
        self, directory: str, chain: tuple[str, ...], place: Place, *, component: State | None
    ) -> State:
        """Return what a directory adds: a new state, or for a component the one that it changes."""
        state = component if component is not None else State()
        for visited in chain:
            if visited == directory or visited.startswith(f"{directory}/") or not directory:
                message = (
                    f"cycle detected: candidate root '{directory or '.'}' contains visited root '{visited or '.'}'"
                )
                state.fail(BuildError(message, place), place)
                state.chained = True
                return state
        if component is None:
            done = self._built.get(directory) or self._whole_build(directory)
            if done is not None and not any(_contains(done.directories, visited) for visited in chain):
                return done
        self._visits += 1
        if len(chain) >= MAX_DEPTH or self._visits > MAX_VISITS:
            state.leave(place, f"kustomizations that are nested too deep, from {directory}")
            state.incomplete = state.chained = True
            return state
        try:
            kustomization = self.kustomizations.of(directory)
        except BuildError as error:
            state.fail(error, place)
            return state
        if kustomization is None:
            names = "', '".join(NAMES)
            state.fail(BuildError(f"unable to find one of '{names}' in directory '{directory or '.'}'"), place)
            return state
        if kustomization.is_component != (component is not None) and place is not NOWHERE:
            wanted = "expected kind 'Component'" if component is not None else "expected kind != 'Component'"
            state.fail(BuildError(f"{wanted} for path '{directory}'", place), place)
            return state
        self._accumulate(kustomization, state, (*chain, directory))
        if component is None and not state.chained:
            self._built[directory] = state
        return state

    def built(self, directory: str) -> State | None:
        """Return what a directory adds to a build, where that is known by now."""
        return self._built.get(directory)

    def _whole_build(self, directory: str) -> State | None:
        """Return what the whole repository's builder made of a directory, where no file of it is missing here."""
        done = self._whole.built(directory) if self._whole is not None else None
        if done is None or done.problems:
            return None
        named = (f"{below}/{name}".lstrip("/") for below in done.directories for name in NAMES)
        if any(self.library.lacks(file) for file in (*named, *done.files, *done.read)):
            return None
        self._built[directory] = done
        return done

    def _accumulate(self, kustomization: Kustomization, state: State, chain: tuple[str, ...]) -> None:
        state.visit(kustomization)

        def load_file(named: Scalar) -> Text:
            text = self._load(kustomization, named)
            state.read.add(text.file)
            return text

        for item in kustomization.scalars("resources", "bases"):
            self._add(kustomization, item, state, chain)
        self._configure(kustomization, state, load_file)
        generate.generate(state, kustomization, load_file)
        self._note_unfollowed(kustomization, state)
        for item in kustomization.scalars("components"):
            self._component(kustomization, item, state, chain)
        self._transform(kustomization, state, load_file)
        _attempt(state, kustomization, lambda: variables.declare(state, kustomization))

    def _configure(self, kustomization: Kustomization, state: State, load_file: patches.Load) -> None:
        for item in kustomization.scalars("configurations"):
            try:
                state.configuration.read(load_file(item))
            except BuildError as error:
                state.fail(error, item.place)

    def _transform(self, kustomization: Kustomization, state: State, load_file: patches.Load) -> None:
        patches.apply_strategic(state, kustomization, load_file)
        patches.apply_patches(state, kustomization, load_file)
        for change in (
            transform.set_namespace,
            transform.add_prefix,
            transform.add_suffix,
            transform.add_labels,
            transform.add_annotations,
        ):
            _attempt(state, kustomization, lambda change=change: change(state, kustomization))  # type: ignore[misc]
        patches.apply_json(state, kustomization, load_file)
        _attempt(state, kustomization, lambda: images.set_images(state, kustomization))
        _attempt(state, kustomization, lambda: replacements.replace_values(state, kustomization, load_file))
        for entry in kustomization.mappings("images", "imageTags"):
            state.images[kustomization.file, entry.place.origin.start] = entry

    def _add(self, kustomization: Kustomization, item: Scalar, state: State, chain: tuple[str, ...]) -> None:
        """Add the resources of a file or directory that a kustomization names."""
        if is_remote(item.text):
            state.leave(item.place, f"the remote base {item.text}")
            state.incomplete = True
            return
        path = joined(kustomization.directory, item.text) if item.text else None
        if path is None:
            what = "leads out of the repository" if item.text else "is empty"
            state.fail(BuildError(f"accumulating resources: the path {item.text!r} {what}"), item.place)
            return
        if self.library.is_directory(path):
            base = self._directory(path, chain, item.place, component=None)
            if len(state.resources) + len(base.resources) > MAX_RESOURCES:
                state.leave(item.place, f"more than {MAX_RESOURCES} resources, from {path}")
                state.incomplete = True
                return
            state.merge(base)
            return
        try:
            found = self.library.resources(path)
        except BuildError as error:
            message = f"accumulating resources from '{item.text}': {error.message}"
            state.fail(BuildError(message, error.place), item.place)
            state.files.add(path)
            return
        if found is None:
            message = f"accumulating resources from '{item.text}': no such file or directory"
            state.fail(BuildError(message), item.place)
            return
        state.files.add(path)
        for resource in found:
            state.append(resource)

    def _component(self, kustomization: Kustomization, item: Scalar, state: State, chain: tuple[str, ...]) -> None:
        if is_remote(item.text):
            state.leave(item.place, f"the remote component {item.text}")
            state.incomplete = True
            state.change(lambda resource: resource.doubted(f"the remote component {item.text}"))
            return
        path = joined(kustomization.directory, item.text) if item.text else None
        if path is None or not self.library.is_directory(path):
            why = "leads out of the repository" if path is None else "is not a directory"
            state.fail(BuildError(f"accumulating components: the path {item.text!r} {why}"), item.place)
            return
        self._directory(path, chain, item.place, component=state)
        # kustomize adds what a component returns to an empty accumulator
        state.append_again()

    def _note_unfollowed(self, kustomization: Kustomization, state: State) -> None:
        for field, what in _PLUGINS:
            for item in kustomization.scalars(field):
                name = item.text if "\n" not in item.text else f"in {kustomization.file}"
                state.leave(item.place, f"{what} {name}")
                state.incomplete = True
                if field == "transformers":
                    state.change(lambda resource: resource.doubted(f"the transformer {name}"))  # noqa: B023
        for chart in kustomization.mappings("helmCharts", "helmChartInflationGenerator"):
            named = chart.get("name") or chart.get("chartName")
            state.leave(chart.place, f"the Helm chart {named.text if type(named) is Scalar else ''}".rstrip())
            state.incomplete = True

    def _load(self, kustomization: Kustomization, named: Scalar) -> Text:
        """Return the text of a file that a kustomization names.

        Raises BuildError if there is none.
        """
        path = joined(kustomization.directory, named.text)
        source = None if path is None else self.library.text(path)
        if source is None:
            why = "leads out of the repository" if path is None else "no such file or directory"
            raise BuildError(f"{named.text}: {why}", named.place)
        return source


def _attempt(state: State, kustomization: Kustomization, step: Callable[[], None]) -> None:
    try:
        step()
    except BuildError as error:
        state.fail(error, kustomization.place)


def _hashed(resource: Resource, state: State) -> Resource:
    try:
        return generate.hashed(resource)
    except BuildError as error:
        state.fail(error, resource.tree.place)
        return resource


def _finished(resource: Resource, state: State) -> Resource | None:
    """Return a resource as it leaves the build; None for one that stays behind."""
    resource = marks.finished(resource)
    place = resource.tree.place
    if not resource.id.name:
        state.fail(BuildError("missing metadata.name in object"), place)
    local = texts(resource.field("metadata", "annotations")).get(LOCAL, "false")
    return resource if local == "false" else None


class _Start:
    start = end = 0


def _contains(directories: set[str], visited: str) -> bool:
    """Tell whether one of the directories is a directory or holds it."""
    while visited:
        if visited in directories:
            return True
        visited = visited.rpartition("/")[0]
    return "" in directories
