"""Configurations of transformers: fields of a user's own that kustomize is told about.

Source: kustomize's `api/internal/plugins/builtinconfig`. What kustomize knows by itself of the kinds that builds
keep is in the modules that change it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fluxmark.kustomize.fields import FieldSpec, read_specs
from fluxmark.kustomize.library import documents, tree_of
from fluxmark.kustomize.tree import Mapping, Sequence, text_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fluxmark.kustomize.tree import Text

_SPECS = (
    "namePrefix",
    "nameSuffix",
    "namespace",
    "commonLabels",
    "labels",
    "commonAnnotations",
    "varReference",
    "images",
)


@dataclass(slots=True)
class Configuration:
    """Field specifications by what they are for, and references: the kind that is named, and the field."""

    specs: dict[str, list[FieldSpec]] = field(default_factory=dict)
    references: list[tuple[FieldSpec, FieldSpec]] = field(default_factory=list)

    def of(self, name: str) -> list[FieldSpec]:
        """Return the specifications for a transformer."""
        return self.specs.get(name, [])

    def merge(self, other: Configuration) -> None:
        """Add another configuration's."""
        for name, specs in other.specs.items():
            self._add(name, specs)
        self.references += [one for one in other.references if one not in self.references]

    def _add(self, name: str, specs: Iterable[FieldSpec]) -> None:
        known = self.specs.setdefault(name, [])
        known += [spec for spec in specs if spec not in known]

    def read(self, source: Text) -> None:
        """Add what a configuration file says.

        Raises BuildError for a text that is not YAML.
        """
        found = documents(source)
        root = found[0].root if found else None
        tree = None if root is None else tree_of(root, source, resource=False)
        if type(tree) is not Mapping:
            return
        for name in _SPECS:
            self._add(name, read_specs(tree.get(name)))
        references = tree.get("nameReference")
        for entry in references.items if type(references) is Sequence else ():
            kind = FieldSpec("", text_at(entry, "group"), text_at(entry, "version"), text_at(entry, "kind"))
            if type(entry) is Mapping:
                self.references += [(kind, spec) for spec in read_specs(entry.get("fieldSpecs"))]
