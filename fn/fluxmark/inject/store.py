"""Where resources are found and written: a ResourceList, or the files of a directory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from krmfn.text_file import TextFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from krmfn.package import Package
    from krmfn.resource import Resource
    from krmfn.resource_list import ResourceList


class Store(Protocol):
    """Resources by identity, and by file."""

    def of_group(self, group: str) -> Iterator[tuple[str, Resource]]:
        """Yield the resources of an API group, each with its file's path, '' where that is unknown."""

    def at(self, path: str) -> list[Resource]:
        """Return the resources of a file."""

    def holds(self, path: str) -> bool:
        """Tell whether a file has any resources."""

    def add(self, resource: Resource, path: str) -> None:
        """Add a resource at the end of a file, which is made where it does not exist."""


class ListStore:
    """The items of a ResourceList; only kinds that matter are looked at."""

    def __init__(self, resource_list: ResourceList) -> None:
        self._list = resource_list
        self._next: dict[str, int] = {}

    def of_group(self, group: str) -> Iterator[tuple[str, Resource]]:
        """Yield the items of a group, with their paths."""
        for item in self._list.items:
            if item.group == group:
                yield item.path, item

    def at(self, path: str) -> list[Resource]:
        """Return the items of a file."""
        return list(self._list.at(path))

    def holds(self, path: str) -> bool:
        """Tell whether there are items of a file."""
        return path in self._next or next(self._list.at(path), None) is not None

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
        """Return a file's documents; an empty one where there is no file yet.

        Raises InputError where it cannot be read or is no YAML.
        """
        if path not in self.files:
            if text is None:
                text = self._package.read(path) if self._package.exists(path) else ""
            self.files[path] = TextFile(text, self._package.show(path))
        return self.files[path]

    def of_group(self, group: str) -> Iterator[tuple[str, Resource]]:
        """Yield the resources of a group in the files that were opened."""
        for path, file in self.files.items():
            for resource in file.resources:
                if resource.group == group:
                    yield path, resource

    def at(self, path: str) -> list[Resource]:
        """Return the resources of a file; none where there is no file."""
        return self.open(path).resources if path in self.files or self._package.exists(path) else []

    def holds(self, path: str) -> bool:
        """Tell whether a file has any documents."""
        return bool(self.at(path))

    def add(self, resource: Resource, path: str) -> None:
        """Append a document to a file."""
        self.open(path).append(resource)

    def changed(self) -> dict[str, tuple[str, str]]:
        """Return the old and the new text of every file that changed."""
        texts = {path: (file.read_text, file.to_text()) for path, file in self.files.items()}
        return {path: (old, new) for path, (old, new) in texts.items() if old != new}
