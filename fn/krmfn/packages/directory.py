"""A directory as a ResourceList, and back: what `kpt fn source` and `kpt fn sink` do, without reformatting a file.

The items are what a function is handed by kpt: each document with the annotations that name its file. What is
written back has none of them, and an item that was not edited has the bytes of its document.
"""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import TYPE_CHECKING

from krmfn.errors import EditError, InputError
from krmfn.packages import file_assembly, origin
from krmfn.packages.krmignore import NAME, Ignore
from krmfn.packages.origin import Origin
from krmfn.packages.package import Package
from krmfn.packages.text_file import TextFile
from krmfn.resources.list_reader import read_list
from krmfn.resources.resource import Resource
from krmfn.resources.resource_list import ResourceList

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

KPTFILE = "Kptfile"
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_ENDINGS = (".yaml", ".yml", ".json")
_EMPTY = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n"


class PackageList(ResourceList):
    """The items of a directory, and what its files are to become.

    files: the text of each file that was read, by its path. What `read_package` returns.
    """

    def __init__(self, package: Package, files: dict[str, str], items: Sequence[tuple[Resource, Origin]]) -> None:
        super().__init__(read_list(_EMPTY, str(package.root)))
        self.package = package
        self.files = files
        self.items = [item for item, _ in items]
        self._given = list(self.items)
        self._origins = {id(item): where for item, where in items}

    def texts(self) -> dict[str, str]:
        """Return the text that every file is to have; one that is to be deleted is missing.

        Raises InputError for items that cannot be written: outside of the package, two in one place, without a
        name, contradicting annotations; and EditError for one that cannot be without loss.
        """
        return file_assembly.texts(self.items, self._origins, self.files)

    def changes(self) -> dict[str, str | None]:
        """Return the files that are to change, None for one that is to be deleted. Raises as `texts` does."""
        texts = self.texts()
        changes = {path: texts.get(path) for path in sorted({*texts, *self.files})}
        return {path: text for path, text in changes.items() if text != self.files.get(path)}


def read_package(directory: Path | str, *, subpackages: bool = True, others: bool = False) -> PackageList:
    """Read the resources of a directory, in the order of their files and documents.

    Files are `*.yaml`, `*.yml`, `*.json` and `Kptfile`, hidden ones too, unless a .krmignore in the directory says
    otherwise, or in one with a Kptfile for what is below that. subpackages: whether directories with a Kptfile
    count. Documents that are not resources, because they have no apiVersion or kind and are not kustomization, are
    left alone: kpt refuses to run a function over them. others: whether those of them that are mappings are
    items, too (a compose file), as `kpt fn source` makes them.

    Raises InputError for a file that cannot be read, or a document that cannot get annotations.
    """
    package = Package(directory)
    files: dict[str, str] = {}
    items: list[tuple[Resource, Origin]] = []
    for path in _paths(package, subpackages=subpackages):
        files[path] = package.read(path)
        items += items_of(TextFile(files[path], package.show(path)), path, others=others)
    return PackageList(package, files, items)


def write_package(resources: ResourceList, directory: Path | str | None = None) -> dict[str, str | None]:
    """Write a package back, or write a list to a new directory; return the new texts, None for what was deleted.

    A file is written if its text changes; all are, or none. A new item goes where its annotations say, else to
    `[namespace/]kind_name.yaml`; a document whose item is gone is removed, and the file with the last one; an item
    with another path moves. A package is written once: read it again to go on.

    directory: a new or empty one, which gets all files that were read; without it the one that was read.

    Raises InputError and EditError as `PackageList.texts` does, InputError where a new file would replace one that
    was not read, or the directory is not empty, and WriteError where a file cannot be written. Then none was.
    """
    if directory is not None:
        return _write_new(resources, Path(directory))
    if not isinstance(resources, PackageList):
        raise TypeError("name the directory: these resources were not read from one")
    changes = resources.changes()
    for path in changes.keys() - resources.files.keys():
        if resources.package.exists(path):
            raise InputError(f"{path}: there is such a file, and it is not one of those that were read")
    resources.package.write(changes)
    return changes


def items_of(file: TextFile, path: str, *, others: bool = False) -> Iterator[tuple[Resource, Origin]]:
    """Yield the items of a file, with their origins; path: that they are to name.

    Raises InputError for a document that cannot get annotations.
    """
    for number, (index, document) in enumerate(zip(file.indexes, file.resources, strict=True)):
        if not (others or _is_resource(document, path)):
            continue
        if document.text != file.read_text:
            document.release()  # it is edited as if it stood alone, with its own line breaks
        try:
            text = origin.annotated(document, path, index)
        except EditError as error:
            what = f"the item for document {index} cannot be made: {error}; a {NAME} can name the file"
            raise InputError(f"{file.name}: {what}") from None
        item = Resource(text, source=file.name, api_version=document.api_version, kind=document.kind)
        yield item, Origin(path, index, number, document.text, text)


def is_package_file(name: str) -> bool:
    """Tell whether kpt reads files of this name."""
    return name.endswith(_ENDINGS) or name == KPTFILE


def _is_resource(document: Resource, path: str) -> bool:
    return bool(document.api_version and document.kind) or posixpath.basename(path) in KUSTOMIZATIONS


def _paths(package: Package, *, subpackages: bool) -> Iterator[str]:
    """Yield the paths of the files that hold resources; a .krmignore counts up to the next Kptfile."""
    # the package that a directory belongs to, and the patterns of each package
    owners, patterns = {"": ""}, {"": _ignore(package, "")}

    def ignores(path: str, *, directory: bool) -> bool:
        owner = owners[posixpath.dirname(path)]
        return patterns[owner].ignores(path[len(owner) + 1 :] if owner else path, directory=directory)

    def enters(path: str) -> bool:
        if ignores(path, directory=True):
            return False
        owners[path] = owners[posixpath.dirname(path)]
        if package.exists(f"{path}/{KPTFILE}"):
            if not subpackages:
                return False
            owners[path] = path
            patterns[path] = _ignore(package, path)
        return True

    for path in package.walk(is_package_file, enters=enters):
        if not ignores(path, directory=False):
            yield path


def _ignore(package: Package, directory: str) -> Ignore:
    path = posixpath.join(directory, NAME)
    return Ignore(package.read(path) if package.exists(path) else "")


def _write_new(resources: ResourceList, directory: Path) -> dict[str, str | None]:
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise InputError(f"{directory}: is not empty; name a new directory")
    texts = (
        resources.texts() if isinstance(resources, PackageList) else file_assembly.texts(resources.items, {}, {})
    )
    directory.mkdir(parents=True, exist_ok=True)
    written: dict[str, str | None] = {**texts}
    Package(directory).write(written)
    return written
