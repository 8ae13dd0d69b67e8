"""Plain Python data: what nodes mean, for reading configuration and comparing."""

from __future__ import annotations

from typing import Any

from krmfn.node import AliasNode, MapNode, Node, ScalarNode
from krmfn.scalar import resolve

_STR = "tag:yaml.org,2002:str"
_CORE = "tag:yaml.org,2002:"
MERGE = "<<"


class DataError(ValueError):
    """A node has no plain data: a recursive alias, or an alias without its anchor."""


def to_data(node: Node | None) -> Any:
    """Return dicts, lists, strings, numbers, booleans and None.

    Plain scalars are resolved as Kubernetes' reader does (YAML 1.1); dates stay text; a duplicate key's last
    value wins; merge keys are merged; an alias gives the same object as its anchor, so an alias bomb costs
    nothing. Keys are always text.

    Raises DataError for an alias within its own anchor, or to an anchor that was not read.
    """
    return _Converter().convert(node)


def same(one: Any, other: Any) -> bool:
    """Compare data with types: 1, 1.0 and True differ; so does the order of keys."""
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and (one == other or (one != one and other != other))


class _Converter:
    def __init__(self) -> None:
        self.done: dict[int, Any] = {}
        self.open: set[int] = set()

    def convert(self, node: Node | None) -> Any:
        if node is None:
            return None
        if type(node) is ScalarNode:
            return scalar_data(node)
        if type(node) is AliasNode:
            if node.target is None:
                raise DataError(f"the anchor of *{node.anchor} stands outside this resource")
            return self.convert(node.target)
        if node.anchor is None:
            return self._collection(node)
        identity = id(node)
        if identity in self.done:
            return self.done[identity]
        if identity in self.open:
            raise DataError(f"*{node.anchor} stands within its own anchor")
        self.open.add(identity)
        data = self.done[identity] = self._collection(node)
        self.open.discard(identity)
        return data

    def _collection(self, node: Node) -> Any:
        if type(node) is not MapNode:
            return [self.convert(item) for item in node.items]  # type: ignore[union-attr]
        data: dict[str, Any] = {}
        merged: list[dict[str, Any]] = []
        for key, value in node.pairs:
            if type(key) is ScalarNode and key.value == MERGE and not key.style:
                more = self.convert(value)
                merged += more if isinstance(more, list) else [more]
            else:
                data[key_text(key)] = self.convert(value)
        for more in merged:
            if isinstance(more, dict):
                data = {**{name: value for name, value in more.items() if name not in data}, **data}
        return data


def key_text(key: Node) -> str:
    """Return a key as text; a key that is no scalar has none and gives ''."""
    while type(key) is AliasNode and key.target is not None:
        key = key.target
    return key.value if type(key) is ScalarNode else ""


def scalar_data(node: ScalarNode) -> Any:
    """Return what a scalar means; an explicit tag decides before its style does."""
    if node.tag is None:
        return resolve(node.value) if not node.style else node.value
    if node.tag == _STR or not node.tag.startswith(_CORE):
        return node.value
    return resolve(node.value)
