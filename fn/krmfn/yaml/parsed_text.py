"""A piece of text with its tree: what edits need to know of it, each thing found out once."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING

from krmfn.yaml import layout
from krmfn.yaml.layout import BLOCK_SCALARS
from krmfn.yaml.nodes import MapNode, Node, ScalarNode, SeqNode, member_at, trail, walk
from krmfn.yaml.text import line_end, line_start, newline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from krmfn.yaml import emit


class Source:
    """`text[start:end]`, and the roots of the documents in it."""

    def __init__(self, text: str, roots: Sequence[Node | None], start: int, end: int) -> None:
        self.text = text
        self.roots = roots
        self.start = start
        self.end = end
        self._numbers: dict[int, dict[str, list[int]]] = {}
        # the last ones asked for
        self._trail: tuple[Node, list[tuple[MapNode | SeqNode, int]]] | None = None
        self._line = 0, -1

    @cached_property
    def style(self) -> emit.Style:
        """How the text indents."""
        return layout.style(self.text, self.roots)

    @cached_property
    def newline(self) -> str:
        """The line break that the text uses."""
        return newline(self.text)

    @cached_property
    def json(self) -> bool:
        """Whether the text is written as JSON."""
        return layout.is_json(self.roots)

    @cached_property
    def _leaves(self) -> tuple[list[int], list[Node]]:
        """What is not a collection, in the order of the text: where it starts, and the node."""
        nodes: list[Node] = [
            node
            for root in self.roots
            if root is not None
            for node in walk(root)
            if not isinstance(node, MapNode | SeqNode)
        ]
        return [node.start for node in nodes], nodes

    def line_start(self, offset: int) -> int:
        """Return the offset of the first character of the line of `offset`.

        Remembered for the next time: a line may be the whole text, and hold all that is edited.
        """
        start, end = self._line
        if not start <= offset <= end:
            start = line_start(self.text, offset)
            self._line = start, line_end(self.text, offset)
        return start

    def numbers(self, parent: MapNode) -> dict[str, list[int]]:
        """Return the numbers of a mapping's pairs by key."""
        found = self._numbers.get(id(parent))
        if found is None:
            found = self._numbers[id(parent)] = {}
            for number, (key, _) in enumerate(parent.pairs):
                if type(key) is ScalarNode:
                    found.setdefault(key.value, []).append(number)
        return found

    def root_of(self, node: Node) -> Node:
        """Return the root of the document that a node is in."""
        roots = [root for root in self.roots if root is not None]
        if len(roots) == 1:
            return roots[0]
        return max((root for root in roots if root.start <= node.start), key=lambda root: root.start)

    def trail(self, node: Node) -> list[tuple[MapNode | SeqNode, int]]:
        """Return the collections around a node, the root first, each with the number of the member it is in."""
        if self._trail is None or self._trail[0] is not node:
            self._trail = node, trail(self.root_of(node), node)
        return self._trail[1]

    def around(self, offset: int) -> list[tuple[MapNode | SeqNode, int]]:
        """Return the collections around an offset, the root first, each with the member that starts before it.

        Of a text with one document.
        """
        if self._trail is not None:
            node, found = self._trail
            if type(node) is ScalarNode and node.start <= offset <= node.end:
                return found
        found = []
        here = self.roots[0]
        while isinstance(here, MapNode | SeqNode):
            number = member_at(here, offset)
            if number < 0:
                break
            found.append((here, number))
            here = here.pairs[number][1] if isinstance(here, MapNode) else here.items[number]
        return found

    def in_flow(self, node: Node) -> bool:
        """Tell whether a node is within a flow collection, `{…}` or `[…]`."""
        return any(parent.flow for parent, _ in self.trail(node))

    def before(self, offset: int) -> Node | None:
        """Return the last leaf that starts before an offset."""
        starts, nodes = self._leaves
        number = bisect_left(starts, offset) - 1
        return nodes[number] if number >= 0 else None

    def floor(self, offset: int) -> int:
        """Return where the last leaf that starts before an offset ends: no comment is above that."""
        leaf = self.before(offset)
        return leaf.end if leaf else 0

    def within_leaf(self, offset: int) -> bool:
        """Tell whether an offset lies within a scalar: of several lines, say."""
        return self.floor(offset) > offset

    def follows_block_scalar(self, offset: int) -> bool:
        """Tell whether what is before an offset is a block scalar: blanks after it could become its own."""
        leaf = self.before(offset)
        return isinstance(leaf, ScalarNode) and leaf.style in BLOCK_SCALARS

    def slot(self, node: Node) -> int | None:
        """Return where a value could be on the line of the key or dash of a node: behind anchor and tag.

        None for a root, and for a key.
        """
        if properties := layout.properties_end(self.text, node) - node.start:
            return node.start + properties
        around = self.trail(node)
        if not around:
            return None
        parent, number = around[-1]
        if isinstance(parent, SeqNode):
            return None if parent.flow else layout.dash(self.text, parent, number) + 1
        key, value = parent.pairs[number]
        if value is not node:
            return None
        colon = layout.colon(self.text, key, value)
        return None if colon is None else colon + 1
