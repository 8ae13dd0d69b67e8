"""HelmReleases: images in `spec.values`, in the two forms that charts use.

`image: registry/app:1.0`, and a mapping with `repository` and `tag`. The repository is no place: it leads to the
policy, so it never changes, and where `registry` stands apart Flux would write both over it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.places.place import Place, place
from krmfn.node import MapNode, Node, ScalarNode, SeqNode, find as find_node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from krmfn.path import Step

GROUP, KIND = "helm.toolkit.fluxcd.io", "HelmRelease"
_VALUES = ("spec", "values")


def matches(api_version: str, kind: str) -> bool:
    """Tell whether this is a HelmRelease."""
    return kind == KIND and api_version.rpartition("/")[0] == GROUP


def find(root: MapNode, api_version: str, kind: str) -> Iterator[Place]:
    """Yield the images in a release's values."""
    del api_version, kind
    values = find_node(root, _VALUES)
    if values is not None:
        yield from _below(values, _VALUES)


def _below(node: Node, path: tuple[Step, ...]) -> Iterator[Place]:
    if isinstance(node, SeqNode):
        for index, item in enumerate(node.items):
            yield from _below(item, (*path, index))
    elif isinstance(node, MapNode):
        yield from _parts(node, path)
        for key, value in node.pairs:
            if not isinstance(key, ScalarNode):
                continue
            if key.value == "image" and (found := place(node, "image", (*path, "image"))):
                yield found
            else:
                yield from _below(value, (*path, key.value))


def _parts(node: MapNode, path: tuple[Step, ...]) -> Iterator[Place]:
    """Yield tag and digest of a mapping that has a repository and a tag."""
    repository, tag, registry = (node.get(key) for key in ("repository", "tag", "registry"))
    if not isinstance(repository, ScalarNode) or not isinstance(tag, ScalarNode):
        return
    whole = repository.value
    if isinstance(registry, ScalarNode) and registry.value:
        whole = f"{registry.value}/{whole}"
    for part in ("tag", "digest"):
        found = place(node, part, (*path, part), suffix=part, whole=whole)
        if found and (found.node.value or part == "tag"):
            yield found
