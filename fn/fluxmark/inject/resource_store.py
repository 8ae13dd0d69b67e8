"""Where resources are found and written: a ResourceList, or the files of a directory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from krmfn.packages.text_file import TextFile
from krmfn.yaml.parser import MapNode

if TYPE_CHECKING:
    from collections.abc import Collection

    from fluxmark.cluster import Manifest
    from krmfn.packages.package import Package
    from krmfn.resources.resource import Resource
    from krmfn.resources.resource_list import ResourceList


class Store(Protocol):
    """Resources by identity, and by file."""

    def find(self, manifest: Manifest) -> Resource | None:
        """Return the resource that a manifest was read from; None for an item of a `kind: List`."""

    def at(self, path: str) -> list[Resource]:
        """Return the resources of a file."""

    def holds(self, path: str) -> bool:
        """Tell whether a file has any resources."""

    def others(self, directory: str, files: Collection[str]) -> list[str]:
        """Return the manifests below a directory that are none of these files."""

    def add(self, resource: Resource, path: str) -> None:
        """Add a resource at the end of a file, which is made where it does not exist."""


class ListStore:
    """The items of a ResourceList; only kinds that matter are looked at."""

    def __init__(self, resource_list: ResourceList) -> None:
        self._list = resource_list
        self._next: dict[str, int] = {}

    def find(self, manifest: Manifest) -> Resource | None:
        """Return the item that a manifest was read from."""
        return manifest.source.item

    def at(self, path: str) -> list[Resource]:
        """Return the items of a file."""
        return list(self._list.at(path))

    def holds(self, path: str) -> bool:
        """Tell whether there are items of a file."""
        return path in self._next or next(self._list.at(path), None) is not None

    def others(self, directory: str, files: Collection[str]) -> list[str]:
        """Return the files of items below a directory that are none of these."""
        return [path for path in {item.path for item in self._list.items} if _is_other(path, directory, files)]

    def add(self, resource: Resource, path: str) -> None:
        """Append an item, with the annotations that make an orchestrator write it to this file."""
        # only the first of a file is compared with all items
        self._list.add(resource, path=path, index=self._next.get(path))
        self._next[path] = resource.index + 1


class FileStore:
    """The files of a package, parsed when they are asked for and kept until they are written."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self.files: dict[str, TextFile] = {}

    def open(self, path: str, text: str | None = None) -> TextFile:
        """Return a file's documents; an empty one if there is no file yet.

        Raises InputError if it cannot be read or is not YAML.
        """
        if path not in self.files:
            if text is None:
                text = self._package.read(path) if self._package.exists(path) else ""
            self.files[path] = TextFile(text, self._package.show(path))
        return self.files[path]

    def find(self, manifest: Manifest) -> Resource | None:
        """Return the document that a manifest was read from; None for an item of a `kind: List`."""
        roots = [document.root for document in manifest.source.documents if isinstance(document.root, MapNode)]
        number = next((number for number, root in enumerate(roots) if root is manifest.root), None)
        return None if number is None else self.open(manifest.source.path).resources[number]

    def at(self, path: str) -> list[Resource]:
        """Return the resources of a file; none if there is no file."""
        return self.open(path).resources if path in self.files or self._package.exists(path) else []

    def holds(self, path: str) -> bool:
        """Tell whether a file has any documents."""
        return bool(self.at(path))

    def others(self, directory: str, files: Collection[str]) -> list[str]:
        """Return the manifests on the disk below a directory that are none of these."""
        if not self._package.is_directory(directory):
            return []
        found = self._package.walk(lambda name: name.endswith((".yaml", ".yml")), directory)
        return [path for path in found if _is_other(path, directory, files)]

    def created(self) -> frozenset[str]:
        """Return the files that are new."""
        return frozenset(path for path, file in self.files.items() if not file.read_text and file.to_text())

    def add(self, resource: Resource, path: str) -> None:
        """Append a document to a file."""
        self.open(path).append(resource)

    def changed(self) -> dict[str, tuple[str, str]]:
        """Return the old and the new text of every file that changed."""
        texts = {path: (file.read_text, file.to_text()) for path, file in self.files.items()}
        return {path: (old, new) for path, (old, new) in texts.items() if old != new}


def _is_other(path: str, directory: str, files: Collection[str]) -> bool:
    prefix = "" if directory == "." else f"{directory}/"
    return path.startswith(prefix) and path not in files
