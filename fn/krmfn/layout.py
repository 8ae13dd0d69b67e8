"""Where things stand in a block: columns, dashes, ends of lines, the style around."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from krmfn import emit
from krmfn.node import MapNode, Node, ScalarNode, SeqNode, walk
from krmfn.text import BREAKS, line_end, line_start, next_line

if TYPE_CHECKING:
    from collections.abc import Iterable

# anchor and tag before a scalar's own text, with the blanks between
_PROPERTIES = re.compile(r"(?:[&!][^\s]*(?:[ \t]+|(?=[\r\n]|$)))*")
_BLANKS = re.compile(r"[ \t]*")
_BLOCK_HEAD = re.compile(r"[|>][-+0-9]*")


def column(text: str, offset: int) -> int:
    """Return the column of an offset, from 0."""
    return offset - line_start(text, offset)


def starts_line(text: str, offset: int) -> bool:
    """Tell whether only blanks stand before the offset on its line."""
    return not text[line_start(text, offset) : offset].strip(" \t")


def content_start(text: str, node: ScalarNode) -> int:
    """Return where a scalar's own text starts, behind its anchor and tag."""
    offset = node.start
    if node.anchor is None and node.tag is None:
        return offset
    while offset < node.end:
        offset = _end(_PROPERTIES, text, offset)
        if offset >= node.end or text[offset] not in BREAKS + "#":
            break
        offset = _end(_BLANKS, text, next_line(text, offset))  # it stands on a later line than its anchor
    return min(offset, node.end)


def last_line_end(text: str, node: Node) -> int:
    """Return the end of the last line that belongs to a node, its comment included.

    The span of a block scalar reaches to what follows it; of its blank lines only those count that `+` keeps.
    """
    while isinstance(node, MapNode | SeqNode) and not node.flow:
        node = node.pairs[-1][1] if isinstance(node, MapNode) else node.items[-1]
    if not isinstance(node, ScalarNode) or node.style not in ("|", ">"):
        return line_end(text, node.end)
    start = content_start(text, node)
    end = node.end
    if "+" in text[start : _end(_BLOCK_HEAD, text, start)]:
        if end > start and text[end - 1] in BREAKS:
            end -= 2 if text.startswith("\r\n", end - 2) else 1
        return end
    while end > start and text[end - 1] in BREAKS + " \t":
        end -= 1
    return line_end(text, end)


def dash(text: str, parent: SeqNode, index: int) -> int:
    """Return the offset of the `-` before an item of a block sequence."""
    item = parent.items[index].start
    offset = item - 1
    while offset >= 0 and text[offset] in " \t":
        offset -= 1
    if offset >= 0 and text[offset] == "-":
        return offset
    # the item stands on a later line than its dash, with nothing but comments between
    offset = last_line_end(text, parent.items[index - 1]) if index else line_start(text, parent.start)
    while offset < item:
        offset = _end(_BLANKS, text, offset)
        if text[offset] == "-":
            return offset
        offset = next_line(text, offset)
    raise ValueError("no dash stands before this item")


def style(text: str, roots: Iterable[Node | None]) -> emit.Style:
    """Return how a text indents: what its first nested mapping and its first sequence below a key show."""
    step = wide = None
    for root in roots:
        for node in walk(root) if root else ():
            if type(node) is not MapNode or node.flow or not node.pairs:
                continue
            here = column(text, node.pairs[0][0].start)
            for _, value in node.pairs:
                if type(value) is MapNode and not value.flow and step is None:
                    step = column(text, value.pairs[0][0].start) - here
                elif type(value) is SeqNode and not value.flow and wide is None:
                    wide = column(text, dash(text, value, 0)) > here
            if step is not None and wide is not None:
                return emit.Style(max(step, 1), wide)
    return emit.Style(step or 2, wide is not False)


def is_json(roots: Iterable[Node | None]) -> bool:
    """Tell whether a text is written as JSON: a flow collection whose keys are in double quotes."""
    for root in roots:
        for node in walk(root) if root else ():
            if type(node) is MapNode and node.pairs:
                key = node.pairs[0][0]
                return node.flow and type(key) is ScalarNode and key.style == '"'
    return False


def flow_spans(roots: Iterable[Node | None]) -> list[tuple[int, int]]:
    """Return the spans of the outermost flow collections, in the order of the text."""
    spans: list[tuple[int, int]] = []
    for root in roots:
        for node in walk(root) if root else ():
            if isinstance(node, MapNode | SeqNode) and node.flow and (not spans or node.start >= spans[-1][1]):
                spans.append((node.start, node.end))
    return spans


def _end(pattern: re.Pattern[str], text: str, offset: int) -> int:
    found = pattern.match(text, offset)
    return found.end() if found else offset
