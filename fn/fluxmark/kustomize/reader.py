"""Reads nodes of a text into trees, as go-yaml and JSON do between them.

A collection is taken apart when it is first looked into: most of a resource never is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fluxmark.kustomize.tree import OLD_BOOLEANS, Mapping, Place, Scalar, Sequence
from krmfn.yaml.data import scalar_data
from krmfn.yaml.parser import MapNode, Node, ScalarNode, follow
from krmfn.yaml.scalar import resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmark.kustomize.tree import Text, Tree

_TIMESTAMP = re.compile(
    r"(\d{4})-(1[0-2]|0?[1-9])-(3[01]|[12]\d|0?[1-9])"
    r"(?:(?:[Tt]|[ ])(2[0-3]|[01]?\d):([0-5]?\d):([0-5]?\d)(\.\d{1,9})?(Z|[-+]\d\d:\d\d)?)?"
)
MAX_ALIASED = 1_000_000
"""Most values that a document may hold once its aliases are written out."""


class TreeError(ValueError):
    """A document has no tree: its aliases are recursive, have no anchor, or multiply without end."""


class Reader:
    """Reads nodes: at once where anchors may multiply them, else one collection at a time."""

    def __init__(self, text: Text, meaning: Callable[[ScalarNode], Any]) -> None:
        self.text = text
        self.meaning = meaning
        self.at_once = "&" in text.text
        self.open: set[int] = set()
        self.count = 0

    def read(self, node: Node) -> Tree:
        if type(node) is ScalarNode:
            return self.scalar(node)
        try:
            node = follow(node)
        except ValueError as error:
            raise TreeError(str(error)) from None
        if type(node) is ScalarNode:
            return self.scalar(node)
        if id(node) in self.open:
            raise TreeError(f"anchor '{node.anchor}' value contains itself")
        self.open.add(id(node))
        found = self.mapping(node) if type(node) is MapNode else self.sequence(node)
        self.open.discard(id(node))
        return found

    def scalar(self, node: ScalarNode) -> Scalar:
        return Scalar(node.value, self.meaning(node), Place(self.text, node), quoted=bool(node.style))

    def mapping(self, node: MapNode) -> Mapping:
        place = Place(self.text, node)
        if not self.at_once:
            return Mapping({}, {}, place, self)
        fields: dict[str, Tree] = {}
        keys: dict[str, Place] = {}
        self.counted(len(node.pairs))
        self.fill(node, fields, keys)
        return Mapping(fields, keys, place)

    def fill(self, node: MapNode, fields: dict[str, Tree], keys: dict[str, Place]) -> None:
        """Add the fields of a mapping, and where their keys are written."""
        merged: list[Tree] = []
        for key, value in node.pairs:
            if type(key) is ScalarNode and key.value == "<<" and not key.style:
                more = self.read(value)
                merged += more.items if type(more) is Sequence else [more]
                continue
            name = follow(key)
            if type(name) is ScalarNode:
                fields[name.value] = self.read(value)
                keys[name.value] = Place(self.text, key)
        for other in merged:
            if type(other) is Mapping:
                for word, inherited in other.fields.items():
                    if word not in fields:
                        fields[word] = inherited
                        keys[word] = other.keys[word]

    def sequence(self, node: Any) -> Sequence:
        if not self.at_once:
            return Sequence((), Place(self.text, node), self)
        self.counted(len(node.items))
        return Sequence(self.items(node), Place(self.text, node))

    def items(self, node: Any) -> tuple[Tree, ...]:
        """Return the items of a sequence."""
        return tuple(self.read(item) for item in node.items)

    def counted(self, more: int) -> None:
        self.count += more
        if self.count > MAX_ALIASED:
            raise TreeError("document contains excessive aliasing")


def _resource_data(node: ScalarNode) -> Any:
    """Return what a scalar means in a resource: to go-yaml 3, by way of JSON."""
    if node.tag is not None:
        return scalar_data(node)
    value = node.value
    if node.style or value in OLD_BOOLEANS:
        return value
    return (_timestamp(value) or resolve(value)) if value[4:5] == "-" else resolve(value)


def _timestamp(text: str) -> str | None:
    """Return a date as Go's JSON writes it; None for what is not a date."""
    found = _TIMESTAMP.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    zone = "Z" if zone in (None, "", "Z") else zone
    part = (fraction or "").rstrip("0.")
    clock = f"{int(hour or 0):02}:{int(minute or 0):02}:{int(second or 0):02}"
    return f"{year}-{int(month):02}-{int(day):02}T{clock}{part}{zone}"


def read(node: Node, text: Text, *, resource: bool = True) -> Tree:
    """Return the tree of a node.

    resource: whether it is read as resources are; kustomizations and JSON patches are read by YAML 1.1.

    Raises TreeError.
    """
    return Reader(text, _resource_data if resource else scalar_data).read(node)
