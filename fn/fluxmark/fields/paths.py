"""Paths with `[]` for every item and `*` for every key, and the values that are at them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from krmfn.yaml.parser import AliasNode, MapNode, ScalarNode, SeqNode, find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from krmfn.yaml.parser import Node
    from krmfn.yaml.path import Step

ITEMS, KEYS = "[]", "*"


@cache
def compiled(path: str) -> tuple[str, ...]:
    """Return the steps of a path: `spec.images[].name` has four, `[]` is one of them."""
    return tuple(step for key in path.split(".") if key for step in _steps(key))


def _steps(key: str) -> Iterator[str]:
    name, *items = key.split(ITEMS)
    if name:
        yield name
    yield from (ITEMS for _ in items)


def follow(node: Node) -> Node:
    """Return what an alias stands for, any other node itself; an alias whose anchor is elsewhere stays."""
    while type(node) is AliasNode and node.target is not None:
        node = node.target
    return node


def at(root: Node, steps: tuple[str, ...]) -> Iterator[tuple[Node, tuple[Step, ...]]]:
    """Yield the nodes at a path, with the path of each; aliases are followed, and every node is visited once."""
    yield from _at(root, steps, (), set())


def _at(
    root: Node, steps: tuple[str, ...], path: tuple[Step, ...], seen: set[tuple[int, int]]
) -> Iterator[tuple[Node, tuple[Step, ...]]]:
    node = follow(root)
    if (id(node), len(steps)) in seen:
        return
    seen.add((id(node), len(steps)))
    if not steps:
        yield node, path
        return
    step, rest = steps[0], steps[1:]
    if step == ITEMS:
        for index, item in enumerate(node.items if isinstance(node, SeqNode) else ()):
            yield from _at(item, rest, (*path, index), seen)
    elif isinstance(node, MapNode):
        if step == KEYS:
            for key, value in node.pairs:
                name = follow(key)
                if isinstance(name, ScalarNode):
                    yield from _at(value, rest, (*path, name.value), seen)
        elif (found := node.pair(step)) is not None:
            yield from _at(found[1], rest, (*path, step), seen)


def scalar(node: MapNode, path: str) -> str:
    """Return the text at a path of keys; '' if there is none."""
    found = find(node, path.split("."))
    return found.value.strip() if isinstance(found, ScalarNode) else ""
