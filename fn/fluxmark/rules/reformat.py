"""Flux will reformat a file at its first commit.

When a value changes, image-automation-controller encodes the whole file anew: blank lines and a leading `---` go,
so do comments above it; indentation becomes two spaces, folded text one long line, `<<` becomes `!!merge <<`
(with the yaml library of Flux 2.9.5 and older), CRLF becomes LF. In public repositories that happened to one
updated file in three. `fluxmark update` changes only the values.

Fails:
    ---
    # the web site

    image: example.com/app:1.0.0   # {"$imagepolicy": "flux-system:app"}

Passes:
    # the web site
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Fix: no change is necessary. To avoid the noise in the first commit, format the file as Flux would.
"""

from __future__ import annotations

import bisect
import re
from typing import TYPE_CHECKING, Final

from fluxmark.flux.files import is_flux_file
from fluxmark.flux.releases import at_least
from krmfn.resources.result import Severity
from krmfn.yaml import layout
from krmfn.yaml.parser import MapNode, ScalarNode, SeqNode
from krmfn.yaml.text import BOM, line_start

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Marker, Repository, Source
    from fluxmark.finding import Finding
    from krmfn.yaml.parser import Node

ID: Final = "reformat"
SEVERITY: Final = Severity.INFO

_BLANK = re.compile(r"^[ \t]*\r?\n", re.MULTILINE)
_BLANKS_AND_COMMENTS = re.compile(r"^(?:[ \t]*(?:#[^\n]*)?\r?\n)+", re.MULTILINE)
_END_OF_DOCUMENT = re.compile(r"(?P<comment>[ \t]*#[^\n]*)?(?:---|\Z)")
_COMMENT_LINE = re.compile(r"^[ \t]*#", re.MULTILINE)
_START = re.compile(r"\A(?P<above>(?:[ \t]*(?:#[^\n]*)?\r?\n)*)---[ \t\r\n]")
_END = re.compile(r"^(?:---|\.\.\.)\s*+\Z", re.MULTILINE)
_WIDE_COMMENT = re.compile(r"(?<=\S)(?:[ \t]{2,}|\t)#")
_BEYOND_BMP = re.compile("[\U00010000-\U0010ffff]")
_MERGE = "it writes <<: as !!merge <<:"
_MAY_MERGE = "it may write <<: as !!merge <<:"
_MERGE_UNKNOWN = "2.10"
"""The first Flux whose yaml library is not known: 3.0.5 and older write !!merge, 3.0.6 does not."""
_INDENT = 2
_ANY = -100
"""The column above, if there is none that counts: within a sequence."""


def check(world: Repository) -> Iterator[Finding]:
    """Yield what Flux will do to each file with a marker, one finding a file."""
    marked: dict[int, list[Marker]] = {}
    for marker in world.markers:
        if marker.works:
            marked.setdefault(id(marker.source), []).append(marker)
    version = world.flux_version
    merge = _MERGE if version is None or not at_least(version, _MERGE_UNKNOWN) else _MAY_MERGE
    for source in world.sources:
        if id(source) not in marked or not source.exact or not is_flux_file(source.path.rpartition("/")[2]):
            continue
        changes = sorted([*_changes(source, merge), *_at_markers(marked[id(source)])])
        if changes:
            what = "; ".join(f"{text} (line {source.lines.position(offset).line})" for offset, text in changes)
            yield source.finding(
                ID,
                SEVERITY,
                (changes[0][0], changes[0][0]),
                f"Flux will reformat this file with its first update: {what}",
            )


def _at_markers(markers: list[Marker]) -> Iterator[tuple[int, str]]:
    """Yield where a marked value becomes something other than the new image in its place."""
    for marker in markers:
        if marker.node is not None and marker.node.style in ("|", ">"):
            yield marker.node.start, "it writes a block with a marker as a value on one line"


def _changes(source: Source, merge: str) -> Iterator[tuple[int, str]]:
    """Yield where each kind of change begins, and what it is."""
    text = source.text
    if text.startswith(BOM):
        yield 0, "it removes the byte order mark"
    if "\r\n" in text:
        yield text.index("\r\n"), "it turns CRLF into LF"
    if text and not text.endswith("\n"):
        yield line_start(text, len(text)), "it adds the missing newline at the end"
    if start := _START.match(text):
        comments = "#" in start["above"]
        yield start.end("above"), f"it removes the leading ---{' and the comments above it' if comments else ''}"
    if end := _END.search(text):
        yield end.start(), f"it removes the final {text[end.start() : end.start() + 3]}"
    scan = _Scan(text, merge)
    for document in source.documents:
        if document.root:
            scan.collection(document.root, -_INDENT)
    for offsets, what in (
        (_blank_lines(text), "it removes {} blank line{}"),
        ((one.start() for one in _WIDE_COMMENT.finditer(text)), "it moves {} comment{} up to the value"),
        (_trailing_blanks(text), "it removes blanks at {} line end{}"),
    ):
        found = [offset for offset in offsets if not scan.is_text(offset)]
        if found:
            yield found[0], what.format(len(found), "s" if len(found) > 1 else "")
    yield from ((offset, what) for what, offset in scan.found.items())


def _trailing_blanks(text: str) -> Iterator[int]:
    """Yield where blanks end a line that has no comment."""
    if not _has_trailing_blanks(text):  # rare, and slow to look for
        return
    start = 0
    for line in text.split("\n"):
        content = line.removesuffix("\r").rstrip(" \t")
        if len(content) < len(line.removesuffix("\r")) and content.strip() and "#" not in content:
            yield start + len(content)
        start += len(line) + 1


