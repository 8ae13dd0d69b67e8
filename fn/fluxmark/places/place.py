"""A place: one scalar that holds an image or a part of one, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from krmfn.node import AliasNode, ScalarNode

if TYPE_CHECKING:
    from krmfn.node import Node
    from krmfn.path import Step


@dataclass(frozen=True, slots=True)
class Place:
    """A scalar that holds an image reference, or the part of it that the suffix says.

    node: the scalar; where an alias stands for it, the scalar at the anchor, because Flux reads markers there.
    key: the key whose value it is; where an alias stands for it, the scalar itself. path: of the field.
    suffix: '' for a whole reference, else 'name', 'tag' or 'digest', as in markers.
    whole: the reference, or at least the name, that a part belongs to.
    """

    node: ScalarNode
    key: Node
    path: tuple[Step, ...]
    suffix: str = ""
    whole: str = ""

    @property
    def image(self) -> str:
        """The text that says which repository is meant."""
        return self.whole or self.node.value.strip()  # a block scalar ends with a line feed


def place(
    pair: tuple[Node, Node] | None, path: tuple[Step, ...], *, suffix: str = "", whole: str = ""
) -> Place | None:
    """Return the place of a pair; None where there is no pair, or its value is no text of its own."""
    if pair is None:
        return None
    key, value = pair
    node: Node | None = value
    while type(node) is AliasNode:
        node = node.target
    if type(node) is not ScalarNode:
        return None
    return Place(node, key if node is value else node, path, suffix, whole)
