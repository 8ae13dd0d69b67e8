"""Flux will reformat a file at its first commit.

When a value changes, image-automation-controller encodes the whole file anew: blank lines and a leading `---` go,
so do comments above it; indentation becomes two spaces, folded text one long line, `<<` becomes `!!merge <<`,
CRLF becomes LF. In public repositories that happened to one updated file in three. `fluxmark update` changes only
the values.

Fails:
    ---
    # the web site

    image: example.com/app:1.0.0   # {"$imagepolicy": "flux-system:app"}

Passes:
    # the web site
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Fix: nothing has to be done. Who minds the noise in the first commit writes the file as Flux would.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fluxmark.world.read import is_flux_file
from krmfn.layout import content_start
from krmfn.node import MapNode, ScalarNode, SeqNode, walk
from krmfn.result import Severity
from krmfn.text import BOM, line_start

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.finding import Finding
    from fluxmark.world import Source, World
    from krmfn.node import Node

ID: Final = "reformat"
SEVERITY: Final = Severity.INFO

_BLANK = re.compile(r"^[ \t]*\r?\n", re.MULTILINE)
_START = re.compile(r"\A(?P<above>(?:[ \t]*(?:#[^\n]*)?\r?\n)*)---[ \t\r\n]")
_END = re.compile(r"^(?:---|\.\.\.)[ \t]*\s*\Z", re.MULTILINE)
_WIDE_COMMENT = re.compile(r"(?<=\S)(?:[ \t]{2,}|\t)#")
_TRAILING = re.compile(r"[ \t]+(?=\r?$)", re.MULTILINE)
_BEYOND_BMP = re.compile("[\U00010000-\U0010ffff]")
_INDENT = 2


def check(world: World) -> Iterator[Finding]:
    """Yield what Flux will do to each file with a marker, one finding a file."""
    marked = {id(marker.source) for marker in world.markers if marker.works}
    for source in world.sources:
        if id(source) not in marked or not source.exact or not is_flux_file(source.path.rpartition("/")[2]):
            continue
        changes = sorted(_changes(source))
        if changes:
            what = "; ".join(f"{text} (line {source.lines.position(offset).line})" for offset, text in changes)
            yield source.finding(
                ID,
                SEVERITY,
                (changes[0][0], changes[0][0]),
                f"Flux will reformat this file with its first update: {what}",
            )


def _changes(source: Source) -> Iterator[tuple[int, str]]:
    """Yield where each kind of change begins, and what it is."""
    text = source.text
    nodes = [node for document in source.documents if document.root for node in walk(document.root)]
    blocks = [(node.start, node.end) for node in nodes if isinstance(node, ScalarNode) and _is_text(text, node)]
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
    for pattern, what in (
        (_BLANK, "it removes {} blank line{}"),
        (_WIDE_COMMENT, "it moves {} comment{} up to the value"),
    ):
        found = [one.start() for one in pattern.finditer(text) if not _inside(blocks, one.start())]
        if found:
            yield found[0], what.format(len(found), "s" if len(found) > 1 else "")
    yield from _of_nodes(text, nodes)
    yield from _of_indentation(text, nodes)


def _of_nodes(text: str, nodes: list[Node]) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for node in nodes:
        what = ""
        if isinstance(node, ScalarNode):
            piece = text[node.start : node.end]
            lines = piece.rstrip().count("\n")
            if node.style == ">" and lines > 1:
                what = "it joins folded text into one line"
            elif node.style == "|" and _TRAILING.search(piece.partition("\n")[2].rstrip("\r\n")):
                what = "it turns a block with spaces at line ends into one quoted line"
            elif node.style not in ("|", ">") and lines:
                what = "it joins text over several lines into one"
            elif _BEYOND_BMP.search(node.value):
                what = "it escapes emoji and the like"
            elif node.value == "<<" and not node.style:
                what = "it writes <<: as !!merge <<:"
        elif isinstance(node, MapNode | SeqNode) and node.flow and "\n" in text[node.start : node.end]:
            what = "it joins a {…} or […] over several lines"
        if what and what not in seen:
            seen.add(what)
            yield node.start, what


def _of_indentation(text: str, nodes: list[Node]) -> Iterator[tuple[int, str]]:
    """Yield the first line whose indentation is not that of Flux: two for mappings, one way for all lists."""
    wide: bool | None = None
    for node in nodes:
        if not isinstance(node, MapNode) or node.flow or not node.pairs:
            continue
        here = node.pairs[0][0].start - line_start(text, node.pairs[0][0].start)
        for _, value in node.pairs:
            if isinstance(value, MapNode) and not value.flow and value.pairs:
                first = value.pairs[0][0].start
                if first - line_start(text, first) != here + _INDENT:
                    yield first, "it indents by two spaces"
                    return
            elif isinstance(value, SeqNode) and not value.flow and value.items:
                dash = text[line_start(text, value.start) :]
                step = len(dash) - len(dash.lstrip(" ")) - here
                wide = step == _INDENT if wide is None else wide
                if step not in (0, _INDENT) or (step == _INDENT) != wide:
                    yield value.start, "it indents all lists alike"
                    return


def _is_text(text: str, node: ScalarNode) -> bool:
    return node.style in ("|", ">") or "\n" in text[content_start(text, node) : node.end]


def _inside(spans: list[tuple[int, int]], offset: int) -> bool:
    return any(start < offset < end for start, end in spans)
