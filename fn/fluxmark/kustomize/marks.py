"""The annotations that kustomize keeps on resources while it builds, as far as patches can tell.

kustomize writes earlier names, and what a generator asked for, into annotations, and removes them in the end. So
`annotations` is there for a patch that adds one, and a patch that replaces all of them makes kustomize forget.
Source: kustomize's `api/resource/resource.go`, `api/internal/utils/annotations.go`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.kustomize.tree import Mapping, drop, find, put, string, texts

if TYPE_CHECKING:
    from fluxmark.kustomize.resource import Resource

_ANNOTATIONS = ("metadata", "annotations")
_MARK = "internal.config.kubernetes.io/"


def marked(resource: Resource) -> Mapping:
    """Return the tree of a resource with a mark among its annotations, where kustomize would have some."""
    if not resource.is_marked:
        return resource.tree
    place = resource.tree.place
    return put(resource.tree, (*_ANNOTATIONS, _MARK), string("", place), place)


def unmarked(tree: Mapping) -> tuple[Mapping, bool]:
    """Return a tree without the mark, and whether it was there."""
    found = find(tree, (*_ANNOTATIONS, _MARK)) is not None
    return drop(tree, (*_ANNOTATIONS, _MARK)) if found else tree, found


def finished(resource: Resource) -> Resource:
    """Return a resource as it leaves the build: annotations are texts, and an empty map of them is none."""
    annotations = find(resource.tree, _ANNOTATIONS)
    if type(annotations) is not Mapping:
        return resource
    if not annotations.fields:
        return resource.with_tree(drop(resource.tree, _ANNOTATIONS))
    values = texts(annotations)
    fields = {
        key: string(values.get(key, ""), value.place)
        if not isinstance(getattr(value, "data", None), str)
        else value
        for key, value in annotations.fields.items()
    }
    tree = put(
        resource.tree, _ANNOTATIONS, Mapping(fields, annotations.keys, annotations.place), annotations.place
    )
    return resource.with_tree(tree)
