"""The files of a repository, each read and parsed once for all builds."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Protocol

from fluxmark.kustomize.errors import BuildError
from fluxmark.kustomize.kinds import KINDS, MENTION
from fluxmark.kustomize.reader import TreeError, read
from fluxmark.kustomize.resource import Resource, split_api_version
from fluxmark.kustomize.tree import (
    Mapping,
    Place,
    Scalar,
    Sequence,
    Text,
    as_json,
    is_null,
    text_at,
)
from krmfn.errors import InputError
from krmfn.yaml.parser import MapNode, ScalarNode, parse
from krmfn.yaml.text import Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence as List

    from fluxmark.kustomize.tree import Tree
    from krmfn.yaml.parser import Document, Node

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""The names of kustomizations, the first one preferred."""

_PLACE = re.compile(r".*?:(\d+):(\d+): ([^\n]*)", re.DOTALL)

_KIND = re.compile(r"\bkind[\"']?\s*:")
"""A text without this holds no resource at all, which kustomize refuses."""
_SEPARATOR = re.compile(r"\n---(.*)\r?\n")


class Files(Protocol):
    """A repository's tree. Paths are POSIX paths relative to its root, which is ''."""

    def read(self, path: str) -> str | None:
        """Return the text of a file; None if there is none, or none that is text."""

    def documents(self, path: str) -> List[Document]:
        """Return the documents of a file's text; none where it is not YAML, or where nobody has parsed it."""

    def names(self, directory: str) -> List[str]:
        """Return the names in a directory in their order; none if there is no such directory."""

    def is_directory(self, path: str) -> bool:
        """Tell whether there is a directory at a path."""


class _At:
    """A place given by offsets."""

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end


def documents(source: Text) -> List[Document]:
    """Return the documents of a text.

    Raises BuildError for a text that is not YAML.
    """
    if source.documents is not None and (known := source.documents()):
        return known
    try:
        return parse(source.text, source.file, whole=True)
    except InputError as error:
        found = _PLACE.match(str(error))
        start = 0
        if found:
            lines = Lines(source.text)
            start = lines.starts[int(found[1]) - 1] + int(found[2]) - 1
            message = found[3]
        else:
            message = str(error)
        raise BuildError(f"MalformedYAMLError: {message}", Place(source, _At(start, start))) from None


def tree_of(root: Node, source: Text, *, resource: bool = True) -> Tree:
    """Return the tree of a node, as `fluxmark.kustomize.reader.read` does.

    Raises BuildError for aliases that lead nowhere.
    """
    try:
        return read(root, source, resource=resource)
    except TreeError as error:
        raise BuildError(str(error), Place(source, root)) from None


def resources(source: Text, kinds: Collection[tuple[str, str]] | None = None) -> tuple[Resource, ...]:
    """Return the resources in a text, lists expanded; kinds: (group, kind) to keep, None for all.

    Raises BuildError for what kustomize does not read.
    """
    found: list[Resource] = []
    later: list[Resource] = []
    for separator in _SEPARATOR.finditer(source.text):
        if (behind := separator[1].strip()) and not behind.startswith("#"):
            place = Place(source, _At(separator.start() + 1, separator.end(1)))
            raise BuildError(f"invalid document separator: {separator[0].strip()}", place)
    for number, document in enumerate(documents(source)):
        root = document.root
        if root is None or (type(root) is ScalarNode and not root.value.strip()):
            continue
        if type(root) is not MapNode:
            raise BuildError("wrong node kind: expected MappingNode", Place(source, root))
        if not root.pairs:
            continue
        kind = _word(root, "kind")
        _check(root, kind, source)
        if kind.endswith("List") and root.pair("items") is not None:
            later += _items(root, source, number, kinds)
        elif kinds is None or (split_api_version(_word(root, "apiVersion"))[0], kind) in kinds:
            tree = tree_of(root, source)
            assert type(tree) is Mapping
            found.append(Resource(tree, source.file, number, start=root.start))
    return (*found, *later)


def _word(root: MapNode, name: str) -> str:
    try:
        value = root.get(name)
    except ValueError:
        return ""
    return value.value if type(value) is ScalarNode else ""


def _check(root: MapNode, kind: str, source: Text) -> None:
    if not kind:
        raise BuildError("missing kind in object", Place(source, root))
    metadata = root.get("metadata")
    named = type(metadata) is MapNode and _word(metadata, "name")
    if not named and not kind.endswith("List"):
        raise BuildError("missing metadata.name in object", Place(source, root))


