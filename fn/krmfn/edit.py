"""Lossless edits: changes of data and comments as splices, verified before anybody sees them.

An `Editor` collects edits against one parse of a text; `apply` splices them all at once, parses the
result and compares it with what was meant. Nothing that was not edited can change unnoticed.
"""

from __future__ import annotations

import bisect
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeGuard

from krmfn import comment, emit, layout, scalar
from krmfn.node import MapNode, Node, ScalarNode, SeqNode
from krmfn.text import BREAKS, Edit, line_start, newline, next_line, splice
from krmfn.verify import Meant, verify

if TYPE_CHECKING:
    from collections.abc import Sequence


class Editor:
    """Edits of one piece of text, `text[start:end]`, that holds the documents `roots`.

    Edits are stated in nodes of that parse and applied together. Two edits of one value, or an addition
    at the end of a collection whose last member is deleted in the same go, raise OverlapError in `apply`.
    """

    def __init__(
        self, text: str, roots: Sequence[Node | None], *, name: str = "", start: int = 0, end: int | None = None
    ) -> None:
        self.text = text
        self.roots = roots
        self.name = name
        self.start = start
        self.end = len(text) if end is None else end
        self._edits: list[Edit] = []
        self._meant = Meant()

    def __bool__(self) -> bool:
        """Tell whether there is anything to apply."""
        return bool(self._edits)

    def apply(self) -> str:
        """Return the new text of the piece.

        Raises OverlapError where two edits meet, VerificationError where the result is not what was meant.
        """
        new = splice(self.text, self._edits, start=self.start, end=self.end)
        verify(new, self.roots, self._meant, self.name)
        return new

    def in_flow(self, node: Node) -> bool:
        """Tell whether a node stands within a flow collection, `{…}` or `[…]`."""
        index = bisect.bisect_right(self._flows, (node.start, len(self.text))) - 1
        return index >= 0 and node.end <= self._flows[index][1]

    # data

    def set_value(self, node: ScalarNode, value: scalar.Value) -> None:
        """Give a scalar a new value in its own style; text that a reader could mistake gets quoted.

        An anchor stays. A tag stays, too: data that contradicts it fails in `apply`. A block scalar stays
        one where the new text has several lines.
        """
        self._meant.replaced[id(node)] = value
        start = layout.content_start(self.text, node)
        if node.style in ("|", ">"):
            self._set_block(node, start, value)
            return
        if self._json and isinstance(value, str):
            new = scalar.quoted(value, '"')
        else:
            new = scalar.write(value, style=node.style, flow=self.in_flow(node))
        touches = start == node.end and start > 0 and self.text[start - 1] not in " \t" + BREAKS
        self._edits.append(Edit(start, node.end, " " + new if touches else new))

    def put(self, parent: MapNode, key: str, data: Any) -> None:
        """Give a key of a mapping this value, whatever stands there; a key that is missing is added."""
        found = parent.pair(key)
        if found is None:
            self.add(parent, key, data)
        elif _fits(found[1], data):
            self.set_value(found[1], data)
        else:
            self._replace(parent, found, data)

    def add(self, parent: MapNode, key: str, data: Any) -> None:
        """Add a pair at the end of a mapping, in the style of the text around it."""
        count = len(self._meant.added.setdefault(id(parent), []))
        self._meant.added[id(parent)] += key, data
        if parent.flow:
            self._insert_flow(parent, [value for _, value in parent.pairs], {key: data}, first=not count)
        else:
            column = layout.column(self.text, parent.pairs[0][0].start)
            self._insert_lines(parent.pairs[-1][1], emit.pair(key, data, column, self.style))

    def append(self, parent: SeqNode, data: Any) -> None:
        """Append an item to a sequence, in the style of the text around it."""
        count = len(self._meant.added.setdefault(id(parent), []))
        self._meant.added[id(parent)].append(data)
        if parent.flow:
            self._insert_flow(parent, parent.items, [data], first=not count)
        else:
            column = layout.column(self.text, layout.dash(self.text, parent, 0))
            self._insert_lines(parent.items[-1], emit.item(data, column, self.style))

    def delete(self, parent: MapNode, *keys: str) -> None:
        """Delete every pair with one of these keys, with the comments that belong to it."""
        members = [(key.start, value) for key, value in parent.pairs]
        indexes = {n for n, (key, _) in enumerate(parent.pairs) if type(key) is ScalarNode and key.value in keys}
        self._delete(parent, members, indexes, "{}")

    def remove(self, parent: SeqNode, *indexes: int) -> None:
        """Remove items of a sequence, with the comments that belong to them; negative counts from the end."""
        members = [
            (item.start if parent.flow else layout.dash(self.text, parent, n), item)
            for n, item in enumerate(parent.items)
        ]
        self._delete(parent, members, {n % len(members) for n in indexes}, "[]")

    # comments

    def set_line_comment(self, node: Node, text: str) -> None:
        """Put a comment (with or without `#`) at the end of the node's line, in place of one that is there.

        Raises comment.NoRoomError where something else follows on the line.
        """
        new = _hash(text)
        found = comment.line_comment(self.text, node)
        if found is None:
            offset, gap = comment.line_comment_slot(self.text, node)
            self._edits.append(Edit(offset, offset, gap + new))
        elif found.text != new:
            self._edits.append(Edit(found.start, found.end, new))

    def remove_line_comment(self, node: Node) -> None:
        """Remove the comment at the end of the node's line, with the blanks before it."""
        found = comment.line_comment(self.text, node)
        if found is not None:
            start = found.start
            while self.text[start - 1] in " \t":
                start -= 1
            self._edits.append(Edit(start, found.end, ""))

    def add_head_comment(self, node: Node, text: str) -> None:
        """Put comment lines directly above the line on which the node starts, indented as that line is."""
        start = line_start(self.text, node.start)
        indent = self.text[start : comment.own_line(self.text, node.start)]
        lines = [f"{indent}{_hash(line)}{self._newline}" for line in text.splitlines()]
        self._edits.append(Edit(start, start, "".join(lines)))

    def remove_head_comments(self, node: Node) -> None:
        """Remove the comment lines directly above the line on which the node starts."""
        found = comment.head_comments(self.text, node.start)
        if found:
            start = line_start(self.text, found[0].start)
            self._edits.append(Edit(start, line_start(self.text, node.start), ""))

    def replace_line_comment(self, node: Node, text: str) -> None:
        """Put a comment at the end of the node's line; one that is there moves to a line of its own above."""
        found = comment.line_comment(self.text, node)
        self.set_line_comment(node, text)
        if found is not None and found.text != _hash(text):
            self.add_head_comment(node, found.text)

    def move_line_comment_up(self, node: Node) -> None:
        """Move the comment at the end of the node's line to a line of its own above it."""
        found = comment.line_comment(self.text, node)
        if found is not None:
            self.remove_line_comment(node)
            self.add_head_comment(node, found.text)

    # how it is done

    @cached_property
    def style(self) -> emit.Style:
        """How this text indents."""
        return layout.style(self.text, self.roots)

    @cached_property
    def _newline(self) -> str:
        return newline(self.text)

    @cached_property
    def _json(self) -> bool:
        return layout.is_json(self.roots)

    @cached_property
    def _flows(self) -> list[tuple[int, int]]:
        return layout.flow_spans(self.roots)

    def _set_block(self, node: ScalarNode, start: int, value: scalar.Value) -> None:
        behind = comment.line_comment(self.text, node)
        if isinstance(value, str) and not emit.is_inline(value):
            parent = layout.column(self.text, comment.own_line(self.text, node.start))
            head, *lines = emit.literal(value, parent + self.style.step)
        else:
            head, lines = scalar.write_new(value), []
        first = f"{head} {behind.text}" if behind else head
        end = layout.last_line_end(self.text, node)
        self._edits.append(Edit(start, end, self._newline.join([first, *lines])))

    def _replace(self, parent: MapNode, pair: tuple[Node, Node], data: Any) -> None:
        """Write another value behind a key, block or flow."""
        key, value = pair
        self._meant.replaced[id(value)] = data
        if parent.flow:
            self._edits.append(Edit(value.start, value.end, emit.flow(data, json=self._json)))
            return
        column = layout.column(self.text, key.start)
        head, *lines = emit.pair("", data, column, self.style)
        head = head[column + len("'':") :]
        block = isinstance(value, MapNode | SeqNode) and not value.flow
        behind = None if block else comment.line_comment(self.text, value)
        if behind:
            head += f" {behind.text}"
        colon = self.text.index(":", key.end)
        end = layout.last_line_end(self.text, value)
        self._edits.append(Edit(colon + 1, end, self._newline.join([head, *lines])))

    def _insert_lines(self, last: Node, lines: list[str]) -> None:
        offset = layout.last_line_end(self.text, last)
        self._edits.append(Edit(offset, offset, "".join(self._newline + line for line in lines)))

    def _insert_flow(self, parent: MapNode | SeqNode, members: Sequence[Node], data: Any, *, first: bool) -> None:
        inner = emit.flow(data, json=self._json)[1:-1]
        offset = members[-1].end if members else parent.end - 1
        self._edits.append(Edit(offset, offset, f", {inner}" if members or not first else inner))

    def _delete(
        self, parent: MapNode | SeqNode, members: list[tuple[int, Node]], indexes: set[int], empty: str
    ) -> None:
        """Delete members of a collection, each given by where it starts and its value."""
        if not indexes:
            return
        self._meant.deleted.setdefault(id(parent), set()).update(indexes)
        kept = [n for n in range(len(members)) if n not in indexes]
        if not kept:
            self._delete_all(parent, members, empty)
            return
        for n in sorted(indexes):
            start, value = members[n]
            following = next((after for after in kept if after > n), None)
            if parent.flow:
                self._delete_flow(members, n, following, kept)
            elif not layout.starts_line(self.text, start):
                # the first pair of `- key: value`: what is kept moves up behind the dash
                assert following is not None
                end = members[n + 1][0] if n + 1 in indexes else members[following][0]
                self._edits.append(Edit(start, end, ""))
            else:
                head = comment.head_comments(self.text, start) if n else []
                top = line_start(self.text, head[0].start if head else start)
                self._delete_lines(top, layout.last_line_end(self.text, value))

    def _delete_flow(
        self, members: list[tuple[int, Node]], n: int, following: int | None, kept: list[int]
    ) -> None:
        if following is not None:
            self._edits.append(Edit(members[n][0], members[n + 1][0], ""))
        elif n - 1 in kept:
            self._edits.append(Edit(members[n - 1][1].end, members[-1][1].end, ""))

    def _delete_lines(self, start: int, end: int) -> None:
        after = next_line(self.text, end)
        if end == after and start > 0:  # the last line of a text without a final newline
            start -= 2 if self.text.startswith("\r\n", start - 2) else 1
        self._edits.append(Edit(start, after, ""))

    def _delete_all(self, parent: MapNode | SeqNode, members: list[tuple[int, Node]], empty: str) -> None:
        start, end = members[0][0], members[-1][1].end
        if parent.flow:
            self._edits.append(Edit(start, end, ""))
            return
        end = layout.last_line_end(self.text, members[-1][1])
        above = line_start(self.text, start)
        if above > self.start and not self.text[above:start].strip(" \t"):
            before = self.text[: above - 1].rstrip("\r")
            if before.endswith(":"):
                start, empty = len(before), f" {empty}"
        self._edits.append(Edit(start, end, empty))


def _fits(node: Node, data: Any) -> TypeGuard[ScalarNode]:
    """Tell whether data can take the place of a scalar without a line more: a block scalar takes any text."""
    if type(node) is not ScalarNode:
        return False
    return isinstance(data, str) if node.style in ("|", ">") else scalar.is_value(data) and emit.is_inline(data)


def _hash(text: str) -> str:
    text = text.strip()
    return text if text.startswith("#") else f"# {text}"
