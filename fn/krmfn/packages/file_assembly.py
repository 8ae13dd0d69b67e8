"""Which document of which file every item becomes: the texts of a package's files, from its items.

Source: the names of files, and what is refused, are those of kpt; see
https://github.com/kubernetes-sigs/kustomize/blob/master/kyaml/kio/pkgio_writer.go
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from krmfn.errors import InputError
from krmfn.packages import origin
from krmfn.packages.package import SKIPPED_DIRECTORIES
from krmfn.packages.text_file import TextFile
from krmfn.resources.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from krmfn.packages.origin import Origin


def texts(items: Sequence[Resource], origins: Mapping[int, Origin], files: Mapping[str, str]) -> dict[str, str]:
    """Return the text that every file is to have; one that nothing is left of is missing.

    origins: of the items that were read, by id; files: the texts that were read, by path.

    Raises InputError for items that cannot be written: outside of the package, two in one place, without a name,
    contradicting annotations; and EditError for one that cannot be without loss.
    """
    placed = _place(items, origins)
    read: dict[str, dict[int, Origin]] = {}
    for key, where in origins.items():
        read.setdefault(where.path, {})[key] = where
    texts: dict[str, str] = {}
    for path in sorted({*files, *placed}):
        wanted, there = placed.get(path, []), read.get(path, {})
        same = [id(item) for item in wanted] == list(there)
        if same and path in files and not any(item.is_changed for item in wanted):
            texts[path] = files[path]
        elif wanted or TextFile(files[path], path).count > len(there):
            texts[path] = _text(path, files.get(path, ""), wanted, there, origins)
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


def _text(
    path: str,
    before: str,
    wanted: Sequence[Resource],
    there: Mapping[int, Origin],
    origins: Mapping[int, Origin],
) -> str:
    """Return the text of a file that is to hold these items, in this order; there: those it was read with."""
    file = TextFile(before, path)
    documents = file.resources
    for key in there.keys() - set(map(id, wanted)):
        file.remove(documents[there[key].number])
    in_place, last = True, -1
    for item in wanted:
        own = there.get(id(item))
        in_place = in_place and own is not None and own.number > last
        if in_place and own is not None:
            last = own.number
            documents[last].become(origin.restored(item, own), path)
            continue
        if own is not None:
            file.remove(documents[own.number])
        where = origins.get(id(item))
        text = origin.restored(item, where) if where else origin.plain(item)
        new = Resource(text, source=item.source, shape=item.shape)
        if path.endswith(".json"):
            if len(wanted) > 1:
                raise InputError(f"{path}: {new.describe()} would be a second document, and JSON has one")
            return _json(new)
        file.append(new)
    return file.to_text()


def _json(resource: Resource) -> str:
    import json

    from krmfn.yaml.data import to_data

    return json.dumps(to_data(resource.node), indent=2, ensure_ascii=False) + "\n"
