"""The plainest documents, read line by line: most files are that, and parsing and comparing takes far longer.

Plain is a document of printable ASCII in which every line is empty, a comment, `key:`, `key: value`,
`- key: value` or `- value`, with a comment behind it or without; in which a value is one line (plain text, quotes
without escapes, or brackets and braces of such); in which lines are indented as these forms need it, and no
mapping has a key twice. In such a document every value stands where it seems to stand, and a comment behind a
value belongs to it. `read` is strict: where a document is only a little different it says None, and then the
document is parsed.

A value is replaced by another one in the same place, so that a parser sees the same tokens but for that one.
libyaml reads both texts all the same, and has to see as many events.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml
from yaml._yaml import CParser

from fluxmark import marker
from fluxmark.update.documents import LISTS
from fluxmark.update.markers import MARKER_LIKE, Marked
from krmfn import scalar
from krmfn.result import ResourceRef
from krmfn.text import Edit, splice
from krmfn.verify import VerificationError

if TYPE_CHECKING:
    from collections.abc import Sequence

_IDENTITY = ("apiVersion", "kind", "metadata")
_UNUSUAL = re.compile(r"[^\x20-\x7e\n]")
_KEY = r"[A-Za-z_][A-Za-z0-9_./-]*+"
_QUOTED = r"""(?:"[^"\\\n]*+"|'[^'\n]*+')"""
# text without quotes: how it may start, and what may follow; in brackets and braces that is less
_PLAIN = r"(?:[A-Za-z0-9_./$+~(]|-(?=[^ \n]))[^ #:\n]*+(?:(?:[#]|:(?=[^ \n])|[ ]++(?=[^ #\n]))[^ #:\n]*+)*+"
_INNER = r"[^ #:,?\[\]{}\"'\n]"
_WORDS = rf"(?:[A-Za-z0-9_./$+~(]|-(?=[\w.-])){_INNER}*+(?:(?::(?=[\w/])|[ ]++(?={_INNER})){_INNER}*+)*+"


def _flow(inner: str) -> str:
    """Return the pattern of brackets, and of braces, around any number of something."""
    end = r"(?:[ ]*+(?:,[ ]*+|(?=[\]}])))"
    return rf"(?:\[[ ]*+(?:{inner}{end})*+\]|\{{[ ]*+(?:{_KEY}:[ ]+{inner}{end})*+\}})"


_IN_FLOW = rf"(?:{_QUOTED}|{_WORDS})"
_LINE = re.compile(
    rf"""
    (?P<indent>[ ]*)
    (?:
        (?: (?P<dash>-[ ]+)? (?P<key>{_KEY}) : (?=[ \n]|\Z) (?:[ ]+(?=[^ #\n]))? | (?P<item>-[ ]+) (?=[^ #\n]) )
        (?: (?P<plain>{_PLAIN}) | (?P<quoted>{_QUOTED}) | (?P<flow>{_flow(f"(?:{_IN_FLOW}|{_flow(_IN_FLOW)})")}) )?
        (?: [ ]{{1,64}} (?P<comment>\#[^\n]*) )?
        [ ]*
    |   (?P<start>---) (?:[ ]+\#[^\n]*)? [ ]*
    |   (?:\#[^\n]*)?
    )
    (?: \n | \Z )
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Value:
    """A value in a plain document, as `krmfn.node.ScalarNode` has one; no tag and no anchor."""

    value: str
    start: int
    end: int
    style: str
    tag: None = None


@dataclass(slots=True)
class PlainDocument:
    """A plain document: whose it is, its marked values, and the edits made so far."""

    text: str
    ref: ResourceRef
    marked: Sequence[Marked]
    _edits: list[Edit] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Tell whether there is anything to apply."""
        return bool(self._edits)

    def set_value(self, node: Any, value: str) -> None:
        """Give a value of this document a new text, in its own style."""
        self._edits.append(Edit(node.start, node.end, scalar.write(value, style=node.style)))

    def apply(self) -> str:
        """Return the new text. Raises VerificationError where libyaml sees other events in it."""
        new = splice(self.text, self._edits)
        events = _events(new)
        if events < 0 or events != _events(self.text):
            raise VerificationError("an edit of a plain document went wrong and was not written")
        return new


def read(text: str) -> PlainDocument | None:
    """Read a document; None where it is not plain, or not one that Flux reads as it is."""
    if _UNUSUAL.search(text):
        return None
    found: list[tuple[Value, str]] = []
    markers = 0  # of the comments that look like one, how many stand behind values
    identity = {"apiVersion": "", "kind": "", "name": "", "namespace": ""}
    blocks: list[tuple[int, set[str] | None]] = []  # open, from the outermost: column, and keys; None for a list
    room = -1  # the column of the key on the last line, if a block may open below it
    section = None  # the key of the root that the line is below
    match = _LINE.match
    position, end = 0, len(text)
    while position < end:
        line = match(text, position)
        if line is None:
            return None
        position = line.end()
        indent, dash, key, item, plain, quoted, flow, comment, start = line.groups()
        if key is None and item is None:
            if start is not None and (blocks or indent):
                return None
            continue
        column = len(indent)
        while blocks and blocks[-1][0] > column:
            blocks.pop()
        dash = dash or item
        if dash is not None:
            if section == "metadata":
                return None  # Flux needs mappings there, and skips the file where it finds a list
            if not blocks or blocks[-1] != (column, None):
                if not 0 <= room <= column:
                    return None
                blocks.append((column, None))  # a list, below its key
            column += len(dash)
            if key is not None:
                blocks.append((column, {key}))
        else:
            if blocks and blocks[-1] == (column, None):
                blocks.pop()  # a list at the column of its key has ended
            top, keys = blocks[-1] if blocks else (-1, None)
            if top == column and keys is not None and key not in keys:
                keys.add(key)
            elif section is None or 0 <= room < column:
                blocks.append((column, {key}))
            else:
                return None
        depth = len(blocks)
        if depth == 1:
            section = key
        if plain is not None:
            value: Value | None = Value(plain, *line.span("plain"), "")
        elif quoted is not None:
            value = Value(quoted[1:-1], *line.span("quoted"), quoted[0])
        else:
            value = None
        room = column if value is None and flow is None else -1
        if comment is not None and value is not None and "{" in comment:
            markers += len(MARKER_LIKE.findall(comment))
            found.append((value, comment))
        if depth < 3 and section in _IDENTITY and not _identify(identity, section, key, depth, value, flow):
            return None
    if markers != len(MARKER_LIKE.findall(text)) or identity["kind"] in LISTS:
        return None
    marked = [Marked(node, setter, said) for node, said in found if (setter := marker.read(said)) is not None]
    ref = ResourceRef(identity["apiVersion"], identity["kind"], identity["name"], identity["namespace"])
    return PlainDocument(text, ref, marked)


def _identify(
    identity: dict[str, str], section: str, key: str | None, depth: int, value: Value | None, flow: str | None
) -> bool:
    """Take in a line of what identifies a resource; tell whether Flux reads a file with such a line."""
    if section != "metadata":
        identity[section] = value.value if value and key == section and depth == 1 else ""
        return depth == 1 and flow is None
    if depth == 1 or key == "annotations":
        return value is None and flow is None
    if depth == 2 and key in ("name", "namespace"):
        identity[key] = value.value if value else ""
        return flow is None
    return True


def _events(text: str) -> int:
    """Return how many events libyaml sees in a text, -1 where it is no YAML."""
    try:
        parser: Any = CParser(text)
        count: int = parser.raw_parse()
    except yaml.YAMLError:
        return -1
    return count
