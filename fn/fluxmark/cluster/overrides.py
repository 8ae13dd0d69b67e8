"""Which images the `images` of kustomizations set: a tag in the resource itself then has no effect.

kustomize compares the name in the resource with the entry's `name`, as it is written
(https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.flux.api_groups import KUSTOMIZATION_NAMES
from fluxmark.kustomize import Repository as Builds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fluxmark.cluster.tree import Tree

_SETS = ("newTag", "digest", "newName")


class Overrides:
    """The images that every build of a file sets. paths: of all kustomizations."""

    def __init__(self, tree: Tree, paths: Iterable[str]) -> None:
        builds = Builds(tree)
        directories = {path.rpartition("/")[0] for path in paths if path.rpartition("/")[2] in KUSTOMIZATION_NAMES}
        built = {directory: builds.build(directory) for directory in sorted(directories)}
        used = {below for directory, build in built.items() for below in build.directories if below != directory}
        self._names: dict[str, list[frozenset[str]]] = {}
        for directory, build in built.items():
            if directory in used:
                continue
            names = frozenset(
                str(entry.get("name")) for _, entry in build.images if any(entry.get(key) for key in _SETS)
            )
            for file in build.files:
                self._names.setdefault(file, []).append(names)

    def set(self, file: str, name: str) -> bool:
        """Tell whether every kustomization that builds a file sets the image of this name; False without any."""
        found = self._names.get(file)
        return bool(found) and all(name in names for names in found or ())
