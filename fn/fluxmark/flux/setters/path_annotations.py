"""Path annotations that a KRM tool left in a file: one that names another path fails every run of Flux.

Source: kyaml 0.21, `kio/kio.go` (checkMismatchedAnnos), which compares them with the path of the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.flux.yaml_file import SkippedError, field, pieces, resources
from krmfn.errors import InputError
from krmfn.resources.resource import LEGACY_PATH, PATH
from krmfn.yaml.parser import ScalarNode
from krmfn.yaml.text import Lines

if TYPE_CHECKING:
    from krmfn.yaml.text import Position


def leftover(text: str, path: str) -> Position | None:
    """Return the first path annotation that differs from the file's path; None if there is none.

    path: relative to what the automation updates.
    """
    try:
        found = pieces(text, path)
    except (InputError, SkippedError):
        return None
    for piece, root in ((piece, root) for piece, roots in resources(found) for root in roots):
        annotations = field(field(root, "metadata"), "annotations")
        legacy, internal = field(annotations, LEGACY_PATH), field(annotations, PATH)
        node = legacy if type(legacy) is ScalarNode and legacy.value else internal
        if type(node) is ScalarNode and node.value not in ("", path):
            return Lines(text).position(piece.start + node.start)
    return None
