"""Flux's substitution of variables, `postBuild`, in what a build returns.

kustomize-controller writes each resource as YAML, replaces in that text, and reads it again. So a value may become
a number or a mapping, and quotes around what YAML has to quote keep it a text.
Source: github.com/fluxcd/pkg, `kustomize/kustomize_varsub.go`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fluxmark.kustomize.expressions import ExpressionError, Unknown, evaluate
from fluxmark.kustomize.reader import TreeError, read
from fluxmark.kustomize.tree import Mapping, Scalar, Sequence, from_data, plain, texts
from krmfn.errors import InputError
from krmfn.yaml.parser import MapNode, parse
from krmfn.yaml.scalar import can_be_plain, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping as Dict

    from fluxmark.kustomize.resource import Resource
    from fluxmark.kustomize.tree import Place, Tree

DISABLED = "kustomize.toolkit.fluxcd.io/substitute"


class _Substitution:
    def __init__(self, variables: Dict[str, str], unknown: frozenset[str], *, any_unknown: bool) -> None:
        self.variables = {name: value.replace("\n", "") for name, value in variables.items()}
        self.unknown = unknown
        self.any_unknown = any_unknown
        self.doubts: list[str] = []
        self.undefined: dict[str, None] = {}

    def value_of(self, name: str) -> str:
        if name in self.unknown or (self.any_unknown and name not in self.variables):
            raise Unknown(f"the variable {name}")
        if name not in self.variables:
            self.undefined[name] = None
        return self.variables.get(name, "")

    def tree(self, tree: Tree) -> Tree:
        if type(tree) is Mapping:
            text = tree.unread
            if text is not None and "$" not in text and "\\" not in text:
                return tree
            fields: dict[str, Tree] = {}
            keys: dict[str, Place] = {}
            for key, value in tree.fields.items():
                name = self.text(key) if "$" in key else key
                fields[name] = self.tree(value)
                keys[name] = tree.keys[key]
            return Mapping(fields, keys, tree.place)
        if type(tree) is Sequence:
            return Sequence(tuple(self.tree(item) for item in tree.items), tree.place)
        if type(tree) is Scalar and isinstance(tree.data, str) and "$" in tree.data:
            return self.scalar(tree)
        return tree

    def text(self, text: str) -> str:
        """Return a text with its variables replaced; itself, and a doubt, where that cannot be known."""
        try:
            return evaluate(text, self.value_of)
        except (Unknown, ExpressionError) as error:
            self.doubts.append(str(error))
            return text

    def scalar(self, tree: Scalar) -> Tree:
        before = tree.data
        if "\n" in before:
            text = self.text(before)
            return Scalar(text, text, tree.place, quoted=True)
        written = before if can_be_plain(before) else quoted(before, "'")
        text = self.text(written)
        if text == written:
            return tree
        try:
            root = parse(f"v: {text}\n", "", whole=True)[0].root
            if type(root) is MapNode and len(root.pairs) == 1:
                # read by YAML 1.1, where `yes` is a boolean
                data = plain(read(root.pairs[0][1], tree.place.text, resource=False))
                return from_data(data, tree.place)
        except (InputError, TreeError, ValueError):
            pass
        self.doubts.append(f"`{text}`, which a substitution makes and YAML does not read")
        return tree


def substitute(
    resource: Resource, variables: Dict[str, str], unknown: frozenset[str], *, any_unknown: bool
) -> Resource:
    """Return a resource with its variables replaced; where that cannot be known, it is uncertain.

    unknown: variables whose value nobody knows. any_unknown: whether others than these may have a value.
    """
    if not variables and not unknown and not any_unknown:
        return resource
    for field in ("labels", "annotations"):
        if texts(resource.field("metadata", field)).get(DISABLED) == "disabled":
            return resource
    substitution = _Substitution(variables, unknown, any_unknown=any_unknown)
    tree = substitution.tree(resource.tree)
    assert type(tree) is Mapping
    resource = replace(resource.with_tree(tree), undefined=tuple(substitution.undefined))
    for doubt in substitution.doubts:
        resource = resource.doubted(doubt)
    return resource
