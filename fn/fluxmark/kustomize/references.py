"""References that follow the names of what they name, where a configuration says so.

Source: kustomize's `api/filters/nameref/nameref.go`. Its own table names no field of Flux's kinds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fluxmark.kustomize.errors import BuildError
from fluxmark.kustomize.fields import change_at
from fluxmark.kustomize.tree import Mapping, Scalar, Sequence, is_null, string, text_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmark.kustomize.fields import FieldSpec
    from fluxmark.kustomize.resource import Resource
    from fluxmark.kustomize.state import State
    from fluxmark.kustomize.tree import Tree


def follow(state: State) -> None:
    """Give references the names that their targets have now."""
    for target, spec in state.configuration.references:
        resources: list[Resource] = []
        for resource in state.resources:
            changed = resource
            if spec.selects(resource.original):
                try:
                    changed = _Referrer(state, resource, target).changed(spec)
                except BuildError as error:
                    state.fail(error, resource.tree.place)
            resources.append(changed)
        state.replace_all(resources)


class _Referrer:
    def __init__(self, state: State, resource: Resource, target: FieldSpec) -> None:
        self.state = state
        self.resource = resource
        self.target = target

    def changed(self, spec: FieldSpec) -> Resource:
        tree = change_at(self.resource.tree, replace(spec, create=False), self.value, self.resource.tree.place)
        return self.resource.with_tree(tree)

    def value(self, tree: Tree | None) -> Tree | None:
        if is_null(tree):
            return None
        if type(tree) is Sequence:
            return Sequence(tuple(self.value(item) or item for item in tree.items), tree.place)
        if type(tree) is Mapping:
            return self._mapping(tree)
        assert type(tree) is Scalar
        found = self._referral(tree.text, self._candidates(), lambda one: one.id.name)
        return None if found is None else string(found.id.name, tree.place)

    def _mapping(self, tree: Mapping) -> Tree:
        if tree.get("name") is None:
            raise BuildError("path config error; no 'name' field in node", tree.place)
        candidates = self._candidates()
        if tree.get("namespace") is not None:
            namespace = text_at(tree, "namespace")
            first = [one for one in candidates if one.original.effective_namespace == namespace]
            candidates = first or [one for one in candidates if one.id.effective_namespace == namespace]
        found = self._referral(text_at(tree, "name"), candidates, lambda one: f"{one.id.namespace}/{one.id.name}")
        if found is None:
            return tree
        place = tree.fields["name"].place
        tree = tree.with_field("name", string(found.id.name, place), place)
        if found.id.namespace:
            tree = tree.with_field("namespace", string(found.id.namespace, place), place)
        return tree

    def _candidates(self) -> list[Resource]:
        mine = self.resource.id
        return [
            one
            for one in self.state.resources
            if mine.is_cluster_scoped
            or one.id.is_cluster_scoped
            or one.id.effective_namespace == mine.effective_namespace
        ]

    def _referral(
        self, name: str, candidates: list[Resource], identity: Callable[[Resource], str]
    ) -> Resource | None:
        found = [
            one
            for one in candidates
            if any(earlier.name == name for earlier in one.previous)
            and any(self.target.selects(earlier) for earlier in one.previous)
        ]
        if len(found) == 1:
            return found[0]
        found = [one for one in found if self._same_names(one, empty=True)]
        if len(found) > 1:
            found = [one for one in found if self._same_names(one, empty=False)]
        if not found:
            return None
        if len({identity(one) for one in found}) > 1:
            names = ", ".join(str(one.id) for one in found)
            raise BuildError(f"found multiple possible referrals: {names}", self.resource.tree.place)
        return found[0]

    def _same_names(self, other: Resource, *, empty: bool) -> bool:
        return _same_end(other.prefixes, self.resource.prefixes, empty=empty) and _same_end(
            other.suffixes, self.resource.suffixes, empty=empty
        )


def _same_end(one: tuple[str, ...], other: tuple[str, ...], *, empty: bool) -> bool:
    if not one or not other:
        return empty or one == other
    length = min(len(one), len(other))
    return one[-length:] == other[-length:]
