"""A resource: one mapping of a text, read through its node and changed through splices."""

from __future__ import annotations

import contextlib
import enum
from typing import TYPE_CHECKING, Any

from krmfn.errors import EditError, InputError
from krmfn.resources.fields import FieldError, Fields
from krmfn.resources.metadata import (
    INDEX,
    INTERNAL,
    LEGACY_ID,
    LEGACY_INDEX,
    LEGACY_PATH,
    LOCAL_CONFIG,
    PATH,
    SEQUENCES,
    UPSTREAM,
    Metadata,
)
from krmfn.yaml import emit, layout
from krmfn.yaml.data import to_data
from krmfn.yaml.edit import Editor
from krmfn.yaml.parser import AliasNode, MapNode, Node, ScalarNode, SeqNode, find, parse
from krmfn.yaml.path import steps
from krmfn.yaml.text import Lines, line_start

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from krmfn.resources.sub_object import Part
    from krmfn.yaml.path import Path, Step


class Shape(enum.Enum):
    """How the text of a resource is in what it was read from."""

    DOCUMENT = "document"
    BLOCK_ITEM = "block item"  # `- apiVersion: …`, whole lines
    FLOW_ITEM = "flow item"  # `{"apiVersion": …}`


_KNOWN_BY = (UPSTREAM, LEGACY_PATH, LEGACY_INDEX, LEGACY_ID)


class Resource(Metadata):
    """A mapping with its text: an item of a ResourceList, or a document of a file.

    api_version and kind are empty if it has none (a compose file). The tree is built on first use and
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
    def from_data(cls, data: Mapping[str, Any] | object, *, header: str = "") -> Resource:
        """Make a resource from plain data or a dataclass, its keys in the order given; header: a comment above.

        Raises EditError for data that YAML cannot hold.
        """
        from krmfn.yaml.set_value import plain

        made = plain(data)
        if not isinstance(made, dict):
            raise EditError(f"a resource is a mapping, {type(data).__name__} is none")
        lines = [f"# {line}".rstrip() for line in header.splitlines()]
        lines += emit.mapping(made, 0, emit.Style()) or ["{}"]
        text = "".join(f"{line}\n" for line in lines)
        return cls(text, api_version=str(made.get("apiVersion", "")), kind=str(made.get("kind", "")))

    @classmethod
    def from_text(cls, text: str, name: str = "resource") -> Resource:
        """Make a resource from one YAML document; name is used in errors.

        Raises InputError for a text that is not YAML, or no mapping.
        """
        resource = cls(text, source=name)
        resource._refresh()
        return resource

    @property
    def resource(self) -> Resource:
        """The resource itself; a part of one has it, too."""
        return self

    def _part_at(self, path: tuple[Step, ...]) -> Part:
        from krmfn.resources.sub_object import Part

        return Part(self, path)

    def to_data(self) -> dict[str, Any]:
        """Return the resource as plain data. Raises DataError for what Python cannot hold: see `get`."""
        data: dict[str, Any] = to_data(self.node)
        return data

    def copy(self, *, as_new: bool = False) -> Resource:
        """Return another resource with the same text, comments and all; changes of one are not the other's.

        as_new: without the annotations by which orchestrators know this one (its file, its place, its origin):
        kpt refuses a second item with the same place, and gives it the comments of the first.
        """
        # a functionConfig starts within a line of its list
        indent = layout.column(self._text, self._start) if self.shape is Shape.DOCUMENT else 0
        made = Resource(
            " " * indent + self.text,
            source=self.source,
            api_version=self.api_version,
            kind=self.kind,
            shape=self.shape,
        )
        if as_new:
            names = {name for name in made.annotations if name.startswith(INTERNAL) or name in _KNOWN_BY}
            editor = made.editor()
            with made._blocked():
                made._drop(editor, "annotations", names)
            made._take(editor.apply())
            made._original = (made._text, 0, made._end, made.shape, made.source)
        return made

    @property
    def is_empty(self) -> bool:
        """Whether the mapping has no fields."""
        return not self.node.pairs

    def locate(self, path: Path = "") -> str:
        """Return `file:line:column` of a field, or of the resource, for a message.

        An orchestrator hands over other lines than the file has: of its items the file is named alone, '' if it
        is not known. So is it for what was changed since it was read.
        """
        text, start, _, shape, source = self._original
        if shape is not Shape.DOCUMENT or not source or self.is_changed or line_start(text, start) != start:
            return self.path
        where = steps(path)
        while (node := find(self.node, where, merged=True)) is None:
            where = where[:-1]  # what is missing is missing in something
        place = Lines(text).position(start + node.start - self._start)
        return f"{source}:{place.line}:{place.column}"

    @property
    def text(self) -> str:
        """The text of this resource, as it will be written."""
        return self._text[self._start : self._end]

    @property
    def node(self) -> MapNode:
        """The mapping; parsed when first used.

        Raises InputError if the text is not YAML any more (it was when it was read).
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
        """Tell whether this text is somewhere in the resource's, without building its tree."""
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

        Raises EditError and VerificationError as `Editor.apply` does, and EditError for a change of the annotation
        in which kpt keeps a resource's origin; then the resource is as it was.
        """
        if not editor:
            return
        renamed = editor.changes(self.node, "apiVersion", "kind")
        text = editor.apply()
        if UPSTREAM in text or self.mentions(UPSTREAM):
            self._check_origin(text)
        self._take(text)
        if renamed:
            self._refresh()

    def become(self, text: str, source: str) -> None:
        """Take a text that means the same, and is as a document in this file."""
        if text != self.text:
            self._take(text)
        self.shape = Shape.DOCUMENT
        self.source = source

    @contextlib.contextmanager
    def editing(self) -> Iterator[Editor]:
        """Edit: `with resource.editing() as edit: edit.put(resource.node, "kind", "Pod")`."""
        editor = self.editor()
        yield editor
        self.apply(editor)

    @contextlib.contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Make several edits as one: where the block raises, none is made."""
        before = self._text, self._start, self._end, self.api_version, self.kind
        try:
            yield
        except BaseException:
            self._text, self._start, self._end, self.api_version, self.kind = before
            self.release()
            raise

    def _parse(self) -> None:
        # the piece may hold more than one document's start only where the others are empty
        text = self.text
        documents = [document for document in parse(text, self.source) if document.root is not None]
        root = documents[0].root if documents else None
        # the piece of a block list holds `- …`, a list of one
        listed = self.shape is Shape.BLOCK_ITEM and isinstance(root, SeqNode) and len(root.items) == 1
        node = root.items[0] if listed and isinstance(root, SeqNode) else root
        if not isinstance(node, MapNode):
            raise InputError(f"{self.source or 'resource'}:1:1: this is not a mapping")
        self._text, self._start, self._end = text, 0, len(text)
        self._root, self._node = root, node

    def _take(self, text: str) -> None:
        self._text, self._start, self._end = text, 0, len(text)
        self.release()

    def _check_origin(self, text: str) -> None:
        after = Resource(text, source=self.source, shape=self.shape)
        if after.annotations.get(UPSTREAM) != self.annotations.get(UPSTREAM):
            raise EditError(f"{self.describe()}: {UPSTREAM} is kpt's own; a function may not change it")

    def _refresh(self) -> None:
        """Read apiVersion and kind from the tree."""
        self.api_version, self.kind = (text_of(self.node, key) for key in ("apiVersion", "kind"))


def text_of(root: MapNode, key: str) -> str:
    """Return the text of a scalar at a key, '' if there is none: apiVersion and kind are read so."""
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
    "text_of",
]
