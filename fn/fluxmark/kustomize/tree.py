"""Values that know where they were written: what builds of kustomizations are made of.

Trees are never changed in place: a change returns a new tree that shares what is left of the old one. So a base
is built once, however many overlays use it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from krmfn.yaml.scalar import can_be_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping as Dict, Sequence as List

    from krmfn.yaml.parser import Document

OLD_BOOLEANS = frozenset(
    ["y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off", "OFF"]
)
"""Booleans of YAML 1.1 that kustomize's reader, go-yaml 3, takes for text."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something is written: offsets into the text of a file, both -1 where no text states it."""

    file: str
    start: int
    end: int


class Text:
    """A text with its file: the file's own text, or a piece of it, as an inline patch.

    span: turns a piece of this text, as offsets, into one of the file's; None if they are the same. documents:
    returns the documents of a file's own text, none where it must be parsed.
    """

    __slots__ = ("documents", "file", "span", "text")

    def __init__(
        self,
        file: str,
        text: str,
        span: Callable[[int, int], tuple[int, int]] | None = None,
        documents: Callable[[], List[Document]] | None = None,
    ) -> None:
        self.file = file
        self.text = text
        self.span = span
        self.documents = documents

    def origin(self, start: int, end: int) -> Origin:
        """Return the place of a piece of this text."""
        if self.span is not None:
            start, end = self.span(start, end)
        return Origin(self.file, start, end)


class Place:
    """Where a value is written: a node of a text."""

    __slots__ = ("node", "text")

    def __init__(self, text: Text, node: Any) -> None:
        self.text = text
        self.node = node

    @property
    def origin(self) -> Origin:
        """The place as offsets."""
        return self.text.origin(self.node.start, self.node.end)


NOWHERE = Place(Text("", ""), Origin("", -1, -1))


class Scalar:
    """A scalar: `text` as it is written, `data` as what it means; quoted: whether in quotes or as a block."""

    __slots__ = ("data", "place", "quoted", "text")

    def __init__(self, text: str, data: Any, place: Place, *, quoted: bool = False) -> None:
        self.text = text
        self.data = data
        self.place = place
        self.quoted = quoted


class _Reader(Protocol):  # fluxmark.kustomize.reader has it
    text: Text

    def fill(self, node: Any, fields: dict[str, Tree], keys: dict[str, Place]) -> None: ...
    def items(self, node: Any) -> tuple[Tree, ...]: ...


class Mapping:
    """A mapping: its values, and where its keys are written.

    One that is read from a text is taken apart when it is first looked into: most of a resource never is.
    """

    __slots__ = ("_fields", "_keys", "_reader", "place")

    def __init__(
        self, fields: dict[str, Tree], keys: dict[str, Place], place: Place, reader: _Reader | None = None
    ) -> None:
        self._fields = fields
        self._keys = keys
        self._reader = reader
        self.place = place

    @property
    def fields(self) -> dict[str, Tree]:
        """The values by key."""
        if self._reader is not None:
            self._read(self._reader)
        return self._fields

    @property
    def keys(self) -> dict[str, Place]:
        """Where the keys are written; may hold more than there are fields."""
        if self._reader is not None:
            self._read(self._reader)
        return self._keys

    @property
    def unread(self) -> str | None:
        """The text of a mapping that nobody has looked into; None once that has been done."""
        node = self.place.node
        return None if self._reader is None else self._reader.text.text[node.start : node.end]

    def _read(self, reader: _Reader) -> None:
        self._reader = None
        reader.fill(self.place.node, self._fields, self._keys)

    def get(self, key: str) -> Tree | None:
        """Return the value of a key."""
        return self.fields.get(key)

    def with_field(self, key: str, value: Tree, place: Place) -> Mapping:
        """Return this mapping with a value after a key; place: of the key, where it is new."""
        keys = self.keys if key in self.keys else {**self.keys, key: place}
        return Mapping({**self.fields, key: value}, keys, self.place)

    def without(self, key: str) -> Mapping:
        """Return this mapping without a key."""
        if key not in self.fields:
            return self
        fields = {name: value for name, value in self.fields.items() if name != key}
        return Mapping(fields, self.keys, self.place)


class Sequence:
    """A sequence; one that is read from a text is taken apart as a mapping is."""

    __slots__ = ("_items", "_reader", "place")

    def __init__(self, items: tuple[Tree, ...], place: Place, reader: _Reader | None = None) -> None:
        self._items = items
        self._reader = reader
        self.place = place

    @property
    def items(self) -> tuple[Tree, ...]:
        """The items in their order."""
        if self._reader is not None:
            reader, self._reader = self._reader, None
            self._items = reader.items(self.place.node)
        return self._items


Tree: TypeAlias = Scalar | Mapping | Sequence


