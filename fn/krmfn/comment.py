"""Comments: where they stand around a node, as text.

libyaml's events carry no comments; they are found in the text beside the spans of nodes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from krmfn.text import BREAKS, line_end, line_start

if TYPE_CHECKING:
    from krmfn.node import Node

_BEFORE_COMMENT = re.compile(r"[ \t]*")
_FLOW_PUNCTUATION = re.compile(r"[ \t]*,?[ \t]*")
_ONLY_COMMENT = re.compile(r"[ \t]*(#[^\n\r\x85\u2028\u2029]*)?")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with its `#`, as `text[start:end]`."""

    text: str
    start: int
    end: int


class NoRoomError(ValueError):
    """A comment cannot stand here: something else than a comment follows on the line."""


def line_comment(text: str, node: Node) -> Comment | None:
    """Return the comment that ends the line on which a node ends; None where there is none.

    In a multi-line flow collection the comma that follows the node may stand between. The end of a
    block scalar is no place for a comment: there it is the one behind the indicator.
    """
    start = _tail(text, node)
    if start is None or not text.startswith("#", start):
        return None
    if start > 0 and text[start - 1] not in " \t":
        return None  # `a#b`, or a quoted scalar with `#` right behind it
    end = line_end(text, start)
    return Comment(text[start:end], start, end)


def line_comment_slot(text: str, node: Node) -> tuple[int, str]:
    """Return where a line comment for a node would be inserted, and the blank to put before it.

    Raises NoRoomError where something else follows on the line.
    """
    start = _tail(text, node)
    if start is None:
        raise NoRoomError("another value follows on the same line")
    return start, "" if start > 0 and text[start - 1] in " \t" else " "


def head_comments(text: str, offset: int) -> list[Comment]:
    """Return the comment lines directly above the line of an offset, the top one first."""
    found: list[Comment] = []
    start = line_start(text, offset)
    while start > 0:
        end = start - 1
        if text.startswith("\r\n", end - 1):
            end -= 1
        above = line_start(text, end)
        match = _ONLY_COMMENT.match(text, above)
        if match is None or match.group(1) is None:
            break
        found.insert(0, Comment(match.group(1), match.start(1), match.end(1)))
        start = above
    return found


def own_line(text: str, offset: int) -> int:
    """Return the offset of the first character on the line of `offset` that is no blank."""
    found = _BEFORE_COMMENT.match(text, line_start(text, offset))
    assert found
    return found.end()


def _tail(text: str, node: Node) -> int | None:
    """Return where a comment behind the node starts or would start; None where other text follows."""
    end = node.end
    if getattr(node, "style", "") in ("|", ">"):
        # `key: |2-  # comment`: behind the indicator, on its line
        found = re.compile(r"(?:[&!][^\s]*[ \t]+)*[|>][-+0-9]*[ \t]*").match(text, node.start)
        if found is None:
            return None
        end = found.end()
    else:
        found = _FLOW_PUNCTUATION.match(text, end)
        assert found
        end = found.end()
    return end if end == len(text) or text[end] in BREAKS or text[end] == "#" else None
