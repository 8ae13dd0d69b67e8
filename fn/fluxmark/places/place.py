"""A place: one scalar that holds an image, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from krmfn.node import AliasNode, ScalarNode

if TYPE_CHECKING:
    from krmfn.node import Node
    from krmfn.path import Step


@dataclass(frozen=True, slots=True)
class Place:
    """A scalar that holds a whole image reference.

    node: the scalar; where an alias stands for it, the scalar at the anchor, because Flux reads markers there.
    key: the key whose value it is; where an alias stands for it, the scalar itself. path: of the field.
    """

    node: ScalarNode
    key: Node
    path: tuple[Step, ...]


def place(key: Node, value: Node, path: tuple[Step, ...]) -> Place | None:
    """Return the place of a pair; None where its value is no text of its own."""
    node: Node | None = value
    while type(node) is AliasNode:
        node = node.target
    if type(node) is not ScalarNode:
        return None
    return Place(node, key if node is value else node, path)
