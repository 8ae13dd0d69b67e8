"""The scalars of a document that Flux would set: those with a marker that it honours.

Flux visits the values of mappings and the items of lists, nothing else; of duplicate keys the first only, and no
alias (image-automation-controller 1.2, `internal/update/filter.go`; kyaml 0.21, `yaml/rnode.go`). At a scalar it
looks at the line comment, or if there is none at the head comment (kyaml, `fieldmeta/fieldmeta.go`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from fluxmark.flux import marker
from krmfn.yaml import layout
from krmfn.yaml.nodes import member_at
from krmfn.yaml.parser import AliasNode, MapNode, Node, ScalarNode, SeqNode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fluxmark.flux.marker import Setter

# A marker where nearly all are: after a value that ends its line. What else looks like one needs a closer look.
_BEHIND = re.compile(r"[ \t]{1,64}(#+[ \t]*\{[^\n\r\x85\u2028\u2029]*)")
MARKER_LIKE = re.compile(r"#[ \t]*\{")
"""What no marker is without."""
# comments that wait for a later value: after an anchor, a tag, a `?`, or a `:` that starts a line
_BEFORE_COMMENT = re.compile(r"(?<!\S)(\S++)[ \t]++#")
_WAITS = re.compile(r"(?:^|[\[{,])(?:[&!]|[?:]$)")
# without one of these there is none: to look for them is ten times faster
_NEEDED = ("&", "!", "?", *(f"{before}:" for before in " \t\n\r[{,"))


@dataclass(frozen=True, slots=True)
class Marked:
    """A scalar and what its marker names; comment: the marker, with its `#`s and without line breaks around."""

    node: ScalarNode
    setter: Setter
    comment: str


def marked(text: str, roots: Sequence[Node]) -> list[list[Marked]]:
    """Return the marked scalars of each of some nodes of a document, in the order in which Flux sets them.

    roots: in the order of the text, none within another.
    """
    comments = _behind(text, roots)
    if comments is None:
        comments = _attached(text, roots)
    return [
        [Marked(node, setter, comment) for node, comment in found if (setter := marker.read(comment)) is not None]
        for found in comments
    ]


_Commented: TypeAlias = list[tuple[ScalarNode, str]]


def _behind(text: str, roots: Sequence[Node]) -> list[_Commented] | None:
    """Return the scalars with what looks like a marker after them.

    None if one is elsewhere, or could: that needs a closer look.
    """
    if (not text.isascii() or any(map(text.__contains__, _NEEDED))) and _has_waiting(text):
        return None
    found: list[_Commented] = [[] for _ in roots]
    values = _Values()
    done = 0
    for like in MARKER_LIKE.finditer(text):
        behind = _BEHIND.match(text, _value_end(text, like.start()))
        number = bisect_right(roots, like.start(), key=_start) - 1
        if behind is None or number < 0 or like.start() < done:
            return None
        node = values.ending_at(roots[number], behind.start())
        if node is None:
            return None
        found[number].append((node, behind[1]))
        done = behind.end()
    return found


def _has_waiting(text: str) -> bool:
    """Tell whether a comment waits for a later value: after an anchor, a tag, a `?`, or a `:` without a key."""
    return any(_WAITS.search(found[1]) for found in _BEFORE_COMMENT.finditer(text))


def _value_end(text: str, offset: int) -> int:
    """Return where the `#`s and the blanks before an offset start."""
    while offset and text[offset - 1] == "#":
        offset -= 1
    while offset and text[offset - 1] in " \t":
        offset -= 1
    return offset


class _Values:
    """Finds the scalars that Flux visits, by where they end."""

    def __init__(self) -> None:
        self._firsts: dict[int, dict[str, int]] = {}

    def ending_at(self, root: Node, end: int) -> ScalarNode | None:
        """Return the scalar that is written, not in flow style nor as a block, and ends here; None without one."""
        node = root
        while type(node) is not ScalarNode:
            if not isinstance(node, MapNode | SeqNode) or node.flow:
                return None
            number = member_at(node, end - 1)
            if number < 0:
                return None
            if type(node) is SeqNode:
                node = node.items[number]
            else:
                key, value = node.pairs[number]  # type: ignore[union-attr]
                if number and self._first(node, _name(key)) != number:  # type: ignore[arg-type]
                    return None
                node = value
        visited = node.start < node.end == end and node.style not in ("|", ">")
        return node if visited else None

    def _first(self, node: MapNode, name: str) -> int:
        """Return the number of the first pair with a key of this name."""
        firsts = self._firsts.get(id(node))
        if firsts is None:
            firsts = self._firsts[id(node)] = {}
            for number, (key, _) in enumerate(node.pairs):
                firsts.setdefault(_name(key), number)
        return firsts[name]


def _attached(text: str, roots: Sequence[Node]) -> list[_Commented]:
    """Return the scalars that have a comment, and the one that counts, wherever it is."""
    from fluxmark.flux.setters.comments import attached

    comments = attached(text)
    found = []
    for root in roots:
        starts = [(node, layout.content_start(text, node)) for node in _visited(root)]
        found.append(
            [
                (node, comments[start].read.strip())
                for node, start in starts
                if start < node.end and start in comments
            ]
        )
    return found


def _visited(root: Node) -> Iterator[ScalarNode]:
    """Yield the scalars that Flux visits, in its order."""
    stack = [root]
    while stack:
        node = stack.pop()
        if type(node) is ScalarNode:
            yield node
        elif type(node) is SeqNode:
            stack += reversed(node.items)
        elif type(node) is MapNode:
            values: dict[str, Node] = {}
            for key, value in node.pairs:
                values.setdefault(_name(key), value)
            stack += reversed(values.values())


def _name(key: Node) -> str:
    """Return what kyaml takes for the name of a key: of an alias its anchor, of a collection nothing."""
    if type(key) is ScalarNode:
        return key.value
    return key.anchor if type(key) is AliasNode else ""


def _start(node: Node) -> int:
    return node.start
