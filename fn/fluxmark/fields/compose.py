"""Compose files: the `image` of every service.

A compose file is a mapping with `services` and neither apiVersion nor kind, whatever the file's name. A service
may take its image from another mapping through `<<`: then the field is there.
Source: https://github.com/compose-spec/compose-spec/blob/main/05-services.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.fields.field import ImageField, field_at
from fluxmark.fields.paths import follow
from krmfn.yaml.nodes import merges
from krmfn.yaml.parser import MapNode, ScalarNode, SeqNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from krmfn.yaml.parser import Node


def is_compose(root: MapNode, api_version: str, kind: str) -> bool:
    """Tell whether a document is a compose file."""
    return not api_version and not kind and isinstance(root.get("services"), MapNode)


def find(root: MapNode) -> Iterator[ImageField]:
    """Yield the images of a compose file's services."""
    services = root.get("services")
    assert isinstance(services, MapNode)
    owners: dict[int, MapNode | None] = {}
    for name, value in services.pairs:
        service = follow(value)
        if not isinstance(service, MapNode) or type(name) is not ScalarNode:
            continue
        owner = _owner(service, owners)
        if owner is not None and (found := field_at(owner, "image", ("services", name.value, "image"))):
            yield found


def _owner(service: MapNode, known: dict[int, MapNode | None]) -> MapNode | None:
    """Return the mapping that gives a service its image: itself, or the first merged into it that has one.

    known: the owners of the mappings, and lists of mappings, that were visited before, by identity. Each is
    visited once in a file, because merges of merges can name the same mapping any number of times. Compose
    refuses circular merges; here they give what is found before the circle closes.
    """
    path: list[tuple[Node, list[Node]]] = []
    _visit(service, path, known)
    while path:
        node, rest = path[-1]
        if known[id(node)] is None and rest:
            base = follow(rest.pop())
            if id(base) in known:
                known[id(node)] = known[id(base)]
            else:
                _visit(base, path, known)
            continue
        path.pop()
        if path and known[id(path[-1][0])] is None:
            known[id(path[-1][0])] = known[id(node)]
    return known[id(service)]


def _visit(node: Node, path: list[tuple[Node, list[Node]]], known: dict[int, MapNode | None]) -> None:
    """Visit a node for the first time: it is its own owner, or those that are merged into it come next."""
    if id(node) in known:
        return
    known[id(node)] = node if isinstance(node, MapNode) and node.pair("image") is not None else None
    path.append((node, merges(node) if isinstance(node, MapNode) else _items(node)))


def _items(node: Node) -> list[Node]:
    return node.items[::-1] if isinstance(node, SeqNode) else []
