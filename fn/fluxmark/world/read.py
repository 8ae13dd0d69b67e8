"""Reads a world: from the files of a directory, or from the items of a ResourceList."""

from __future__ import annotations

import codecs
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from fluxmark.flux_files import is_flux_file
from fluxmark.words import GROUP
from fluxmark.world.markers import MENTION
from fluxmark.world.source import Source
from fluxmark.world.transforms import FLUX_GROUP, KUSTOMIZE_GROUP, WORDS
from fluxmark.world.world import SOURCE_GROUP, World
from krmfn.node import Document, SeqNode, parse
from krmfn.text import InputError, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from krmfn.node import Node
    from krmfn.package import Package
    from krmfn.resource import Resource

KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
LARGEST = 32 * 1024 * 1024
"""Characters of the largest text that is parsed."""

_OTHER_ENDINGS = (".env", ".properties", ".toml", ".hcl", ".tf", ".jsonc", ".json5", ".cue", ".jsonnet")


def may_hold_marker(name: str) -> bool:
    """Tell whether somebody may take a file of this name for one of Flux's: its comments are like YAML's."""
    lower = name.lower()
    return (
        lower.endswith((".yaml", ".yml", *_OTHER_ENDINGS))
        or lower in ("kustomization", "dockerfile", "containerfile", ".env")
        or lower.startswith(("dockerfile.", ".env."))
    )


def read_directory(
    package: Package, *, flux_version: str | None = None, texts: Mapping[str, str] | None = None
) -> World:
    """Read a directory; texts: that take the place of files, by path.

    Raises InputError for a file that cannot be read; one that is no YAML, or no UTF-8, is for the rules to tell.
    """
    sources: list[Source] = []
    others: dict[str, Callable[[], Source]] = {}
    given = texts or {}
    paths = [*package.walk(may_hold_marker), *(path for path in given if not package.exists(path))]
    for path in paths:
        text, failure = (given[path], "") if path in given else _text(package.read_bytes(path))
        name = path.rpartition("/")[2]
        if len(text) > LARGEST:
            raise InputError(f"{package.show(path)}: the file is too large: nothing for Flux is above 32 MB")
        if not is_flux_file(name):
            if MENTION.search(text):
                sources.append(Source(path, text))
        elif matters(text, name):
            sources.append(Source(path, text, failure=failure))
        else:
            others[path] = _later(path, text)
    here = package.root.resolve()
    known = {above for path in given for above in (PurePosixPath(path), *PurePosixPath(path).parents)}
    return World(
        sources,
        others=others,
        flux_version=flux_version,
        inside=_inside(here),
        exists=lambda path: path in known or (here / path).exists(),
    )


def read_items(
    items: Iterable[Resource],
    files: Mapping[str, str] | None = None,
    *,
    flux_version: str | None = None,
    has_comments: bool = True,
) -> World:
    """Read the items of a ResourceList; their text is not their file's, so their findings have no position.

    files: texts by path of files that are no items.
    """
    sources = []
    paths: set[PurePosixPath] = set()
    for item in items:
        text = item.text
        path = PurePosixPath(item.path)
        paths.update((path, *path.parents))
        if has_comments or matters(text, path.name):
            documents = [Document(0, False, _item(one.root)) for one in parse(text, item.path)]
            sources.append(Source(item.path, text, index=item.index, exact=False, documents=documents))
    for name, text in (files or {}).items():
        path = PurePosixPath(name)
        paths.update((path, *path.parents))
        if has_comments or matters(text, path.name):
            sources.append(Source(name, text))
    return World(sources, flux_version=flux_version, has_comments=has_comments, exists=lambda path: path in paths)


def matters(text: str, name: str) -> bool:
    """Tell whether a text has to be parsed."""
    if GROUP in text or SOURCE_GROUP in text:
        return True
    if (KUSTOMIZE_GROUP in text or FLUX_GROUP in text or name in KUSTOMIZATIONS) and WORDS.search(text):
        return True
    return MENTION.search(text) is not None


def _text(data: bytes) -> tuple[str, str]:
    """Decode bytes; return the text, as far as it can be read, and what is wrong with it."""
    try:
        return decode(data, ""), ""
    except InputError as error:
        wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return data.decode("utf-16" if wide else "utf-8", errors="replace"), str(error).lstrip(":")


def _item(root: Node | None) -> Node | None:
    """Return the resource in a piece of a list, `- apiVersion: …`."""
    return root.items[0] if isinstance(root, SeqNode) and len(root.items) == 1 else root


def _later(path: str, text: str) -> Callable[[], Source]:
    return lambda: Source(path, text)


def _inside(directory: Path) -> PurePosixPath | None:
    """Return a directory's path within the Git repository around it; None where there is none."""
    for above in (directory, *directory.parents):
        if (above / ".git").exists():
            return PurePosixPath(directory.relative_to(above).as_posix())
    return None
