"""Which document of which file every item becomes: the texts of a package's files, from its items.

Source: the names of files, and what is refused, are those of kpt; see
https://github.com/kubernetes-sigs/kustomize/blob/master/kyaml/kio/pkgio_writer.go
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from krmfn import origin
from krmfn.package import SKIPPED_DIRECTORIES
from krmfn.resource import Resource
from krmfn.text import InputError
from krmfn.text_file import TextFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from krmfn.origin import Origin


def texts(items: Sequence[Resource], origins: Mapping[int, Origin], files: Mapping[str, str]) -> dict[str, str]:
    """Return the text that every file is to have; one that nothing is left of is missing.

    origins: of the items that were read, by id; files: the texts that were read, by path.

    Raises InputError for items that cannot be written: outside of the package, two in one place, without a name,
    contradicting annotations; and EditError for one that cannot be without loss.
    """
    placed = _place(items, origins)
    read: dict[str, list[int]] = {}
    for key, where in origins.items():
        read.setdefault(where.path, []).append(key)
    texts: dict[str, str] = {}
    for path in sorted({*files, *placed}):
        wanted = placed.get(path, [])
        same = [id(item) for item in wanted] == read.get(path, [])
        if same and path in files and not any(item.is_changed for item in wanted):
            texts[path] = files[path]
        elif (text := _text(path, files.get(path, ""), wanted, origins)) is not None:
            texts[path] = text
    return texts


def _place(items: Sequence[Resource], origins: Mapping[int, Origin]) -> dict[str, list[Resource]]:
    """Return the items of every file, in their order; those without an index come last."""
    taken: dict[str, dict[int, Resource]] = {}
    last: list[tuple[str, Resource]] = []
    for item in items:
        path, index = origin.wish(item, origins.get(id(item)))
        path = _checked(item, path) if path else _usual_path(item)
        if index is None:
            last.append((path, item))
            continue
        other = taken.setdefault(path, {}).setdefault(index, item)
        if other is not item:
            what = f"{other.describe()} and {item.describe()} both want to be document {index}"
            raise InputError(f"{path}: {what}; give one of them another index, or none")
    placed = {path: [found[index] for index in sorted(found)] for path, found in taken.items()}
    for path, item in last:
        placed.setdefault(path, []).append(item)
    return placed


def _usual_path(item: Resource) -> str:
    """Return `[namespace/]kind_name.yaml`, as kpt names files."""
    if not (item.kind and item.name):
        raise InputError(f"{item.describe()}: a file is named after kind and name; give the item a path")
    return _checked(item, posixpath.join(item.namespace, f"{item.kind.lower()}_{item.name}.yaml"))


def _checked(item: Resource, path: str) -> str:
    """Return a path that stays in the package. Raises InputError for another one."""
    parts = path.split("/")
    if path.startswith("/") or ".." in parts:
        raise InputError(f"{item.describe()}: its path {path!r} leads out of the package")
    if posixpath.normpath(path) != path or SKIPPED_DIRECTORIES & set(parts):
        raise InputError(f"{item.describe()}: its path {path!r} is none for a resource")
    return path


def _text(path: str, before: str, wanted: Sequence[Resource], origins: Mapping[int, Origin]) -> str | None:
    """Return the text of a file that is to hold these items, in this order; None where nothing is left of it."""
    file = TextFile(before, path)
    documents = file.resources
    here = {id(item): where for item in wanted if (where := origins.get(id(item))) and where.path == path}
    items = {where.number for where in origins.values() if where.path == path}
    for number in items - {where.number for where in here.values()}:
        file.remove(documents[number])
    if not wanted and file.count == len(items):
        return None
    in_place, last = True, -1
    for item in wanted:
        where = here.get(id(item))
        in_place = in_place and where is not None and where.number > last
        if in_place and where is not None:
            last = where.number
            documents[last].become(origin.restored(item, where), path)
            continue
        if where is not None:
            file.remove(documents[where.number])
        elsewhere = origins.get(id(item))
        text = origin.restored(item, elsewhere) if elsewhere else origin.plain(item)
        new = Resource(text, source=item.source, shape=item.shape)
        if path.endswith(".json"):
            return _json(path, new, file)
        file.append(new)
    return file.to_text()


def _json(path: str, resource: Resource, file: TextFile) -> str:
    if file.to_text().strip():
        raise InputError(f"{path}: {resource.describe()} would be a second document, and JSON has one")
    import json

    from krmfn.data import to_data

    return json.dumps(to_data(resource.node), indent=2, ensure_ascii=False) + "\n"
