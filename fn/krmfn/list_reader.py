"""Reads a ResourceList in one pass of events: every item becomes a span, only wanted ones become trees."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NoReturn

from yaml.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from krmfn import layout
from krmfn.data import to_data
from krmfn.node import MapNode, Node, Reader, ScalarNode, SeqNode, follow
from krmfn.resource import Resource, Shape
from krmfn.result import Result
from krmfn.text import BOM, InputError, Lines, line_end, line_start, newline, next_line, show

if TYPE_CHECKING:
    from krmfn.function import Function

API_VERSIONS = ("config.kubernetes.io/v1", "config.kubernetes.io/v1beta1", "config.kubernetes.io/v1alpha1")
KIND = "ResourceList"
_DASH_LINE = re.compile(r"[ \t]*-[ \t]*(?:#.*)?$")


@dataclass(slots=True)
class Frame:
    """A list taken apart: the items, and the text around them.

    before and after: the text around the items, as read; bare_before, bare_after: the same without results,
    up to the end of the root, from where `tail` goes on. placeholder: what stood for no items (`[]`).
    """

    bom: str = ""
    shape: Shape = Shape.BLOCK_ITEM
    json: bool = False  # the root is written in flow style
    column: int = 0  # of the items' dashes
    newline: str = "\n"
    items: list[Resource] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)  # between the items of a flow list
    placeholder: str = ""
    function_config: Resource | None = None
    results: list[Result] = field(default_factory=list)
    before: str = ""
    after: str = ""
    bare_before: str = ""
    bare_after: str = ""
    tail: str = ""


def read_list(text: str, name: str, function: Function | None = None) -> Frame:
    """Read a list; see ResourceList.read.

    The functionConfig stands behind the items, where kpt and kustomize write it, but visits need it: it is read
    ahead. Where that is not to be done with certainty, the visits come after the list was read.

    Raises InputError (`name:line:column`) for text that is no YAML or no ResourceList.
    """
    reader = _ListReader(text, name)
    if function is None:
        return reader.read()
    ahead = _config_ahead(reader.text, name)
    if ahead is None:
        frame = reader.read()
        function.configure(frame.function_config)
        for item in frame.items:
            if function.wanted(item.api_version, item.kind):
                function.visit(item)
                item.release()
        return frame
    function.configure(ahead[1])
    reader.function = function
    frame = reader.read()
    if reader.config_start != ahead[0]:
        raise InputError(
            f"{name}: `functionConfig:` stands at the start of a line within a quoted text; indent it there"
        )
    return frame


def _config_ahead(text: str, name: str) -> tuple[int | None, Resource | None] | None:
    """Return offset and content of the functionConfig before the list is read; None where that is not certain."""
    if "functionConfig" not in text:
        return None, None
    start = text.rfind("\nfunctionConfig:") + 1
    if start == 0:
        return None
    reader = _ListReader(text[start:], name)
    try:
        for _ in ("stream", "document", "mapping", "key"):
            reader.reader.event()
        return start, reader.config(reader.reader.node(reader.reader.event()))
    except InputError:
        return None  # the whole text will say where


class _ListReader:
    def __init__(self, text: str, name: str) -> None:
        self.frame = Frame(bom=BOM if text.startswith(BOM) else "")
        self.text = text.removeprefix(BOM)
        self.name = name
        self.reader = Reader(self.text, name)
        self.function: Function | None = None
        self.config_start: int | None = None
        self.items_span: tuple[int, int] | None = None
        self.results_span: tuple[int, int] | None = None

    def read(self) -> Frame:
        event = self.reader.event
        event()
        if type(event()) is not DocumentStartEvent:
            raise InputError(f"{self.name}:1:1: the input is empty; a function reads a ResourceList")
        root = event()
        kind = type(root)
        if kind is not MappingStartEvent:
            self.fail(root.start_mark.index, "this is no ResourceList")
        self.frame.json = root.flow_style
        head, root_end = self._pairs()
        event()
        after = event()
        kind = type(after)
        if kind is not StreamEndEvent:
            self.fail(after.start_mark.index, "a second document follows, but a function reads one ResourceList")
        self._check(head, root.start_mark.index)
        self._cut(root_end)
        return self.frame

    def fail(self, offset: int, what: str) -> NoReturn:
        """Raise InputError for what stands at an offset."""
        place = Lines(self.text).position(offset)
        raise InputError(f"{self.name}:{place.line}:{place.column}: {what}\n{show(self.text, place)}")

    def _pairs(self) -> tuple[dict[str, Node], int]:
        """Read the root's pairs; return their values (not the items') and the offset of the root's end."""
        head: dict[str, Node] = {}
        reader = self.reader
        previous_end = None
        while True:
            event = reader.event()
            kind = type(event)
            if kind is MappingEndEvent:
                return head, event.end_mark.index if self.frame.json else event.start_mark.index
            key = reader.node(event)
            name = key.value if type(key) is ScalarNode else ""
            value = reader.event()
            if name == "items" and type(value) is SequenceStartEvent:
                end = self._items(value)
            else:
                node = reader.node(value)
                head[name] = node
                end = node.end
                if name == "items":
                    self._no_items(node)
                elif name == "functionConfig":
                    self.frame.function_config = self.config(node)
                    self.config_start = key.start
                elif name == "results":
                    self.frame.results = _results(to_data(node))
                    self.results_span = self._pair_span(key, node, previous_end)
            previous_end = end

    def _check(self, head: dict[str, Node], start: int) -> None:
        kind, api_version = (to_data(head.get(key)) for key in ("kind", "apiVersion"))
        if kind != KIND:
            at = head["kind"].start if "kind" in head else start
            self.fail(at, f"kind is {kind!r}, but a function reads a {KIND}")
        if api_version not in API_VERSIONS:
            at = head["apiVersion"].start if "apiVersion" in head else start
            self.fail(at, f"apiVersion is {api_version!r}, but has to be {API_VERSIONS[0]}")
        if self.items_span is None:
            self.fail(start, "`items` is missing; an empty list is written `items: []`")

    def _no_items(self, node: Node) -> None:
        if type(node) is not ScalarNode or to_data(node) is not None:
            self.fail(node.start, "`items` is no list")
        self.frame.shape = Shape.FLOW_ITEM if self.frame.json else Shape.BLOCK_ITEM
        self.items_span = (node.start, node.end)

    def _items(self, event: Any) -> int:
        """Read the items; return where they end."""
        if event.flow_style:
            return self._flow_items(event)
        frame, reader, text = self.frame, self.reader, self.text
        first = pending = None
        while True:
            item = reader.event()
            offset = item.start_mark.index
            if type(item) is SequenceEndEvent:
                end = line_start(text, offset) if layout.starts_line(text, offset) else offset
                assert first is not None
                assert pending is not None
                self._finish(*pending, end)
                self.items_span = (first, end)
                return end
            dash = self._dash(offset)
            start = line_start(text, dash)
            if pending is None:
                first = start
                frame.column = dash - start
            else:
                # where an item's piece ends is known when the next one starts
                self._finish(*pending, start)
            resource = self._new(item, start)
            root = SeqNode(dash, False, None, None)
            pending = resource, root, self._item(item, resource)

    def _flow_items(self, event: Any) -> int:
        frame, reader = self.frame, self.reader
        spans: list[tuple[int, int]] = []
        frame.shape = Shape.FLOW_ITEM
        while True:
            item = reader.event()
            kind = type(item)
            if kind is SequenceEndEvent:
                break
            resource = self._new(item, item.start_mark.index)
            node = self._item(item, resource)
            self._finish(resource, None, node, node.end)
            spans.append((node.start, node.end))
        end: int = item.end_mark.index
        if spans:
            frame.gaps = [self.text[one[1] : two[0]] for one, two in pairwise(spans)]
            self.items_span = (spans[0][0], spans[-1][1])
        else:
            frame.shape = Shape.FLOW_ITEM if frame.json else Shape.BLOCK_ITEM
            self.items_span = (event.start_mark.index, end)
        return end

    def _new(self, event: Any, start: int) -> Resource:
        if type(event) is not MappingStartEvent:
            at = event.start_mark.index
            self.fail(at, f"item {len(self.frame.items)} is no resource, because it is no mapping")
        resource = Resource(self.text, source=self.name, start=start, shape=self.frame.shape)
        self.frame.items.append(resource)
        return resource

    def _item(self, event: Any, resource: Resource) -> MapNode:
        """Read one item; return its mapping, without pairs where nobody wants them."""
        reader = self.reader
        node = MapNode(event.start_mark.index, event.flow_style, event.anchor, event.tag)
        pairs = node.pairs
        header = {"apiVersion": "", "kind": ""}
        function = self.function
        build = function is not None
        while True:
            event = reader.event()
            kind = type(event)
            if kind is MappingEndEvent:
                break
            name = event.value if kind is ScalarEvent else ""
            if build:
                key = reader.node(event, 4)
                value = reader.node(reader.event(), 4)
                pairs.append((key, value))
                if name not in header or type(value) is not ScalarNode:
                    continue
                header[name] = value.value
            else:
                reader.skip(event, 3)
                event = reader.event()
                if name not in header or type(event) is not ScalarEvent:
                    reader.skip(event, 3)
                    continue
                header[name] = event.value
            if function and build and header["apiVersion"] and header["kind"]:
                build = function.wanted(header["apiVersion"], header["kind"])
        resource.api_version, resource.kind = header["apiVersion"], header["kind"]
        node.end = event.end_mark.index if node.flow or not pairs else pairs[-1][1].end
        if function and build and not (resource.api_version and resource.kind):
            build = function.wanted(resource.api_version, resource.kind)
        if not build:
            pairs.clear()
        return node

    def _finish(self, resource: Resource, root: SeqNode | None, node: MapNode, end: int) -> None:
        """Close an item's piece, and show the item to the visitor."""
        resource.end_at(end)
        if not node.pairs or self.function is None:
            return
        if root is not None:
            root.items.append(node)
        resource.keep(root or node, node)
        self.function.visit(resource)
        resource.release()

    def _dash(self, offset: int) -> int:
        """Return the offset of the dash before an item."""
        text = self.text
        dash = offset - 1
        while dash > 0 and text[dash] in " \t":
            dash -= 1
        if text[dash] == "-":
            return dash
        # the item stands on a later line than its dash, with nothing but comments between
        start = line_start(text, offset)
        while start > 0:
            start = line_start(text, start - 2 if text.startswith("\r\n", start - 2) else start - 1)
            line = text[start : line_end(text, start)]
            if _DASH_LINE.match(line):
                return start + line.index("-")
        raise AssertionError("no dash stands before the item")

    def config(self, node: Node) -> Resource | None:
        """Return the functionConfig with its tree; None where it is empty."""
        mapping = follow(node)
        if type(mapping) is not MapNode:
            if to_data(node) is not None:
                self.fail(node.start, "functionConfig is no mapping")
            return None
        resource = Resource(self.text, source=self.name, start=mapping.start, end=mapping.end)
        resource.api_version = str(to_data(mapping.get("apiVersion")) or "")
        resource.kind = str(to_data(mapping.get("kind")) or "")
        resource.keep(mapping, mapping)
        return resource

    def _pair_span(self, key: Node, value: Node, previous_end: int | None) -> tuple[int, int]:
        """Return what to cut to remove a pair of the root."""
        if not self.frame.json:
            return line_start(self.text, key.start), next_line(self.text, layout.last_line_end(self.text, value))
        return key.start if previous_end is None else previous_end, value.end

    def _cut(self, root_end: int) -> None:
        """Take the text around the items apart."""
        frame, text = self.frame, self.text
        assert self.items_span is not None
        start, end = self.items_span
        close = text.rindex("}", 0, root_end) if frame.json else root_end
        frame.newline = newline(text)
        frame.before, frame.after = text[:start], text[end:]
        frame.bare_before, frame.bare_after, frame.tail = text[:start], text[end:close], text[close:]
        if not frame.items:
            frame.placeholder = text[start:end]
        if self.results_span is not None:
            first, last = self.results_span
            if first < start:
                frame.bare_before = text[:first] + text[last:start]
            else:
                frame.bare_after = text[end:first] + text[last:close]


def _results(data: Any) -> list[Result]:
    """Read results; the legacy form is a mapping with `items`."""
    if isinstance(data, dict):
        data = data.get("items")
    return [Result.from_dict(entry) for entry in data or () if isinstance(entry, dict)]
