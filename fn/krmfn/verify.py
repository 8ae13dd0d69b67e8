"""Holds a spliced text to what was meant: the old data, apart from the edits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

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

from krmfn.data import DataError, same, to_data
from krmfn.node import MapNode, Node, Reader, ScalarNode, SeqNode
from krmfn.text import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence


class VerificationError(Exception):
    """A spliced text does not say what was meant: an error in this library; nothing was changed."""


class Meant:
    """What edits change in the data, by identity of the old nodes."""

    __slots__ = ("added", "deleted", "replaced")

    def __init__(self) -> None:
        self.replaced: dict[int, Any] = {}
        self.added: dict[int, list[Any]] = {}  # of a mapping: key, value, key, value, …
        self.deleted: dict[int, set[int]] = {}

    def __bool__(self) -> bool:
        """Tell whether any data is to change; comments are not."""
        return bool(self.replaced or self.added or self.deleted)


def verify(text: str, roots: Sequence[Node | None], meant: Meant, name: str) -> None:
    """Compare a new text with the documents it came from.

    Raises VerificationError where they differ in anything that was not meant.
    """
    try:
        _Verifier(text, name, meant).documents(roots)
    except (InputError, DataError) as error:
        raise VerificationError(f"{name}: an edit went wrong and was not written: {error}") from error


class _Verifier:
    def __init__(self, text: str, name: str, meant: Meant) -> None:
        self.reader = Reader(text, name)
        self.name = name
        self.meant = meant

    def documents(self, roots: Sequence[Node | None]) -> None:
        event = self.reader.event
        event()
        for root in roots:
            self._expect(event(), DocumentStartEvent)
            if root is None:
                self._expect(event(), ScalarEvent)
            else:
                self._node(root)
            self._expect(event(), DocumentEndEvent)
        self._expect(event(), StreamEndEvent)

    def _node(self, node: Node) -> None:
        event = self.reader.event()
        if self.meant.replaced and id(node) in self.meant.replaced:
            self._data(event, self.meant.replaced[id(node)])
        elif type(node) is ScalarNode:
            # this comparison runs for nearly every node of a list, so it stands in one expression
            if (
                type(event) is not ScalarEvent
                or event.value != node.value
                or event.style != node.style
                or event.tag != node.tag
                or event.anchor != node.anchor
            ):
                self._differs(event)
        elif type(node) is MapNode:
            self._collection(event, MappingStartEvent, node)
            self._pairs(node)
            self._added(node, MappingEndEvent)
        elif type(node) is SeqNode:
            self._collection(event, SequenceStartEvent, node)
            deleted = self.meant.deleted.get(id(node), ())
            for index, item in enumerate(node.items):
                if index not in deleted:
                    self._node(item)
            self._added(node, SequenceEndEvent)
        else:
            self._expect(event, AliasEvent)
            if event.anchor != node.anchor:
                self._differs(event)

    def _pairs(self, node: MapNode) -> None:
        deleted = self.meant.deleted.get(id(node), ())
        for index, (key, value) in enumerate(node.pairs):
            if index not in deleted:
                self._node(key)
                self._node(value)

    def _collection(self, event: Any, kind: type, node: MapNode | SeqNode) -> None:
        self._expect(event, kind)
        if event.anchor != node.anchor or event.tag != node.tag:
            self._differs(event)

    def _added(self, node: MapNode | SeqNode, end: type) -> None:
        for data in self.meant.added.get(id(node), ()):
            self._data(self.reader.event(), data)
        self._expect(self.reader.event(), end)

    def _data(self, event: Any, data: Any) -> None:
        if type(event) in (MappingEndEvent, SequenceEndEvent) or not same(to_data(self.reader.node(event)), data):
            self._differs(event)

    def _expect(self, event: Any, kind: type) -> None:
        if type(event) is not kind:
            self._differs(event)

    def _differs(self, event: Any) -> NoReturn:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        raise VerificationError(
            f"{self.name}: an edit went wrong and was not written: it would change data at line {line}, "
            f"column {column} of the new text"
        )
