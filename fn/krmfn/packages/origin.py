"""Where an item comes from: a document gets the annotations that say so, and loses them again without a trace.

Source: kpt puts them as `kpt fn source` does, see
https://github.com/kubernetes-sigs/kustomize/blob/master/kyaml/kio/byteio_reader.go; what derives the style of
lists is https://github.com/kubernetes-sigs/kustomize/blob/master/kyaml/yaml/util.go
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from krmfn.errors import EditError, InputError
from krmfn.resources.metadata import INDEX, LEGACY_INDEX, LEGACY_PATH, PATH, SEQUENCES
from krmfn.resources.resource import Resource
from krmfn.yaml.nodes import MapNode, ScalarNode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ANNOTATIONS = (LEGACY_INDEX, LEGACY_PATH, INDEX, PATH, SEQUENCES)
_DASH = re.compile(r"( *)- ")


@dataclass(frozen=True, slots=True)
class Origin:
    """The document that an item was made of.

    path: of its file; index: in it, as orchestrators count; number: among the file's mappings; text: its own;
    item: its text with annotations.
    """

    path: str
    index: int
    number: int
    text: str
    item: str


def annotated(document: Resource, path: str, index: int) -> str:
    """Return a document's text with the annotations that name its file.

    Raises EditError if there is no place for them: metadata is not a mapping, or an alias.
    """
    style = "wide" if _is_wide(document.text) else "compact"
    return _annotate(document, dict(zip(ANNOTATIONS, (str(index), path, str(index), path, style), strict=True)))


def restored(item: Resource, origin: Origin) -> str:
    """Return the document that an item is now: what was not edited has the bytes it had.

    Raises EditError if the annotations cannot be removed without loss.
    """
    if not item.is_changed:
        return origin.text
    text, annotations = item.text, item.annotations
    document = Resource.from_text(origin.text, origin.path)
    ours = {key: annotations.get(key, "") for key in ANNOTATIONS}
    moved = (ours[PATH], ours[INDEX]) != (origin.path, str(origin.index))
    before = _annotate(document, ours) if moved else origin.item
    for found in _taken_out(text, origin.text, before):
        # it is right if it comes back in the same place
        with contextlib.suppress(EditError, InputError):
            if _annotate(Resource.from_text(found, origin.path), ours) == text:
                return found
    return plain(item, document)


def plain(item: Resource, document: Resource | None = None) -> str:
    """Return an item's text without the annotations of orchestrators; those its document had itself come back.

    metadata and metadata.annotations go with what was all that they held, unless the document had them.

    Raises EditError if that is not possible without loss.
    """
    item = Resource(item.text, source=item.source, shape=item.shape)
    own = document.annotations if document else {}
    node = item.find("metadata.annotations")
    if not isinstance(node, MapNode):
        return item.text
    with item.editing() as editor:
        editor.delete(node, *(key for key in ANNOTATIONS if key not in own))
        for key in ANNOTATIONS:
            if key in own:
                editor.put(node, key, own[key])
    for path in ("metadata.annotations", "metadata"):
        if not _pairs(item, path):
            _empty(item, path, document)
    return item.text


def wish(item: Resource, origin: Origin | None) -> tuple[str, int | None]:
    """Return the path and the index that an item's annotations ask for; '' and None if they ask for none.

    The older annotations count, too; where one of a pair was changed, that is meant.

    Raises InputError if a pair was changed to different values, and for an index that is not a number.
    """
    if origin and not item.is_changed:
        return origin.path, origin.index
    annotations = item.annotations
    path = _meant(item, annotations, (PATH, LEGACY_PATH), origin.path if origin else None)
    index = _meant(item, annotations, (INDEX, LEGACY_INDEX), str(origin.index) if origin else None)
    if index and not (index.isascii() and index.isdigit() and len(index) < 10):
        raise InputError(f"{item.describe()}: the annotation {INDEX} is {index!r}, and must be a number")
    return path, int(index) if index else None


def _meant(item: Resource, annotations: Mapping[str, str], keys: tuple[str, str], read: str | None) -> str:
    values = {annotations.get(key, "") for key in keys} - {""}
    changed = values - {read} or values
    if len(changed) > 1:
        both = " and ".join(f"{key} {annotations[key]!r}" for key in keys)
        raise InputError(f"{item.describe()}: the annotations {both} contradict each other")
    return changed.pop() if changed else ""


def _empty(item: Resource, path: str, document: Resource | None) -> None:
    """Give what holds nothing any more what the document has there: nothing, null, or an empty mapping."""
    if document is None or not document.has(path):
        item.delete(path)
    elif document.get(path) is None:
        item.set(path, None)


def _pairs(item: Resource, path: str) -> int:
    """Return how many pairs a mapping has; 0 for what is none."""
    node = item.find(path)
    return len(node.pairs) if isinstance(node, MapNode) else 0


def _common(one: str, other: str) -> int:
    """Return how many characters two texts share at their start."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (a, b) in pairs if a != b), min(len(one), len(other)))


def _taken_out(text: str, document: str, item: str) -> Iterator[str]:
    """Yield an edited text without what made an item of a document, if that is there still."""
    if text == item:
        yield document
        return
    start = _common(document, item)
    end = _common(document[start:][::-1], item[start:][::-1])
    new = item[start : len(item) - end]
    if text.count(new) == 1:
        yield text.replace(new, document[start : len(document) - end])


def _annotate(document: Resource, annotations: Mapping[str, str]) -> str:
    editor = document.editor()
    node = document.find("metadata.annotations")
    metadata = document.find("metadata")
    if isinstance(node, MapNode):
        for key, value in annotations.items():
            editor.put(node, key, value)
    elif isinstance(metadata, MapNode):
        _check(document, node, "metadata.annotations")
        editor.put(metadata, "annotations", dict(annotations))
    else:
        _check(document, metadata, "metadata")
        editor.put(document.node, "metadata", {"annotations": dict(annotations)})
    return editor.apply()


def _check(document: Resource, node: object, path: str) -> None:
    """Raise EditError for what is not a mapping, and not null either."""
    if node is not None and not (isinstance(node, ScalarNode) and document.get(path) is None):
        raise EditError(f"{path} is not a mapping")


def _is_wide(text: str) -> bool:
    """Tell whether the first list below a key is indented by two, as kyaml finds out."""
    key = ""
    for line in text.replace("\r\n", "\n").split("\n"):
        dash = _DASH.match(line)
        if dash and key and key.count(":") == 1 and key.rstrip(" ").endswith(":"):
            by = len(dash[1]) - (len(key) - len(key.lstrip(" ")))
            if by in (0, 2):
                return by == 2
        if not line.lstrip(" ").startswith("#"):
            key = line.split("#", 1)[0]
    return False
