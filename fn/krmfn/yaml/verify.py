"""Holds a spliced text to what was intended: the old data, apart from the edits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from krmfn.errors import EditError, InputError
from krmfn.yaml import layout
from krmfn.yaml.data import DataError, nesting, same, to_data
from krmfn.yaml.expected_data import ExpectedData
from krmfn.yaml.nodes import AliasNode, MapNode, Node, ScalarNode, SeqNode
from krmfn.yaml.parser import MAX_DEPTH, Reader
from krmfn.yaml.text import BREAKS, line_start

if TYPE_CHECKING:
    from collections.abc import Sequence

    from krmfn.yaml.parsed_text import Source
    from krmfn.yaml.text import Edit


_UNREADABLE = (InputError, DataError, yaml.YAMLError)
_TROUBLE = (
    # after a plain scalar, and nowhere else
    (
        re.compile(f"(?:^|[{BREAKS}]) *\t[ \t]*(?:$|[{BREAKS}#])"),
        "a line of blanks, or a comment line, has a tab in front; remove the tab first",
    ),
    # behind anything but plain text without a comment at its end, which goes on in this line
    (re.compile(f"[{BREAKS}]%"), "a line starts with `%`; put `...` above it first"),
)


class VerificationError(Exception):
    """A spliced text does not say what was intended: an error in this library; nothing was changed."""


class _Differs(Exception):  # noqa: N818  (it never leaves this module)
    """Events are not those of the tree."""


def check_depth(source: Source, parent: Node, data: Any) -> None:
    """Raise EditError where data below a collection would be nested deeper than what is read."""
    deep = nesting(data)
    if deep and len(source.trail(parent)) + 1 + deep > MAX_DEPTH:
        raise EditError(f"with this the text would be nested deeper than {MAX_DEPTH} levels")


def verify(source: Source, edits: Sequence[Edit], new: str, meant: ExpectedData, name: str) -> None:
    """Compare a new text with the documents it came from; edits: in order.

    The lines of the smallest pair or item of a block collection around all edits are read again and compared.
    That is enough: what is before is the same text and leaves libyaml in the same state; the first line
    keeps its indentation and its key or dash; and what follows starts at the column of that key or dash or
    before it, which ends whatever is open. If there is no such pair, everything is read again.

    Raises VerificationError if they differ in anything that was not intended, and EditError where that may be for
    something in the text that libyaml takes at one place and not at another.
    """
    piece = _piece(source, edits[0].start, max(edit.end for edit in edits), meant)
    if piece is not None:
        start, end, member = piece
        text = " " * layout.column(source.text, start) + new[start - source.start : len(new) - (source.end - end)]
        try:
            _Verifier(text, name, meant).member(member)
        except (*_UNREADABLE, _Differs):
            pass  # reading everything tells
        else:
            return
    try:
        _Verifier(new, name, meant).documents(source.roots)
    except (*_UNREADABLE, _Differs) as error:
        for trouble, what in _TROUBLE:
            if trouble.search(source.text):
                raise EditError(what) from error
        raise VerificationError(f"{name}: an edit went wrong and was not written: {error}") from error


def expect(text: str, roots: Sequence[Node | None], name: str) -> None:
    """Compare a text with the documents that it has to hold.

    Raises VerificationError if they differ in anything.
    """
    try:
        _Verifier(text, name, ExpectedData()).documents(roots)
    except (*_UNREADABLE, _Differs) as error:
        raise VerificationError(f"{name}: {error}") from None


_Member = tuple[Node, Node] | Node


def _piece(source: Source, first: int, last: int, meant: ExpectedData) -> tuple[int, int, _Member] | None:
    """Return where the smallest pair or item around `text[first:last]` starts and ends, and what it is."""
    if len(source.roots) != 1:
        return None
    around: list[tuple[MapNode | SeqNode, int]] = []
    for parent, number in source.around(first):
        if parent.flow or meant.touches(parent):
            break
        around.append((parent, number))
    text = source.text
    while around:
        parent, number = around[-1]
        start = layout.member_start(text, parent, number)
        if start < first and last <= (end := _end(source, around)) and text[start] != "?":
            return start, end, parent.pairs[number] if isinstance(parent, MapNode) else parent.items[number]
        around.pop()
    return None


def _end(source: Source, around: list[tuple[MapNode | SeqNode, int]]) -> int:
    """Return where the lines of a member end: where those of what follows start."""
    for parent, number in reversed(around):
        count = len(parent.pairs if isinstance(parent, MapNode) else parent.items)
        if number + 1 < count:
            return line_start(source.text, layout.member_start(source.text, parent, number + 1))
    return source.end


class _Verifier:
    def __init__(self, text: str, name: str, meant: ExpectedData) -> None:
        self.reader = Reader(text, name)
        self.event = self.reader.next
        self.values = meant.values
        self.replaced = meant.replaced
        self.changed = meant.changed
        self.same_data = not meant  # nearly always nothing is to change but comments

    def documents(self, roots: Sequence[Node | None]) -> None:
        event = self.event
        event()
        for root in roots:
            self._expect(event(), DocumentStartEvent)
            if root is None:
                self._expect(event(), ScalarEvent)
            else:
                self._node(root)
            self._expect(event(), DocumentEndEvent)
        self._expect(event(), StreamEndEvent)

    def member(self, member: _Member) -> None:
        """Expect one document with a collection of this one pair or item."""
        event = self.event
        event()
        self._expect(event(), DocumentStartEvent)
        if isinstance(member, tuple):
            self._expect(event(), MappingStartEvent)
            self._node(member[0])
            self._node(member[1])
            self._expect(event(), MappingEndEvent)
        else:
            self._expect(event(), SequenceStartEvent)
            self._node(member)
            self._expect(event(), SequenceEndEvent)
        self._expect(event(), DocumentEndEvent)
        self._expect(event(), StreamEndEvent)

    def _node(self, node: Node) -> None:
        event = self.event()
        if not self.same_data and id(node) in self.replaced:
            if getattr(event, "tag", None) is not None or event.anchor is not None:
                self._differs(event)
            self._data(event, self.replaced[id(node)][1])
        elif not self.same_data and id(node) in self.values:
            if type(event) is not ScalarEvent or event.tag != node.tag or event.anchor != node.anchor:  # type: ignore[union-attr]
                self._differs(event)
            self._data(event, self.values[id(node)][1])
        elif type(node) is ScalarNode:
            # this comparison runs for most nodes, so it is in one expression
            if (
                type(event) is not ScalarEvent
                or event.value != node.value
                or event.style != node.style
                or event.tag != node.tag
                or event.anchor != node.anchor
            ):
                self._differs(event)
        elif type(node) is AliasNode:
            self._expect(event, AliasEvent)
            if event.anchor != node.anchor:
                self._differs(event)
        else:
            self._collection(event, node)  # type: ignore[arg-type]

    def _collection(self, event: Any, node: MapNode | SeqNode) -> None:
        is_map = isinstance(node, MapNode)
        self._expect(event, MappingStartEvent if is_map else SequenceStartEvent)
        if event.anchor != node.anchor or event.tag != node.tag:
            self._differs(event)
        change = None if self.same_data else self.changed.get(id(node))
        deleted = change.deleted if change else ()
        members = node.pairs if isinstance(node, MapNode) else ((item,) for item in node.items)
        for number, member in enumerate(members):
            if number not in deleted:
                for part in member:
                    self._node(part)
        for key, value in change.added.items() if change else ():
            if is_map:
                self._data(self.event(), key)
            self._data(self.event(), value)
        self._expect(self.event(), MappingEndEvent if is_map else SequenceEndEvent)

    def _data(self, event: Any, data: Any) -> None:
        if type(event) in (MappingEndEvent, SequenceEndEvent) or not same(to_data(self.reader.node(event)), data):
            self._differs(event)

    def _expect(self, event: Any, kind: type) -> None:
        if type(event) is not kind:
            self._differs(event)

    def _differs(self, event: Any) -> NoReturn:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        raise _Differs(f"it would change data at line {line}, column {column} of the new text")