def string(text: str, place: Place) -> Scalar:
    """Return a tree for a text."""
    return Scalar(text, text, place)


def is_null(tree: Tree | None) -> bool:
    """Tell whether nothing, or a null, is there."""
    return tree is None or (type(tree) is Scalar and tree.data is None)


def from_data(data: Any, place: Place) -> Tree:
    """Return a tree for plain data, all of it written at one place."""
    if isinstance(data, dict):
        fields = {str(key): from_data(value, place) for key, value in data.items()}
        return Mapping(fields, dict.fromkeys(fields, place), place)
    if isinstance(data, list | tuple):
        return Sequence(tuple(from_data(item, place) for item in data), place)
    return Scalar(scalar_text(data), data, place)


def scalar_text(data: Any) -> str:
    """Write a scalar as YAML does, without quotes."""
    if data is None:
        return "null"
    if isinstance(data, bool):
        return "true" if data else "false"
    return str(data)


def plain(tree: Tree | None) -> Any:
    """Return dicts, lists and scalars."""
    if type(tree) is Mapping:
        return {key: plain(value) for key, value in tree.fields.items()}
    if type(tree) is Sequence:
        return [plain(item) for item in tree.items]
    return tree.data if type(tree) is Scalar else None


def as_json(tree: Tree) -> Tree:
    """Return a tree as it is once kustomize has read it from JSON: all texts are quoted."""
    if type(tree) is Mapping:
        return Mapping({key: as_json(value) for key, value in tree.fields.items()}, tree.keys, tree.place)
    if type(tree) is Sequence:
        return Sequence(tuple(as_json(item) for item in tree.items), tree.place)
    assert type(tree) is Scalar
    if isinstance(tree.data, str):
        return Scalar(tree.data, tree.data, tree.place, quoted=True)
    return Scalar(scalar_text(tree.data), tree.data, tree.place)


def rewritten(tree: Tree) -> Tree:
    """Return a tree as it is once kustomize has written and read it: quotes are where they are needed."""
    if type(tree) is Mapping:
        return Mapping({key: rewritten(value) for key, value in tree.fields.items()}, tree.keys, tree.place)
    if type(tree) is Sequence:
        return Sequence(tuple(rewritten(item) for item in tree.items), tree.place)
    assert type(tree) is Scalar
    if isinstance(tree.data, str):
        return Scalar(tree.data, tree.data, tree.place, quoted=not can_be_plain(tree.data))
    return Scalar(scalar_text(tree.data), tree.data, tree.place)


def find(tree: Tree | None, path: List[str | int]) -> Tree | None:
    """Return the value at a path; None if there is none."""
    for step in path:
        if type(tree) is Mapping:
            tree = tree.fields.get(str(step))
        elif type(tree) is Sequence and isinstance(step, int) and -len(tree.items) <= step < len(tree.items):
            tree = tree.items[step]
        else:
            return None
    return tree


def text_at(tree: Tree | None, *path: str) -> str:
    """Return the text of a scalar at a path; '' if there is none, or null."""
    found = find(tree, path)
    return found.text if type(found) is Scalar and found.data is not None else ""


def texts(tree: Tree | None) -> Dict[str, str]:
    """Return the scalars of a mapping as texts: labels, annotations."""
    if type(tree) is not Mapping:
        return {}
    return {key: value.text for key, value in tree.fields.items() if type(value) is Scalar}


def put(tree: Mapping, path: List[str], value: Tree, place: Place) -> Mapping:
    """Return the tree with a value at a path of keys; mappings on the way are made where they are missing."""
    key, *rest = path
    if rest:
        below = tree.fields.get(key)
        inner = below if type(below) is Mapping else Mapping({}, {}, place)
        value = put(inner, rest, value, place)
    return tree.with_field(key, value, place)


def drop(tree: Mapping, path: List[str]) -> Mapping:
    """Return the tree without what is at a path of keys."""
    key, *rest = path
    if not rest:
        return tree.without(key)
    below = tree.fields.get(key)
    if type(below) is not Mapping:
        return tree
    return Mapping({**tree.fields, key: drop(below, rest)}, tree.keys, tree.place)


def deepest(tree: Tree, path: List[str | int], *, key: bool = False) -> Origin:
    """Return where the deepest value on a path is written, or its key."""
    place = tree.place
    name: Place | None = None
    for step in path:
        if type(tree) is Mapping and str(step) in tree.fields:
            name = tree.keys[str(step)]
            tree = tree.fields[str(step)]
        elif type(tree) is Sequence and isinstance(step, int) and -len(tree.items) <= step < len(tree.items):
            tree = tree.items[step]
            name = None
        else:
            break
        place = tree.place
    return (name if key and name is not None else place).origin
