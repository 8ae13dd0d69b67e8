"""The images of a tree, and which of them a name that none of them has probably means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark import image
from fluxmark.fields import Finder
from fluxmark.fields.paths import scalar
from fluxmark.flux.schema.did_you_mean import nearest
from krmfn.errors import InputError
from krmfn.yaml.parser import MapNode, SeqNode, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmark.fields import Clues

_MOST = 3


def names(texts: Mapping[str, str], clues: Clues) -> set[str]:
    """Return the names of all images in a tree, as they are written; texts: by path."""
    finder = Finder(lambda _: True, clues)
    found = set()
    for path, text in texts.items():
        try:
            roots = [document.root for document in parse(text, "", whole=True)]
        except InputError:
            continue
        for root in roots:
            if isinstance(root, SeqNode) and len(root.items) == 1:
                root = root.items[0]  # noqa: PLW2901  (an item of a ResourceList)
            if isinstance(root, MapNode):
                for field in finder.find(root, scalar(root, "apiVersion"), scalar(root, "kind"), path):
                    ref = image.parse_templated(field.image)
                    if ref is not None:
                        found.add(ref.name)
    return found


def nearest_images(canonical: str, known: set[str]) -> tuple[str, ...]:
    """Return the images whose last part is the same, else those where it is few typing errors away.

    canonical: the full name of an image that no field holds.
    """
    prefix, _, last = canonical.rpartition("/")
    same = sorted(name for name in known if name.rpartition("/")[2] == last)
    if same:
        return tuple(same[:_MOST])
    lasts = nearest(last, {name.rpartition("/")[2] for name in known}, max(2, len(last) // 3))
    found = sorted(name for name in known if name.rpartition("/")[2] in lasts)
    return tuple([name for name in found if name.rpartition("/")[0] == prefix] or found)[:_MOST]
