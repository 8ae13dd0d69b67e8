"""One text with its documents: a file of a directory, or an item of a ResourceList."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from fluxmark.finding import Finding
from fluxmark.flux.files import is_flux_file
from krmfn.errors import InputError
from krmfn.yaml.layout import content_start
from krmfn.yaml.parser import ScalarNode, parse
from krmfn.yaml.text import Lines, line_end, next_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmark.finding import Fix
    from krmfn.resources.resource import Resource
    from krmfn.resources.result import ResourceRef, Severity
    from krmfn.yaml.parser import Document, Node

_PLACE = re.compile(r"(?P<line>\d+):(?P<column>\d+): (?P<what>.*)")


class Source:
    """A text, parsed when it is first asked for.

    path: of its file, relative to the root; '' if that is unknown. index: of the document in that file, for an
    item. exact: whether the text is the file's, so that positions in it mean something to a reader. failure: what
    keeps it from being read at all (`line:column: reason`). show: the path as a user of the command writes it.
    item: the item of a ResourceList that this is the text of.
    """

    def __init__(
        self,
        path: str,
        text: str,
        *,
        index: int = 0,
        exact: bool = True,
        documents: Sequence[Document] | None = None,
        failure: str = "",
        show: str = "",
        item: Resource | None = None,
    ) -> None:
        self.path = path
        self.show = show or path
        self.item = item
        self.text = text
        self.index = index
        self.exact = exact
        self._documents = () if failure else documents
        self._failure = failure

    @cached_property
    def lines(self) -> Lines:
        """Where its lines are."""
        return Lines(self.text)

    @cached_property
    def is_in_flux_file(self) -> bool:
        """Whether its file has a name that Flux reads, or none."""
        return not self.path or is_flux_file(self.path.rpartition("/")[2])

    @cached_property
    def documents(self) -> Sequence[Document]:
        """Its documents; none where it is not YAML, and `error` says why."""
        if self._documents is not None:
            return self._documents
        try:
            return parse(self.text, "", whole=True)
        except InputError as error:
            self._failure = str(error).split("\n", 1)[0].lstrip(":")
            return ()

    @cached_property
    def error(self) -> tuple[int, int, str] | None:
        """Line, column and reason where the text is not YAML."""
        if self.documents or not self._failure:  # reading the documents finds the failure
            return None
        found = _PLACE.match(self._failure)
        return (int(found["line"]), int(found["column"]), found["what"]) if found else (1, 1, self._failure)

    def document_at(self, offset: int) -> Document | None:
        """Return the document that an offset lies in."""
        found = None
        for document in self.documents:
            if document.start > offset:
                break
            found = document
        return found

    def finding(
        self,
        rule: str,
        severity: Severity,
        span: tuple[int, int],
        message: str,
        *,
        resource: ResourceRef | None = None,
        path: tuple[str | int, ...] = (),
        current: str | None = None,
        proposed: str | None = None,
        tags: dict[str, str] | None = None,
        fix: Fix | None = None,
    ) -> Finding:
        """Return a finding at a piece of the text."""
        start, end = span
        place = self.lines.position(start) if self.exact else None
        return Finding(
            rule,
            severity,
            message,
            self.path,
            place.line if place else 0,
            place.column if place else 0,
            index=self.index,
            resource=resource,
            path=path,
            current=current,
            proposed=proposed,
            tags=tags or {},
            length=max(min(end, line_end(self.text, start)) - start, 0),
            fix=fix if self.exact else None,
        )

    def span(self, node: Node) -> tuple[int, int]:
        """Return the span of a node, of a scalar without its anchor and tag, of a block scalar its first line."""
        start = content_start(self.text, node) if isinstance(node, ScalarNode) else node.start
        return start, max(min(node.end, line_end(self.text, start)), start)

    def inside(self, node: ScalarNode, index: int, length: int = 0) -> tuple[int, int]:
        """Return the span of a piece of a scalar's value, as far as the value is in the text as it is.

        index, length: of the piece in the value, in code points. Where escapes or folding move it, the span is
        that of the whole scalar.
        """
        start = content_start(self.text, node)
        if node.style in ("|", ">"):
            return self._inside_block(node, start, index, length)
        begin = start + (1 if node.style else 0)
        if self.text.startswith(node.value, begin):
            return begin + index, begin + index + length
        return self.span(node)

    def _inside_block(self, node: ScalarNode, start: int, index: int, length: int) -> tuple[int, int]:
        before = node.value[:index]
        line = node.value.split("\n")[before.count("\n")]
        offset = next_line(self.text, start)
        for _ in range(before.count("\n")):
            offset = next_line(self.text, offset)
        found = self.text.find(line, offset, line_end(self.text, offset)) if line else -1
        if found < 0:
            return self.span(node)
        found += index - (before.rfind("\n") + 1)
        return found, found + length
