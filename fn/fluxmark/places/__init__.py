"""Places: the scalars of a document that hold an image. One file per kind of document.

To add a kind, write a module with `matches(api_version, kind)` and `find(root, api_version, kind)`, and name it in
`KINDS`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from fluxmark.places import compose, helmrelease, kustomization, workloads
from fluxmark.places.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from krmfn.node import MapNode

KINDS = (workloads, compose, kustomization, helmrelease)


def matches(api_version: str, kind: str) -> bool:
    """Tell whether documents of this apiVersion and kind (both empty: of neither) may have places."""
    return bool(_modules(api_version, kind))


def find(root: MapNode, api_version: str, kind: str) -> Iterator[Place]:
    """Yield the places of a document in the order of the text, each scalar once."""
    seen: set[int] = set()
    for module in _modules(api_version, kind):
        for place in module.find(root, api_version, kind):
            if id(place.node) not in seen:
                seen.add(id(place.node))
                yield place


@cache
def _modules(api_version: str, kind: str) -> tuple[ModuleType, ...]:
    """Return the modules for a kind of document; a long list asks for few kinds very often."""
    return tuple(module for module in KINDS if module.matches(api_version, kind))


__all__ = ["KINDS", "Place", "find", "matches"]
