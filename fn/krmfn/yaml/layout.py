"""Where things stand in a text: columns, dashes, colons, ends of lines, the style around."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from krmfn.yaml import emit
from krmfn.yaml.nodes import MapNode, Node, ScalarNode, SeqNode, walk
from krmfn.yaml.text import BREAKS, break_start, line_end, line_start

if TYPE_CHECKING:
    from collections.abc import Iterable

BLOCK_SCALARS = ("|", ">")
# an anchor, or a tag: verbatim, or short (libyaml, scan_tag_uri: a short one ends before a flow indicator)
_PROPERTY = re.compile(r"&[A-Za-z0-9_-]*|!<[^>]*>|![^\s,\[\]{}]*")
_BLANK = re.compile(f"(?:[ \t{BREAKS}]+|#[^{BREAKS}]*)*")
BLOCK_HEAD = re.compile(r"[|>][-+0-9]*")


def column(text: str, offset: int) -> int:
    """Return the column of an offset, from 0."""
    return offset - line_start(text, offset)


def starts_line(text: str, offset: int) -> bool:
    """Tell whether only blanks stand before the offset on its line."""
    return not text[line_start(text, offset) : offset].strip(" \t")


def skip_blank(text: str, offset: int) -> int:
    """Return the offset of the next character that is not a blank, no line break and no part of a comment."""
    found = _BLANK.match(text, offset)
    assert found
    return found.end()


def properties_end(text: str, node: Node) -> int:
    """Return the offset after a node's anchor and tag, or its start where it has none."""
    count = _own_properties(node) if isinstance(node, MapNode | SeqNode) else 2
    offset = end = node.start
    while count and text[offset : offset + 1] in ("&", "!") and (found := _PROPERTY.match(text, offset)):
        end = found.end()
        offset = skip_blank(text, end)
        count -= 1
    return min(end, node.end)


def _own_properties(node: MapNode | SeqNode) -> int:
    # what starts like a property at the start of a block mapping may belong to its first key
    return (node.anchor is not None) + (node.tag is not None)


def content_start(text: str, node: Node) -> int:
    """Return where a node's own text starts, after its anchor and tag."""
    end = properties_end(text, node)
    return end if end == node.start else min(skip_blank(text, end), node.end)


def block_column(text: str, node: MapNode | SeqNode) -> int:
    """Return the column of the keys or dashes of a block collection."""
    return column(text, content_start(text, node))


def is_block(node: Node) -> bool:
    """Tell whether a node is a collection in block style."""
    return isinstance(node, MapNode | SeqNode) and not node.flow


def colon(text: str, key: Node, value: Node) -> int | None:
    """Return the offset of the `:` between a key and its value; None if neither it nor a value is written."""
    if value.start <= key.end:
        return None
    found = skip_blank(text, key.end)
    return found if text.startswith(":", found) else None


def last_of(pair: tuple[Node, Node]) -> Node:
    """Return the node with which a pair ends: its key where no value is written."""
    key, value = pair
    return value if value.start > key.end else key


def last_line_end(text: str, node: Node) -> int:
    """Return the end of the last line that belongs to a node, its comment included.

    The span of a block scalar reaches to what follows it; of its blank lines only those count that `+` keeps, or
    that hold blanks.
    """
    while isinstance(node, MapNode | SeqNode) and not node.flow:
        node = last_of(node.pairs[-1]) if isinstance(node, MapNode) else node.items[-1]
    if not isinstance(node, ScalarNode) or node.style not in BLOCK_SCALARS:
        return line_end(text, node.end)
    head = BLOCK_HEAD.match(text, content_start(text, node))
    assert head
    end = node.end
    if "+" in head.group():
        return break_start(text, end) if text[end - 1] in BREAKS else end
    while end > head.end() and text[end - 1] in BREAKS:
        end = break_start(text, end)
    return end


def dash(text: str, parent: SeqNode, index: int) -> int:
    """Return the offset of the `-` before an item of a block sequence."""
    if index == 0:
        return content_start(text, parent)
    offset = parent.items[index].start - 1
    while text[offset] in " \t":
        offset -= 1
    if text[offset] == "-":
        return offset
    # the item is on a later line than its dash, with nothing but comments between
    return skip_blank(text, last_line_end(text, parent.items[index - 1]))


def member_start(text: str, parent: MapNode | SeqNode, index: int) -> int:
    """Return where a member of a collection starts: with its dash, its `?`, its key, or itself."""
    if parent.flow:
        return _flow_member_start(text, parent, index)
    if isinstance(parent, SeqNode):
        return dash(text, parent, index)
    start = content_start(text, parent)
    if index == 0:
        return start
    key = parent.pairs[index][0].start
    if column(text, key) == column(text, start):
        return key
    return skip_blank(text, last_line_end(text, last_of(parent.pairs[index - 1])))


def member_end(parent: MapNode | SeqNode, index: int) -> Node:
    """Return the node with which a member of a collection ends."""
    return last_of(parent.pairs[index]) if isinstance(parent, MapNode) else parent.items[index]


def style(text: str, roots: Iterable[Node | None]) -> emit.Style:
    """Return how a text indents: what its first nested mapping and its first sequence below a key show."""
    step = wide = None
    for root in roots:
        for node in walk(root) if root else ():
            if type(node) is not MapNode or node.flow or not node.pairs:
                continue
            here = block_column(text, node)
            for _, value in node.pairs:
                if type(value) is MapNode and not value.flow and step is None:
                    step = block_column(text, value) - here
                elif type(value) is SeqNode and not value.flow and wide is None:
                    wide = block_column(text, value) > here
            if step is not None and wide is not None:
                return emit.Style(max(step, 1), wide)
    return emit.Style(max(step or 2, 1), wide is not False)


def is_json(roots: Iterable[Node | None]) -> bool:
    """Tell whether a text is written as JSON: a flow collection whose keys are in double quotes."""
    for root in roots:
        for node in walk(root) if root else ():
            if type(node) is MapNode and node.pairs:
                key = node.pairs[0][0]
                return node.flow and type(key) is ScalarNode and key.style == '"'
    return False


def has_brackets(text: str, parent: MapNode | SeqNode) -> bool:
    """Tell whether a flow collection is written in brackets: the one pair of `[key: value]` is not."""
    start = content_start(text, parent)
    if isinstance(parent, SeqNode):
        return True
    return text[start] == "{" and not (parent.pairs and parent.pairs[0][0].start == start)


def _flow_member_start(text: str, parent: MapNode | SeqNode, index: int) -> int:
    if index == 0:
        offset = content_start(text, parent)
        if not has_brackets(text, parent):
            return offset
    else:
        offset = skip_blank(text, member_end(parent, index - 1).end)
        if isinstance(parent, MapNode) and text[offset] == ":":  # `{a: , b}`: of an empty value nothing is written
            offset = skip_blank(text, offset + 1)
    return skip_blank(text, offset + 1)
