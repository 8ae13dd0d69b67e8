"""A ResourceList taken apart: the items, and the text around them."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

from krmfn.errors import EditError
from krmfn.resources.resource import Resource, Shape
from krmfn.yaml.nodes import AliasNode, walk
from krmfn.yaml.text import BREAKS, break_end, line_end

if TYPE_CHECKING:
    from collections.abc import Sequence

    from krmfn.resources.result import Result


class ListEnvelope:
    """What a reader found.

    text: without the byte order mark `bom`. start, end: of the items; of a flow list what is between its
    brackets, of an empty list its `[]` or null. slot: after `items:`, where `[]` could be. shape: of the
    items, or of those that an empty list will get. column: of the dashes. gaps: what is before each item
    of a flow list, and after the last.
    """

    def __init__(self, text: str, bom: str, newline: str) -> None:
        self.text = text
        self.bom = bom
        self.newline = newline
        self.items: list[Resource] = []
        self.shape = Shape.BLOCK_ITEM
        self.is_empty = False
        self.slot = self.start = self.end = 0
        self.column = 0
        self.gaps: list[str] = []
        self.function_config: Resource | None = None
        self.results: list[Result] = []
        self.flow_root = False
        self.has_results = False
        self.has_end = False  # of the document, `...`
        self.has_aliases = False

    def assemble(self, items: Sequence[Resource]) -> str:
        """Return the text with these items in the place of those that were read.

        Raises EditError for an item whose aliases stand for something in another one, when anything changed.
        """
        text = self.text
        same = len(items) == len(self.items) and all(map(operator.is_, items, self.items))
        if same and not any(item.is_changed for item in items):
            return text
        if self.has_aliases:
            _check_aliases(items)
        if not items and not self.is_empty:
            return self._emptied()
        if self.is_empty:
            return self._filled(items) if items else text
        if self.shape is Shape.FLOW_ITEM:
            return text[: self.start] + self._flow(items) + text[self.end :]
        return text[: self.start] + "".join(self._block(items)) + text[self.end :]

    def _block(self, items: Sequence[Resource]) -> list[str]:
        from krmfn.resources import convert

        own = set(map(id, self.items))
        pieces = [
            item.text if id(item) in own else convert.as_item(item, self.column, self.newline) for item in items
        ]
        last = len(pieces) - 1
        return [
            piece
            if piece.endswith(("\n", "\r")) or (number == last and self.end == len(self.text))
            else convert.with_break(piece, self.newline)
            for number, piece in enumerate(pieces)
        ]

    def _flow(self, items: Sequence[Resource]) -> str:
        from krmfn.resources import convert

        before = {id(item): gap for item, gap in zip(self.items, self.gaps, strict=False)}
        usual = self.gaps[1] if len(self.items) > 1 and "#" not in self.gaps[1] else ", "
        pieces = [self.gaps[0]]
        for number, item in enumerate(items):
            if number:
                gap = before.get(id(item), usual)
                pieces.append(gap if item is not self.items[0] else usual)
            pieces.append(convert.as_flow(item))
        return "".join([*pieces, self.gaps[-1]])

    def _emptied(self) -> str:
        """Return the text without items: `[]` on the line of `items:`."""
        text = self.text
        if self.shape is Shape.FLOW_ITEM:
            return text[: self.start] + text[self.end :]
        return f"{text[: self.slot]} []{text[self.slot : self.start]}{text[self.end :]}"

    def _filled(self, items: Sequence[Resource]) -> str:
        """Return the text with items where there were none."""
        text = self.text
        if self.shape is Shape.FLOW_ITEM:
            from krmfn.resources import convert

            inner = ", ".join(convert.as_flow(item) for item in items)
            blank = "" if text[self.start - 1] in " \t" + BREAKS else " "
            return f"{text[: self.start]}{blank}[{inner}]{text[self.end :]}"
        line = line_end(text, self.end)
        rest = text[self.end : line].rstrip(" \t")
        first = text[: self.slot] + rest + (text[line : break_end(text, line)] or self.newline)
        return first + "".join(self._block(items)) + text[break_end(text, line) :]


def _check_aliases(items: Sequence[Resource]) -> None:
    for item in items:
        if not item.mentions("*"):
            continue
        for node in walk(item.node):
            if type(node) is AliasNode and node.target is None:
                raise EditError(
                    f"{item.describe()} uses *{node.anchor}, whose anchor is in another item; "
                    "write it out before items are changed"
                )
