"""Reading: libyaml's events become light nodes with spans, part by part."""

from __future__ import annotations

import contextlib
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

from krmfn.yaml.nodes import AliasNode, MapNode, Node, ScalarNode, SeqNode, find, follow, trail, walk
from krmfn.yaml.text import BOM, Lines, Position, located, without_bom

if TYPE_CHECKING:
    from collections.abc import Callable

    from krmfn.errors import InputError

if not yaml.__with_libyaml__:  # the pure loader is 20 times slower and differs in what it accepts
    raise ImportError(
        "PyYAML was built without libyaml; install a PyYAML wheel from PyPI, or libyaml-dev and rebuild"
    )

from yaml._yaml import CParser

MAX_DEPTH = 256
"""Deepest nesting that is read. libyaml takes quadratic time on deep input and its composer crashes on it."""


def is_a(event: Any, kind: type) -> bool:
    """Tell whether an event is of this kind."""
    return type(event) is kind


class Document:
    """One YAML document of a text; `root` is None if it is empty.

    start: of its directives or its `---`, or of its content; explicit: whether it has a `---`; tags: the tag
    handles that its directives define.
    """

    __slots__ = ("explicit", "root", "start", "tags")

    def __init__(self, start: int, explicit: bool, root: Node | None, tags: Any = None) -> None:
        self.start = start
        self.explicit = explicit
        self.root = root
        self.tags = tags


class Reader:
    """Turns the events of a text into nodes, part by part, so that a caller can skip what it does not need.

    name: of the file, for errors.

    Raises InputError (`name:line:column`, with the line shown) from every method where the text is not YAML.
    """

    def __init__(self, text: str, name: str) -> None:
        self.text = without_bom(text, name)
        self.name = name
        self.anchors: dict[str, Node] = {}
        self.aliases = 0
        try:
            parser = CParser(self.text)
        except UnicodeEncodeError as error:
            place = Lines(self.text).position(error.start)
            raise located(
                name, self.text, place, "half of a surrogate pair is not a character; remove it"
            ) from None
        self.next: Callable[[], Any] = parser.get_event
        """Return the next event; errors are libyaml's own."""

    def event(self) -> Any:
        """Return the next event."""
        try:
            return self.next()
        except yaml.YAMLError as error:
            self.fail(error)

    def fail(self, error: yaml.YAMLError) -> NoReturn:
        """Raise InputError for an error of libyaml.

        libyaml 0.2.6 and newer limit nesting themselves, and scan ahead of the event that they return. So the text
        before the error is searched for nesting first: the message is the same with every libyaml.
        """
        mark = getattr(error, "problem_mark", None)
        if mark is not None:
            _check_depth(self.text[: mark.index], self.text, self.name)
        raise _input_error(error, self.text, self.name) from None

    def node(self, event: Any, depth: int = 1) -> Node:
        """Build the node that starts with this event; depth: its own level, the root's is 1."""
        try:
            return self._node(event, depth)
        except yaml.YAMLError as error:
            self.fail(error)

    def rest(self, node: MapNode, depth: int) -> None:
        """Add the pairs that follow to a mapping, up to its end; depth: the mapping's own level."""
        try:
            self._pairs(node, depth)
        except yaml.YAMLError as error:
            self.fail(error)

    def skip(self, event: Any, depth: int = 1) -> Any:
        """Read to the end of the node that starts with this event and build nothing; return its last event."""
        kind = type(event)
        if kind is MappingStartEvent or kind is SequenceStartEvent:
            if depth > MAX_DEPTH:
                self._too_deep(event)
            return self.skip_rest(depth)
        self.aliases += kind is AliasEvent
        return event

    def skip_rest(self, depth: int) -> Any:
        """Read to the end of the collection that is open at this level and build nothing; return its end."""
        get = self.next
        opened = depth
        try:
            while True:
                event = get()
                while type(event) is ScalarEvent:
                    event = get()
                kind = type(event)
                if kind is MappingStartEvent or kind is SequenceStartEvent:
                    opened += 1
                    if opened > MAX_DEPTH:
                        self._too_deep(event)
                elif kind is AliasEvent:
                    self.aliases += 1
                elif opened == depth:
                    return event
                else:
                    opened -= 1
        except yaml.YAMLError as error:
            self.fail(error)

    def _node(self, event: Any, depth: int) -> Node:
        kind = type(event)
        if kind is ScalarEvent:
            node = ScalarNode(event)
            if event.anchor is not None:
                self.anchors[event.anchor] = node
            return node
        if kind is AliasEvent:
            self.aliases += 1
            name = event.anchor
            return AliasNode(name, event.start_mark.index, event.end_mark.index, self.anchors.get(name))
        if depth > MAX_DEPTH:
            self._too_deep(event)
        if kind is MappingStartEvent:
            mapping = MapNode(event.start_mark.index, event.flow_style, event.anchor, event.tag)
            if event.anchor is not None:
                self.anchors[event.anchor] = mapping
            self._pairs(mapping, depth)
            return mapping
        return self._sequence(event, depth)

    def _pairs(self, node: MapNode, depth: int) -> None:
        get = self.next
        anchors = self.anchors
        add = node.pairs.append
        depth += 1
        while True:
            event = get()
            kind = type(event)
            if kind is ScalarEvent:
                # the scalar's part of _node written out, twice: most events of a manifest come through here
                key: Node = ScalarNode(event)
                if event.anchor is not None:
                    anchors[event.anchor] = key
            elif kind is MappingEndEvent:
                node.end = event.end_mark.index if node.flow or not node.pairs else node.pairs[-1][1].end
                return
            else:
                key = self._node(event, depth)
            event = get()
            if type(event) is ScalarEvent:
                value: Node = ScalarNode(event)
                if event.anchor is not None:
                    anchors[event.anchor] = value
                elif not event.value and not node.flow:
                    value = self._empty(key, event)
            else:
                value = self._node(event, depth)
            add((key, value))

    def _empty(self, key: Node, event: Any) -> ScalarNode:
        """Return an empty value of a block mapping.

        Behind `? key` without a `:` libyaml gives it the place of the next token, which may be lines away; here
        it is right after its key.
        """
        start = event.start_mark.index
        if start == event.end_mark.index and self.text[start - 1] != ":":
            return ScalarNode(_Unwritten(key.end))
        return ScalarNode(event)

    def _sequence(self, event: Any, depth: int) -> SeqNode:
        get = self.next
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
        raise _too_deep(event.start_mark, self.text, self.name)


