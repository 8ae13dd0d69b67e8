"""The scalars of a document that Flux would set: those with a marker that it honours.

Flux visits the values of mappings and the items of lists, nothing else; of duplicate keys the first only, and no
alias (image-automation-controller 1.2, `internal/update/filter.go`; kyaml 0.21, `yaml/rnode.go`). At a scalar it
looks at the line comment, or where there is none at the head comment (kyaml, `fieldmeta/fieldmeta.go`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fluxmark import marker
from krmfn import layout
from krmfn.node import AliasNode, MapNode, ScalarNode, SeqNode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmark.marker import Setter
    from krmfn.node import Node

# A marker where nearly all are: behind a value that ends its line. What else looks like one needs a closer look.
_BEHIND = re.compile(r"[ \t]{1,64}(#+[ \t]*\{[^\n\r\x85\u2028\u2029]*)")
_MARKER_LIKE = re.compile(r"#[ \t]*\{")
# comments that wait for a later value: behind an anchor, a tag, a `?`, or a `:` that starts a line
_WAITING = re.compile(r"(?:^|[\s\[{,])(?:[&!]\S*|[?:])[ \t]+#", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Marked:
    """A scalar and what its marker names; comment: the marker, with its `#`s and without line breaks around."""

    node: ScalarNode
    setter: Setter
    comment: str


def marked(text: str, roots: Sequence[Node]) -> list[Marked]:
    """Return the marked scalars below some nodes of a document, in the order in which Flux sets them."""
    scalars: list[tuple[ScalarNode, bool]] = []
    for root in roots:
        _visit(root, scalars, flow=False)
    behind = _BEHIND.match
    comments = [
        (node, found[1])
        for node, flow in scalars
        if not flow
        and node.start < node.end
        and node.style not in ("|", ">")
        and (found := behind(text, node.end))
    ]
    if len(comments) < len(_MARKER_LIKE.findall(text)) or _WAITING.search(text):
        comments = _attached(text, scalars)
    return [
        Marked(node, setter, comment) for node, comment in comments if (setter := marker.read(comment)) is not None
    ]


def _attached(text: str, scalars: list[tuple[ScalarNode, bool]]) -> list[tuple[ScalarNode, str]]:
    """Return the scalars that have a comment, and the one that counts, wherever it stands."""
    from fluxmark.update.comments import attached

    comments = attached(text)
    found = []
    for node, _ in scalars:
        start = layout.content_start(text, node)
        if start < node.end and start in comments:
            found.append((node, comments[start].read.strip()))
    return found


def _visit(node: Node, found: list[tuple[ScalarNode, bool]], *, flow: bool) -> None:
    """Collect the scalars that Flux visits, each with whether it stands in a flow collection."""
    if type(node) is ScalarNode:
        found.append((node, flow))
    elif type(node) is SeqNode:
        for item in node.items:
            _visit(item, found, flow=flow or node.flow)
    elif type(node) is MapNode:
        seen = set()
        for key, value in node.pairs:
            name = _name(key)
            if name not in seen:
                seen.add(name)
                _visit(value, found, flow=flow or node.flow)


def _name(key: Node) -> str:
    """Return what kyaml takes for the name of a key: of an alias its anchor, of a collection nothing."""
    if type(key) is ScalarNode:
        return key.value
    return key.anchor if type(key) is AliasNode else ""
