"""Data at a path, put there by edits that change no more than they have to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from krmfn.errors import EditError
from krmfn.yaml.data import MERGE, DataError, is_null, plain_data, same, to_data
from krmfn.yaml.nodes import AliasNode, MapNode, Node, ScalarNode, SeqNode, find
from krmfn.yaml.path import Step, show
from krmfn.yaml.scalar import is_value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from krmfn.yaml.edit import Editor

Steps: TypeAlias = tuple[Step, ...]
Plan: TypeAlias = "list[tuple[bool, Callable[[], None]]]"
"""Edits, and whether each takes something away."""


class BlockedError(Exception):
    """Nothing can be put at a path, or removed from it; path: how far it leads."""

    def __init__(self, path: Steps, message: str) -> None:
        super().__init__(message)
        self.path = path


def put(editor: Editor, root: MapNode, path: Steps, data: Any, *, only_remove: bool = False) -> None:
    """Put plain data at a path below a mapping, the root itself included; mappings on the way are added.

    A collection that is there becomes the new one member by member, so that what both have keeps its text, its
    comments and its place; only where that cannot be, it is written anew. only_remove: make no edits but those
    that take something away, which leaves the others for a second time.

    Raises BlockedError if the path leads through an alias (what is at its anchor belongs to others, too),
    or through something that is neither a mapping nor a list.
    """
    node: Node = root
    parent: MapNode | None = None
    for number, step in enumerate(path):
        here, rest = path[: number + 1], path[number + 1 :]
        if isinstance(node, MapNode) and isinstance(step, str):
            pair = node.pair(step)
            if pair is None and rest and isinstance(find(node, (step,), merged=True), MapNode | SeqNode):
                raise BlockedError(
                    here, "this is merged from a mapping that others use, too (`<<`); edit it there"
                )
            if pair is None or (rest and is_null(pair[1])):
                if not only_remove:
                    editor.put(node, step, _nest(here, rest, data))
                return
            parent, node = node, pair[1]
        elif isinstance(node, SeqNode) and isinstance(step, int):
            if step == len(node.items):
                if not only_remove:
                    editor.append(node, _nest(here, rest, data))
                return
            node, parent = item(node, step, here), None
        else:
            raise _no_collection(node, path[:number], step)
    plan = _plan(editor, node, data)
    if plan is None and parent is not None:
        plan = [(False, partial(editor.put, parent, str(path[-1]), data))]
    elif plan is None and path:
        raise BlockedError(path, "replace a field of the item, or remove and append it")
    for removes, edit in _rewritten(editor, root, data) if plan is None else plan:
        if removes or not only_remove:
            edit()


def plain(data: Any) -> Any:
    """Return data as YAML can hold it, dataclasses and all that `krmfn.yaml.dataclass_io` knows written out.

    Raises EditError for what neither is.
    """
    try:
        return plain_data(data)
    except EditError:
        from krmfn.yaml.dataclass_io import dump

        try:
            dumped = dump(data)
        except TypeError:
            dumped = data
        return plain_data(dumped)


def equal(one: Any, other: Any) -> bool:
    """Compare data with types; the order of keys does not count."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return same(one, other)


def _rewritten(editor: Editor, root: MapNode, data: Any) -> Plan:
    """Return the edits that give a root other fields; it is behind no key, so it cannot be written anew."""
    if not isinstance(data, dict):
        raise BlockedError((), "a resource is a mapping")
    own = [key.value for key, _ in root.pairs if isinstance(key, ScalarNode)]
    gone = [key for key in own if key not in data]  # a merge key among them: what it merges is written out
    plan: Plan = [(False, partial(editor.put, root, key, value)) for key, value in data.items()]
    return [(True, partial(editor.delete, root, *gone)), *plan]


def owner(root: MapNode, path: Steps) -> Node | None:
    """Return the node at a path that leads through no alias; None if there is none.

    Raises BlockedError if an alias is on the way.
    """
    node: Node = root
    for number, step in enumerate(path):
        if isinstance(node, MapNode) and isinstance(step, str) and (pair := node.pair(step)):
            node = pair[1]
        elif isinstance(node, SeqNode) and isinstance(step, int) and has(node, step):
            node = node.items[step]
        else:
            return None
        if isinstance(node, AliasNode):
            raise _shared(node, path[: number + 1])
    return node


def item(node: SeqNode, index: int, path: Steps) -> Node:
    """Return an item of a list. Raises BlockedError if there is none; path: the item's."""
    if not has(node, index):
        raise BlockedError(path, f"the list has {len(node.items)} items")
    return node.items[index]


