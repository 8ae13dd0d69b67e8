"""Field specifications: which fields of which kinds a transformer of kustomize changes.

Source: kustomize's `api/types/fieldspec.go` and `api/filters/fieldspec/fieldspec.go`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from fluxmark.kustomize.errors import BuildError
from fluxmark.kustomize.tree import Mapping, Scalar, Sequence, find, is_null, string, text_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmark.kustomize.resource import Id
    from fluxmark.kustomize.tree import Place, Tree


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A path of a kind's fields; empty parts of the kind mean any."""

    path: str
    group: str = ""
    version: str = ""
    kind: str = ""
    create: bool = False

    def selects(self, identity: Id) -> bool:
        """Tell whether it is about resources of this kind."""
        return (
            self.group in ("", identity.group)
            and self.version in ("", identity.version)
            and self.kind in ("", identity.kind)
        )

    @property
    def steps(self) -> list[str]:
        """The path, taken apart; `\\/` is a slash in a key."""
        return _steps(self.path)


@cache
def _steps(path: str) -> list[str]:
    return [step.replace("\\/", "/") for step in re.split(r"(?<!\\)/", path.strip("/"))]


METADATA_LABELS = FieldSpec("metadata/labels", create=True)
METADATA_ANNOTATIONS = FieldSpec("metadata/annotations", create=True)


def read_specs(tree: Tree | None) -> list[FieldSpec]:
    """Return the specifications in a list."""
    if type(tree) is not Sequence:
        return []
    return [
        FieldSpec(
            text_at(item, "path"),
            text_at(item, "group"),
            text_at(item, "version"),
            text_at(item, "kind"),
            getattr(find(item, ("create",)), "data", False) is True,
        )
        for item in tree.items
        if type(item) is Mapping
    ]


def change_at(
    tree: Mapping, spec: FieldSpec, change: Callable[[Tree | None], Tree | None], place: Place
) -> Mapping:
    """Return the tree with what is at a specification's path changed; lists on the way are gone through.

    change: gets None if the specification creates what is missing; returns None to leave things alone. place:
    of mappings that are made.
    """
    out = _change(tree, spec.steps, spec, change, place)
    assert type(out) is Mapping
    return out


def _change(
    tree: Tree, steps: list[str], spec: FieldSpec, change: Callable[[Tree | None], Tree | None], place: Place
) -> Tree:
    if not steps:
        return change(tree) or tree
    if is_null(tree):
        return tree
    if type(tree) is Sequence:
        return Sequence(tuple(_change(item, steps, spec, change, place) for item in tree.items), tree.place)
    if type(tree) is not Mapping:
        raise BuildError(f"considering field '{spec.path}': expected sequence or mapping node", tree.place)
    name = steps[0].removesuffix("[]")
    below = tree.fields.get(name)
    creates = spec.create and not steps[0].endswith("[]")
    if is_null(below):
        if not creates:
            return tree
        if len(steps) == 1:
            made = change(None)
            return tree if made is None else tree.with_field(name, made, place)
        below = Mapping({}, {}, place)
    assert below is not None
    new = _change(below, steps[1:], spec, change, place)
    return tree if new is below else tree.with_field(name, new, place)


def set_pair(tree: Mapping, spec: FieldSpec, key: str, value: Scalar, place: Place) -> Mapping:
    """Return the tree with a pair in the mapping at a specification's path."""

    def change(found: Tree | None) -> Tree | None:
        if found is not None and type(found) is not Mapping:
            raise BuildError(
                f"considering field '{spec.path}': wrong node kind: expected MappingNode", found.place
            )
        below = found if type(found) is Mapping else Mapping({}, {}, place)
        return below.with_field(key, string(value.text, value.place), place)

    return change_at(tree, spec, change, place)
