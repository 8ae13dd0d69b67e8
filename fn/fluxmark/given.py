"""A file that a user gives: one mapping, with errors that say where in it something is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krmfn.node import MapNode, parse
from krmfn.text import InputError, Lines

if TYPE_CHECKING:
    from typing import NoReturn

    from krmfn.node import Node


class Given:
    """The mapping in a text (JSON is YAML, too). name: of the file; expected: what it should hold, for the error.

    Raises InputError (`name:line:column`) for text that is no YAML, or holds anything but one mapping.
    """

    def __init__(self, text: str, name: str, expected: str) -> None:
        self.name = name
        self._lines = Lines(text)
        roots = [document.root for document in parse(text, name) if document.root is not None]
        if len(roots) != 1 or not isinstance(roots[0], MapNode):
            raise InputError(f"{name}:1:1: {expected}")
        self.root = roots[0]

    def where(self, node: Node) -> str:
        """Return `name:line:column` of a node."""
        place = self._lines.position(node.start)
        return f"{self.name}:{place.line}:{place.column}"

    def fail(self, node: Node, what: str) -> NoReturn:
        """Raise InputError for what stands at a node."""
        raise InputError(f"{self.where(node)}: {what}")
