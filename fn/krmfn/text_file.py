"""A YAML file as its documents: each keeps its bytes unless it is edited."""

from __future__ import annotations

from krmfn.data import to_data
from krmfn.node import MapNode, ScalarNode, parse
from krmfn.resource import Resource, Shape
from krmfn.text import line_start, newline


class TextFile:
    """The documents of a file, in order; those that are mappings are resources (a compose file is one, too)."""

    def __init__(self, text: str, name: str) -> None:
        """Read a text; name is used in errors.

        Raises InputError (`name:line:column`) for text that is no YAML.
        """
        self.name = name
        self.read_text = text
        self._newline = newline(text)
        self._pieces: list[str | Resource] = []
        documents = parse(text, name) if text else []
        bounds = [0, *(line_start(text, document.start) for document in documents[1:]), len(text)]
        for document, start, end in zip(documents, bounds, bounds[1:], strict=False):
            if not isinstance(document.root, MapNode):
                self._pieces.append(text[start:end])
                continue
            resource = Resource(text, source=name, start=start, end=end)
            resource.api_version = _word(document.root, "apiVersion")
            resource.kind = _word(document.root, "kind")
            resource.keep(document.root, document.root)
            self._pieces.append(resource)
        if not documents:
            self._pieces.append(text)

    @property
    def resources(self) -> list[Resource]:
        """The documents that are mappings, in order."""
        return [piece for piece in self._pieces if isinstance(piece, Resource)]

    def append(self, resource: Resource) -> None:
        """Append a document."""
        before = self.to_text()
        if before.strip():
            gap = "" if before.endswith(("\n", "\r")) else self._newline
            self._pieces.append(f"{gap}---{self._newline}")
        self._pieces.append(resource)

    def to_text(self) -> str:
        """Return the file's text as it will be written."""
        return "".join(piece if isinstance(piece, str) else self._in_breaks(piece) for piece in self._pieces)

    def _in_breaks(self, resource: Resource) -> str:
        """Return a resource's text; one that is new here takes on the file's line breaks."""
        text = resource.text
        if resource.shape is not Shape.DOCUMENT or self._newline == "\n" or resource.source == self.name:
            return text
        return text.replace("\n", self._newline)


def _word(root: MapNode, key: str) -> str:
    node = root.get(key)
    return node.value if isinstance(node, ScalarNode) and isinstance(to_data(node), str) else ""
