"""A file as Flux reads it: cut into documents, and either read as a whole or skipped as a whole.

Flux cuts the text at lines that start with `---` (kyaml 0.21, `kio/byteio_reader.go`) and reads the first document
of each piece. If it cannot read one of them it skips the file, and nothing but a trace log tells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yaml.events import DocumentStartEvent, StreamEndEvent

from krmfn.errors import InputError
from krmfn.yaml.data import is_null
from krmfn.yaml.parser import AliasNode, Document, MapNode, Node, Reader, ScalarNode, SeqNode, parse, walk
from krmfn.yaml.text import BOM, Lines

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEPARATOR = re.compile(r"\r?\n(---[^\n]*\n)")
LISTS = frozenset(("List", "ResourceList"))
"""The kinds that Flux takes apart where they are alone in a file."""
_NEXT = re.compile(r"(?:\s|#.*)*")
# what libyaml reads and go-yaml does not: an escaped slash, which only double quotes can hold
_ESCAPED_SLASH = re.compile(r"(?:^|[^\\])(?:\\\\)*\\/")


class SkippedError(Exception):
    """Flux skips this file, or would cut it off: says why.

    offset: where the reason is in the text. rule: for a finding.
    """

    def __init__(self, message: str, offset: int, rule: str = "skipped") -> None:
        super().__init__(message)
        self.offset = offset
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Piece:
    """A document as Flux cuts it: its text, where that starts in the file, and what libyaml reads in it.

    documents: more than one only behind `...`, and of those Flux reads the first alone.
    """

    text: str
    start: int
    documents: list[Document]

    @property
    def root(self) -> Node | None:
        """What Flux reads; None for an empty document."""
        return self.documents[0].root if self.documents else None


def pieces(text: str, name: str, *, lists: bool = False) -> list[Piece]:
    """Cut and read a text. name: of its file, for errors. lists: read lists at the top, which Flux does not.

    Raises SkippedError for what Flux would skip and libyaml would not, InputError for what is not YAML.
    """
    found = [Piece(piece, start, _parse(text, piece, start, name)) for start, piece in cut(text)]
    for piece in found:
        _check(piece, lists=lists)
    return found


def resources(found: list[Piece]) -> Iterator[tuple[Piece, list[Node]]]:
    """Yield what Flux takes for resources, by piece: its root, or the items of a List alone in its file."""
    for piece in found:
        root = piece.root
        if root is not None:
            items = _items(root) if len(found) == 1 else None
            yield piece, [root] if items is None else items


def field(node: Node | None, key: str) -> Node | None:
    """Return the value of a mapping's first such key, as kyaml looks it up; None if there is none."""
    if type(node) is MapNode:
        for found, value in node.pairs:
            if type(found) is ScalarNode and found.value == key:
                return value
    return None


def replaced_by_flux(root: Node) -> tuple[Node | None, ...]:
    """Return the values in whose place kyaml puts annotations of its own before it looks for markers."""
    metadata = field(root, "metadata")
    annotations = field(metadata, "annotations")
    return tuple(node for node in (metadata, annotations) if type(node) is not MapNode)


def unwrapped(found: list[Piece]) -> bool:
    """Tell whether Flux would take a List apart and write its items to files of their own."""
    return len(found) == 1 and found[0].root is not None and _items(found[0].root) is not None


def _items(root: Node) -> list[Node] | None:
    kind = field(root, "kind")
    if type(kind) is not ScalarNode or kind.value not in LISTS:
        return None
    items = field(root, "items")
    if items is None:
        return [] if field(root, "functionConfig") is not None else None
    return items.items if type(items) is SeqNode else []


def cut(text: str) -> Iterator[tuple[int, str]]:
    """Yield the documents of a text as Flux cuts it, each with where it starts. Raises SkippedError."""
    start = 0
    for separator in _SEPARATOR.finditer(text) if "\n---" in text else ():
        behind = separator.group(1)[3:].strip()
        if behind and not behind.startswith("#"):
            raise SkippedError(
                f"Flux skips this file: it takes {separator.group(1).strip()!r} for a separator of documents with "
                "something after it; put that on a line of its own",
                separator.start(1),
            )
        yield start, text[start : separator.start(1)]
        start = separator.end()
    yield start, text[start:]


