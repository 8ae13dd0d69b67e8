"""Plain Python data: what nodes mean, for reading configuration and comparing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from krmfn.errors import EditError, KrmError
from krmfn.yaml.nodes import MERGE, AliasNode, MapNode, Node, ScalarNode
from krmfn.yaml.scalar import INTEGERS, is_writable, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

_CORE = "tag:yaml.org,2002:"
_NULL = f"{_CORE}null"
_FLOAT = f"{_CORE}float"
_RESOLVED = frozenset(f"{_CORE}{kind}" for kind in ("int", "float", "bool", "null"))
MAX_DATA_DEPTH = 256
MAX_VALUES = 5_000_000
"""Most values that data may hold once its aliases are written out; an alias bomb holds more."""


class DataError(KrmError, ValueError):
    """A node has no plain data: its aliases are recursive, lack their anchor, or multiply without end."""


def to_data(node: Node | None) -> Any:
    """Return dicts, lists, strings, numbers, booleans and None.

    Plain scalars are resolved as Kubernetes' reader does (YAML 1.1); dates stay text; a duplicate key's last
    value wins; merge keys are merged; an alias gives the same object as its anchor. Keys are always text.

    Raises DataError for an alias within its own anchor, or to an anchor that was not read, and where aliases
    make the data deeper than MAX_DATA_DEPTH or larger than MAX_VALUES.
    """
    if type(node) is ScalarNode:
        return scalar_data(node)
    return None if node is None else _Converter().convert(node)


def is_null(node: Node | None) -> bool:
    """Tell whether a node is a scalar that means null, in any spelling."""
    return type(node) is ScalarNode and scalar_data(node) is None


def same(one: Any, other: Any) -> bool:
    """Compare data with types: 1, 1.0 and True differ; so does the order of keys."""
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and (one == other or (one != one and other != other))


class _Converter:
    """Converts a tree once; what is at an anchor is converted once, but counted wherever an alias is."""

    def __init__(self) -> None:
        self.done: dict[int, tuple[Any, int, int]] = {}
        self.open: set[int] = set()
        self.count = 0
        self.deepest = 0

    def convert(self, node: Node, depth: int = 1) -> Any:
        if type(node) is ScalarNode:
            self.count += 1
            return scalar_data(node)
        if type(node) is AliasNode:
            if node.target is None:
                raise DataError(f"the anchor of *{node.anchor} stands outside this resource")
            return self.convert(node.target, depth)
        if depth > MAX_DATA_DEPTH:
            raise DataError(f"with its aliases written out, this is nested deeper than {MAX_DATA_DEPTH} levels")
        if node.anchor is None:
            return self._collection(node, depth)
        return self._anchored(node, depth)

    def _anchored(self, node: Node, depth: int) -> Any:
        identity = id(node)
        if identity in self.open:
            raise DataError(f"*{node.anchor} is within its own anchor")
        if identity not in self.done:
            self.open.add(identity)
            before, above = self.count, self.deepest
            self.deepest = depth
            data = self._collection(node, depth)
            self.done[identity] = data, self.count - before, self.deepest - depth
            self.deepest = max(above, self.deepest)
            self.open.discard(identity)
            return data
        data, size, below = self.done[identity]
        self.count += size
        if self.count > MAX_VALUES:
            raise DataError(f"with its aliases written out, this holds more than {MAX_VALUES} values")
        if depth + below > MAX_DATA_DEPTH:
            raise DataError(f"with its aliases written out, this is nested deeper than {MAX_DATA_DEPTH} levels")
        self.deepest = max(self.deepest, depth + below)
        return data

    def _collection(self, node: Node, depth: int) -> Any:
        self.count += 1
        self.deepest = max(self.deepest, depth)
        below = depth + 1
        if type(node) is not MapNode:
            return [self.convert(item, below) for item in node.items]  # type: ignore[union-attr]
        data: dict[str, Any] = {}
        merged: list[Any] = []
        for key, value in node.pairs:
            if type(key) is ScalarNode and key.value == MERGE and not key.style:
                more = self.convert(value, below)
                merged += more if isinstance(more, list) else [more]
            else:
                data[key_text(key)] = self.convert(value, below)
        return _merge(merged, data) if merged else data


def _merge(merged: list[Any], data: dict[str, Any]) -> dict[str, Any]:
    """Return data with the mappings merged into it: its own keys count first, then those merged first."""
    out: dict[str, Any] = {}
    for more in merged:
        if isinstance(more, dict):
            for name, value in more.items():
                out.setdefault(name, value)
    return {**out, **data}


def key_text(key: Node) -> str:
    """Return a key as text; a key that is not a scalar has none and gives ''."""
    while type(key) is AliasNode and key.target is not None:
        key = key.target
    return key.value if type(key) is ScalarNode else ""


def scalar_data(node: ScalarNode) -> Any:
    """Return what a scalar means; an explicit tag decides before its style does."""
    tag = node.tag
    if tag is None:
        return resolve(node.value) if not node.style else node.value
    if tag == _NULL:
        return None
    if tag not in _RESOLVED:
        return node.value
    data = resolve(node.value)
    return float(data) if tag == _FLOAT and type(data) is int else data


def fits_tag(tag: str | None, data: Any) -> bool:
    """Tell whether a value can be after an explicit tag; a tag of the user's own takes any text."""
    if tag is None:
        return True
    kind = tag.removeprefix(_CORE)
    if kind == "float":
        return isinstance(data, float)
    wanted = {"int": int, "bool": bool, "null": type(None)}.get(kind, str)
    return type(data) is wanted


def plain_data(data: Any) -> Any:
    """Return a copy of data as YAML can hold it and gives it back: dict, list, str, int, float, bool, None.

    Raises EditError for other types, keys that are not strings, text with half of a surrogate pair, integers
    beyond 64 bits, nesting deeper than MAX_DATA_DEPTH, and more than MAX_VALUES values.
    """
    return _plain(data, 1, iter(range(MAX_VALUES)))


def nesting(data: Any) -> int:
    """Return how deep plain data is nested; a scalar: 0."""
    if isinstance(data, dict):
        data = list(data.values())
    return 1 + max(map(nesting, data), default=0) if isinstance(data, list) else 0


def _plain(data: Any, depth: int, left: Iterator[int]) -> Any:
    if next(left, None) is None:
        raise EditError(f"the data holds more than {MAX_VALUES} values")
    if isinstance(data, str):
        if not is_writable(data):
            raise EditError(f"{data[:40]!r} holds half of a surrogate pair, which no file can hold")
        return str(data)
    if data is None or isinstance(data, bool):
        return data
    if isinstance(data, int):
        if data not in INTEGERS:
            raise EditError(f"the number {hex(data)[:40]} does not fit in 64 bits; give it as text")
        return int(data)
    if isinstance(data, float):
        return float(data)
    if depth > MAX_DATA_DEPTH:
        raise EditError(f"the data is nested deeper than {MAX_DATA_DEPTH} levels")
    if isinstance(data, list | tuple):
        return [_plain(value, depth + 1, left) for value in data]
    if not isinstance(data, Mapping):
        raise EditError(f"{type(data).__name__} is not YAML data; give text, numbers, dicts and lists")
    for key in data:
        if not isinstance(key, str):
            raise EditError(f"the key {key!r} is not a string; keys are")
    return {_plain(key, depth, left): _plain(value, depth + 1, left) for key, value in data.items()}


__all__ = [
    "MERGE",
    "DataError",
    "fits_tag",
    "key_text",
    "nesting",
    "plain_data",
    "same",
    "scalar_data",
    "to_data",
]
