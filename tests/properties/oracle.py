"""A second, independent reading of YAML, and what edits are meant to do to it.

Trees are built from libyaml's events by the few lines below, not by krmfn's reader; what plain scalars mean is
asked of PyYAML's resolver, next to krmfn's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from krmfn.yaml.scalar import resolve

COMMENT = re.compile(r"# {0,2}c(\d+)\.")


@dataclass
class Scalar:
    value: str
    style: str
    tag: str | None
    anchor: str | None


@dataclass
class Alias:
    target: Tree | None


@dataclass
class Mapping:
    tag: str | None
    anchor: str | None
    pairs: list[tuple[Tree, Tree]] = field(default_factory=list)


@dataclass
class Sequence:
    tag: str | None
    anchor: str | None
    items: list[Tree] = field(default_factory=list)


@dataclass
class Data:
    """Stands for a value that was written: whatever its style, it has to mean this. of: what it was."""

    value: Any
    of: Tree | None = None
    anchor: str | None = None
    tag: str | None = None


Tree = Scalar | Alias | Mapping | Sequence | Data


def read(text: str, *, whole: bool = False) -> list[Tree | None]:
    """Read the documents of a text; whole: every alias needs its anchor in it.

    Raises yaml.YAMLError for what is not YAML.
    """
    events = list(yaml.parse(text.removeprefix("\ufeff"), Loader=yaml.CSafeLoader))
    events.reverse()
    documents: list[Tree | None] = []
    while events:
        event = events.pop()
        if isinstance(event, yaml.DocumentStartEvent):
            documents.append(_Composer(events, whole=whole).node())
    return documents


class _Composer:
    def __init__(self, events: list[Any], *, whole: bool) -> None:
        self.events = events
        self.whole = whole
        self.anchors: dict[str | None, Tree] = {}

    def node(self) -> Tree:
        event = self.events.pop()
        if isinstance(event, yaml.AliasEvent):
            if self.whole and event.anchor not in self.anchors:
                raise yaml.YAMLError(f"found undefined alias {event.anchor}")
            return Alias(self.anchors.get(event.anchor))
        tree: Scalar | Mapping | Sequence
        if isinstance(event, yaml.ScalarEvent):
            tree = Scalar(str(event.value), str(event.style), event.tag, event.anchor)
        elif isinstance(event, yaml.MappingStartEvent):
            tree = Mapping(event.tag, event.anchor)
        else:
            tree = Sequence(event.tag, event.anchor)
        if tree.anchor is not None:
            self.anchors[tree.anchor] = tree
        if isinstance(tree, Mapping):
            while not isinstance(self.events[-1], yaml.MappingEndEvent):
                tree.pairs.append((self.node(), self.node()))
            self.events.pop()
        elif isinstance(tree, Sequence):
            while not isinstance(self.events[-1], yaml.SequenceEndEvent):
                tree.items.append(self.node())
            self.events.pop()
        return tree


def matches(expected: Tree | None, actual: Tree | None) -> bool:
    """Tell whether a tree is the expected one; styles count except for what was written."""
    return Comparison().same(expected, actual)


class Comparison:
    """Compares two trees; an alias has to stand for what corresponds to what it stood for."""

    def __init__(self) -> None:
        self.twins: dict[int, Tree] = {}

    def same(self, expected: Tree | None, actual: Tree | None) -> bool:
        if expected is None or actual is None:
            return expected is actual
        if isinstance(expected, Alias):
            twin = self.twins.get(id(expected.target))
            return isinstance(actual, Alias) and actual.target is twin
        if isinstance(actual, Alias | Data) or (expected.tag, expected.anchor) != (actual.tag, actual.anchor):
            return False
        if expected.anchor is not None:
            self.twins[id(expected.of or expected) if isinstance(expected, Data) else id(expected)] = actual
        if isinstance(expected, Data):
            return means(actual, expected.value)
        if isinstance(expected, Mapping) and isinstance(actual, Mapping):
            return len(actual.pairs) == len(expected.pairs) and all(
                self.same(one, other)
                for pair, found in zip(expected.pairs, actual.pairs, strict=True)
                for one, other in zip(pair, found, strict=True)
            )
        if isinstance(expected, Sequence) and isinstance(actual, Sequence):
            return len(actual.items) == len(expected.items) and all(map(self.same, expected.items, actual.items))
        return expected == actual


def means(tree: Tree, data: Any) -> bool:
    """Tell whether a tree means this data, to every reader."""
    if isinstance(tree, Mapping):
        return (
            isinstance(data, dict)
            and len(tree.pairs) == len(data)
            and all(
                means(key, name) and means(value, data[name])
                for (key, value), name in zip(tree.pairs, data, strict=True)
            )
        )
    if isinstance(tree, Sequence):
        return (
            isinstance(data, list | tuple)
            and len(tree.items) == len(data)
            and all(means(item, value) for item, value in zip(tree.items, data, strict=True))
        )
    if not isinstance(tree, Scalar):
        return False
    if isinstance(data, str):
        return tree.value == data and (bool(tree.style) or tree.tag is not None or is_text_to_all(tree.value))
    if tree.style:
        return False
    found = resolve(tree.value)
    return type(found) is type(data) and (found == data or found != found)


def is_text_to_all(value: str) -> bool:
    """Tell whether both YAML 1.1, as PyYAML knows it, and krmfn take a plain scalar for text."""
    tag = yaml.SafeLoader("").resolve(  # type: ignore[no-untyped-call]
        yaml.ScalarNode, value, (True, False)
    )
    return bool(tag == "tag:yaml.org,2002:str") and isinstance(resolve(value), str)


def comments(text: str) -> list[str]:
    """Return the numbers of the generated comments in a text, in order."""
    return COMMENT.findall(text)
