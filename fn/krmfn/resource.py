"""A resource: one mapping of a text, read through its node and changed through splices."""

from __future__ import annotations

import contextlib
import enum
from typing import TYPE_CHECKING, Any

from krmfn import emit
from krmfn.data import plain_data
from krmfn.edit import Editor
from krmfn.fields import FieldError, Fields, put
from krmfn.metadata import INDEX, LEGACY_INDEX, LEGACY_PATH, LOCAL_CONFIG, PATH, SEQUENCES, Metadata
from krmfn.node import AliasNode, MapNode, Node, ScalarNode, SeqNode, parse
from krmfn.text import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Shape(enum.Enum):
    """How the text of a resource stands in what it was read from."""

    DOCUMENT = "document"
    BLOCK_ITEM = "block item"  # `- apiVersion: …`, whole lines
    FLOW_ITEM = "flow item"  # `{"apiVersion": …}`


class Resource(Metadata):
    """A mapping with its text: an item of a ResourceList, or a document of a file.

    api_version and kind are empty where it has none (a compose file). The tree is built on first use and
    again after an edit; it is a view, and every change goes through `editing`, `set` or `delete`.
    """

    __slots__ = (
        "_end",
        "_node",
        "_original",
        "_root",
        "_start",
        "_text",
        "api_version",
        "kind",
        "shape",
        "source",
    )

    def __init__(
        self,
        text: str,
        *,
        source: str = "",
        start: int = 0,
        end: int | None = None,
        api_version: str = "",
        kind: str = "",
        shape: Shape = Shape.DOCUMENT,
    ) -> None:
        """Take `text[start:end]`, which is one document or one item; source: the file's name, for errors."""
        self.shape = shape
        self.api_version = api_version
        self.kind = kind
        self.source = source
        self._text = text
        self._start = start
        self._end = len(text) if end is None else end
        self._original = (text, start, self._end, shape, source)
        self._root: Node | None = None
        self._node: MapNode | None = None

    @classmethod
    def from_data(cls, data: Mapping[str, Any], *, header: str = "") -> Resource:
        """Make a resource from plain data, its keys in the order given; header: a comment for its head.

        Raises EditError for data that YAML cannot hold.
        """
        plain = plain_data(data)
        lines = [f"# {line}".rstrip() for line in header.splitlines()]
        lines += emit.mapping(plain, 0, emit.Style())
        text = "".join(f"{line}\n" for line in lines)
        return cls(text, api_version=str(plain.get("apiVersion", "")), kind=str(plain.get("kind", "")))

    @classmethod
    def from_text(cls, text: str, name: str = "resource") -> Resource:
        """Make a resource from one YAML document; name is used in errors.

        Raises InputError for a text that is no YAML, or no mapping.
        """
        resource = cls(text, source=name)
        resource._refresh()
        return resource

    @property
    def text(self) -> str:
        """The text of this resource, as it will be written."""
        return self._text[self._start : self._end]

    @property
    def node(self) -> MapNode:
        """The mapping; parsed when first used.

        Raises InputError where the text is no YAML any more (it was when it was read).
        """
        if self._node is None:
            self._parse()
            assert self._node is not None
        return self._node

    def original(self) -> Resource:
        """Return this resource as it was read, without any change made since."""
        text, start, end, shape, source = self._original
        resource = Resource(text, source=source, start=start, end=end, shape=shape)
        resource._refresh()
        return resource

    def reset(self) -> None:
        """Forget every change made since the resource was read."""
        if self.is_changed:
            self._text, self._start, self._end, self.shape, self.source = self._original
            self.release()
            self._refresh()

    @property
    def is_changed(self) -> bool:
        """Whether the text is not what was read."""
        text, start, end, shape, _ = self._original
        return self._text is not text and (self.text != text[start:end] or self.shape is not shape)

    def keep(self, root: Node, node: MapNode) -> None:
        """Take a tree that a reader built from this resource's text: the piece's root, and the mapping in it."""
        self._root = root
        self._node = node

    def release(self) -> None:
        """Forget the tree, to save memory; it is built again when it is used."""
        self._root = self._node = None

    def mentions(self, text: str) -> bool:
        """Tell whether this text stands somewhere in the resource's, without building its tree."""
        return self._text.find(text, self._start, self._end) >= 0

    def editor(self) -> Editor:
        """Return an editor on this resource; hand it to `apply`."""
        node = self.node
        return Editor(
            self._text,
            [self._root or node],
            name=self.source,
            start=self._start,
            end=self._end,
            inline=self.shape is Shape.FLOW_ITEM,
        )

    def apply(self, editor: Editor) -> None:
        """Take the edits of an editor that `editor` returned; without any, nothing happens.

        Raises EditError and VerificationError as `Editor.apply` does; then the resource is as it was.
        """
        if not editor:
            return
        renamed = editor.changes(self.node, "apiVersion", "kind")
        self._text = editor.apply()
        self._start, self._end = 0, len(self._text)
        self.release()
        if renamed:
            self._refresh()

    def become(self, text: str, source: str) -> None:
        """Take a text that means the same, and stands as a document in this file."""
        if text != self.text:
            self._text, self._start, self._end = text, 0, len(text)
            self.release()
        self.shape = Shape.DOCUMENT
        self.source = source

    @contextlib.contextmanager
    def editing(self) -> Iterator[Editor]:
        """Edit: `with resource.editing() as edit: edit.put(resource.node, "kind", "Pod")`."""
        editor = self.editor()
        yield editor
        self.apply(editor)

    def _parse(self) -> None:
        # the piece may hold more than one document's start only where the others are empty
        text = self.text
        documents = [document for document in parse(text, self.source) if document.root is not None]
        root = documents[0].root if documents else None
        # the piece of a block list holds `- …`, a list of one
        listed = self.shape is Shape.BLOCK_ITEM and isinstance(root, SeqNode) and len(root.items) == 1
        node = root.items[0] if listed and isinstance(root, SeqNode) else root
        if not isinstance(node, MapNode):
            raise InputError(f"{self.source or 'resource'}:1:1: this is no mapping")
        self._text, self._start, self._end = text, 0, len(text)
        self._root, self._node = root, node

    def _refresh(self) -> None:
        """Read apiVersion and kind from the tree."""
        self.api_version, self.kind = (text_of(self.node, key) for key in ("apiVersion", "kind"))


def text_of(root: MapNode, key: str) -> str:
    """Return the text of a scalar at a key, '' where there is none: apiVersion and kind are read so."""
    pair = root.pair(key)
    node = pair[1] if pair else None
    if type(node) is AliasNode:
        node = node.target
    return node.value if isinstance(node, ScalarNode) else ""


__all__ = [
    "INDEX",
    "LEGACY_INDEX",
    "LEGACY_PATH",
    "LOCAL_CONFIG",
    "PATH",
    "SEQUENCES",
    "FieldError",
    "Fields",
    "Resource",
    "Shape",
    "put",
    "text_of",
]
