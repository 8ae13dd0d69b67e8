"""Image fields: the scalars of a document that hold an image, or a part of one.

- `kinds`: the table of kinds whose schema says where images are; a new kind is a new row there.
- `anywhere`: what the values themselves tell, in documents of every kind.
- `clues`: what other documents tell: where charts come from, what fills in a variable, which files hold values.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fluxmark.fields import anywhere, compose, tables
from fluxmark.fields.clues import NO_CLUES, Clues
from fluxmark.fields.field import ImageField
from fluxmark.fields.kinds import NO_IMAGES, VALUES
from fluxmark.fields.paths import scalar
from fluxmark.flux.yaml_file import LISTS
from krmfn.yaml.parser import MapNode, find as find_node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from krmfn.yaml.parser import SeqNode

KUSTOMIZATIONS = frozenset(("kustomization.yaml", "kustomization.yml", "Kustomization"))
_KUSTOMIZE = "kustomize.config.k8s.io"


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds image fields. selected: tells whether a policy selects from a repository, by its canonical name."""

    selected: Callable[[str], bool]
    clues: Clues = NO_CLUES

    def find(self, root: MapNode, api_version: str, kind: str, file: str = "") -> list[ImageField]:
        """Return the image fields of a document in the order of the text, each scalar once.

        api_version, kind: both empty if it has neither. file: its path, '' if that is unknown.
        """
        found: dict[int, ImageField] = {}
        for field in self._all(root, api_version, kind, file):
            found.setdefault(id(field.node), field)
        return sorted(found.values(), key=lambda field: field.node.start)

    def in_list(self, root: SeqNode) -> Iterator[ImageField]:
        """Yield the image fields of a document that is a list, such as a JSON patch."""
        yield from anywhere.find(root, anywhere.Search(self.selected))

    def _all(self, root: MapNode, api_version: str, kind: str, file: str) -> Iterator[ImageField]:
        group = api_version.rpartition("/")[0]
        if not kind and file.rpartition("/")[2] in KUSTOMIZATIONS:
            group, kind = _KUSTOMIZE, "Kustomization"  # kustomize's defaults
        if (group, kind) in NO_IMAGES:
            return
        if kind in LISTS:
            yield from self._of_items(root, file)
            return
        yield from self.clues.configured(root, kind, file)
        search = anywhere.Search(self.selected)
        if compose.is_compose(root, api_version, kind):
            yield from compose.find(root)
        elif not kind:
            if not self.clues.is_values(file):
                return
            search = anywhere.Search(self.selected, values=True)
        yield from tables.whole(root, tables.whole_paths(group, kind))
        for row in tables.part_rows(group, kind):
            yield from tables.parts(root, row, lambda node: self.clues.chart(root, node))
        path = VALUES.get((group, kind))
        values = find_node(root, path) if path else None
        if path and values is not None:
            yield from anywhere.find(values, anywhere.Search(self.selected, values=True), path)
            yield from self.clues.in_release(root, values, path)
        yield from self.clues.substituted(root, group, kind)
        yield from anywhere.find(root, search)

    def _of_items(self, root: MapNode, file: str) -> Iterator[ImageField]:
        """Yield the image fields of the resources in a List."""
        for index, item in tables.items(root):
            for field in self._all(item, scalar(item, "apiVersion"), scalar(item, "kind"), file):
                yield replace(field, path=("items", index, *field.path))


def holds_whole_images(api_version: str, kind: str) -> bool:
    """Tell whether a kind is known to hold whole references, which need no clues; compose files do."""
    return bool(tables.whole_paths(api_version.rpartition("/")[0], kind)) or not (api_version or kind)


__all__ = ["NO_CLUES", "Clues", "Finder", "ImageField", "holds_whole_images"]
