"""A directory of files as a tree, and what Git says of it."""

from __future__ import annotations

import codecs
import contextlib
import os
from typing import TYPE_CHECKING

from fluxmark.cluster.git import Checkout, checkout
from fluxmark.cluster.tree import Tree, enter
from krmfn.errors import InputError
from krmfn.packages.package import SKIPPED_DIRECTORIES
from krmfn.yaml.text import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fluxmark.cluster.source import Source
    from krmfn.packages.package import Package


def checkout_of(package: Package) -> Checkout:
    """Return what Git says of a package's directory; nothing if it is not the root of a repository."""
    return checkout(package.root.resolve())


def directory_tree(
    package: Package,
    sources: Iterable[Source],
    texts: Mapping[str, str] | None = None,
    unparsed: Mapping[str, str] | None = None,
) -> Tree:
    """Return the tree of a directory. sources: of the files that were read; texts: that take the place of
    files, and of files that do not exist yet. unparsed: texts of other files that were read."""
    listing = _Listing(package, texts or {})
    return Tree(
        sources, load=listing.load, entries=listing.names, is_directory=listing.is_directory, unparsed=unparsed
    )


class _Listing:
    """The directories of a package, each read once: builds ask for many names that do not exist.

    texts: that take the place of files.
    """

    def __init__(self, package: Package, texts: Mapping[str, str]) -> None:
        self._package = package
        self._root = package.root.resolve()
        self._texts = texts
        self._entries: dict[str, dict[str, bool]] = {}
        self._new: dict[str, set[str]] = {"": set()}
        for path in texts:
            enter(self._new, path)

    def load(self, path: str) -> str | None:
        """Return the text of a file; None if there is none that can be read."""
        if path in self._texts:
            return self._texts[path]
        above, _, name = path.rpartition("/")
        if self._in(above).get(name, True):
            return None
        try:
            return decode(self._package.read_bytes(path), self._package.show(path))
        except InputError:
            return None

    def names(self, directory: str) -> Sequence[str]:
        """Return the sorted names in a directory."""
        return sorted(self._in(directory).keys() | self._new.get(directory, set()))

    def is_directory(self, path: str) -> bool:
        """Tell whether there is a directory at a path."""
        above, _, name = path.rpartition("/")
        return path in self._new or self._in(above).get(name, False)

    def _in(self, directory: str) -> dict[str, bool]:
        """Return what is in a directory: each name, and whether it is that of a directory."""
        if directory not in self._entries:
            here = ""
            self._scan(here)
            for name in directory.split("/") if directory else ():
                if not self._entries[here].get(name, False):
                    return {}
                here = f"{here}/{name}" if here else name
                self._scan(here)
        return self._entries[directory]

    def _scan(self, directory: str) -> None:
        """Read a directory that exists, once."""
        if directory in self._entries:
            return
        found: dict[str, bool] = {}
        with contextlib.suppress(OSError, ValueError), os.scandir(self._root / directory) as entries:
            prefix = f"{directory}/" if directory else ""
            for entry in entries:
                if entry.name not in SKIPPED_DIRECTORIES:
                    found[entry.name] = self._leads_to_directory(entry, prefix + entry.name)
        self._entries[directory] = found

    def _leads_to_directory(self, entry: os.DirEntry[str], path: str) -> bool:
        """Tell whether an entry is a directory; a link that leads out of the package is not."""
        if not entry.is_symlink():
            return entry.is_dir()
        try:
            return self._package.is_directory(path)
        except InputError:
            return False


def text_of(data: bytes) -> tuple[str, str]:
    """Decode bytes; return the text, as far as it can be read, and what is wrong with it."""
    try:
        return decode(data, ""), ""
    except InputError as error:
        wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return data.decode("utf-16" if wide else "utf-8", errors="replace"), str(error).lstrip(":")