def _parse(text: str, piece: str, start: int, name: str) -> list[Document]:
    try:
        return parse(piece, name, whole=True)
    except InputError as error:
        end = _first_end(piece, name)
        if end is not None:
            raise SkippedError(
                "skipped: what starts here is not a document, so Flux reads what is before, and deletes the rest; "
                "begin it with '---', or remove it",
                start + end,
                "cut-off",
            ) from None
        if not start:
            raise
        raise _moved(error, name, Lines(text).position(start).line - 1) from None


def _first_end(piece: str, name: str) -> int | None:
    """Return where the first document of a text ends that is not YAML as a whole; None if that one is none."""
    reader = Reader(piece, name)
    try:
        while type(event := reader.event()) is not DocumentStartEvent:
            if type(event) is StreamEndEvent:
                return None
        root = reader.node(reader.event())
        ended = reader.event()
    except InputError:
        return None
    if any(type(node) is AliasNode and node.target is None for node in walk(root)):
        return None
    rest = _NEXT.match(piece, ended.end_mark.index + piece.startswith(BOM))
    assert rest
    return rest.end()


def _moved(error: InputError, name: str, lines: int) -> InputError:
    """Return an error with its line counted in the file, not in the piece."""
    where, colon, rest = str(error).removeprefix(f"{name}:").partition(":")
    return InputError(f"{name}:{int(where) + lines}{colon}{rest}") if where.isdigit() else error


def fault(text: str, root: Node) -> tuple[Node, str] | None:
    """Return what keeps Flux from reading a file that holds this document, and what to do; None for nothing."""
    if is_null(root):
        return None
    if type(root) is SeqNode:
        return root, "a document of it is a list; write it as a strategic merge patch, a mapping"
    if type(root) is not MapNode:
        return root, "a document of it is not a mapping; remove it"
    metadata = field(root, "metadata")
    if not (metadata is None or type(metadata) is MapNode or is_null(metadata)):
        return metadata, "its 'metadata' is not a mapping; rename that key"
    annotations = field(metadata, "annotations")
    if type(annotations) is SeqNode and annotations.items:  # what else is not a mapping kyaml replaces
        return annotations, "its 'metadata.annotations' is a list; write a mapping"
    if "\\/" in text:
        for node in walk(root):
            if (
                type(node) is ScalarNode
                and node.style == '"'
                and _ESCAPED_SLASH.search(text, node.start, node.end)
            ):
                return node, r"it does not know the escape '\/'; write '/'"
    return None


def braces(root: Node) -> Node | None:
    """Return the first `{{ … }}` outside quotes, which YAML reads as a mapping in a mapping; None without any.

    Flux encodes a changed file anew and writes `{? {.Values.name: ''} : ''}` there, which is not a template.
    """
    for node in walk(root):
        if type(node) is MapNode and node.flow and any(type(key) is MapNode and key.flow for key, _ in node.pairs):
            return node
    return None


def signed_by_sops(root: MapNode) -> bool:
    """Tell whether SOPS signs the values of a document that are not encrypted, too.

    Then every change breaks the MAC, and decryption fails (https://github.com/getsops/sops#46message-authentication-code-mac).
    """
    sops = field(root, "sops")
    mac, only = field(sops, "mac"), field(sops, "mac_only_encrypted")
    return type(mac) is ScalarNode and not (type(only) is ScalarNode and only.value == "true")


def _check(piece: Piece, *, lists: bool) -> None:
    root = piece.root
    is_list = type(root) is SeqNode
    found = fault(piece.text, root) if root is not None and not (lists and is_list) else None
    if found:
        hint = " (--lists updates lists anyway)" if is_list else ""
        raise SkippedError(
            f"Flux skips this file: {found[1]}{hint}",
            piece.start + found[0].start,
            "list" if is_list else "skipped",
        )
