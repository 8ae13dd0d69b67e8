"""Strategic merge of resources without a schema, as custom resources are merged: lists replace, nulls delete.

Source: https://github.com/kubernetes-sigs/kustomize, `kyaml/yaml/merge2/merge2.go` and `kyaml/yaml/walk`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.kustomize.errors import BuildError
from fluxmark.kustomize.tree import OLD_BOOLEANS, Mapping, Scalar, Sequence, is_null

if TYPE_CHECKING:
    from fluxmark.kustomize.tree import Place, Tree

_DIRECTIVE = "$patch"
_KINDS = {Mapping: "MappingNode", Sequence: "SequenceNode", Scalar: "ScalarNode"}


def merge(target: Tree | None, patch: Tree | None) -> Tree | None:
    """Return the target with the patch merged into it; None if the patch deletes it.

    Raises BuildError if one is a mapping and the other is not, for example.
    """
    leading = patch if is_null(target) else target
    if leading is None or is_null(leading) or type(leading) is Mapping:
        _check(Mapping, target, patch)
        return _mappings(target, patch)
    _check(type(leading), target, patch)
    if patch is None:
        return target
    return _styled(target, patch) if type(target) is Scalar and type(patch) is Scalar else patch


def _styled(target: Scalar, patch: Scalar) -> Scalar:
    """Return a patch's scalar in the style of the one that it replaces: quotes, which make text, stay."""
    if patch.data is None or target.quoted == patch.quoted:
        return patch
    data = patch.text if target.quoted else patch.data
    return Scalar(patch.text, data, patch.place, quoted=target.quoted)


def _quoted(tree: Tree) -> Tree:
    """Return a value as kustomize sets it: quoted where YAML 1.1 would not take it for text."""
    if type(tree) is Scalar and not tree.quoted and isinstance(tree.data, str) and tree.text in OLD_BOOLEANS:
        return Scalar(tree.text, tree.data, tree.place, quoted=True)
    return tree


def _check(kind: type, *trees: Tree | None) -> None:
    for tree in trees:
        if not is_null(tree) and type(tree) is not kind:
            raise BuildError(f"wrong node kind: expected {_KINDS[kind]} but got {_KINDS[type(tree)]}")


def _mappings(target: Tree | None, patch: Tree | None) -> Tree | None:
    directive, patch = _directive(patch)
    if is_null(target):
        if directive == "delete":
            return None
        if patch is None:
            # an explicit null stays, an empty value does not
            return target if target is not None and target.text else None  # type: ignore[union-attr]
        return _added(patch)
    if directive == "delete" or (patch is not None and is_null(patch)):
        return None
    if directive == "replace":
        assert patch is not None
        return _added(patch)
    if type(target) is not Mapping:
        return target
    return _merged(target, patch if type(patch) is Mapping else None)


def _merged(target: Mapping, patch: Mapping | None) -> Mapping:
    fields: dict[str, Tree] = {}
    keys: dict[str, Place] = {}
    changes = patch.fields if patch is not None else {}
    for name, value in target.fields.items():
        change = changes.get(name)
        merged = merge(value, change)
        if merged is None or (change is not None and is_null(merged)):
            continue
        fields[name] = _quoted(merged)
        replaced = patch is not None and change is not None and type(merged) is not Mapping
        keys[name] = patch.keys[name] if replaced and patch is not None else target.keys[name]
    for name, change in changes.items():
        if name not in target.fields:
            merged = merge(None, change)
            if merged is not None and not is_null(merged):
                fields[name] = merged
                keys[name] = patch.keys[name]  # type: ignore[union-attr]
    return Mapping(fields, keys, target.place)


def _added(patch: Tree) -> Tree:
    """Return what a patch adds where nothing was: without its nulls and directives."""
    if type(patch) is not Mapping:
        return patch
    fields: dict[str, Tree] = {}
    for name, value in patch.fields.items():
        added = merge(None, value)
        if added is not None and not is_null(added):
            fields[name] = added
    return Mapping(fields, patch.keys, patch.place)


def _directive(patch: Tree | None) -> tuple[str, Tree | None]:
    if type(patch) is not Mapping or _DIRECTIVE not in patch.fields:
        return "", patch
    written = patch.fields[_DIRECTIVE]
    directive = written.text if type(written) is Scalar else ""
    if directive not in ("delete", "replace", "merge"):
        raise BuildError(f"unknown patch strategy '{directive}'", written.place)
    return directive, patch.without(_DIRECTIVE)
