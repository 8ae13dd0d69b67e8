"""Items of a `kind: List` that fail every run of Flux in which something changes in their file.

Flux takes such a list apart, and asks each item who it is (kyaml 0.21, `yaml/rnode.go`, GetMeta).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.flux.yaml_file import SkippedError, field, pieces, resources, unwrapped
from krmfn.errors import InputError
from krmfn.yaml.data import is_null
from krmfn.yaml.parser import AliasNode, MapNode, SeqNode
from krmfn.yaml.text import Lines

if TYPE_CHECKING:
    from krmfn.yaml.parser import Node
    from krmfn.yaml.text import Position

NOBODY = "missing Resource metadata"
NULL = "resources must be annotated with internal.config.kubernetes.io/index to be written to files"
OTHER = "wrong node kind: expected MappingNode but got {}"


def failing(text: str) -> tuple[str, Position] | None:
    """Return what Flux says of the first such item, and where that is; None if there is none."""
    try:
        found = pieces(text, "")
    except (InputError, SkippedError):
        return None
    if unwrapped(found):
        for piece, items in resources(found):
            for item in items:
                if why := _why(item):
                    return why, Lines(text).position(piece.start + item.start)
    return None


def _why(item: Node) -> str:
    if is_null(item):
        return NULL
    if not isinstance(item, MapNode):
        kinds = {SeqNode: "SequenceNode", AliasNode: "AliasNode"}
        return OTHER.format(kinds.get(type(item), "ScalarNode"))
    metadata = field(item, "metadata")
    names = field(item, "apiVersion"), field(item, "kind"), field(metadata, "name"), field(metadata, "namespace")
    labels, annotations = field(metadata, "labels"), field(metadata, "annotations")
    known = [node for node in (*names, labels) if not _is_missing(node)]
    return "" if known or (isinstance(annotations, MapNode) and annotations.pairs) else NOBODY


def _is_missing(node: Node | None) -> bool:
    if isinstance(node, MapNode):
        return not node.pairs
    return node is None or is_null(node) or (isinstance(node, SeqNode) and not node.items)
