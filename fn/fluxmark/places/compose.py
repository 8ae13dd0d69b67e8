"""Compose files: the `image` of every service.

A compose file is a mapping with `services` and neither apiVersion nor kind, whatever the file's name.
A service may take its image from an `x-` mapping through `<<`: then that is the place.
Source: https://github.com/compose-spec/compose-spec/blob/main/05-services.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.places.place import Place, place
from krmfn.data import MERGE
from krmfn.node import MapNode, ScalarNode, SeqNode, follow

if TYPE_CHECKING:
    from collections.abc import Iterator


def matches(api_version: str, kind: str) -> bool:
    """Tell whether this may be a compose file: it is no Kubernetes resource."""
    return not api_version and not kind


def find(root: MapNode, api_version: str, kind: str) -> Iterator[Place]:
    """Yield the images of a compose file's services."""
    del api_version, kind
    services = root.get("services")
    if not isinstance(services, MapNode):
        return
    for name, value in services.pairs:
        service = follow(value)
        if not isinstance(service, MapNode) or type(name) is not ScalarNode:
            continue
        owner = _owner(service)
        if owner is not None and (found := place(owner, "image", ("services", name.value, "image"))):
            yield found


def _owner(service: MapNode, depth: int = 0) -> MapNode | None:
    """Return the mapping that gives a service its image: itself, or the first merged into it that has one."""
    if service.pair("image") is not None:
        return service
    if depth > 8:  # deeper chains of merges are nobody's, and may be endless
        return None
    for key, value in service.pairs:
        if type(key) is ScalarNode and key.value == MERGE:
            target = follow(value)
            merged = target.items if isinstance(target, SeqNode) else [target]
            for base in map(follow, merged):
                if isinstance(base, MapNode) and (owner := _owner(base, depth + 1)):
                    return owner
    return None
