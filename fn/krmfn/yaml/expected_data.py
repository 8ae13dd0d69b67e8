"""What edits mean for the data, by identity of the nodes that they are stated in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from krmfn.yaml.nodes import MapNode

if TYPE_CHECKING:
    from krmfn.yaml.nodes import Node, SeqNode


class Change:
    """What a collection gains at its end (a sequence: by number), and which of its members it loses."""

    __slots__ = ("added", "deleted", "parent")

    def __init__(self, parent: MapNode | SeqNode) -> None:
        self.parent = parent
        self.added: dict[Any, Any] = {}
        self.deleted: set[int] = set()

    @property
    def data(self) -> Any:
        """What is added, as a dict for a mapping and as a list for a sequence."""
        return self.added if isinstance(self.parent, MapNode) else list(self.added.values())


class ExpectedData:
    """What edits change: values of scalars, whole values (with their anchors and tags), and members."""

    __slots__ = ("changed", "replaced", "values")

    def __init__(self) -> None:
        self.values: dict[int, tuple[Node, Any]] = {}
        self.replaced: dict[int, tuple[Node, Any]] = {}
        self.changed: dict[int, Change] = {}

    def __bool__(self) -> bool:
        """Tell whether any data changes; nothing but comments does otherwise."""
        return bool(self.values or self.replaced or self.changed)

    def touches(self, node: Node) -> bool:
        """Tell whether a collection itself changes, not only something in it."""
        return bool(self.changed or self.replaced) and (id(node) in self.changed or id(node) in self.replaced)

    @property
    def written(self) -> list[Any]:
        """The data that takes whole lines, or may."""
        return [change.data for change in self.changed.values()] + [data for _, data in self.replaced.values()]

    @property
    def removes(self) -> bool:
        """Whether anything goes that other nodes could be in, or refer to."""
        return bool(self.replaced) or any(change.deleted for change in self.changed.values())
