"""The texts of a repository by path: what the model of its clusters is built from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.cluster.source import Source
from krmfn.yaml.parser import MapNode, SeqNode, follow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from krmfn.yaml.parser import Document

SEPARATOR = "\n---\n"
"""Stands between the items of one file in the text that is made for it."""


class Tree:
    """Texts by path. Paths are relative to the repository's root, with forward slashes; '' is the root.

    sources: the texts that were read; several of one path are the items of a file in a ResourceList. load: returns
    the text of another file, None if it cannot be read. entries: returns the sorted names in a directory.
    is_directory: tells whether a path leads to a directory. is_partial: whether there may be files that are not
    here: an orchestrator hands over Kubernetes resources only. unparsed: texts of files that are not among the
    sources, by path.
    """

    def __init__(
        self,
        sources: Iterable[Source],
        *,
        load: Callable[[str], str | None],
        entries: Callable[[str], Sequence[str]],
        is_directory: Callable[[str], bool],
        is_partial: bool = False,
        unparsed: Mapping[str, str] | None = None,
    ) -> None:
        self.sources: dict[str, list[Source]] = {}
        for source in sources:
            self.sources.setdefault(source.path, []).append(source)
        self.is_partial = is_partial
        self.unparsed = unparsed or {}
        self._load = load
        self._entries = entries
        self._is_directory = is_directory
        self._others: dict[str, Source | None] = {}
        self._resources: dict[int, dict[int, MapNode]] = {}

    def read(self, path: str) -> str | None:
        """Return the text of a file; None if there is none that can be read."""
        own = self.sources.get(path)
        if own is None:
            other = self.source(path)
            return other.text if other else None
        return own[0].text if len(own) == 1 else SEPARATOR.join(source.text for source in own)

    def documents(self, path: str) -> Sequence[Document]:
        """Return the documents of a file that is one source; none where it is not YAML, or several sources."""
        source = self.source(path) if len(self.sources.get(path, ())) < 2 else None
        return source.documents if source else ()

    def names(self, directory: str) -> Sequence[str]:
        """Return the sorted names in a directory; none where it does not exist."""
        return self._entries(directory)

    def is_directory(self, path: str) -> bool:
        """Tell whether a path leads to a directory."""
        return self._is_directory(path)

    def exists(self, path: str) -> bool:
        """Tell whether there is a file or a directory at a path."""
        return path in self.sources or self.is_directory(path) or self.read(path) is not None

    def source(self, path: str, offset: int = 0) -> Source | None:
        """Return the source that holds an offset of a file's text."""
        return self.locate(path, offset)[0]

    def locate(self, path: str, offset: int) -> tuple[Source | None, int]:
        """Return the source that holds an offset of a file's text, and the offset in that source."""
        own = self.sources.get(path)
        if own is None:
            if path not in self._others:
                text = self.unparsed[path] if path in self.unparsed else self._load(path)
                self._others[path] = None if text is None else Source(path, text)
            return self._others[path], offset
        for source in own[:-1]:
            if offset < len(source.text) + len(SEPARATOR):
                return source, offset
            offset -= len(source.text) + len(SEPARATOR)
        return own[-1], offset

    def resource(self, path: str, start: int) -> tuple[Source, MapNode] | None:
        """Return the resource that starts at an offset of a file's text, with its source; None if none does."""
        source, offset = self.locate(path, start)
        if source is None:
            return None
        if id(source) not in self._resources:
            nodes = (node for document in source.documents for node in resources_in(document))
            self._resources[id(source)] = {node.start: node for node in nodes}
        node = self._resources[id(source)].get(offset)
        return None if node is None else (source, node)


def resources_in(document: Document) -> Iterable[MapNode]:
    """Yield the resource of a document, or those that its `kind: List` holds."""
    nodes = [document.root] if document.root is not None else []
    while nodes:
        node = follow(nodes.pop(0))
        if not isinstance(node, MapNode):
            continue
        items = node.get("items")
        kind = node.get("kind")
        if isinstance(items, SeqNode) and str(getattr(kind, "value", "")).endswith("List"):
            nodes = [*items.items, *nodes]
        else:
            yield node


def enter(names: dict[str, set[str]], path: str) -> None:
    """Add a path to the names that are in each directory."""
    while path:
        above, _, name = path.rpartition("/")
        names.setdefault(above, set()).add(name)
        path = above
