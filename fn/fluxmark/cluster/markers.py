"""Markers in a text, each with what it is next to, and whether Flux looks for one there.

Which comments Flux looks at: kyaml's `fieldmeta/fieldmeta.go` asks, for scalar values only, the comment at the end
of the line, else the one above; go-yaml gives the latter to the items of a sequence, but not to values of keys.
Observed with kyaml 0.21.1 and go-yaml 3.0.4, as image-automation-controller 1.2 uses them.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from fluxmark.flux import marker
from fluxmark.flux.api_groups import TOKEN
from krmfn.yaml.comment import Comment, head_comments, line_comment, own_line
from krmfn.yaml.nodes import member_at
from krmfn.yaml.parser import AliasNode, MapNode, Node, ScalarNode, SeqNode
from krmfn.yaml.text import BREAKS, line_end, line_start, next_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster.manifest import Manifest
    from fluxmark.cluster.source import Source
    from fluxmark.flux.marker import Problem, Setter
    from krmfn.yaml.path import Step

MENTION = re.compile(r"#[^#\n]*?(?:image[-_ ]?policy|x-k8s-cli|io\.k8s\.cli\.setters)", re.IGNORECASE)
"""Finds the comments that may be markers: that hold the key in some spelling, or kpt's setters.

A match starts at the last `#` before the key; the comment may start earlier on its line.
"""

_COMMENT_START = re.compile(r"(?:(?<=[ \t\n\r])|\A)#")
_WORDS = re.compile(r"[ \t]*#[^{}\n]*[A-Za-z]")
_BLOCK_STYLES = ("|", ">")


class Spot(enum.StrEnum):
    """Where a comment is, which decides whether Flux looks for a marker in it."""

    VALUE = "value"  # at the end of a scalar's line
    BLOCK = "block"  # after the `|` or `>` of a block scalar
    ITEM = "item"  # above a scalar item of a sequence
    ABOVE_KEY = "above-key"
    BEHIND_KEY = "behind-key"
    EMPTY = "empty"  # after a key without a value
    FLOW = "flow"  # after the bracket of a flow collection
    ALIAS = "alias"
    TEXT = "text"  # within a scalar: no comment at all
    LOOSE = "loose"  # next to nothing that has a value

    @property
    def is_read(self) -> bool:
        """Whether Flux looks here."""
        return self in (Spot.VALUE, Spot.BLOCK, Spot.ITEM)


@dataclass(frozen=True)
class Marker:
    """A comment that is a marker, or means to be one.

    setter: what Flux reads in it, if it looks. problem: why it would not read it. node: the scalar that it is
    next to; above a key, the key's value. path: of that scalar's field. manifest: the document, if a mapping.
    """

    source: Source
    comment: Comment
    spot: Spot
    setter: Setter | None
    problem: Problem | None
    node: ScalarNode | None = None
    path: tuple[Step, ...] = ()
    manifest: Manifest | None = None

    @cached_property
    def works(self) -> bool:
        """Whether Flux reads it, if it can parse the file."""
        return self.setter is not None and self.spot.is_read and self.is_announced and self.is_in_flux_file

    @property
    def is_in_flux_file(self) -> bool:
        """Whether the file has a name that Flux reads."""
        return self.source.is_in_flux_file

    @property
    def is_announced(self) -> bool:
        """Whether the file holds the key in quotes, without which Flux does not read it."""
        return TOKEN in self.comment.text or TOKEN in self.source.text

    @property
    def key(self) -> str:
        """The name of the field, that of the list for an item."""
        return next((step for step in reversed(self.path) if isinstance(step, str)), "")

    @property
    def span(self) -> tuple[int, int]:
        """Where the comment is."""
        return self.comment.start, self.comment.end

    @property
    def setter_span(self) -> tuple[int, int]:
        """Where in the text the setter is, the whole comment if escapes hide it."""
        start = self.comment.text.find(str(self.setter))
        if self.setter is None or start < 0:
            return self.span
        return self.comment.start + start, self.comment.start + start + len(str(self.setter))


def find_markers(source: Source, manifests: dict[int, Manifest]) -> Iterator[Marker]:
    """Yield the markers of a text in their order; manifests: of its documents, by identity of their roots."""
    text = source.text
    line = -1
    for found in MENTION.finditer(text):
        start = line_start(text, found.start())
        if start <= line:
            continue
        line = start
        yield from _on_line(source, start, line_end(text, start), manifests)


def _on_line(source: Source, start: int, end: int, manifests: dict[int, Manifest]) -> Iterator[Marker]:
    """Yield the marker on a line, and the one that is in a scalar there, before any comment."""
    text = source.text
    for number, hash_ in enumerate(_COMMENT_START.finditer(text, start, end)):
        document = source.document_at(hash_.start())
        root = document.root if document else None
        spot, node, path = _beside(text, root, hash_.start())
        if number and spot is Spot.TEXT:
            continue  # of those in scalars only the first counts; reading all would take quadratic time
        comment = Comment(text[hash_.start() : end], hash_.start(), end)
        setter = marker.read(comment.text)
        problem = None if setter else marker.diagnose(comment.text)
        if own_line(text, comment.start) == comment.start and _is_prose(text, comment, spot, problem):
            setter = problem = None
        if setter is not None or problem is not None:
            yield Marker(source, comment, spot, setter, problem, node, path, manifests.get(id(root)))
            return
        if spot is not Spot.TEXT:
            return  # what follows is part of this comment: a second `#` in it begins nothing


def _is_prose(text: str, comment: Comment, spot: Spot, problem: Problem | None) -> bool:
    """Tell whether a comment on a line of its own is prose about markers, or an example within such."""
    if problem is not None and problem.code in ("text-before", "text-after", "two-markers"):
        return True
    if spot is not Spot.LOOSE:
        return False
    above = text[line_start(text, max(line_start(text, comment.start) - 1, 0)) : line_start(text, comment.start)]
    below = text[next_line(text, comment.end) : line_end(text, next_line(text, comment.end))]
    return any(_WORDS.match(line) for line in (above, below))


def _beside(text: str, root: Node | None, offset: int) -> tuple[Spot, ScalarNode | None, tuple[Step, ...]]:
    """Return where a comment that starts at an offset is, the scalar it is for, and the path of that."""
    if root is None:
        return Spot.LOOSE, None, ()
    node, path, is_key = _before(root, offset)
    if own_line(text, offset) == offset and not _within(node, offset):
        return _above(text, root, line_end(text, offset))
    if node is None:
        return Spot.LOOSE, None, ()
    if isinstance(node, ScalarNode):
        if node.style in _BLOCK_STYLES and offset < node.end:
            header = not any(char in BREAKS for char in text[node.start : offset])
            return (Spot.BLOCK if header else Spot.TEXT), node, path
        if offset < node.end:
            return Spot.TEXT, node, path
    if is_key:
        return Spot.BEHIND_KEY, None, path
    between = text[node.end : offset]
    if any(char in BREAKS for char in between):
        return Spot.LOOSE, None, path
    if "}" in between or "]" in between:
        return Spot.FLOW, None, path
    if isinstance(node, AliasNode):
        return Spot.ALIAS, None, path
    if not isinstance(node, ScalarNode):
        return Spot.FLOW, None, path  # an empty `{}` or `[]`
    if node.start == node.end and not node.style:
        return Spot.EMPTY, node, path
    return Spot.VALUE, node, path


def _within(node: Node | None, offset: int) -> bool:
    return isinstance(node, ScalarNode) and offset < node.end


def _before(root: Node, offset: int) -> tuple[Node | None, tuple[Step, ...], bool]:
    """Return the last scalar or alias that starts before an offset, its path, and whether it is a key."""
    node = root
    if node.start > offset:
        return None, (), False
    steps: list[Step] = []
    while isinstance(node, MapNode | SeqNode) and (number := member_at(node, offset)) >= 0:
        if isinstance(node, SeqNode):
            steps.append(number)
            node = node.items[number]
            continue
        key, value = node.pairs[number]
        steps.append(key.value if isinstance(key, ScalarNode) else "")
        if value.start > offset:
            return key, tuple(steps), True
        node = value
    return node, tuple(steps), False


def _above(text: str, root: Node, end: int) -> tuple[Spot, ScalarNode | None, tuple[Step, ...]]:
    """Return what a comment on a line of its own, which ends at an offset, is above."""
    start = next_line(text, end)
    if start == end:
        return Spot.LOOSE, None, ()
    content = own_line(text, start)
    dash = text[content : content + 1] == "-" and text[content + 1 : content + 2] in (" ", "\t")
    if dash:
        content += 1
        while text[content : content + 1] in (" ", "\t"):
            content += 1
    if content >= len(text) or text[content] in BREAKS + "#":
        return Spot.LOOSE, None, ()
    node, path, is_key = _before(root, content)
    if node is None or node.start != content:
        return Spot.LOOSE, None, ()
    if is_key or (path and isinstance(path[-1], str)):
        value, value_path, _ = _before(root, line_end(text, content))
        alone = isinstance(value, ScalarNode) and value_path == path and line_comment(text, value) is None
        return Spot.ABOVE_KEY, value if alone and isinstance(value, ScalarNode) else None, path
    if not (dash and isinstance(node, ScalarNode)):
        return Spot.LOOSE, None, path
    alone = len(head_comments(text, content)) == 1 and line_comment(text, node) is None
    return (Spot.ITEM if alone else Spot.LOOSE), node, path