def has(node: SeqNode, index: int) -> bool:
    """Tell whether a list has an item with this index; negative counts from the end."""
    return -len(node.items) <= index < len(node.items)


def _no_collection(node: Node, path: Steps, step: Step) -> BlockedError:
    if isinstance(node, AliasNode):
        return _shared(node, path)
    kind = "mapping" if isinstance(step, str) else "list"
    return BlockedError(path, f"this is not a {kind}, so there can be no {show((step,))} in it")


def _shared(node: AliasNode, path: Steps) -> BlockedError:
    return BlockedError(path, f"this is *{node.anchor}, which others use, too; edit its anchor")


def _nest(here: Steps, rest: Steps, data: Any) -> Any:
    for number in reversed(range(len(rest))):
        step = rest[number]
        if isinstance(step, int) and step != 0:
            path = (*here, *rest[: number + 1])
            raise BlockedError(path, f"the list is new, so its first item has the index 0, not {step}")
        data = {step: data} if isinstance(step, str) else [data]
    return data


def _plan(editor: Editor, node: Node, data: Any) -> Plan | None:
    """Return the edits after which a node means data, in place; None if it must be written anew."""
    try:
        if isinstance(node, ScalarNode) and is_value(data):
            return [] if same(to_data(node), data) else [(False, partial(editor.set_value, node, data))]
        if isinstance(node, MapNode) and isinstance(data, dict):
            return _mapping(editor, node, data)
        if isinstance(node, SeqNode) and isinstance(data, list):
            return _sequence(editor, node, data)
        # an alias in a collection that means what it should: the text says so already
        return [] if isinstance(node, AliasNode) and equal(to_data(node), data) else None
    except DataError:
        return None


def _mapping(editor: Editor, node: MapNode, data: dict[str, Any]) -> Plan | None:
    there = to_data(node)
    own = {key.value for key, _ in node.pairs if isinstance(key, ScalarNode)}
    merging = MERGE in own and MERGE not in there
    gone = [key for key in there if key not in data]
    if not node.pairs or len(gone) == len(there) or not all(isinstance(key, ScalarNode) for key, _ in node.pairs):
        return [] if there == data == {} else None
    if merging and (gone or MERGE in data):
        return None  # what is merged would show again, or cannot be removed
    plan: Plan = [(True, partial(editor.delete, node, *gone))] if gone else []
    for key, value in data.items():
        pair = node.pair(key) if key in own else None
        if pair is None:
            if not (merging and key in there and equal(there[key], value)):
                plan.append((False, partial(editor.put, node, key, value)))
            continue
        inner = _plan(editor, pair[1], value) if not isinstance(pair[1], ScalarNode) else None
        # `put` knows for scalars whether there is room for the new text, and leaves the same value alone
        plan += [(False, partial(editor.put, node, key, value))] if inner is None else inner
    return plan


def _sequence(editor: Editor, node: SeqNode, data: list[Any]) -> Plan | None:
    if not node.items or not data:
        return [] if len(node.items) == len(data) else None
    kept = _kept(node.items, data)
    if not kept:
        return None
    plan: Plan = []
    for number, value in zip(kept, data, strict=False):
        inner = _plan(editor, node.items[number], value)
        if inner is None:
            return None
        plan += inner
    gone = [number for number in range(len(node.items)) if number not in kept]
    if gone:
        plan.append((True, partial(editor.remove, node, *gone)))
    return plan + [(False, partial(editor.append, node, value)) for value in data[len(kept) :]]


def _kept(items: Sequence[Node], data: list[Any]) -> list[int]:
    """Return which items become the first of data, in order: they are edited, the others go, the rest is appended.

    Nothing is ever inserted: kpt copies comments by index, and would give them to other items.
    """
    in_order: list[int] = []
    for value in data:
        start = in_order[-1] + 1 if in_order else 0
        found = next((n for n in range(start, len(items)) if _alike(items[n], value)), None)
        if found is None:
            break
        in_order.append(found)
    if len(items) == len(data) and sum(map(_alike, items, data)) >= len(in_order):
        return list(range(len(items)))
    return in_order


def _alike(node: Node, data: Any) -> bool:
    """Tell whether an item of a list is the one that data describes: by its name where it has one."""
    there = to_data(node)
    if isinstance(there, dict) and isinstance(data, dict) and "name" in there and "name" in data:
        return same(there["name"], data["name"])
    return equal(there, data)
