"""Lossless edits: changes of data and comments as splices, verified before anyone sees them.

An `Editor` collects edits against one parse of a text; `apply` splices them all at once, parses the
result and compares it with what was intended. Nothing that was not edited can change unnoticed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from krmfn.errors import EditError, NoRoomError, OverlapError
from krmfn.yaml import block, comment, flow, layout, value
from krmfn.yaml.comment import hashed
from krmfn.yaml.data import DataError, fits_tag, plain_data, same, scalar_data, to_data
from krmfn.yaml.deletions import check_aliases, check_conflicts
from krmfn.yaml.expected_data import Change, ExpectedData
from krmfn.yaml.nodes import AliasNode, MapNode, Node, ScalarNode, SeqNode
from krmfn.yaml.parsed_text import Source
from krmfn.yaml.scalar import is_value
from krmfn.yaml.splices import COMMENT, Splice, closed
from krmfn.yaml.text import Edit, line_start, splice
from krmfn.yaml.verify import check_depth, verify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from krmfn.yaml import emit, scalar


class Editor:
    """Edits of one piece of text, `text[start:end]`, that holds the documents `roots`.

    inline: whether other text follows the piece on its last line, so that no comment may end it.

    Edits are stated in nodes of that parse and applied together. An edit that cannot be made without loss
    raises EditError, from its own method or from `apply`; nothing is changed then. Two edits of one value, and an
    edit within what another one deletes or replaces, raise OverlapError, which is one, too.
    """

    def __init__(
        self,
        text: str,
        roots: Sequence[Node | None],
        *,
        name: str = "",
        start: int = 0,
        end: int | None = None,
        inline: bool = False,
    ) -> None:
        self.text = text
        self.roots = roots
        self.name = name
        self._source = Source(text, roots, start, len(text) if end is None else end)
        self._inline = inline
        self._splices: list[Splice] = []
        self._commented: set[int] = set()
        self._subjects: list[Node] = []
        self._meant = ExpectedData()

    def __bool__(self) -> bool:
        """Tell whether there is anything to apply."""
        return bool(self._splices or self._meant.changed)

    def apply(self) -> str:
        """Return the new text of the piece.

        Raises EditError if an edit cannot be made, OverlapError where two edits meet, VerificationError where
        the result is not what was intended.
        """
        source, meant = self._source, self._meant
        splices = list(self._splices)
        if meant.removes:
            check_conflicts(source, meant, self._subjects)
            check_aliases(source, meant)
        for change in meant.changed.values():
            style = flow if change.parent.flow else block
            splices += style.change(source, change.parent, change.data, change.deleted)
        edits = [Edit(one.start, one.end, one.new) for one in sorted(splices, key=_order)]
        if not edits:
            return self.text[source.start : source.end]
        edits = closed(source, edits, meant.written)
        new = splice(self.text, edits, start=source.start, end=source.end)
        verify(source, edits, new, meant, self.name)
        return new

    def changes(self, parent: MapNode, *keys: str) -> bool:
        """Tell whether one of these keys of a mapping gets another value, or may."""
        if not self._meant:
            return False
        values = (pair[1] for key in keys if (pair := parent.pair(key)))
        changed = self._meant.values.keys() | self._meant.replaced.keys()
        return id(parent) in self._meant.changed or any(id(value) in changed for value in values)

    @property
    def style(self) -> emit.Style:
        """How this text indents."""
        return self._source.style

    def in_flow(self, node: Node) -> bool:
        """Tell whether a node is within a flow collection, `{…}` or `[…]`."""
        return self._source.in_flow(node)

    # data

    def set_value(self, node: ScalarNode, data: scalar.Value) -> None:
        """Give a scalar a new value in its own style; text that a reader could mistake gets quoted.

        An anchor stays, and so does a tag: a value that contradicts it raises EditError. A block scalar stays
        one where the new text has several lines. A scalar that has the value already is left as it is. A key is
        renamed.
        """
        data = plain_data(data)
        if not is_value(data):
            raise EditError("a scalar cannot become a collection; use `put`")
        if same(scalar_data(node), data):
            return
        if not fits_tag(node.tag, data):
            raise EditError(f"the tag {node.tag} does not allow {data!r}")
        self._once(self._meant.values, node, data)
        self._splices += value.change(self._source, node, data)

    def put(self, parent: MapNode, key: str, data: Any) -> None:
        """Give a key of a mapping this value, whatever is there; a key that is missing is added.

        What is there already, and means the same, is left as it is.
        """
        found = parent.pair(key)
        if found is None:
            self.add(parent, key, data)
            return
        data = plain_data(data)
        old = found[1]
        if means(old, data):
            return
        if type(old) is ScalarNode and value.fits(self._source, old, data):
            self.set_value(old, data)
            return
        check_depth(self._source, parent, data)
        self._once(self._meant.replaced, old, data, subject=found[0])
        self._splices += value.replace(self._source, parent, found, data)

    def add(self, parent: MapNode, key: str, data: Any) -> None:
        """Add a pair at the end of a mapping, in the style of the text around it.

        Raises EditError if the key is there already, and for one longer than a key can be (1,000 characters).
        """
        value.check_key(key)
        data = plain_data(data)
        check_depth(self._source, parent, data)
        change = self._change(parent)
        there = self._source.numbers(parent).get(key, ())
        if key in change.added or not change.deleted.issuperset(there):
            raise OverlapError(f"the key {key!r} is there already")
        change.added[plain_data(key)] = data

    def append(self, parent: SeqNode, data: Any) -> None:
        """Append an item to a sequence, in the style of the text around it."""
        data = plain_data(data)
        check_depth(self._source, parent, data)
        change = self._change(parent)
        change.added[len(change.added)] = data

    def delete(self, parent: MapNode, *keys: str) -> None:
        """Delete every pair with one of these keys, with the comments that belong to it."""
        numbers = self._source.numbers(parent)
        change = self._meant.changed.get(id(parent))
        for key in dict.fromkeys(keys):
            there = numbers.get(key, ())
            # all pairs with a key go together, so one that is gone tells of all
            if there and not (change and there[0] in change.deleted):
                self._delete(parent, there)

    def remove(self, parent: SeqNode, *indexes: int) -> None:
        """Remove items of a sequence, with the comments that belong to them; negative counts from the end.

        Raises IndexError if there is no such item.
        """
        count = len(parent.items)
        for index in indexes:
            if not -count <= index < count:
                raise IndexError(f"the list has {count} items, there is no {index}")
        self._delete(parent, [index % count for index in indexes])

    # comments

    def line_comment(self, node: Node) -> comment.Comment | None:
        """Return the comment at the end of a node's line; of a block collection that of its key or dash."""
        start = self._comment_slot(node)
        return None if start is None else comment.comment_at(self.text, start)

    def set_line_comment(self, node: Node, text: str) -> None:
        """Put a comment (with or without `#`) at the end of the node's line, in place of one that is there.

        Raises comment.NoRoomError where something else follows on the line, EditError for a text that no comment
        can hold.
        """
        new = hashed(text)
        start = self._comment_slot(node)
        if start is None:
            raise NoRoomError("another value follows on the same line")
        found = comment.comment_at(self.text, start)
        if found is None or found.text != new:
            self._comment(node, start, found.end if found else start, comment.gap(self.text, start) + new)

    def remove_line_comment(self, node: Node) -> None:
        """Remove the comment at the end of the node's line, with the blanks before it."""
        found = self.line_comment(node)
        if found is not None:
            start = found.start
            while self.text[start - 1] in " \t":
                start -= 1
            self._comment(node, start, found.end, "")

    def head_comments(self, node: Node) -> list[comment.Comment]:
        """Return the comment lines directly above the line on which the node starts, the top one first."""
        start = self._source.line_start(node.start)
        return comment.head_comments(self.text, start, after=self._source.floor(start))

    def add_head_comment(self, node: Node, text: str) -> None:
        """Put comment lines directly above the line on which the node starts, indented as that line is.

        Raises comment.NoRoomError where that line starts within another value.
        """
        start = self._source.line_start(node.start)
        if self._source.within_leaf(start):
            raise NoRoomError("the line starts within another value")
        indent = self.text[start : comment.own_line(self.text, start)]
        lines = [indent + hashed(line) + self._source.newline for line in text.replace("\r\n", "\n").split("\n")]
        self._subjects.append(node)
        self._splices.append(Splice(start, start, COMMENT, 0, "".join(lines)))

    def remove_head_comments(self, node: Node) -> None:
        """Remove the comment lines directly above the line on which the node starts."""
        found = self.head_comments(node)
        if found:
            start = line_start(self.text, found[0].start)
            self._subjects.append(node)
            self._splices.append(Splice(start, self._source.line_start(node.start), COMMENT, 0, ""))

    def replace_line_comment(self, node: Node, text: str) -> None:
        """Put a comment at the end of the node's line; one that is there moves to a line of its own above."""
        found = self.line_comment(node)
        if found is not None and found.text != hashed(text):
            self.add_head_comment(node, found.text)
        self.set_line_comment(node, text)

    def move_line_comment_up(self, node: Node) -> None:
        """Move the comment at the end of the node's line to a line of its own above it."""
        found = self.line_comment(node)
        if found is not None:
            self.add_head_comment(node, found.text)
            self.remove_line_comment(node)

    # how it is done

    def _comment_slot(self, node: Node) -> int | None:
        """Return where a comment on a node's line starts or would start; None if there is no room for one."""
        if layout.is_block(node):
            slot = self._source.slot(node)
            start = None if slot is None else comment.behind(self.text, slot)
        else:
            start = comment.tail(self.text, node)
        return None if self._inline and start == self._source.end else start

    def _comment(self, node: Node, start: int, end: int, new: str) -> None:
        line = self._source.line_start(start)
        if line in self._commented:
            raise OverlapError("two edits want the comment of the same line")
        self._commented.add(line)
        self._subjects.append(node)
        self._splices.append(Splice(start, end, COMMENT, 0, new))

    def _once(
        self, meant: dict[int, tuple[Node, Any]], node: Node, data: Any, *, subject: Node | None = None
    ) -> None:
        if id(node) in self._meant.values or id(node) in self._meant.replaced:
            raise OverlapError("two edits want to change the same value")
        meant[id(node)] = node, data
        self._subjects.append(subject or node)

    def _change(self, parent: MapNode | SeqNode) -> Change:
        """Return what a collection is to gain and to lose."""
        if id(parent) not in self._meant.changed:
            self._meant.changed[id(parent)] = Change(parent)
            self._subjects.append(parent)
        return self._meant.changed[id(parent)]

    def _delete(self, parent: MapNode | SeqNode, numbers: Sequence[int]) -> None:
        if numbers:
            self._change(parent).deleted.update(numbers)


def means(old: Node, data: Any) -> bool:
    """Tell whether a value means this data, and is its own: what an alias gives is not."""
    try:
        return not isinstance(old, AliasNode) and same(to_data(old), data)
    except DataError:
        return False


def _order(one: Splice) -> tuple[int, int, int, int]:
    return one[:4]
