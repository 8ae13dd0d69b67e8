"""A directory of files as a tree, and what Git says of it."""

from __future__ import annotations

import codecs
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from fluxmark.cluster.git import Checkout, checkout
from fluxmark.cluster.tree import Tree
from krmfn.errors import InputError
from krmfn.yaml.text import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fluxmark.cluster.source import Source
    from krmfn.packages.package import Package


def checkout_of(package: Package) -> Checkout:
    """Return what Git says of a package's directory; nothing if it is not the root of a repository."""
    return checkout(package.root.resolve())


def directory_tree(package: Package, sources: Iterable[Source], texts: Mapping[str, str] | None = None) -> Tree:
    """Return the tree of a directory. sources: of the files that were read; texts: that take the place of
    files."""
    given = texts or {}
    root = package.root.resolve()
    above = {str(parent) for path in given for parent in PurePosixPath(path).parents}

    def load(path: str) -> str | None:
        try:
            return decode(package.read_bytes(path), package.show(path)) if package.exists(path) else None
        except InputError:
            return None

    def entries(directory: str) -> Sequence[str]:
        prefix = f"{directory}/" if directory else ""
        new = {path[len(prefix) :].partition("/")[0] for path in given if path.startswith(prefix)}
        try:
            names = {entry.name for entry in (root / directory).iterdir() if entry.name != ".git"}
        except OSError:
            names = set()
        return sorted(names | new)

    def is_directory(path: str) -> bool:
        try:
            return path in above or package.is_directory(path or ".")
        except InputError:
            return False

    return Tree(sources, load=load, entries=entries, is_directory=is_directory)


def text_of(data: bytes) -> tuple[str, str]:
    """Decode bytes; return the text, as far as it can be read, and what is wrong with it."""
    try:
        return decode(data, ""), ""
    except InputError as error:
        wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return data.decode("utf-16" if wide else "utf-8", errors="replace"), str(error).lstrip(":")
