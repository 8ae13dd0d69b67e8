"""Vars: `$(NAME)` in the fields that kustomize, or a configuration, has for them.

Source: kustomize's `api/internal/accumulator/resaccumulator.go` and `api/filters/refvar`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from fluxmark.kustomize.errors import BuildError
from fluxmark.kustomize.fields import FieldSpec, change_at
from fluxmark.kustomize.kinds import KINDS
from fluxmark.kustomize.paths import look_up, split
from fluxmark.kustomize.resource import split_api_version
from fluxmark.kustomize.tree import Mapping, Scalar, Sequence, scalar_text, text_at

if TYPE_CHECKING:
    from fluxmark.kustomize.kustomization import Kustomization
    from fluxmark.kustomize.resource import Id, Resource
    from fluxmark.kustomize.state import State
    from fluxmark.kustomize.tree import Tree

_FIELDS = (FieldSpec("metadata/labels"), FieldSpec("metadata/annotations"))
_EXPRESSION = re.compile(r"\$(?:\$|\((?P<name>[^)]*)\))")


def declare(state: State, kustomization: Kustomization) -> None:
    """Note the `vars` of a kustomization with the resources that they read from.

    Raises BuildError for one that is there already, or whose resource is not clear.
    """
    for entry in kustomization.mappings("vars"):
        name = text_at(entry, "name")
        found = [
            number
            for number, resource in enumerate(state.resources)
            if any(_is_named(identity, entry) for identity in resource.ids)
        ]
        if len(found) > 1:
            raise BuildError(
                f"found {len(found)} resId matches for var {name} (unable to disambiguate)", entry.place
            )
        if found:
            resources = list(state.resources)
            one = resources[found[0]]
            resources[found[0]] = replace(one, variables=(*one.variables, name))
            state.replace_all(resources)
        if name in state.variables:
            raise BuildError(f"var '{name}' already encountered", entry.place)
        state.variables[name] = entry


def _kind(entry: Mapping) -> tuple[str, str, str]:
    group, version, kind = (text_at(entry, "objref", name) for name in ("group", "version", "kind"))
    if api_version := text_at(entry, "objref", "apiVersion"):
        group, version = split_api_version(api_version)
    return group, version, kind


def _is_named(identity: Id, entry: Mapping) -> bool:
    namespace = text_at(entry, "objref", "namespace")
    return (
        (identity.group, identity.version, identity.kind) == _kind(entry)
        and identity.name == text_at(entry, "objref", "name")
        and (not namespace or identity.is_cluster_scoped or identity.effective_namespace == namespace)
    )


def resolve(state: State) -> None:
    """Replace the vars in all resources."""
    if not state.variables:
        return
    values: dict[str, Scalar | None] = {}
    for name, entry in state.variables.items():
        try:
            values[name] = _value(state, name, entry)
        except BuildError as error:
            state.fail(error, entry.place)
            return
    specs = [*_FIELDS, *state.configuration.of("varReference")]

    def change(resource: Resource) -> Resource:
        expansion = _Expansion(values)
        tree = resource.tree
        for spec in specs:
            if spec.selects(resource.id):
                tree = change_at(tree, replace(spec, create=False), expansion.value, tree.place)
        resource = resource.with_tree(tree)
        for name in expansion.unknown:
            resource = resource.doubted(f"the var {name}")
        return resource

    try:
        state.change(change)
    except BuildError as error:
        state.fail(error, next(iter(state.variables.values())).place)


def _value(state: State, name: str, entry: Mapping) -> Scalar | None:
    """Return the value of a var; None if it is in a resource that is not known."""
    for resource in state.resources:
        if name in resource.variables:
            path = text_at(entry, "fieldref", "fieldPath") or "metadata.name"
            found = look_up(resource.tree, [step.strip("[]") for step in split(path.replace("[", ".["))])
            if found is None:
                raise BuildError(
                    f"field specified in var '{name}' not found in corresponding resource", entry.place
                )
            return found if type(found) is Scalar else None
    group, _, kind = _kind(entry)
    if state.incomplete or (group, kind) not in KINDS:
        return None
    raise BuildError(f"var '{name}' cannot be mapped to a field in the set of known resources", entry.place)


class _Expansion:
    def __init__(self, values: dict[str, Scalar | None]) -> None:
        self.values = values
        self.unknown: list[str] = []

    def value(self, tree: Tree | None) -> Tree | None:
        if type(tree) is Scalar:
            return self._scalar(tree)
        if type(tree) is Mapping:
            fields = {
                key: self._scalar(value) if type(value) is Scalar else value for key, value in tree.fields.items()
            }
            return Mapping(fields, tree.keys, tree.place)
        if type(tree) is Sequence:
            if not all(type(item) is Scalar and isinstance(item.data, str) for item in tree.items):
                raise BuildError("invalid value type expect a string", tree.place)
            return Sequence(
                tuple(self._scalar(item) if type(item) is Scalar else item for item in tree.items), tree.place
            )
        return None

    def _scalar(self, tree: Scalar) -> Scalar:
        if not isinstance(tree.data, str) or "$" not in tree.data:
            return tree
        whole = _EXPRESSION.fullmatch(tree.data)
        if whole and whole["name"] is not None:
            found = self._found(whole["name"])
            return tree if found is None else Scalar(scalar_text(found.data), found.data, tree.place)
        text = _EXPRESSION.sub(self._expanded, tree.data)
        return Scalar(text, text, tree.place)

    def _expanded(self, found: re.Match[str]) -> str:
        name = found["name"]
        if name is None:
            return "$"
        value = self._found(name)
        return found.group() if value is None else scalar_text(value.data)

    def _found(self, name: str) -> Scalar | None:
        value = self.values.get(name)
        if value is None and name in self.values:
            self.unknown.append(name)
        return value