def _has_trailing_blanks(text: str) -> bool:
    """Tell whether blanks end a line."""
    return text.endswith((" ", "\t")) or any(
        blank + line_break in text for blank in " \t" for line_break in ("\n", "\r")
    )


def _blank_lines(text: str) -> Iterator[int]:
    """Yield the blank lines that go: not one after a comment, nor those before the comments at the end."""
    for run in _BLANKS_AND_COMMENTS.finditer(text):
        # from here on no comment follows before the document ends, if it ends after this run
        alone = run.start()
        if end := _END_OF_DOCUMENT.match(text, run.end()):
            last = max((found.start() for found in _COMMENT_LINE.finditer(text, *run.span())), default=-1)
            alone = run.end() if end["comment"] else last + 1
        for blank in _BLANK.finditer(text, *run.span()):
            before = text[text.rfind("\n", 0, max(blank.start() - 1, 0)) + 1 : blank.start()].lstrip()
            if not before.startswith("#") and blank.start() >= alone:
                yield blank.start()


class _Scan:
    """One pass over the nodes of a text: what Flux writes differently, and where texts of several lines are.

    merge: what becomes of a merge key. found: where each kind of change begins. texts: the spans of scalars in
    which a line means nothing.
    """

    def __init__(self, text: str, merge: str) -> None:
        self.text = text
        self.merge = merge
        self.found: dict[str, int] = {}
        self.texts: list[tuple[int, int]] = []
        self.wide: bool | None = None

    def is_text(self, offset: int) -> bool:
        """Tell whether an offset lies within a scalar of several lines."""
        index = bisect.bisect_left(self.texts, (offset, 0)) - 1
        return index >= 0 and offset < self.texts[index][1]

    def collection(self, node: Node, above: int) -> None:
        """Look at a node; above: the column of the mapping around it."""
        if isinstance(node, MapNode):
            if node.flow:
                self._flow(node)
            elif node.pairs:
                above = self._mapping(node, above)
            for pair in node.pairs:
                if pair[1].start - pair[0].end != len(": "):
                    self._gap(*pair, flow=node.flow)
                for one in pair:
                    if type(one) is not ScalarNode:
                        self.collection(one, above)
                    elif one.end - one.start != len(one.value) or one.value == "<<" or not one.value.isascii():
                        self._scalar(one)  # nearly every scalar is as it is
        elif isinstance(node, SeqNode):
            if node.flow:
                self._flow(node)
            elif node.items:
                self._sequence(node, above)
            for item in node.items:
                self.collection(item, _ANY)
        elif isinstance(node, ScalarNode):
            self._scalar(node)

    def _column(self, offset: int) -> int:
        start = self.text.rfind("\n", 0, offset) + 1
        return offset - (start or self.text.startswith(BOM))

    def _mapping(self, node: MapNode, above: int) -> int:
        start = node.pairs[0][0].start
        if self._is_explicit(start):
            start = self.text.rindex("?", 0, start)
        column = self._column(start)
        if above != _ANY and column != above + _INDENT:
            self.found.setdefault("it indents by two spaces", start)
        return column

    def _sequence(self, node: SeqNode, above: int) -> None:
        if above == _ANY:
            return
        first = node.start if node.anchor is None and node.tag is None else layout.dash(self.text, node, 0)
        start = self.text.rfind("\n", 0, first) + 1
        step = _indent(self.text, start) - above
        self.wide = step == _INDENT if self.wide is None else self.wide
        if step not in (0, _INDENT) or (step == _INDENT) != self.wide:
            self.found.setdefault("it indents all lists alike", first)

    def _is_explicit(self, key: int) -> bool:
        """Tell whether a `?` is before the key at an offset."""
        line = self.text.rfind("\n", 0, key) + 1
        return self.text[line:key].rstrip(" ").endswith("?")

    def _gap(self, key: Node, value: Node, *, flow: bool) -> None:
        """Look at what is between a key and its value."""
        if not flow and type(key) is ScalarNode and self._is_explicit(key.start):
            self.found.setdefault("it writes ? key as key:", key.start)
            return
        gap = self.text[key.end : value.start]
        if gap.strip(" \t") == ":" and value.end > value.start:
            self.found.setdefault("it puts one space after each colon", key.end)

    def _flow(self, node: MapNode | SeqNode) -> None:
        if self.text[node.start + 1] in " \t" or self.text[node.end - 2] in " \t":
            self.found.setdefault("it removes blanks within brackets", node.start)
        if "\n" in self.text[node.start : node.end]:
            self.found.setdefault("it joins a {…} or […] over several lines", node.start)

    def _scalar(self, node: ScalarNode) -> None:
        if node.value == "<<" and not node.style:
            self.found.setdefault(self.merge, node.start)
            return
        piece = self.text[node.start : node.end]
        lines = piece.rstrip().count("\n")
        what = ""
        if node.style == ">" and lines > 1:
            what = "it joins folded text into one line"
        elif node.style == "|" and _has_trailing_blanks(piece.partition("\n")[2].rstrip("\r\n")):
            what = "it turns a block with spaces at line ends into one quoted line"
        elif node.style not in ("|", ">") and lines:
            what = "it joins text over several lines into one"
        elif _BEYOND_BMP.search(node.value):
            what = "it escapes emoji and the like"
        if lines or node.style in ("|", ">"):
            kept = node.style in ("|", ">") and "+" in piece[:4]
            self.texts.append((node.start, node.end if kept else node.start + len(piece.rstrip())))
        if what:
            self.found.setdefault(what, node.start)


def _indent(text: str, start: int) -> int:
    end = start
    while text[end] == " ":
        end += 1
    return end - start
