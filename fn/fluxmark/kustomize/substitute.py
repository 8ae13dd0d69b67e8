"""Flux's substitution of variables, `postBuild.substitute`, in what a build returns.

Source: github.com/fluxcd/pkg, `kustomize/kustomize_varsub.go` and `envsubst`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fluxmark.kustomize.tree import Mapping, Scalar, Sequence, texts
from krmfn.yaml.scalar import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping as Dict

    from fluxmark.kustomize.resource import Resource
    from fluxmark.kustomize.tree import Tree

DISABLED = "kustomize.toolkit.fluxcd.io/substitute"
_VARIABLE = re.compile(r"\$\$\{|\$\{(?P<name>[A-Za-z_]\w*)(?:(?P<operator>:?[=-])(?P<default>[^${}]*))?\}")
_EXPRESSION = re.compile(r"\$\{")


class _Substitution:
    def __init__(self, variables: Dict[str, str], unknown: frozenset[str], any_unknown: bool) -> None:
        self.variables = variables
        self.unknown = unknown
        self.any_unknown = any_unknown
        self.doubts: list[str] = []

    def tree(self, tree: Tree) -> Tree:
        if type(tree) is Mapping:
            fields: dict[str, Tree] = {}
            keys = {}
            for key, value in tree.fields.items():
                name = self.text(key) if "$" in key else key
                fields[name] = self.tree(value)
                keys[name] = tree.keys[key]
            return Mapping(fields, keys, tree.place)
        if type(tree) is Sequence:
            return Sequence(tuple(self.tree(item) for item in tree.items), tree.place)
        if type(tree) is Scalar and isinstance(tree.data, str) and "$" in tree.data:
            text = self.text(tree.data)
            if text == tree.data:
                return tree
            return Scalar(text, resolve(text) if "\n" not in text else text, tree.place)
        return tree

    def text(self, text: str) -> str:
        return _VARIABLE.sub(self.value, text)

    def value(self, found: re.Match[str]) -> str:
        name = found["name"]
        if name is None:
            return "${"
        if name in self.unknown or (self.any_unknown and name not in self.variables):
            self.doubts.append(f"the variable {name}")
            return found.group()
        value = self.variables.get(name, "")
        if found["operator"] and not value:
            return found["default"]
        return value


def substitute(
    resource: Resource, variables: Dict[str, str], unknown: frozenset[str], *, any_unknown: bool
) -> Resource:
    """Return a resource with its variables replaced.

    unknown: variables whose value nobody knows. any_unknown: whether there may be variables that are not known.
    """
    for field in ("labels", "annotations"):
        if texts(resource.field("metadata", field)).get(DISABLED) == "disabled":
            return resource
    substitution = _Substitution(variables, unknown, any_unknown)
    tree = substitution.tree(resource.tree)
    assert type(tree) is Mapping
    resource = resource.with_tree(tree)
    for doubt in substitution.doubts:
        resource = resource.doubted(doubt)
    return resource
