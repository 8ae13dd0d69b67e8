"""What edits take away: nothing else may be edited in it, and nothing may refer to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krmfn.errors import EditError, OverlapError
from krmfn.yaml.nodes import AliasNode, MapNode, Node, walk
from krmfn.yaml.text import Lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from krmfn.yaml.expected_data import ExpectedData
    from krmfn.yaml.parsed_text import Source


def check_conflicts(source: Source, meant: ExpectedData, subjects: Iterable[Node]) -> None:
    """Raise OverlapError where something is edited that another edit deletes or replaces."""
    for subject in subjects:
        for parent, number in source.trail(subject):
            change = meant.changed.get(id(parent))
            if id(parent) in meant.replaced or (change and number in change.deleted):
                raise OverlapError("an edit lies within what another edit deletes or replaces")
        if id(subject) in meant.replaced:
            raise OverlapError("an edit lies within what another edit deletes or replaces")


def check_aliases(source: Source, meant: ExpectedData) -> None:
    """Raise EditError where an alias that stays stands for something that goes."""
    gone = {id(node): node for tree in _removed(meant) for node in walk(tree)}
    if all(type(node) is AliasNode or node.anchor is None for node in gone.values()):
        return
    for root in source.roots:
        for node in walk(root) if root is not None else ():
            if type(node) is AliasNode and id(node.target) in gone and id(node) not in gone:
                place = Lines(source.text).position(node.start)
                raise EditError(f"what is to go is still used: *{node.anchor} on line {place.line} stands for it")


def _removed(meant: ExpectedData) -> Iterator[Node]:
    for change in meant.changed.values():
        for number in change.deleted:
            if isinstance(change.parent, MapNode):
                yield from change.parent.pairs[number]
            else:
                yield change.parent.items[number]
    for node, _ in meant.replaced.values():
        yield node
