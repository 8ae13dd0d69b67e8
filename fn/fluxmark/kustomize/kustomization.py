"""A kustomization file: its fields, with where they are written.

Source: kustomize's `api/types/kustomization.go`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fluxmark.kustomize.errors import BuildError
from fluxmark.kustomize.library import NAMES, documents, tree_of
from fluxmark.kustomize.schema import checked
from fluxmark.kustomize.tree import Mapping, Origin, Place, Scalar, Sequence, is_null

if TYPE_CHECKING:
    from fluxmark.kustomize.library import Library
    from fluxmark.kustomize.tree import Text, Tree

VERSION = "kustomize.config.k8s.io/v1beta1"
COMPONENT_VERSION = "kustomize.config.k8s.io/v1alpha1"

_START = Origin("", 0, 0)
_REMOTE = re.compile(
    r"(?:git::|gh:|ssh://|https?://|file://|git@|github\.com[:/]|[\w.-]+@[\w.-]+[:/])", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Kustomization:
    """A kustomization: its file, its directory, and its fields by their names in kustomize's own spelling."""

    file: str
    directory: str
    tree: Mapping

    @property
    def is_component(self) -> bool:
        """Whether it is a component."""
        return self.word("kind") == "Component"

    @property
    def place(self) -> Place:
        """Where it is written."""
        return self.tree.place

    def get(self, field: str) -> Tree | None:
        """Return a field; None for a null, too."""
        found = self.tree.fields.get(field)
        return None if is_null(found) else found

    def word(self, field: str) -> str:
        """Return a field that is a text."""
        found = self.get(field)
        return found.text if type(found) is Scalar else ""

    def scalars(self, *fields: str) -> list[Scalar]:
        """Return the texts of lists, in their order."""
        return [item for field in fields for item in self.items(field) if type(item) is Scalar]

    def mappings(self, *fields: str) -> list[Mapping]:
        """Return the mappings of lists, in their order."""
        return [item for field in fields for item in self.items(field) if type(item) is Mapping]

    def items(self, field: str) -> tuple[Tree, ...]:
        """Return the items of a list."""
        found = self.get(field)
        return found.items if type(found) is Sequence else ()


def is_remote(path: str) -> bool:
    """Tell whether kustomize would fetch this from another place."""
    return _REMOTE.match(path) is not None


def load(source: Text, *, strict: bool = True) -> Kustomization:
    """Return the kustomization in a text.

    strict: whether as kustomize reads it, or as kustomize-controller does the one of its directory.

    Raises BuildError for one that is refused.
    """
    directory = source.file.rpartition("/")[0]
    found = documents(source)
    root = found[0].root if found else None
    tree = Mapping({}, {}, Place(source, _START)) if root is None else tree_of(root, source, resource=False)
    if is_null(tree):
        tree = Mapping({}, {}, tree.place)
    fields = checked(tree, strict=strict)
    assert type(fields) is Mapping
    kustomization = Kustomization(source.file, directory, fields)
    if strict and not any(_says(name, value) for name, value in fields.fields.items()):
        raise BuildError("kustomization.yaml is empty", fields.place)
    _check_kind(kustomization)
    return kustomization


def _says(name: str, value: Tree) -> bool:
    """Tell whether a field makes a kustomization other than empty: an empty list does, an empty text does not."""
    empty = is_null(value) or (type(value) is Scalar and not value.text)
    return name not in ("kind", "apiVersion") and not empty


def _check_kind(kustomization: Kustomization) -> None:
    kind = kustomization.word("kind") or "Kustomization"
    version = kustomization.word("apiVersion")
    if kind not in ("Kustomization", "Component"):
        raise BuildError("kind should be Kustomization or Component", kustomization.tree.fields["kind"].place)
    wanted = COMPONENT_VERSION if kind == "Component" else VERSION
    if version and version != wanted:
        place = kustomization.tree.fields["apiVersion"].place
        raise BuildError(f"apiVersion for {kind} should be {wanted}", place)


class Kustomizations:
    """The kustomizations of a repository, each read once."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._known: dict[str, Kustomization | BuildError | None] = {}

    def of(self, directory: str, *, strict: bool = True) -> Kustomization | None:
        """Return the kustomization of a directory, as `load` reads it; None if it has none.

        Raises BuildError for one that kustomize refuses, and for several.
        """
        if directory not in self._known:
            try:
                self._known[directory] = self._read(directory, strict=True)
            except BuildError as error:
                self._known[directory] = error
        found = self._known[directory]
        if not isinstance(found, BuildError):
            return found  # what kustomize reads, kustomize-controller reads in the same way
        if strict:
            raise found
        return self._read(directory, strict=False)

    def _read(self, directory: str, *, strict: bool) -> Kustomization | None:
        texts = (self._library.text(f"{directory}/{name}".lstrip("/")) for name in NAMES)
        found = [text for text in texts if text is not None]
        if len(found) > 1:
            message = f"Found multiple kustomization files under: {directory or '.'}"
            raise BuildError(message, Place(found[1], _START))
        return load(found[0], strict=strict) if found else None


def pairs(tree: Tree | None) -> dict[str, Scalar]:
    """Return the scalars of a mapping."""
    if type(tree) is not Mapping:
        return {}
    return {key: value for key, value in tree.fields.items() if type(value) is Scalar}
