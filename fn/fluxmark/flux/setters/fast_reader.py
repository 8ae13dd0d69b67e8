"""Plain documents, read line by line: nine of ten marked documents are, and it is much faster.

A document is plain where each of its lines can be told by itself: `key: value`, `- value`, the start of a block
scalar. No anchor, alias or tag is in it, and no other value that goes on in the next line. libyaml has to take it
for YAML. What is not plain is read as all YAML is (`documents`, `markers`); tests hold the two to each other.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import yaml

from fluxmark.flux import marker
from fluxmark.flux.setters.marked_fields import MARKER_LIKE, Marked
from fluxmark.flux.value_change import NO_RESOURCE
from fluxmark.flux.yaml_file import LISTS
from krmfn.resources.result import ResourceRef
from krmfn.yaml.parser import MAX_DEPTH, ScalarNode, check
from krmfn.yaml.scalar import can_be_plain, resolve
from krmfn.yaml.text import Edit, line_start, splice

# No part of these patterns can match the same text in two ways. So repetitions are possessive: nothing is tried
# twice, and a scalar of many words or escapes takes no memory for places to go back to.
_MORE = r"[^\s:]*+(?::[^\s:]++)*+"
_FIRST = r"""(?:[^\s\-?:,\[\]{}#&*!|>'"%@`]|-(?=\S))"""
_PLAIN = rf"{_FIRST}{_MORE}(?:[ ]++[^\s:#]{_MORE})*+"
_QUOTED = r"""(?:"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"|'[^'\n]*+')"""
# collections on one line: of values without quotes, at most three deep, and lists of values with or without
_BARE = r"""[^\[\]{}"'#&*!|>%@`\\\n]*+"""
_ONE = rf"[\[{{]{_BARE}[\]}}]"
_TWO = rf"[\[{{]{_BARE}(?:{_ONE}{_BARE})*+[\]}}]"
_THREE = rf"[\[{{]{_BARE}(?:{_TWO}{_BARE})*+[\]}}]"
_BARE_WORD = r"""[^\s"'\[\]{}#&*!|>%@`\\,?:]++"""
_ITEM = rf"(?:{_QUOTED}|{_BARE_WORD}(?:[ ]++{_BARE_WORD})*+)"
_FLOW = rf"(?:{_THREE}|\[[ ]*+{_ITEM}(?:[ ]*+,[ ]*+{_ITEM})*+[ ]*+\])"
_LINES = re.compile(
    r"(?P<indent>[ ]*)(?:"
    r"(?P<dashes>(?:-[ ]+)*)(?:(?P<key>[A-Za-z0-9_][\w./-]*):(?:[ ]+|$)|)"
    rf"(?P<value>{_PLAIN}|{_QUOTED}|{_FLOW}|[|>][+-]?|)"
    r"[ ]{0,64}(?P<comment>(?<!\S)#.*|)$"
    r"|(?P<other>.+))\n?",
    re.MULTILINE,
)
# line breaks and byte order marks that only some readers take for such, and the escape that go-yaml does not know
_UNUSUAL = re.compile("[\r\x85\u2028\u2029\ufeff]|\\\\/")
_MARKER = re.compile(r"#+[ \t]*\{")
_TAG_OR_IMAGE = re.compile(r"[\w./:@+-]+", re.ASCII)
_QUOTES = "'\""
_DEEPEST = 64
_NOWHERE = 1 << 30
_MAPPINGS = frozenset(("metadata", "metadata.annotations"))
_REF = ("apiVersion", "kind", "metadata.name", "metadata.namespace")
_IDENTITY = frozenset(_REF) | _MAPPINGS
_IDENTITY_LINE = re.compile(r"""^(?:apiVersion|kind|metadata|["'?!&*])""", re.MULTILINE)


class NotPlainError(Exception):
    """A document, or an edit of it, needs a closer look."""


class Plain(NamedTuple):
    """A plain document: what Flux takes for its identity, and its marked scalars, in the order of the text."""

    ref: ResourceRef
    marks: list[Marked]


def read(text: str) -> Plain:
    """Read a document. Raises NotPlainError for one that is not plain, that Flux would skip or take apart."""
    if (not text.isascii() or "\r" in text or "\\" in text) and _UNUSUAL.search(text):
        raise NotPlainError
    markers = [found.start() for found in MARKER_LIKE.finditer(text)]
    # what is after the last marker changes nothing before it: of equal keys Flux takes the first
    head = text.find("\n", markers[-1]) + 1 if markers else 0
    reading = _Reading()
    reading.take(text[:head])
    if not head or reading.section == "metadata" or _IDENTITY_LINE.search(text, head):
        reading.take(text[head:])
    elif "*" in text[head:] or _is_deep(text[head:]):
        raise NotPlainError  # an alias needs its anchor
    if reading.markers != len(markers):
        raise NotPlainError  # some stand elsewhere
    try:
        check(text)
    except (yaml.YAMLError, UnicodeEncodeError):
        raise NotPlainError from None
    return Plain(reading.ref(), _marked(text, markers))


class _Reading:
    """What is known of a document up to a line.

    columns, keys: where the open collections stand, the outermost first, and the keys of mappings so far, None
    for a list; both start with what is around the root. pending: whether a collection may start here. section:
    the last key of the root; field: the last key, if it is one of the identity's; fields: their values. markers:
    how many comments behind values look like one.
    """

    def __init__(self) -> None:
        self.columns: list[int] = [-1]
        self.keys: list[set[str] | None] = [None]
        self.pending = True
        self.field = self.section = ""
        self.fields: dict[str, str] = {}
        self.markers = 0

    def take(self, text: str) -> None:
        """Read some lines. Raises NotPlainError."""
        columns, keys = self.columns, self.keys
        block = _NOWHERE
        for indent, dashes, key, value, comment, other in _LINES.findall(text):
            column = len(indent)
            if column > block:
                continue  # the text of a block scalar
            if other:
                raise NotPlainError
            if dashes:
                column = self._items(column, dashes)
            if key:
                if columns[-1] != column or keys[-1] is None:
                    self._open(column)
                names = keys[-1]
                if names is None or key in names:
                    raise NotPlainError  # of equal keys Flux takes the first
                names.add(key)
                if len(columns) < 4:
                    self._identify(key, value)
            elif not dashes:
                if value and (value != "---" or column or len(columns) > 1):
                    raise NotPlainError  # what goes on from another line
                continue  # an empty line, a comment, or the start of the document
            self.pending = not value
            block = columns[-1] if value and value[0] in "|>" else _NOWHERE
            if comment and _MARKER.match(comment):
                if self.field and len(columns) < 4:
                    raise NotPlainError  # the identity changes
                self.markers += 1

    def _items(self, column: int, dashes: str) -> int:
        """Take the dashes of items in; return the column after them."""
        columns, keys = self.columns, self.keys
        self._close(column)
        if len(columns) == 1:
            raise NotPlainError  # a list at the top
        for dash in re.finditer(r"-[ ]+", dashes):
            here = column + dash.start()
            if columns[-1] != here or keys[-1] is not None:
                if not self.pending or columns[-1] > here or self.field in _MAPPINGS or len(columns) > _DEEPEST:
                    raise NotPlainError
                columns.append(here)
                keys.append(None)
            self.field = ""
            self.pending = True
        return column + len(dashes)

    def _open(self, column: int) -> None:
        """Close what ends before a key at this column; open a mapping where none is there."""
        columns, keys = self.columns, self.keys
        self._close(column)
        if keys[-1] is None and columns[-1] == column:
            columns.pop()
            keys.pop()
        if columns[-1] != column:
            if not self.pending or len(columns) > _DEEPEST or (column and len(columns) == 1):
                raise NotPlainError
            columns.append(column)
            keys.append(set())

    def _close(self, column: int) -> None:
        """Close the collections that end before a column."""
        columns = self.columns
        while columns[-1] > column:
            columns.pop()
            self.keys.pop()

    def _identify(self, key: str, value: str) -> None:
        """Keep the value of a field of the identity."""
        if len(self.columns) == 2:
            self.section = name = key
        else:
            name = f"{self.section}.{key}"
        self.field = ""
        if name in _IDENTITY:
            if value and (name in _MAPPINGS or value[0] in "[{|>"):
                raise NotPlainError
            self.field = name
            self.fields[name] = _unquoted(value) if value and resolve(value) is not None else ""

    def ref(self) -> ResourceRef:
        """Return the identity."""
        fields = self.fields
        if fields.get("kind") in LISTS:
            raise NotPlainError
        return ResourceRef(*[fields.get(name, "") for name in _REF]) if fields else NO_RESOURCE


@lru_cache(1024)  # the same image comes again and again
def _is_unremarkable(value: str) -> bool:
    """Tell whether no reader of YAML could stumble over a value, in quotes or without."""
    return _TAG_OR_IMAGE.fullmatch(value) is not None and can_be_plain(value)


def _is_deep(text: str) -> bool:
    """Tell whether as much may be nested in a text as takes libyaml long: the square of it."""
    return sum(map(text.count, "[{-?")) > MAX_DEPTH or " " * MAX_DEPTH in text


def _marked(text: str, markers: list[int]) -> list[Marked]:
    """Return the scalars before these markers, given by where they are."""
    found = []
    for offset in markers:
        line = _LINES.match(text, text.rfind("\n", 0, offset) + 1)
        if line is None:
            raise NotPlainError
        start, end = line.span("value")
        if start == end or text[start] in "[{|>":
            raise NotPlainError
        comment = line["comment"]
        setter = marker.read(comment)
        if setter is not None:
            style = text[start] if text[start] in _QUOTES else ""
            node = ScalarNode(_Written(_unquoted(text[start:end]), _Mark(start), _Mark(end), style))
            found.append(Marked(node, setter, comment))
    return found


class Editor:
    """What `krmfn.yaml.edit.Editor` is for all YAML: new values for scalars of a plain document."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._edits: list[Edit] = []

    def __bool__(self) -> bool:
        """Tell whether there is anything to apply."""
        return bool(self._edits)

    def set_value(self, node: ScalarNode, new: str) -> None:
        """Give a scalar a new value in its own style. Raises NotPlainError for one that needs other quotes."""
        if not _is_unremarkable(new):
            raise NotPlainError
        inside = len(node.style)
        self._edits.append(Edit(node.start + inside, node.end - inside, new))

    def apply(self) -> str:
        """Return the new text. Raises NotPlainError if a line of it says anything other than was intended."""
        new = splice(self.text, self._edits)
        moved = 0
        for edit in self._edits:
            start = line_start(self.text, edit.start)
            was, now = _LINES.match(self.text, start), _LINES.match(new, start + moved)
            if was is None or now is None or now.groupdict() != _meant(was, edit.new):
                raise NotPlainError
            moved += len(edit.new) - (edit.end - edit.start)
        return new


def _meant(line: re.Match[str], new: str) -> dict[str, str | None]:
    """Return what a line has to say with a new value."""
    quote = line["value"][0] if line["value"][0] in _QUOTES else ""
    return line.groupdict() | {"value": f"{quote}{new}{quote}"}


class _Mark(NamedTuple):
    index: int  # type: ignore[assignment]


class _Written(NamedTuple):
    """What a ScalarNode wants to know of libyaml's event."""

    value: str
    start_mark: _Mark
    end_mark: _Mark
    style: str = ""
    anchor: None = None
    tag: None = None


def _unquoted(value: str) -> str:
    """Return what a plain or quoted value says."""
    if value[0] not in _QUOTES:
        return value
    if "\\" in value and value[0] == '"':
        raise NotPlainError
    return value[1:-1]
