"""The items of files and directories that someone names on a command line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from krmfn.errors import InputError
from krmfn.packages.directory import items_of, read_package
from krmfn.packages.input_file import text_of
from krmfn.packages.text_file import TextFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from krmfn.resources.resource import Resource


def read_sources(names: Iterable[str]) -> list[Resource]:
    """Return the items of these files and directories, in the order given.

    The path of an item is relative to the directory that was named; of a file it is relative to the working
    directory, or its name alone where it lies elsewhere.

    Raises InputError for what cannot be read, and for two files that would have the same path.
    """
    items: list[Resource] = []
    seen: dict[str, str] = {}
    for name in names:
        found = read_package(name).items if Path(name).is_dir() else _file(name)
        for path in {item.path: None for item in found}:
            if path in seen:
                raise InputError(f"{seen[path]} and {name} both hold {path}; name them one at a time")
            seen[path] = name
        items += found
    return items


def _file(name: str) -> list[Resource]:
    text = text_of(name)
    path = Path(os.path.relpath(name))
    if os.pardir in path.parts:
        path = Path(path.name)
    return [item for item, _ in items_of(TextFile(text, name), path.as_posix())]
