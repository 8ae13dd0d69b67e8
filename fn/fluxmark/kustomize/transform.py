"""Namespaces, prefixes, suffixes, labels and annotations that a kustomization gives its resources.

Source: kustomize's `api/internal/builtins/*Transformer.go` and `api/internal/konfig/builtinpluginconsts`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fluxmark.kustomize.errors import BuildError
from fluxmark.kustomize.fields import (
    METADATA_ANNOTATIONS,
    METADATA_LABELS,
    FieldSpec,
    change_at,
    read_specs,
    set_pair,
)
from fluxmark.kustomize.kustomization import pairs
from fluxmark.kustomize.tree import Mapping, Scalar, find, is_null, string

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fluxmark.kustomize.kustomization import Kustomization
    from fluxmark.kustomize.resource import Resource
    from fluxmark.kustomize.state import State
    from fluxmark.kustomize.tree import Place, Tree

_NAME = ("metadata", "name")
_NAMESPACE = ("metadata", "namespace")


def set_namespace(state: State, kustomization: Kustomization) -> None:
    """Apply `namespace`."""
    written = kustomization.get("namespace")
    if type(written) is not Scalar or not written.text:
        return

    specs = [
        spec
        for spec in state.configuration.of("namespace")
        if spec.path not in ("metadata/namespace", "metadata/name")
    ]

    def change(resource: Resource) -> Resource:
        return _set_texts(_moved(resource), specs, lambda _: written.text, written.place)

    def _moved(resource: Resource) -> Resource:
        remembered = resource.remembered()
        if not resource.id.is_cluster_scoped:
            return remembered.with_text(_NAMESPACE, written.text, written.place)
        if resource.id.kind == "Namespace" and resource.id.version == "v1":
            return remembered.with_text(_NAME, written.text, written.place)
        return remembered

    before = state.resources
    state.change(change)
    seen: dict[tuple[str, ...], Resource] = {}
    kept: list[Resource] = []
    for old, new in zip(before, state.resources, strict=True):
        first = seen.get(new.id.key)
        if first is None:
            seen[new.id.key] = new
            kept.append(new)
            continue
        place, other = old.tree.place.origin, first.tree.place.origin
        error = BuildError(f"namespace transformation produces ID conflict: {new.id}", old.tree.place)
        state.fail(error, old.tree.place)
        state.problems[-1] = replace(state.problems[-1], start=place.start, end=place.end, other=other)
    state.replace_all(kept)


def add_prefix(state: State, kustomization: Kustomization) -> None:
    """Apply `namePrefix`."""
    written = kustomization.get("namePrefix")
    if type(written) is Scalar and written.text:
        specs = state.configuration.of("namePrefix")
        state.change(lambda resource: _renamed(resource, written, specs, prefix=written.text))


def add_suffix(state: State, kustomization: Kustomization) -> None:
    """Apply `nameSuffix`."""
    written = kustomization.get("nameSuffix")
    if type(written) is Scalar and written.text:
        specs = state.configuration.of("nameSuffix")
        state.change(lambda resource: _renamed(resource, written, specs, suffix=written.text))


def _renamed(
    resource: Resource, written: Scalar, specs: list[FieldSpec], *, prefix: str = "", suffix: str = ""
) -> Resource:
    if resource.original.kind == "Namespace" and resource.original.group == "":
        return resource
    marked = replace(
        resource.remembered(),
        prefixes=(*resource.prefixes, prefix) if prefix else resource.prefixes,
        suffixes=(*resource.suffixes, suffix) if suffix else resource.suffixes,
    )
    name = find(resource.tree, _NAME)
    place = name.place if name is not None else written.place
    marked = marked.with_text(_NAME, f"{prefix}{resource.id.name}{suffix}", place)
    others = [spec for spec in specs if spec.path != "metadata/name" and spec.selects(resource.original)]
    return _set_texts(marked, others, lambda text: f"{prefix}{text}{suffix}", written.place)


def _set_texts(
    resource: Resource, specs: Iterable[FieldSpec], text: Callable[[str], str], place: Place
) -> Resource:
    """Return a resource with the texts at specifications' paths changed."""

    def change(found: Tree | None) -> Tree:
        if not is_null(found) and type(found) is not Scalar:
            raise BuildError("wrong node kind: expected ScalarNode", place)
        return string(text(found.text if type(found) is Scalar else ""), place)

    tree = resource.tree
    for spec in specs:
        if spec.selects(resource.id):
            tree = change_at(tree, spec, change, place)
    return resource if tree is resource.tree else resource.with_tree(tree)


def add_labels(state: State, kustomization: Kustomization) -> None:
    """Apply `labels` and `commonLabels`."""
    specs = state.configuration.of("commonLabels")
    for entry in kustomization.mappings("labels"):
        fields = [*read_specs(entry.get("fields")), *state.configuration.of("labels")]
        if _flag(entry, "includeSelectors"):
            fields += [spec for spec in specs if spec not in fields]
        if METADATA_LABELS.path not in [spec.path for spec in fields]:
            fields.append(METADATA_LABELS)
        _set_pairs(state, entry.get("pairs"), fields)
    _set_pairs(state, kustomization.get("commonLabels"), [METADATA_LABELS, *specs])


def add_annotations(state: State, kustomization: Kustomization) -> None:
    """Apply `commonAnnotations`."""
    specs = state.configuration.of("commonAnnotations")
    _set_pairs(state, kustomization.get("commonAnnotations"), [METADATA_ANNOTATIONS, *specs])


def _flag(entry: Mapping, name: str) -> bool:
    found = entry.get(name)
    return type(found) is Scalar and found.data is True


def _set_pairs(state: State, written: object, specs: Iterable[FieldSpec]) -> None:
    values = pairs(written)  # type: ignore[arg-type]
    if not values:
        return
    keys = written.keys  # type: ignore[attr-defined]

    def change(resource: Resource) -> Resource:
        tree = resource.tree
        for key in sorted(values):
            for spec in specs:
                if spec.selects(resource.id):
                    tree = set_pair(tree, spec, key, values[key], keys[key])
        return resource.with_tree(tree)

    state.change(change)
