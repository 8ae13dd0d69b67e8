"""Reads the lists that kpt and kustomize write: a block list is cut at its dashes, and each item read on its own.

That is as good as reading them together, because a line that starts with a dash in the column of the list ends
whatever is open before it, and what would not end there, a quoted text, is an error in the piece. An item that
nobody wants is checked by libyaml without a Python object being made for it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from yaml.error import YAMLError
from yaml.events import (
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from krmfn.errors import InputError
from krmfn.resources.list_fields import ListRoot
from krmfn.resources.resource import Resource, Shape
from krmfn.yaml import layout
from krmfn.yaml.nodes import MapNode, SeqNode
from krmfn.yaml.parser import Reader, check, is_a
from krmfn.yaml.text import BOM, line_start

if TYPE_CHECKING:
    from krmfn.resources.list_envelope import ListEnvelope
    from krmfn.resources.visitor import Visitor

_ODD_BREAKS = ("\x85", "\u2028", "\u2029")
_INDENTED = "\n" + " " * 60
_MANY_BRACKETS = 60
"""Up to here a text cannot be nested deeper than MAX_DEPTH: a column holds two levels at most (a mapping, and a
list below one of its keys), a bracket two as well (a list, and the pair in `[a: b]`)."""


class Irregular(Exception):  # noqa: N818  (no error: the list is read in another way then)
    """The list cannot be cut, or has an error somewhere."""


class FastReader:
    """Reads a list into a frame; `configured` and `visited` say what a function has been shown."""

    def __init__(self, frame: ListEnvelope, name: str) -> None:
        self.frame = frame
        self.name = name
        self.root = ListRoot(frame, name)
        self.configured = False
        self.visited = 0
        self.wanted: dict[tuple[str, str], bool] = {}

    def read(self, visitor: Visitor | None) -> None:
        """Read the list, and show a function what it wants to see.

        Raises Irregular if the list is not one that can be cut.
        """
        text = self.frame.text
        if text.count("\r") != text.count("\r\n") or any(char in text for char in _ODD_BREAKS):
            raise Irregular
        try:
            starts = self._cut(self._head())
            self._tail()
        except InputError:
            raise Irregular from None
        if visitor is not None:
            visitor.configure(self.frame.function_config)
            self.configured = True
        for start, end in zip(starts, [*starts[1:], self.frame.end], strict=True):
            self._item(text[start:end], visitor)

    def _head(self) -> int:
        """Read what is before the items; return the offset of the first dash."""
        reader = Reader(self.frame.text, self.name)
        event = reader.event
        event()
        start = event()
        if not is_a(start, DocumentStartEvent) or start.tags:
            raise Irregular
        root = event()
        if not is_a(root, MappingStartEvent) or root.flow_style:
            raise Irregular
        self.start = root.start_mark.index
        while is_a(key := event(), ScalarEvent):
            value = event()
            if key.value != "items":
                self.root.take(key.value, reader.node(value), self.frame.text)
                continue
            if not is_a(value, SequenceStartEvent) or value.flow_style or value.anchor or value.tag:
                break
            self.frame.slot = layout.skip_blank(self.frame.text, key.end_mark.index) + 1
            return int(value.start_mark.index)
        raise Irregular

    def _cut(self, dash: int) -> list[int]:
        """Return where the items' first lines start."""
        frame, text = self.frame, self.frame.text
        frame.start = line_start(text, dash)
        frame.column = column = dash - frame.start
        # apiVersion and kind at an item's start, as they are nearly always written: each on one line of its own
        key = rf"\r?\n {{{column + 2}}}(?=[A-Za-z])"
        self._header = re.compile(
            rf" {{{column}}}- apiVersion: ([A-Za-z][A-Za-z0-9./-]*){key}kind: ([A-Za-z][A-Za-z0-9]*){key}"
        )
        starts: list[int] = []
        # lines that are not indented deeper than the dashes, blank ones and comments left out
        for found in re.compile(rf"\n {{0,{column}}}(?![ #\r\n])").finditer(text, frame.start - 1):
            at = found.start() + 1
            if found.end() - at != column or text[at + column : at + column + 2] not in ("- ", "-\n", "-\r"):
                frame.end = at
                return starts
            starts.append(at)
        frame.end = len(text)
        return starts

    def _tail(self) -> None:
        """Read what is after the items."""
        frame = self.frame
        text = frame.text[frame.end :]
        if text.startswith(("...", BOM)):
            raise Irregular
        reader = Reader(text, self.name)
        event = reader.event
        event()
        start = event()
        if is_a(start, StreamEndEvent):
            self.root.check(self.start, has_items=True)
            return
        root = event()
        if start.explicit or not is_a(root, MappingStartEvent) or root.flow_style:
            raise Irregular
        if root.start_mark.column != layout.column(frame.text, self.start):
            raise Irregular
        while not is_a(key := event(), MappingEndEvent):
            if type(key) is not ScalarEvent or key.value == "items":
                raise Irregular
            self.root.take(key.value, reader.node(event()), text, frame.end)
        frame.has_end = event().explicit
        if type(event()) is not StreamEndEvent:
            raise Irregular
        self.root.check(self.start, has_items=True)

    def _item(self, text: str, visitor: Visitor | None) -> None:
        """Read one item, up to its end, and show it to the function if that wants to see it."""
        resource = Resource(text, source=self.name, shape=Shape.BLOCK_ITEM)
        try:
            header = self._header.match(text)
            if header is not None and text.count("kind:") == 1:
                resource.api_version, resource.kind = header.groups()
            else:
                resource.api_version, resource.kind = _read_header(text, self.name)
            wanted = visitor is not None and self._wanted(visitor, resource)
            tree = None
            if wanted or not _is_shallow(text):
                tree = self._tree(text)
            else:
                check(text)
        except (YAMLError, UnicodeEncodeError, InputError):
            raise Irregular from None
        frame = self.frame
        frame.items.append(resource)
        frame.has_aliases = frame.has_aliases or "*" in text
        if wanted and visitor is not None and tree is not None:
            resource.keep(*tree)
            visitor.visit(resource)
            resource.release()
        self.visited += 1

    def _tree(self, text: str) -> tuple[SeqNode, MapNode]:
        """Read an item's text as the list of one that it is; return the list and the item."""
        reader = Reader(text, self.name)
        get = reader.next
        get(), get()
        # the levels of the list's root and of `items` are above it
        root = reader.node(get(), 2)
        if isinstance(root, SeqNode) and len(root.items) == 1:
            (item,) = root.items
            if isinstance(item, MapNode) and is_a(get(), DocumentEndEvent) and is_a(get(), StreamEndEvent):
                return root, item
        raise Irregular

    def _wanted(self, visitor: Visitor, resource: Resource) -> bool:
        kind = resource.api_version, resource.kind
        if kind not in self.wanted:
            self.wanted[kind] = visitor.wanted(*kind)
        return self.wanted[kind]


def _read_header(text: str, name: str) -> tuple[str, str]:
    """Return apiVersion and kind of an item where they are not at its start; '' for what is missing."""
    reader = Reader(text, name)
    for _ in ("stream", "document", "list"):
        reader.event()
    if not is_a(reader.event(), MappingStartEvent):
        raise Irregular
    header = {"apiVersion": "", "kind": ""}
    while not is_a(key := reader.event(), MappingEndEvent):
        reader.skip(key, 4)
        value = reader.event()
        if is_a(key, ScalarEvent) and key.value in header and is_a(value, ScalarEvent):
            header[key.value] = value.value
        else:
            reader.skip(value, 4)
    return header["apiVersion"], header["kind"]


def _is_shallow(text: str) -> bool:
    """Tell whether a text cannot be nested too deep, whatever is in it."""
    return (
        _INDENTED not in text
        and text.count("[") + text.count("{") <= _MANY_BRACKETS
        # what nests within a line without a bracket
        and "- - - " not in text
        and "-  " not in text
        and "? " not in text
    )
