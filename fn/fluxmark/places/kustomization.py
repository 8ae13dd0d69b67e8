"""Kustomizations: `newTag` and `digest` of every entry of `images`; the name leads to the policy, so it stays.

kustomize's own (also a Component), and Flux's, where the list stands below `spec`.
Source: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.places.place import Place, place
from krmfn.node import MapNode, ScalarNode, SeqNode, find as find_node, follow

if TYPE_CHECKING:
    from collections.abc import Iterator

_IMAGES = {
    ("kustomize.config.k8s.io", "Kustomization"): ("images",),
    ("kustomize.config.k8s.io", "Component"): ("images",),
    ("kustomize.toolkit.fluxcd.io", "Kustomization"): ("spec", "images"),
}
_FIELDS = {"newTag": "tag", "digest": "digest"}


def matches(api_version: str, kind: str) -> bool:
    """Tell whether this is a kustomization."""
    return (api_version.rpartition("/")[0], kind) in _IMAGES


def find(root: MapNode, api_version: str, kind: str) -> Iterator[Place]:
    """Yield the parts of images that a kustomization sets."""
    path = _IMAGES[api_version.rpartition("/")[0], kind]
    images = find_node(root, path)
    for index, item in enumerate(images.items if isinstance(images, SeqNode) else ()):
        entry = follow(item)
        name = (entry.get("newName") or entry.get("name")) if isinstance(entry, MapNode) else None
        if not isinstance(entry, MapNode) or not isinstance(name, ScalarNode):
            continue
        for key, suffix in _FIELDS.items():
            found = place(entry, key, (*path, index, key), suffix=suffix, whole=name.value)
            if found and (found.node.value or suffix == "tag"):
                yield found
