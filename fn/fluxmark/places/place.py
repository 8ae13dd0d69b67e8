"""A place: one scalar that holds an image or a part of one, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from krmfn.node import AliasNode, ScalarNode

if TYPE_CHECKING:
    from krmfn.node import MapNode, Node
    from krmfn.path import Step


@dataclass(frozen=True, slots=True)
class Place:
    """A scalar that holds an image reference, or the part of it that the suffix says.

    node: the scalar; where an alias stands for it, the scalar at the anchor, because Flux reads markers there.
    key: the key whose value it is; where an alias stands for it, the scalar itself. path: of the field.
    suffix: '' for a whole reference, else 'name', 'tag' or 'digest', as in markers.
    whole: the reference, or at least the name, that a part belongs to. parent: the mapping that the scalar stands
    in; None where an alias stands for it.
    """

    node: ScalarNode
    key: Node
    path: tuple[Step, ...]
    suffix: str = ""
    whole: str = ""
    parent: MapNode | None = None

    @property
    def image(self) -> str:
        """The text that says which repository is meant."""
        return self.whole or self.node.value.strip()  # a block scalar ends with a line feed


def place(parent: MapNode, key: str, path: tuple[Step, ...], *, suffix: str = "", whole: str = "") -> Place | None:
    """Return the place at a key of a mapping; None without such a key, or where its value is no text."""
    pair = parent.pair(key)
    if pair is None:
        return None
    name, value = pair
    node: Node | None = value
    while type(node) is AliasNode:
        node = node.target
    if type(node) is not ScalarNode:
        return None
    if node is not value:
        return Place(node, node, path, suffix, whole)
    return Place(node, name, path, suffix, whole, parent)
