"""Comments: where they are around a node, as text.

libyaml's events carry no comments; they are found in the text next to the spans of nodes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from krmfn.errors import EditError
from krmfn.yaml import layout
from krmfn.yaml.nodes import ScalarNode
from krmfn.yaml.scalar import is_writable, needs_escape
from krmfn.yaml.text import BREAKS, break_start, line_end, line_start

if TYPE_CHECKING:
    from krmfn.yaml.nodes import Node

_BLANKS = re.compile(r"[ \t]*")
_FLOW_PUNCTUATION = re.compile(r"[ \t]*,?[ \t]*")
_ONLY_COMMENT = re.compile(f"([ \t]*)(#[^{BREAKS}]*)?")


class Comment(NamedTuple):
    """A comment with its `#`, as `text[start:end]`."""

    text: str
    start: int
    end: int


def line_comment(text: str, node: Node) -> Comment | None:
    """Return the comment that ends the line on which a node ends; None if there is none.

    In a multi-line flow collection the comma that follows the node may be between. The end of a
    block scalar is not a place for a comment: there it is the one after the indicator. A block collection has
    no line of its own: see `Editor.line_comment`.
    """
    start = tail(text, node)
    return None if start is None else comment_at(text, start)


def tail(text: str, node: Node) -> int | None:
    """Return where a line comment of a node starts or would start; None if there is no room for one."""
    end = node.end
    if isinstance(node, ScalarNode):
        if node.style in layout.BLOCK_SCALARS:
            # `key: |2-  # comment`: after the indicator, on its line
            found = layout.BLOCK_HEAD.match(text, layout.content_start(text, node))
            assert found
            end = found.end()
        elif node.start == end and text[end - 1 : end] not in ("-", ":", "?"):
            return None  # an empty value of which nothing is written; libyaml gives it the place of what follows
    elif layout.is_block(node):
        return None
    return behind(text, end)


def behind(text: str, offset: int) -> int | None:
    """Return where a comment after an offset starts or would start; None if other text follows."""
    found = _FLOW_PUNCTUATION.match(text, offset)
    assert found
    end = found.end()
    return end if end == len(text) or text[end] in BREAKS or text[end] == "#" else None


def comment_at(text: str, start: int) -> Comment | None:
    """Return the comment that starts at an offset; None if none does."""
    if not text.startswith("#", start):
        return None
    end = line_end(text, start)
    return Comment(text[start:end], start, end)


def gap(text: str, start: int) -> str:
    """Return the blank that a comment at this offset needs before it."""
    return "" if start == 0 or text[start - 1] in " \t" + BREAKS else " "


def head_comments(text: str, offset: int, *, after: int = 0) -> list[Comment]:
    """Return the comment lines directly above the line of an offset, the top one first.

    Only lines indented as that line is count: others belong to something else. after: where the last value
    above ends; in it a line that starts with `#` is not a comment.
    """
    found: list[Comment] = []
    start = line_start(text, offset)
    indent = own_line(text, offset) - start
    while start > 0:
        end = break_start(text, start)
        above = line_start(text, end)
        match = _ONLY_COMMENT.match(text, above)
        if above < after or match is None or match.group(2) is None or len(match.group(1)) != indent:
            break
        found.append(Comment(match.group(2), match.start(2), match.end(2)))
        start = above
    return found[::-1]


def own_line(text: str, offset: int) -> int:
    """Return the offset of the first character on the line of `offset` that is not a blank."""
    found = _BLANKS.match(text, line_start(text, offset))
    assert found
    return found.end()


def hashed(text: str) -> str:
    """Return a text as a comment: with `#`, and on one line.

    Raises EditError for a text with a line break, or another character that no comment can hold.
    """
    text = text.strip(" \t")
    if "\n" in text or needs_escape(text) or not is_writable(text):
        raise EditError(f"a comment cannot hold {text[:80]!r}: it has a line break or a control character in it")
    return text if text.startswith("#") else f"# {text}".rstrip()
