"""An image field: one scalar that holds an image reference or a part of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from krmfn.yaml.parser import AliasNode, ScalarNode

if TYPE_CHECKING:
    from krmfn.yaml.parser import MapNode, Node
    from krmfn.yaml.path import Step


@dataclass(frozen=True, slots=True)
class ImageField:
    """A scalar that holds an image reference, or the part of it that `part` says.

    node: the scalar; where an alias stands for it, the scalar at the anchor, because Flux reads markers there.
    key: the key whose value it is; for an item of a list, and where an alias stands for it, the scalar itself.
    path: of the field. part: '' for a whole reference, else 'name', 'tag' or 'digest', as in markers.
    image: the reference; for a part at least the name that it belongs to. parent: the mapping or sequence that the
    scalar is in; None if an alias stands for it. digest: the digest that pins the same image next to a tag.
    alone: for a name, whether no tag is next to it.
    """

    node: ScalarNode
    key: Node
    path: tuple[Step, ...]
    image: str
    part: str = ""
    parent: Node | None = None
    digest: ScalarNode | None = None
    alone: bool = False


def field_at(
    parent: MapNode,
    key: str,
    path: tuple[Step, ...],
    *,
    image: str = "",
    part: str = "",
    digest: ScalarNode | None = None,
) -> ImageField | None:
    """Return the field at a key of a mapping; None without such a key, or where its value is not a scalar."""
    pair = parent.pair(key)
    return None if pair is None else field_of(parent, *pair, path, image=image, part=part, digest=digest)


def field_of(
    parent: Node,
    key: Node,
    value: Node,
    path: tuple[Step, ...],
    *,
    image: str = "",
    part: str = "",
    digest: ScalarNode | None = None,
) -> ImageField | None:
    """Return the field that a value is; None if it is not a scalar. image: '' to take the value itself."""
    node: Node | None = value
    while type(node) is AliasNode:
        node = node.target
    if type(node) is not ScalarNode:
        return None
    text = image or node.value.strip()  # a block scalar ends with a line feed
    if node is not value:
        return ImageField(node, node, path, text, part, digest=digest)
    return ImageField(node, key, path, text, part, parent, digest)