def _items(
    root: MapNode, source: Text, number: int, kinds: Collection[tuple[str, str]] | None
) -> Iterator[Resource]:
    """Yield the resources of a list; lists in it are expanded, too."""
    items = tree_of(root.get("items"), source)  # type: ignore[arg-type]
    if _SEPARATOR.search(source.text):
        # kustomize takes a list apart as JSON, but for the only document of a file
        items = as_json(items)
    if is_null(items):
        return
    if type(items) is not Sequence:
        raise BuildError("expected array in List/items", items.place)
    pending = list(enumerate(items.items))
    while pending:
        index, item = pending.pop(0)
        if is_null(item):
            continue
        if type(item) is not Mapping:
            raise BuildError("wrong node kind: expected MappingNode", item.place)
        kind = text_at(item, "kind")
        if not kind:
            raise BuildError("missing kind in object", item.place)
        inner = item.get("items")
        if kind.endswith("List") and type(inner) is Sequence:
            pending += [(index, below) for below in inner.items]
            continue
        if not text_at(item, "metadata", "name") and not kind.endswith("List"):
            raise BuildError("missing metadata.name in object", item.place)
        if kinds is None or (split_api_version(text_at(item, "apiVersion"))[0], kind) in kinds:
            yield Resource(item, source.file, number, index, item.place.node.start)


def inline(scalar: Scalar, *, stripped: bool = False) -> Text:
    """Return the text of a scalar as one of its own, whose places are places of the file.

    stripped: without the blanks around it.
    """
    whole = _inline(scalar)
    if not stripped:
        return whole
    text = whole.text.strip()
    by = whole.text.find(text)
    inner = whole.span
    if by == 0 or inner is None:
        return Text(whole.file, text, inner)
    return Text(whole.file, text, lambda start, end: inner(start + by, end + by))


def _inline(scalar: Scalar) -> Text:
    place = scalar.place
    node = place.node
    outer = place.text
    if type(node) is not ScalarNode:
        return Text(outer.file, scalar.text, lambda _start, _end: (place.origin.start, place.origin.end))
    if node.style != "|":
        return Text(outer.file, scalar.text, lambda _start, _end: (place.origin.start, place.origin.end))
    starts = [0, *(found.end() for found in re.finditer("\n", scalar.text))]
    head = outer.text.find("\n", node.start) + 1
    written = [head, *(found.end() for found in re.finditer("\n", outer.text[head : node.end]))]
    written[1:] = [head + offset for offset in written[1:]]
    body = outer.text[head : node.end].split("\n")
    first = next((line for line in body if line.strip()), "")
    inner_first = next((line for line in scalar.text.split("\n") if line.strip()), "")
    indent = len(first) - len(inner_first)

    def at(offset: int) -> int:
        line = min(bisect_right(starts, offset) - 1, len(written) - 1)
        return min(written[line] + indent + offset - starts[line], node.end)

    def span(start: int, end: int) -> tuple[int, int]:
        first, last = at(start), at(end)
        outside = outer.origin(first, max(first, last))
        return outside.start, outside.end

    return Text(outer.file, scalar.text, span)


class Library:
    """What was read of a repository so far; every build of its directories shares it.

    shared: the library of the whole repository, where these files are a part of it. excludes: tells which files
    are left out of that part.
    """

    def __init__(
        self, files: Files, shared: Library | None = None, excludes: Callable[[str], bool] = lambda _: False
    ) -> None:
        self.files = files
        self.lacks = excludes
        self._shared = shared
        self._texts: dict[str, Text | None] = {}
        self._resources: dict[str, tuple[Resource, ...] | BuildError] = {}
        self._directories: dict[str, bool] = {}

    def is_directory(self, path: str) -> bool:
        """Tell whether there is a directory at a path."""
        if path not in self._directories:
            self._directories[path] = self.files.is_directory(path)
        return self._directories[path]

    def text(self, path: str) -> Text | None:
        """Return the text of a file; None if there is none."""
        if path not in self._texts:
            text = self.files.read(path)
            shared = self._shared.text(path) if text is not None and self._shared is not None else None
            made = None if text is None else Text(path, text, documents=lambda: self.files.documents(path))
            self._texts[path] = shared or made
        return self._texts[path]

    def resources(self, path: str) -> tuple[Resource, ...] | None:
        """Return the resources of a file that builds keep; None if there is no such file.

        Raises BuildError for what kustomize does not read.
        """
        if self._shared is not None:
            return None if self.text(path) is None else self._shared.resources(path)
        found = self._resources.get(path)
        if found is None:
            source = self.text(path)
            if source is None:
                return None
            found = self._resources[path] = _kept(source)
        if isinstance(found, BuildError):
            raise found
        return found


def _kept(source: Text) -> tuple[Resource, ...] | BuildError:
    named = source.file.rpartition("/")[2] in NAMES
    if not named and not MENTION.search(source.text) and _KIND.search(source.text):
        return ()
    try:
        return resources(source, KINDS)
    except BuildError as error:
        return error
