"""Which images the `images` of kustomizations set: a tag in the resource itself then has no effect.

kustomize compares the name in the resource with the entry's `name`, as it is written
(https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fluxmark.kustomize import Build

_SETS = ("newTag", "digest", "newName")


class Overrides:
    """The images that every build of a file sets. builds: of the kustomizations that no other one uses."""

    def __init__(self, builds: Iterable[Build]) -> None:
        self._names: dict[str, list[frozenset[str]]] = {}
        for build in builds:
            names = frozenset(
                str(entry.get("name")) for _, entry in build.images if any(entry.get(key) for key in _SETS)
            )
            for file in build.files:
                self._names.setdefault(file, []).append(names)

    def set(self, file: str, name: str) -> bool:
        """Tell whether every kustomization that builds a file sets the image of this name; False without any."""
        found = self._names.get(file)
        return bool(found) and all(name in names for names in found or ())
