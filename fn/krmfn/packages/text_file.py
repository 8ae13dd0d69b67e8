"""A YAML file as its documents: each keeps its bytes unless it is edited."""

from __future__ import annotations

from krmfn.resources import convert
from krmfn.resources.resource import Resource, text_of
from krmfn.yaml.data import is_null
from krmfn.yaml.parser import MapNode, parse
from krmfn.yaml.text import BOM, BREAKS, line_start, newline

WHITE = f" \t{BREAKS}{BOM}"


class TextFile:
    """The documents of a file, in order; those that are mappings are resources (a compose file is one, too).

    indexes: of the resources, each its number among the documents that hold anything, which is how orchestrators
    count. count: how many such documents there were when the file was read.
    """

    def __init__(self, text: str, name: str) -> None:
        """Read a text; name is used in errors.

        Raises InputError (`name:line:column`) for text that is not YAML.
        """
        self.name = name
        self.read_text = text
        self._newline = newline(text)
        self._pieces: list[str | Resource] = []
        self.indexes: list[int] = []
        self.count = 0
        documents = parse(text, name, whole=True) if text else []
        bounds = [0, *(line_start(text, document.start) for document in documents[1:]), len(text)]
        for document, start, end in zip(documents, bounds, bounds[1:], strict=False):
            if not isinstance(document.root, MapNode):
                self._pieces.append(text[start:end])
                self.count += not (document.root is None or is_null(document.root))
                continue
            self.indexes.append(self.count)
            self.count += 1
            resource = Resource(text, source=name, start=start, end=end)
            resource.api_version = text_of(document.root, "apiVersion")
            resource.kind = text_of(document.root, "kind")
            resource.keep(document.root, document.root)
            self._pieces.append(resource)
        if not documents and text:
            self._pieces.append(text)

    @property
    def resources(self) -> list[Resource]:
        """The documents that are mappings, in order."""
        return [piece for piece in self._pieces if isinstance(piece, Resource)]

    def append(self, resource: Resource) -> None:
        """Append a document; an item of a list becomes one.

        Raises EditError for an item that cannot be a document without loss.
        """
        new = convert.as_document(resource, self._newline)
        # what is last is nearly always text, so the others are not looked at
        if any(_text(piece).strip(BOM) for piece in reversed(self._pieces)):
            self._end_line()
        if not new.startswith("---") and any(_text(piece).strip(WHITE) for piece in reversed(self._pieces)):
            new = f"---{self._newline}{new}"
        resource.become(new, self.name)
        self._pieces.append(resource)

    def remove(self, *resources: Resource) -> None:
        """Remove documents, with the comments in them.

        Raises ValueError if one is not in this file; then none is removed.
        """
        there = set(map(id, self._pieces))
        for resource in resources:
            if id(resource) not in there:
                raise ValueError(f"{self.name}: {resource.describe()} is not in this file")
        gone = set(map(id, resources))
        kept: list[str | Resource] = []
        behind_gap = False
        for piece in self._pieces:
            if id(piece) in gone:
                behind_gap = True
                continue
            if behind_gap and kept:
                kept += self._separators(_text(piece))
            kept.append(piece)
            behind_gap = False
        self._pieces = kept

    def _separators(self, following: str) -> list[str]:
        """Return what a text needs before it where documents are gone: what follows a `...` needs one still."""
        if following and not parse(following, self.name)[0].explicit:
            return [f"---{self._newline}"]
        if following.lstrip().startswith("%"):
            return [f"...{self._newline}"]
        return []

    def to_text(self) -> str:
        """Return the file's text as it will be written."""
        return "".join(map(_text, self._pieces))

    def _end_line(self) -> None:
        """End the last line, so that a document can follow."""
        last = self._pieces[-1]
        text = convert.with_break(_text(last), self._newline)
        if isinstance(last, Resource):
            last.become(text, self.name)
        else:
            self._pieces[-1] = text


def _text(piece: str | Resource) -> str:
    return piece if isinstance(piece, str) else piece.text
