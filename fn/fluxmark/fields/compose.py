"""Compose files: the `image` of every service.

A compose file is a mapping with `services` and neither apiVersion nor kind, whatever the file's name. A service
may take its image from another mapping through `<<`: then the field is there.
Source: https://github.com/compose-spec/compose-spec/blob/main/05-services.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.fields.field import ImageField, field_at
from fluxmark.fields.paths import follow
from krmfn.yaml.data import MERGE
from krmfn.yaml.parser import MapNode, ScalarNode, SeqNode

if TYPE_CHECKING:
    from collections.abc import Iterator


def is_compose(root: MapNode, api_version: str, kind: str) -> bool:
    """Tell whether a document is a compose file."""
    return not api_version and not kind and isinstance(root.get("services"), MapNode)


def find(root: MapNode) -> Iterator[ImageField]:
    """Yield the images of a compose file's services."""
    services = root.get("services")
    assert isinstance(services, MapNode)
    for name, value in services.pairs:
        service = follow(value)
        if not isinstance(service, MapNode) or type(name) is not ScalarNode:
            continue
        owner = _owner(service)
        if owner is not None and (found := field_at(owner, "image", ("services", name.value, "image"))):
            yield found


def _owner(service: MapNode) -> MapNode | None:
    """Return the mapping that gives a service its image: itself, or the first merged into it that has one.

    Each mapping is visited once: merges may be nested without end.
    """
    seen: set[int] = set()
    stack = [service]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.pair("image") is not None:
            return node
        for key, value in reversed(node.pairs):
            if type(key) is ScalarNode and key.value == MERGE:
                target = follow(value)
                merged = target.items if isinstance(target, SeqNode) else [target]
                stack += [base for base in map(follow, reversed(merged)) if isinstance(base, MapNode)]
    return None
