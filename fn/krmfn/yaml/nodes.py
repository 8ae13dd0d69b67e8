"""Nodes: a view of a text as libyaml's events describe it, with spans.

Nodes never carry a change. To change something, splice (`krmfn.yaml.edit`).
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MERGE = "<<"
_MANY = 32
"""Beyond this number of pairs a mapping is searched by an index, or by halves."""


class ScalarNode:
    """A scalar: its value as text, as written between `start` and `end` (tag and anchor included).

    style: "" (plain), "'", '"', "|" or ">". Most scalars of a list are never looked at, so all but the value
    stays in libyaml's event until it is asked for.
    """

    __slots__ = ("event", "value")

    def __init__(self, event: Any) -> None:
        self.event = event
        self.value: str = event.value

    @property
    def start(self) -> int:
        """The offset of its first character, of its anchor or tag where it has one."""
        return self.event.start_mark.index  # type: ignore[no-any-return]

    @property
    def end(self) -> int:
        """The offset after it; of a block scalar the start of a later line."""
        return self.event.end_mark.index  # type: ignore[no-any-return]

    @property
    def style(self) -> str:
        """How it is quoted."""
        return self.event.style  # type: ignore[no-any-return]

    @property
    def anchor(self) -> str | None:
        """The name of its anchor."""
        return self.event.anchor  # type: ignore[no-any-return]

    @property
    def tag(self) -> str | None:
        """Its tag, written out; `!` where only that is written."""
        return self.event.tag  # type: ignore[no-any-return]


class AliasNode:
    """An alias, `*anchor`; `target` is None if the anchor is in a part that was not built."""

    value = None
    __slots__ = ("anchor", "end", "start", "target")

    def __init__(self, anchor: str, start: int, end: int, target: Node | None) -> None:
        self.anchor = anchor
        self.start = start
        self.end = end
        self.target = target


class MapNode:
    """A mapping: its pairs in the order of the text, duplicates included.

    `end` is the end of the last value, not of the comments and blank lines after it. `value` is None, as it is
    for all nodes that are not scalars: so keys are compared without a look at their type.
    """

    value = None
    __slots__ = ("_index", "anchor", "end", "flow", "pairs", "start", "tag")

    def __init__(self, start: int, flow: bool, anchor: str | None, tag: str | None) -> None:
        self.pairs: list[tuple[Node, Node]] = []
        self.start = start
        self.end = start
        self.flow = flow
        self.anchor = anchor
        self.tag = tag
        self._index: dict[str, int] | None = None

    def pair(self, key: str | int) -> tuple[Node, Node] | None:
        """Return the last pair with a scalar key of this text; None if there is none, as for a number."""
        if len(self.pairs) > _MANY:
            if self._index is None:
                self._index = {name.value: n for n, (name, _) in enumerate(self.pairs) if type(name) is ScalarNode}
            number = self._index.get(key)  # type: ignore[arg-type]
            return None if number is None else self.pairs[number]
        for found in reversed(self.pairs):
            if found[0].value == key:
                return found
        return None

    def get(self, key: str) -> Node | None:
        """Return the value of the last such key, aliases followed; None if there is none."""
        found = self.pair(key)
        return None if found is None else follow(found[1])


class SeqNode:
    """A sequence; `end` as for a mapping."""

    value = None
    __slots__ = ("anchor", "end", "flow", "items", "start", "tag")

    def __init__(self, start: int, flow: bool, anchor: str | None, tag: str | None) -> None:
        self.items: list[Node] = []
        self.start = start
        self.end = start
        self.flow = flow
        self.anchor = anchor
        self.tag = tag


Node: TypeAlias = ScalarNode | AliasNode | MapNode | SeqNode


def follow(node: Node) -> Node:
    """Return what an alias stands for, any other node itself.

    Raises ValueError if the anchor is in a part of the text that was not built.
    """
    while type(node) is AliasNode:
        if node.target is None:
            raise ValueError(f"the anchor of *{node.anchor} stands outside this resource")
        node = node.target
    return node


def find(root: Node | None, path: Sequence[str | int], *, merged: bool = False) -> Node | None:
    """Return the node at a path of keys and indexes, aliases followed; None if there is none.

    merged: look through merge keys, too; what is found there belongs to another mapping.
    """
    node = root
    for step in path:
        if node is None:
            return None
        if type(node) is AliasNode:
            node = follow(node)
        if type(node) is MapNode:
            found = node.pair(step)
            node = found[1] if found else _merged(node, step) if merged else None
        elif type(node) is SeqNode and isinstance(step, int):
            node = node.items[step] if -len(node.items) <= step < len(node.items) else None
        else:
            return None
    return None if node is None else follow(node)


def walk(root: Node) -> Iterator[Node]:
    """Yield every node below and including this one, in the order of the text; aliases are not followed."""
    stack: list[Node] = [root]
    while stack:
        node = stack.pop()
        yield node
        if type(node) is MapNode:
            for key, value in reversed(node.pairs):
                stack += value, key
        elif type(node) is SeqNode:
            stack += reversed(node.items)


def trail(root: Node, node: Node) -> list[tuple[MapNode | SeqNode, int]]:
    """Return the collections around a node, the root first, each with the number of the member that leads to it.

    Found by position, in the logarithm of the number of members. Raises ValueError if the node is not below
    the root.
    """
    found: list[tuple[MapNode | SeqNode, int]] = []
    here = root
    while here is not node:
        step = _towards(here, node)
        if step is None:
            raise ValueError("the node is not in this text")
        number, here = step[1:]
        found.append((step[0], number))
    return found


def member_at(parent: MapNode | SeqNode, offset: int) -> int:
    """Return the number of the last member of a collection that starts at an offset or before it, -1 for none."""
    if isinstance(parent, MapNode):
        if len(parent.pairs) > _MANY:
            return bisect_right(parent.pairs, offset, key=lambda pair: pair[0].start) - 1
        number = len(parent.pairs) - 1
        while number >= 0 and parent.pairs[number][0].start > offset:
            number -= 1
        return number
    return bisect_right(parent.items, offset, key=lambda item: item.start) - 1


def _towards(here: Node, node: Node) -> tuple[MapNode | SeqNode, int, Node] | None:
    """Return the member of a collection that is a node, or holds it."""
    if not isinstance(here, MapNode | SeqNode):
        return None
    at = node.start
    number = member_at(here, at)
    while number >= 0:
        members = here.pairs[number] if isinstance(here, MapNode) else (here.items[number],)
        for member in reversed(members):
            if member is node or (isinstance(member, MapNode | SeqNode) and member.start <= at <= member.end):
                return here, number, member
        if members[0].start < at:
            break
        number -= 1  # empty nodes may start at the same offset
    return None


def _merged(root: MapNode, key: str | int) -> Node | None:
    """Return the value of a key that is merged into a mapping; of several the one that is named first."""
    seen = {id(root)}
    stack = merges(root)
    while stack:
        node = follow(stack.pop())
        if id(node) in seen:  # each mapping once: merges may be circular, and many may name the same
            continue
        seen.add(id(node))
        if type(node) is SeqNode:
            stack += reversed(node.items)
        elif type(node) is MapNode:
            pair = node.pair(key)
            if pair is not None:
                return pair[1]
            stack += merges(node)
    return None


def merges(node: MapNode) -> list[Node]:
    """Return the values of a mapping's merge keys, from the last to the first."""
    return [
        value
        for key, value in reversed(node.pairs)
        if type(key) is ScalarNode and key.value == MERGE and not key.style
    ]
