"""Light nodes with spans: what libyaml's events say, and where in the text it stands.

Nodes are a view of the text: they never carry a change. To change something, splice (`krmfn.edit`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

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

from krmfn.text import BOM, InputError, Lines, Position, show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

if not yaml.__with_libyaml__:  # the pure loader is 20 times slower and differs in what it accepts
    raise ImportError(
        "PyYAML was built without libyaml; install a PyYAML wheel from PyPI, or libyaml-dev and rebuild"
    )

from yaml._yaml import CParser

MAX_DEPTH = 256
"""Deepest nesting that is read. libyaml takes quadratic time on deep input and its composer crashes on it."""


class ScalarNode:
    """A scalar: its value as text, as written between `start` and `end` (tag and anchor included).

    style: "" (plain), "'", '"', "|" or ">".
    """

    __slots__ = ("anchor", "end", "start", "style", "tag", "value")

    def __init__(self, event: Any) -> None:
        self.value: str = event.value
        self.start: int = event.start_mark.index
        self.end: int = event.end_mark.index
        self.style: str = event.style
        self.anchor: str | None = event.anchor
        self.tag: str | None = event.tag


class AliasNode:
    """An alias, `*anchor`; `target` is None where the anchor stands in a part that was not built."""

    __slots__ = ("anchor", "end", "start", "target")

    def __init__(self, anchor: str, start: int, end: int, target: Node | None) -> None:
        self.anchor = anchor
        self.start = start
        self.end = end
        self.target = target


class MapNode:
    """A mapping: its pairs in the order of the text, duplicates included.

    `end` is the end of the last value, not of the comments and blank lines behind it.
    """

    __slots__ = ("anchor", "end", "flow", "pairs", "start", "tag")

    def __init__(self, start: int, flow: bool, anchor: str | None, tag: str | None) -> None:
        self.pairs: list[tuple[Node, Node]] = []
        self.start = start
        self.end = start
        self.flow = flow
        self.anchor = anchor
        self.tag = tag

    def pair(self, key: str) -> tuple[Node, Node] | None:
        """Return the last pair with a scalar key of this text; None where there is none."""
        for found in reversed(self.pairs):
            if type(found[0]) is ScalarNode and found[0].value == key:
                return found
        return None

    def get(self, key: str) -> Node | None:
        """Return the value of the last such key, aliases followed; None where there is none."""
        found = self.pair(key)
        return None if found is None else follow(found[1])


class SeqNode:
    """A sequence; `end` as for a mapping."""

    __slots__ = ("anchor", "end", "flow", "items", "start", "tag")

    def __init__(self, start: int, flow: bool, anchor: str | None, tag: str | None) -> None:
        self.items: list[Node] = []
        self.start = start
        self.end = start
        self.flow = flow
        self.anchor = anchor
        self.tag = tag


Node: TypeAlias = ScalarNode | AliasNode | MapNode | SeqNode


class Document:
    """One YAML document of a text; `root` is None where it is empty.

    start: of its `---`, or of its content; explicit: whether it has a `---`.
    """

    __slots__ = ("explicit", "root", "start")

    def __init__(self, start: int, explicit: bool, root: Node | None) -> None:
        self.start = start
        self.explicit = explicit
        self.root = root


class Reader:
    """Turns the events of a text into nodes, part by part, so that a caller can skip what it does not need.

    name: of the file, for errors.

    Raises InputError (`name:line:column`, with the line shown) from every method where the text is no YAML.
    """

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.anchors: dict[str, Node] = {}
        self._get: Callable[[], Any] = CParser(text).get_event

    def event(self) -> Any:
        """Return the next event."""
        try:
            return self._get()
        except yaml.YAMLError as error:
            self.fail(error)

    def fail(self, error: yaml.YAMLError) -> NoReturn:
        """Raise InputError for an error of libyaml."""
        raise _input_error(error, self.text, self.name) from None

    def node(self, event: Any, depth: int = 1) -> Node:
        """Build the node that starts with this event."""
        try:
            return self._node(event, depth)
        except yaml.YAMLError as error:
            self.fail(error)

    def skip(self, event: Any, depth: int = 1) -> None:
        """Read to the end of the node that starts with this event and build nothing."""
        get = self._get
        opened = depth
        try:
            while True:
                kind = type(event)
                if kind is MappingStartEvent or kind is SequenceStartEvent:
                    opened += 1
                    if opened > MAX_DEPTH:
                        self._too_deep(event)
                elif kind is MappingEndEvent or kind is SequenceEndEvent:
                    opened -= 1
                if opened == depth:
                    return
                event = get()
                while type(event) is ScalarEvent:
                    event = get()
        except yaml.YAMLError as error:
            self.fail(error)

    def _node(self, event: Any, depth: int) -> Node:
        kind = type(event)
        if kind is ScalarEvent:
            return self._scalar(event)
        if kind is AliasEvent:
            name = event.anchor
            return AliasNode(name, event.start_mark.index, event.end_mark.index, self.anchors.get(name))
        if depth > MAX_DEPTH:
            self._too_deep(event)
        if kind is MappingStartEvent:
            return self._mapping(event, depth)
        return self._sequence(event, depth)

    def _scalar(self, event: Any) -> ScalarNode:
        node = ScalarNode(event)
        if node.anchor is not None:
            self.anchors[node.anchor] = node
        return node

    def _mapping(self, event: Any, depth: int) -> MapNode:
        get = self._get
        anchors = self.anchors
        node = MapNode(event.start_mark.index, event.flow_style, event.anchor, event.tag)
        if event.anchor is not None:
            anchors[event.anchor] = node
        add = node.pairs.append
        depth += 1
        value: Node = node
        while True:
            event = get()
            kind = type(event)
            if kind is ScalarEvent:
                # _scalar written out, twice: most events of a manifest come through here
                key: Node = ScalarNode(event)
                if key.anchor is not None:
                    anchors[key.anchor] = key
            elif kind is MappingEndEvent:
                node.end = event.end_mark.index if node.flow or value is node else value.end
                return node
            else:
                key = self._node(event, depth)
            event = get()
            if type(event) is ScalarEvent:
                value = ScalarNode(event)
                if value.anchor is not None:
                    anchors[value.anchor] = value
            else:
                value = self._node(event, depth)
            add((key, value))

    def _sequence(self, event: Any, depth: int) -> SeqNode:
        get = self._get
        node = SeqNode(event.start_mark.index, event.flow_style, event.anchor, event.tag)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        add = node.items.append
        depth += 1
        while True:
            event = get()
            kind = type(event)
            if kind is SequenceEndEvent:
                node.end = event.end_mark.index if node.flow or not node.items else node.items[-1].end
                return node
            add(self._node(event, depth))

    def _too_deep(self, event: Any) -> NoReturn:
        place = Position(event.start_mark.line + 1, event.start_mark.column + 1)
        raise InputError(
            f"{self.name}:{place.line}:{place.column}: nesting is deeper than {MAX_DEPTH} levels; "
            "nothing that Kubernetes reads is"
        )


def parse(text: str, name: str) -> list[Document]:
    """Return the documents of a text; name is the file's, for errors.

    Raises InputError (`name:line:column`, with the line shown).
    """
    reader = Reader(text, name)
    documents = []
    while True:
        event = reader.event()
        kind = type(event)
        if kind is StreamEndEvent:
            break
        if kind is DocumentStartEvent:
            reader.anchors.clear()
            first = reader.event()
            root: Node | None = reader.node(first)
            if type(root) is ScalarNode and root.start == root.end and not root.style and root.tag is None:
                root = None
            documents.append(Document(event.start_mark.index, event.explicit, root))
            assert type(reader.event()) is DocumentEndEvent
    if text.startswith(BOM):
        _shift(documents, len(BOM))
    return documents


def follow(node: Node) -> Node:
    """Return what an alias stands for, any other node itself.

    Raises ValueError where the anchor stands in a part of the text that was not built.
    """
    while type(node) is AliasNode:
        if node.target is None:
            raise ValueError(f"the anchor of *{node.anchor} stands outside this resource")
        node = node.target
    return node


def find(root: Node | None, path: Sequence[str | int]) -> Node | None:
    """Return the node at a path of keys and indexes, aliases followed; None where there is none."""
    node = root
    for step in path:
        if node is None:
            return None
        node = follow(node)
        if type(node) is MapNode and isinstance(step, str):
            node = node.get(step)
        elif type(node) is SeqNode and isinstance(step, int):
            node = node.items[step] if -len(node.items) <= step < len(node.items) else None
        else:
            return None
    return None if node is None else follow(node)


def walk(root: Node) -> Iterator[Node]:
    """Yield every node below and including this one, in the order of the text; aliases are not followed."""
    stack: list[Node] = [root]
    while stack:
        node = stack.pop()
        yield node
        if type(node) is MapNode:
            for key, value in reversed(node.pairs):
                stack += value, key
        elif type(node) is SeqNode:
            stack += reversed(node.items)


def _shift(documents: list[Document], by: int) -> None:
    """Move all offsets: libyaml does not count a byte order mark."""
    for document in documents:
        document.start += by
        if document.root is not None:
            for node in walk(document.root):
                node.start += by
                node.end += by


def _input_error(error: yaml.YAMLError, text: str, name: str) -> InputError:
    """Return libyaml's error as one message with file, line, column and the line itself."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        # yaml.reader.ReaderError: a character that YAML does not allow; its position counts bytes
        offset = getattr(error, "position", 0)
        good = text.encode()[:offset].decode(errors="ignore")
        place = Lines(text).position(len(good))
        what = f"the character {text[len(good) : len(good) + 1]!r} is not allowed in YAML; remove or escape it"
        return InputError(f"{name}:{place.line}:{place.column}: {what}")
    # at the end of a text libyaml names a line that is not there, so the offset counts, not its line and column
    offset = mark.index + len(BOM) if text.startswith(BOM) else mark.index
    place = Lines(text).position(min(offset, len(text)))
    what = getattr(error, "problem", None) or "this is no YAML"
    context = getattr(error, "context", None)
    if context:
        what = f"{what} ({context})"
    shown = show(text, place)
    if "\t" in Lines(text).line(place.line)[: place.column]:
        what += "; YAML is indented with spaces, not tabs"
    return InputError(f"{name}:{place.line}:{place.column}: {what}\n{shown}")
