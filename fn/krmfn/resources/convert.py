"""Resources from one shape to another: a document, `- …` in a block list, `{…}` in a flow list."""

from __future__ import annotations

import re
from typing import NamedTuple

from krmfn.errors import EditError
from krmfn.resources.resource import Resource, Shape
from krmfn.yaml import block, emit, layout
from krmfn.yaml.data import to_data
from krmfn.yaml.nodes import MapNode, Node, ScalarNode, SeqNode
from krmfn.yaml.parsed_text import Source
from krmfn.yaml.parser import parse
from krmfn.yaml.text import BREAKS, Edit, line_start, splice
from krmfn.yaml.verify import VerificationError, expect

_LINE = re.compile(f"([^{BREAKS}]*)(\r\n|[{BREAKS}]|$)")
_COMMENT = re.compile(r"(?:^|[ \t])(#.*)")
_END = re.compile(r"^\.\.\.(?=\s|$)", re.MULTILINE)
_NORMAL_BREAKS = ("\n", "\r\n", "\r")


class _Body(NamedTuple):
    """A resource without its shape: comments above it, anchor and tag, its text, and that text's column."""

    head: list[str]
    properties: str
    text: str
    column: int
    node: MapNode


def as_item(resource: Resource, column: int, break_: str) -> str:
    """Return a resource as an item of a block list, its dash in this column; one that is such an item stays.

    Raises EditError for a document that cannot be one without loss.
    """
    text = resource.text
    if resource.shape is Shape.BLOCK_ITEM and text.startswith("-", column) and not text[:column].strip(" "):
        return text
    body = _body(resource)
    pad = " " * (column + 2)
    lines = _shifted(body, column + 2, break_)
    head = [f"{pad}{line}".rstrip(" ") + break_ for line in body.head]
    if head or (body.properties and not body.node.flow):
        new = f"{' ' * column}-{_before(body.properties)}{break_}" + "".join(head) + lines
    else:
        new = f"{' ' * column}-{_before(body.properties)} {lines[column + 2 :]}"
    item = SeqNode(0, flow=False, anchor=None, tag=None)
    item.items.append(body.node)
    return _checked(resource, new, item)


def as_document(resource: Resource, break_: str) -> str:
    """Return a resource as a document that is at the start of a file or after a `---`.

    Raises EditError for an item that cannot be one without loss.
    """
    body = _body(resource)
    head = [f"{line}{break_}" for line in body.head]
    start = f"---{_before(body.properties)}{break_}" if body.properties else ""
    return _checked(resource, start + "".join(head) + _shifted(body, 0, break_), body.node)


def as_flow(resource: Resource) -> str:
    """Return a resource as an item of a flow list: as JSON, without comments, unless it is such an item."""
    return resource.text if resource.shape is Shape.FLOW_ITEM else emit.flow(to_data(resource.node), json=True)


def with_break(text: str, break_: str) -> str:
    """End a text with a line break; a block scalar at its very end does not get one of its own."""
    if not text or text[-1] in BREAKS:
        return text
    roots = [document.root for document in parse(text, "")]
    source = Source(text, roots, 0, len(text))
    start = line_start(text, len(text))
    if start > 0 and not text[start:].strip(" ") and source.follows_block_scalar(len(text)):
        leaf = source.before(len(text))
        if isinstance(leaf, ScalarNode) and (leaf.value.endswith("\n") or not leaf.value):
            return text[:start]  # blanks that are not strings yet: a break after them would be
    edits = [Edit(one.start, one.end, one.new) for one in block.closing(source, len(text))]
    return splice(text, edits) + break_


def _body(resource: Resource) -> _Body:
    """Take a resource apart.

    Raises EditError for a document whose tags are abbreviated by a directive.
    """
    text = resource.text
    (document,) = [document for document in parse(text, resource.source) if document.root is not None]
    if document.tags:
        raise EditError(f"{resource.describe()}: its tags are abbreviated by %TAG; write them out")
    root: Node | None = document.root
    node = root.items[0] if isinstance(root, SeqNode) and resource.shape is Shape.BLOCK_ITEM else root
    assert isinstance(node, MapNode)
    own = layout.properties_end(text, node)
    start = layout.content_start(text, node)
    last = layout.last_line_end(text, node)
    end = _END.search(text, last)
    # a comment on the line of the dash or of `---` gets a line of its own, for all after it is shifted
    head = [_comment_of(line) for line, end in _LINE.findall(text[: line_start(text, start)]) if line or end]
    while head and not head[0]:
        del head[0]
    if node.flow:
        tail = text[node.end : end.start() if end else len(text)]
        body, column = text[start : node.end] + tail, 0
    else:
        column = layout.column(text, start)
        body = " " * column + text[start : end.start() if end else len(text)]
    properties = " ".join(text[node.start : own].split()) if own > node.start else ""
    return _Body(head, properties, body, column, node)


def _comment_of(line: str) -> str:
    """Return the comment in a line above a root: alone, or after a dash, a `---`, an anchor or a tag."""
    found = _COMMENT.search(line)
    return found.group(1).rstrip() if found and not line.startswith("%") else ""


def _shifted(body: _Body, column: int, break_: str) -> str:
    """Return the body's lines moved to a column, with these line breaks."""
    by = column - body.column
    out: list[str] = []
    for line, end in _LINE.findall(body.text):
        if by >= 0:
            moved = " " * by + line if line else ""
        else:
            moved = line[min(-by, len(line) - len(line.lstrip(" "))) :]
        out += moved, break_ if end in _NORMAL_BREAKS else end
    return with_break("".join(out), break_)


def _before(text: str) -> str:
    return f" {text}" if text else ""


def _checked(resource: Resource, new: str, root: Node) -> str:
    """Hold the new text to the old tree."""
    try:
        expect(new, [root], resource.source)
    except VerificationError as error:
        raise EditError(f"{resource.describe()} cannot be moved without loss: {error}") from None
    return new


def as_function_config(config: Resource) -> str:
    """Return a resource as the functionConfig of a list, comments included.

    Raises EditError if it cannot be there without loss.
    """
    # what is in an item after its dash is below a key as it is
    item = as_item(config, 0, "\n")
    return f"functionConfig:\n {item[1:]}" if item.startswith("- ") else f"functionConfig:{item[1:]}"
