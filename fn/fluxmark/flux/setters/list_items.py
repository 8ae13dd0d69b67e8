"""Items of a `kind: List` that fail a run of Flux.

Flux takes such a list apart as it reads it, which fails at an item that is not a mapping; where something in the
file changes, it asks each item who it is (kyaml 0.21, `kio/byteio_reader.go` and `yaml/rnode.go`, GetMeta).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fluxmark.flux.yaml_file import SkippedError, field, pieces, resources, unwrapped
from krmfn.errors import InputError
from krmfn.yaml.data import is_null
from krmfn.yaml.parser import AliasNode, MapNode, ScalarNode, SeqNode

if TYPE_CHECKING:
    from fluxmark.flux.yaml_file import Piece
    from krmfn.yaml.parser import Node

NOBODY = "missing Resource metadata"
NULL = "resources must be annotated with internal.config.kubernetes.io/index to be written to files"
OTHER = "wrong node kind: expected {} but got {}: node contents:\n{}"
_KINDS = {SeqNode: "SequenceNode", AliasNode: "AliasNode", MapNode: "MappingNode", ScalarNode: "ScalarNode"}


class Failure(NamedTuple):
    """What fails a run.

    why: Flux's error. offset: where the item is in the text. always: whether every run fails that reads the file;
    else those that change something in it.
    """

    why: str
    offset: int
    always: bool

    @property
    def said(self) -> str:
        """What to tell a user."""
        runs = "every run of Flux" if self.always else "every run of Flux that changes this file"
        why = self.why.partition(": node contents")[0]
        return f"an item fails {runs}: {why}; give it apiVersion, kind and a name"


def failing(text: str) -> Failure | None:
    """Return the first item that fails a run; None if there is none."""
    if "List" not in text:
        return None
    try:
        found = pieces(text, "")
    except (InputError, SkippedError):
        return None
    if not unwrapped(found):
        return None
    (piece,) = found
    failures = list(_failures(piece, [item for _, items in resources(found) for item in items]))
    return min(failures, key=lambda one: (not one.always, one.offset), default=None)


def _failures(piece: Piece, items: list[Node]) -> list[Failure]:
    listed = field(piece.root, "items")
    if isinstance(listed, MapNode):
        why = OTHER.format("SequenceNode", "MappingNode", _contents(piece.text, listed.start, listed.end))
        return [Failure(why, piece.start + listed.start, always=True)]
    ends = [*(item.start for item in items[1:]), *([len(piece.text)] if items else ())]
    found = []
    for item, end in zip(items, ends, strict=True):
        offset = piece.start + item.start
        if is_null(item):
            found.append(Failure(NULL, offset, always=False))
        elif not isinstance(item, MapNode):
            contents = _contents(piece.text, item.start, end)
            found.append(Failure(OTHER.format("MappingNode", _KINDS[type(item)], contents), offset, always=True))
        elif _is_nobody(item):
            found.append(Failure(NOBODY, offset, always=False))
    return found


def _contents(text: str, start: int, end: int) -> str:
    """Return a node as a text of its own, with the comments below it and without its indentation."""
    line = text.rfind("\n", 0, start) + 1
    last = text.rfind("\n", start, end) + 1 if end < len(text) else end
    indent = " " * (start - line)
    first, *others = text[start : max(last, start)].splitlines(keepends=True) or [""]
    return first + "".join(
        one.removeprefix(indent) if one.startswith(indent) else one.lstrip(" ") for one in others
    )


def _is_nobody(item: MapNode) -> bool:
    metadata = field(item, "metadata")
    names = field(item, "apiVersion"), field(item, "kind"), field(metadata, "name"), field(metadata, "namespace")
    labels, annotations = field(metadata, "labels"), field(metadata, "annotations")
    known = [node for node in (*names, labels) if not _is_missing(node)]
    return not known and not (isinstance(annotations, MapNode) and annotations.pairs)


def _is_missing(node: Node | None) -> bool:
    if isinstance(node, MapNode):
        return not node.pairs
    return node is None or is_null(node) or (isinstance(node, SeqNode) and not node.items)
