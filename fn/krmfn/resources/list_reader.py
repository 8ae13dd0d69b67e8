"""Reads a ResourceList: every item becomes a span of text, only wanted ones become trees.

`list_cutter` reads the lists that kpt and kustomize write, and fast. What that does not suit is read here as a
whole, event by event: other layouts, and texts with errors, which are found at their places that way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yaml.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from krmfn.errors import InputError
from krmfn.resources.fast_list_reader import FastReader, Irregular
from krmfn.resources.list_envelope import ListEnvelope
from krmfn.resources.list_fields import ListRoot
from krmfn.resources.resource import Resource, Shape
from krmfn.yaml import layout
from krmfn.yaml.data import to_data
from krmfn.yaml.nodes import ScalarNode, SeqNode
from krmfn.yaml.parser import Reader, is_a
from krmfn.yaml.text import BOM, line_start, newline, without_bom

if TYPE_CHECKING:
    from krmfn.resources.visitor import Visitor
    from krmfn.yaml.nodes import Node


def read_list(text: str, name: str, visitor: Visitor | None = None) -> ListEnvelope:
    """Read a list; see ResourceList.read.

    Raises InputError (`name:line:column`) for text that is not YAML or not a ResourceList.
    """
    cutter = FastReader(_frame(text, name), name)
    try:
        cutter.read(visitor)
    except Irregular:
        frame = _WholeReader(_frame(text, name), name).read()
        if visitor is not None:
            _visit(visitor, frame, cutter)
        return frame
    return cutter.frame


def _frame(text: str, name: str) -> ListEnvelope:
    bom = BOM if text.startswith(BOM) else ""
    return ListEnvelope(without_bom(text, name), bom, newline(text))


def _visit(visitor: Visitor, frame: ListEnvelope, cutter: FastReader) -> None:
    """Show a function what it has not seen yet."""
    if not cutter.configured:
        visitor.configure(frame.function_config)
    elif _text(cutter.frame.function_config) != _text(frame.function_config):
        raise InputError("`functionConfig:` is at the start of a line within a quoted text; indent it there")
    done = cutter.visited
    frame.items[:done] = cutter.frame.items[:done]
    for item in frame.items[done:]:
        if visitor.wanted(item.api_version, item.kind):
            visitor.visit(item)
            item.release()


def _text(resource: Resource | None) -> str:
    return resource.text if resource else ""


class _WholeReader:
    def __init__(self, frame: ListEnvelope, name: str) -> None:
        self.frame = frame
        self.text = frame.text
        self.name = name
        self.reader = Reader(frame.text, name)
        self.root = ListRoot(frame, name)
        self.has_items = False
        self.item_end = 0

    def read(self) -> ListEnvelope:
        event = self.reader.event
        event()
        start = event()
        if not is_a(start, DocumentStartEvent):
            raise InputError(f"{self.name}:1:1: the input is empty; a function reads a ResourceList")
        if start.tags:
            self.root.fail(start.start_mark.index, "a function reads no list with a %TAG directive")
        root = event()
        if not is_a(root, MappingStartEvent):
            self.root.fail(root.start_mark.index, "this is not a ResourceList")
        self.frame.flow_root = root.flow_style
        self._pairs()
        self.frame.has_end = event().explicit
        after = event()
        if not is_a(after, StreamEndEvent):
            what = "a second document follows, but a function reads one ResourceList"
            self.root.fail(after.start_mark.index, what)
        self.root.check(root.start_mark.index, has_items=self.has_items)
        self.frame.has_aliases = self.reader.aliases > 0
        return self.frame

    def _pairs(self) -> None:
        reader = self.reader
        while not is_a(event := reader.event(), MappingEndEvent):
            key = reader.node(event)
            name = key.value if type(key) is ScalarNode else ""
            value = reader.event()
            if name != "items":
                self.root.take(name, reader.node(value), self.text)
                continue
            if self.has_items:
                self.root.fail(key.start, "`items` is there twice")
            self.has_items = True
            if not is_a(value, SequenceStartEvent):
                self._nothing(key, reader.node(value))
            elif value.flow_style:
                self._flow(value)
            else:
                self._block(key, value)

    def _nothing(self, key: Node, node: Node) -> None:
        """Take a null for a list without items."""
        if type(node) is not ScalarNode or to_data(node) is not None:
            self.root.fail(node.start, "`items` is not a list")
        colon = layout.colon(self.text, key, node)
        if colon is None:
            self.root.fail(key.start, "`items` has no value")
        self._empty(node.start if node.end > node.start else colon + 1, max(node.end, colon + 1))
        self.frame.slot = colon + 1

    def _empty(self, start: int, end: int) -> None:
        frame = self.frame
        frame.is_empty = True
        frame.shape = Shape.FLOW_ITEM if frame.flow_root else Shape.BLOCK_ITEM
        frame.start, frame.end, frame.slot = start, end, start

    def _block(self, key: Node, event: Any) -> None:
        frame, text = self.frame, self.text
        dash = event.start_mark.index
        if event.anchor is not None or event.tag is not None:
            self.root.fail(dash, "`items` has an anchor or a tag; remove it")
        frame.slot = layout.skip_blank(text, key.end) + 1
        frame.start = line_start(text, dash)
        frame.column = dash - frame.start
        starts, headers = [], []
        while not is_a(item := self.reader.event(), SequenceEndEvent):
            starts.append(line_start(text, dash))
            headers.append(self._item(item, len(starts) - 1))
            dash = layout.skip_blank(text, self.item_end)
        end = item.start_mark.index
        # blanks at the very end may belong to a block scalar
        frame.end = line_start(text, end) if layout.starts_line(text, end) and end < len(text) else end
        spans = zip(starts, [*starts[1:], frame.end], strict=True)
        self._keep(list(spans), headers)

    def _flow(self, event: Any) -> None:
        frame, text = self.frame, self.text
        node = SeqNode(event.start_mark.index, flow=True, anchor=event.anchor, tag=event.tag)
        node.end = len(text)
        opening = layout.content_start(text, node)
        spans: list[tuple[int, int]] = []
        headers = []
        while not is_a(item := self.reader.event(), SequenceEndEvent):
            headers.append(self._item(item, len(spans)))
            spans.append((item.start_mark.index, self.item_end))
        closing = item.end_mark.index - 1
        if not spans:
            self._empty(node.start, closing + 1)
            return
        frame.shape = Shape.FLOW_ITEM
        frame.start, frame.end = opening + 1, closing
        ends = [frame.start, *(end for _, end in spans)]
        frame.gaps = [
            text[end:start] for end, start in zip(ends, [*(start for start, _ in spans), closing], strict=True)
        ]
        self._keep(spans, headers)

    def _keep(self, spans: list[tuple[int, int]], headers: list[dict[str, str]]) -> None:
        self.frame.items = [
            Resource(
                self.text,
                source=self.name,
                start=start,
                end=end,
                api_version=header["apiVersion"],
                kind=header["kind"],
                shape=self.frame.shape,
            )
            for (start, end), header in zip(spans, headers, strict=True)
        ]

    def _item(self, event: Any, number: int) -> dict[str, str]:
        """Read one item; return its apiVersion and kind, '' if they are missing."""
        if not is_a(event, MappingStartEvent):
            self.root.fail(event.start_mark.index, f"item {number} is not a resource, because it is not a mapping")
        reader = self.reader
        header = {"apiVersion": "", "kind": ""}
        while not is_a(event := reader.event(), MappingEndEvent):
            name = event.value if type(event) is ScalarEvent else ""
            reader.skip(event, 4)
            event = reader.event()
            if name in header and type(event) is ScalarEvent:
                header[name] = event.value
            else:
                reader.skip(event, 4)
        # in block style that is where the next token starts
        self.item_end = event.end_mark.index
        return header