def _too_deep(mark: Any, text: str, name: str) -> InputError:
    what = f"nesting is deeper than {MAX_DEPTH} levels; nothing that Kubernetes reads is"
    return located(name, text, Position(mark.line + 1, mark.column + 1), what)


def _check_depth(start: str, text: str, name: str) -> None:
    """Raise InputError where the start of a text is nested too deep."""
    depth = 0
    parser = CParser(start)
    with contextlib.suppress(yaml.YAMLError):
        while (event := parser.get_event()) is not None:
            kind = type(event)
            if kind is MappingStartEvent or kind is SequenceStartEvent:
                depth += 1
                if depth > MAX_DEPTH:
                    raise _too_deep(event.start_mark, text, name)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                depth -= 1


class _Mark:
    __slots__ = ("index",)

    def __init__(self, index: int) -> None:
        self.index = index


class _Moved:
    """Stands for the event of a scalar in a text with a byte order mark."""

    __slots__ = ("anchor", "end_mark", "start_mark", "style", "tag", "value")

    def __init__(self, event: Any, by: int) -> None:
        self.anchor, self.style, self.tag, self.value = event.anchor, event.style, event.tag, event.value
        self.start_mark = _Mark(event.start_mark.index + by)
        self.end_mark = _Mark(event.end_mark.index + by)


class _Unwritten:
    """Stands for the event of a value that has no text at all, not even its `:`."""

    __slots__ = ("end_mark", "start_mark")

    anchor = tag = None
    style = value = ""

    def __init__(self, index: int) -> None:
        self.start_mark = self.end_mark = _Mark(index)


def check(text: str) -> None:
    """Read a text and make nothing of it; errors are libyaml's own, and nesting is not limited."""
    CParser(text).raw_parse()


def parse(text: str, name: str, *, whole: bool = False) -> list[Document]:
    """Return the documents of a text; name is the file's, for errors.

    whole: the text is not a piece of another one, so that every alias needs its anchor in it.

    Raises InputError (`name:line:column`, with the line shown).
    """
    reader = Reader(text, name)
    documents: list[Document] = []
    while True:
        event = reader.event()
        kind = type(event)
        if kind is StreamEndEvent:
            break
        if kind is DocumentStartEvent:
            reader.anchors.clear()
            first = reader.event()
            root: Node | None = reader.node(first)
            if whole and reader.aliases:
                _check_aliases(reader, root)
            if type(root) is ScalarNode and root.start == root.end and not root.style and root.tag is None:
                root = None
            documents.append(Document(event.start_mark.index, event.explicit, root, event.tags))
            assert type(reader.event()) is DocumentEndEvent
    if text.startswith(BOM):
        for document in documents:
            _shift(document, len(BOM))
    return documents


def _check_aliases(reader: Reader, root: Node | None) -> None:
    for node in walk(root) if root is not None else ():
        if type(node) is AliasNode and node.target is None:
            place = Lines(reader.text).position(node.start)
            what = f"*{node.anchor} has no anchor; put &{node.anchor} before what it stands for"
            raise located(reader.name, reader.text, place, what)


def _shift(document: Document, by: int) -> None:
    """Move all offsets: libyaml does not count a byte order mark."""
    document.start += by
    for node in walk(document.root) if document.root is not None else ():
        if isinstance(node, ScalarNode):
            node.event = _Moved(node.event, by)
        else:
            node.start += by
            node.end += by


def _input_error(error: yaml.YAMLError, text: str, name: str) -> InputError:
    """Return libyaml's error as one message with file, line, column and the line itself."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        # yaml.reader.ReaderError: a character that YAML does not allow; its position counts bytes
        offset = len(text.encode()[: getattr(error, "position", 0)].decode(errors="ignore"))
        what = f"the character {text[offset : offset + 1]!r} is not allowed in YAML; remove or escape it"
        return located(name, text, Lines(text).position(offset), what)
    # at the end of a text libyaml names a line that is not there, so the offset counts, not its line and column
    place = Lines(text).position(mark.index)
    what = getattr(error, "problem", None) or "this is not YAML"
    context = getattr(error, "context", None)
    if context:
        what = f"{what} ({context})"
    if "\t" in Lines(text).line(place.line)[: place.column]:
        what += "; YAML is indented with spaces, not tabs"
    return located(name, text, place, what)


__all__ = [
    "MAX_DEPTH",
    "AliasNode",
    "Document",
    "MapNode",
    "Node",
    "Reader",
    "ScalarNode",
    "SeqNode",
    "check",
    "find",
    "follow",
    "is_a",
    "parse",
    "trail",
    "walk",
]
