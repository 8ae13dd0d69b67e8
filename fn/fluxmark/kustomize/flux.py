"""How Flux builds a directory: its own kustomization if there is none, and what a Flux Kustomization adds.

Source: github.com/fluxcd/pkg, `kustomize/kustomize_generator.go`; kustomize-controller's
`internal/controller/kustomization_controller.go`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fluxmark.kustomize.errors import BuildError
from fluxmark.kustomize.kustomization import VERSION, Kustomization
from fluxmark.kustomize.library import NAMES
from fluxmark.kustomize.tree import NOWHERE, Mapping, Place, Scalar, Sequence, Text, from_data, string, text_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping as Dict

    from fluxmark.kustomize.builder import Builder
    from fluxmark.kustomize.library import Library
    from fluxmark.kustomize.tree import Tree


@dataclass(frozen=True, slots=True)
class FluxSettings:
    """What a Flux Kustomization adds to the directory that it applies.

    spec: the `spec` as a tree with places; the fields below it take its place if there is none. ignore: the
    source's `spec.ignore`. substitute: variables and their values, None for no substitution at all;
    unknown: variables without a known value; any_unknown: whether there may be others (from a Secret).
    """

    namespace: str = ""
    name_prefix: str = ""
    name_suffix: str = ""
    patches: tuple[Dict[str, Any], ...] = ()
    images: tuple[Dict[str, Any], ...] = ()
    components: tuple[str, ...] = ()
    ignore_missing_components: bool = False
    common_labels: Dict[str, str] = field(default_factory=dict)
    common_annotations: Dict[str, str] = field(default_factory=dict)
    ignore: str | None = None
    substitute: Dict[str, str] | None = None
    unknown: frozenset[str] = frozenset()
    any_unknown: bool = False
    spec: Mapping | None = None


def kustomization(builder: Builder, directory: str) -> Kustomization:
    """Return the kustomization that kustomize-controller builds a directory with, before it adds settings.

    Raises BuildError if it cannot make one.
    """
    found = builder.kustomizations.of(directory, strict=False)
    if found is None:
        if directory and not builder.library.is_directory(directory):
            raise BuildError(f"kustomization path not found: {directory}", NOWHERE)
        found = _generated(builder.library, directory)
    return found


def _generated(library: Library, directory: str) -> Kustomization:
    """Return a kustomization of all that is below a directory."""
    file = f"{directory}/{NAMES[0]}".lstrip("/")
    prefix = f"{directory}/" if directory else ""
    resources: list[Tree] = [
        string(path.removeprefix(prefix), Place(Text(path, ""), _Start())) for path in _scan(library, directory)
    ]
    nowhere = Place(Text(file, ""), _Start())
    fields: dict[str, Tree] = {"apiVersion": string(VERSION, nowhere), "kind": string("Kustomization", nowhere)}
    fields["resources"] = Sequence(tuple(resources), nowhere)
    return Kustomization(file, directory, Mapping(fields, dict.fromkeys(fields, nowhere), nowhere))


class _Start:
    start = end = 0


def _scan(library: Library, directory: str) -> Iterator[str]:
    """Yield the manifests below a directory, and the directories that have a kustomization, in Go's order."""
    for name in library.files.names(directory):
        path = f"{directory}/{name}".lstrip("/")
        if library.is_directory(path):
            if any(library.files.read(f"{path}/{known}") is not None for known in NAMES):
                yield path
            else:
                yield from _scan(library, path)
        elif name.endswith((".yaml", ".yml")):
            yield path


def with_settings(library: Library, found: Kustomization, settings: FluxSettings) -> Kustomization:
    """Return a kustomization with what a Flux Kustomization adds; itself where that is nothing."""
    tree = found.tree
    spec = settings.spec.fields if settings.spec is not None else {}
    place = settings.spec.place if settings.spec is not None else NOWHERE

    def given(name: str, data: Any) -> Tree | None:
        if name in spec:
            return spec[name]
        return from_data(data, place) if data else None

    for name, key, data in (
        ("targetNamespace", "namespace", settings.namespace),
        ("namePrefix", "namePrefix", settings.name_prefix),
        ("nameSuffix", "nameSuffix", settings.name_suffix),
    ):
        if (value := given(name, data)) is not None:
            tree = tree.with_field(key, value, value.place)
    if (more := given("patches", settings.patches)) is not None:
        tree = _longer(tree, "patches", more)
    components = given("components", settings.components)
    if type(components) is Sequence:
        kept = components.items
        if settings.ignore_missing_components:
            from fluxmark.kustomize.builder import joined

            kept = tuple(
                item
                for item in kept
                if (path := joined(found.directory, getattr(item, "text", ""))) is None
                or library.is_directory(path)
            )
        tree = _longer(tree, "components", Sequence(kept, components.place))
    if (images := given("images", settings.images)) is not None:
        tree = _with_images(tree, images)
    if tree is found.tree:
        return found
    return Kustomization(found.file, found.directory, tree)


def _with_images(tree: Mapping, more: Tree) -> Mapping:
    """Return a kustomization with images added: an entry of the same name takes over what is given."""
    before = tree.get("images")
    items = list(before.items) if type(before) is Sequence else []
    names = [text_at(item, "name") for item in items]
    for entry in more.items if type(more) is Sequence else ():
        name = text_at(entry, "name")
        if name not in names or type(entry) is not Mapping:
            items.append(entry)
            names.append(name)
            continue
        number = names.index(name)
        old = items[number]
        assert type(old) is Mapping
        if text_at(entry, "newTag") or text_at(entry, "digest"):
            old = old.without("newTag").without("digest")
        for key, value in entry.fields.items():
            if type(value) is Scalar and value.text:
                old = old.with_field(key, value, entry.keys[key])
        items[number] = old
    return tree.with_field("images", Sequence(tuple(items), more.place), more.place)


def _longer(tree: Mapping, field_name: str, more: Tree) -> Mapping:
    """Return a kustomization with items added to a list."""
    before = tree.get(field_name)
    items = before.items if type(before) is Sequence else ()
    added = more.items if type(more) is Sequence else ()
    return tree.with_field(field_name, Sequence((*items, *added), more.place), more.place)
