"""A file that a user gives: one mapping, with errors that say where in it something is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krmfn.errors import InputError
from krmfn.yaml.data import MERGE
from krmfn.yaml.parser import MapNode, ScalarNode, parse, walk
from krmfn.yaml.text import Lines

if TYPE_CHECKING:
    from typing import NoReturn

    from krmfn.yaml.parser import Node


def duplicate_key(root: Node) -> ScalarNode | None:
    """Return the first key that is in its mapping a second time: readers of YAML disagree on which counts."""
    for node in walk(root):
        if isinstance(node, MapNode):
            seen = set()
            for key, _ in node.pairs:
                if isinstance(key, ScalarNode) and key.value != MERGE:
                    if key.value in seen:
                        return key
                    seen.add(key.value)
    return None


class MappingFile:
    """The mapping in a text (JSON is YAML, too). name: of the file; expected: what it should hold, for the error.

    Raises InputError (`name:line:column`) for text that is not YAML, or holds anything but one mapping.
    """

    def __init__(self, text: str, name: str, expected: str) -> None:
        self.name = name
        self._lines = Lines(text)
        roots = [document.root for document in parse(text, name) if document.root is not None]
        if len(roots) != 1 or not isinstance(roots[0], MapNode):
            raise InputError(f"{name}:1:1: {expected}")
        self.root = roots[0]
        if (again := duplicate_key(self.root)) is not None:
            self.fail(again, f"the key {again.value!r} is in this mapping twice; remove one, or merge the two")

    def where(self, node: Node) -> str:
        """Return `name:line:column` of a node."""
        place = self._lines.position(node.start)
        return f"{self.name}:{place.line}:{place.column}"

    def fail(self, node: Node, what: str) -> NoReturn:
        """Raise InputError for what is at a node."""
        raise InputError(f"{self.where(node)}: {what}")
