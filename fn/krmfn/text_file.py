"""A YAML file as its documents: each keeps its bytes unless it is edited."""

from __future__ import annotations

from krmfn import convert
from krmfn.node import MapNode, parse
from krmfn.resource import Resource, text_of
from krmfn.text import BOM, BREAKS, line_start, newline

WHITE = f" \t{BREAKS}{BOM}"


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
        documents = parse(text, name, whole=True) if text else []
        bounds = [0, *(line_start(text, document.start) for document in documents[1:]), len(text)]
        for document, start, end in zip(documents, bounds, bounds[1:], strict=False):
            if not isinstance(document.root, MapNode):
                self._pieces.append(text[start:end])
                continue
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
        before = "".join(map(_text, self._pieces))
        if before.strip(BOM):
            self._end_line()
        if before.strip(WHITE) and not new.startswith("---"):
            new = f"---{self._newline}{new}"
        resource.become(new, self.name)
        self._pieces.append(resource)

    def remove(self, resource: Resource) -> None:
        """Remove a document, with the comments in it.

        Raises ValueError where it is not in this file.
        """
        numbers = [number for number, piece in enumerate(self._pieces) if piece is resource]
        if not numbers:
            raise ValueError(f"{self.name}: {resource.describe()} is not in this file")
        (number,) = numbers
        del self._pieces[number]
        following = _text(self._pieces[number]) if 0 < number < len(self._pieces) else ""
        # what follows a `...` needs one still, or a `---`
        if following and not parse(following, self.name)[0].explicit:
            self._pieces.insert(number, f"---{self._newline}")
        elif following.lstrip().startswith("%"):
            self._pieces.insert(number, f"...{self._newline}")

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
