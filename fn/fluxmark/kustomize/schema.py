"""The fields of a kustomization and their types, which kustomize checks before anything else.

Source: kustomize's `api/types`; Go's JSON reader compares names without their case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fluxmark.kustomize.errors import BuildError
from fluxmark.kustomize.tree import Mapping, Scalar, Sequence, is_null, scalar_text, string

if TYPE_CHECKING:
    from fluxmark.kustomize.tree import Place, Tree

# a type is a word, a list of one type, or a mapping of names to types
_TEXT, _FLAG, _NUMBER, _PAIRS, _ANY = "string", "bool", "int", "map[string]string", "object"
_TEXTS: Final = [_TEXT]
_KIND: Final = {"group": _TEXT, "version": _TEXT, "kind": _TEXT}
_ID: Final = {**_KIND, "name": _TEXT, "namespace": _TEXT}
_SELECTOR: Final = {**_ID, "annotationSelector": _TEXT, "labelSelector": _TEXT}
_PATCH: Final = {
    "path": _TEXT,
    "patch": _TEXT,
    "target": _SELECTOR,
    "options": {"allowNameChange": _FLAG, "allowKindChange": _FLAG},
}
_OPTIONS: Final = {"labels": _PAIRS, "annotations": _PAIRS, "disableNameSuffixHash": _FLAG, "immutable": _FLAG}
_FIELD_OPTIONS: Final = {"delimiter": _TEXT, "index": _NUMBER, "encoding": _TEXT, "create": _FLAG}
_GENERATOR: Final = {
    "name": _TEXT,
    "namespace": _TEXT,
    "behavior": _TEXT,
    "literals": _TEXTS,
    "files": _TEXTS,
    "envs": _TEXTS,
    "env": _TEXT,
    "options": _OPTIONS,
}
_IMAGE: Final = {"name": _TEXT, "newName": _TEXT, "tagSuffix": _TEXT, "newTag": _TEXT, "digest": _TEXT}
_LABEL: Final = {
    "pairs": _PAIRS,
    "includeSelectors": _FLAG,
    "includeTemplates": _FLAG,
    "includeVolumeClaimTemplates": _FLAG,
    "fields": [{**_KIND, "path": _TEXT, "create": _FLAG}],
}
REPLACEMENT: Final = {
    "path": _TEXT,
    "source": {**_ID, "fieldPath": _TEXT, "options": _FIELD_OPTIONS},
    "sourceValue": _TEXT,
    "targets": [{"select": _SELECTOR, "reject": [_SELECTOR], "fieldPaths": _TEXTS, "options": _FIELD_OPTIONS}],
}
_VAR: Final = {
    "name": _TEXT,
    "objref": {**_ID, "apiVersion": _TEXT},
    "fieldref": {"fieldPath": _TEXT},
}
FIELDS: Final[dict[str, Any]] = {
    "apiVersion": _TEXT,
    "kind": _TEXT,
    "metadata": {"name": _TEXT, "namespace": _TEXT, "labels": _PAIRS, "annotations": _PAIRS},
    "openapi": _PAIRS,
    "namePrefix": _TEXT,
    "nameSuffix": _TEXT,
    "namespace": _TEXT,
    "commonLabels": _PAIRS,
    "labels": [_LABEL],
    "commonAnnotations": _PAIRS,
    "patchesStrategicMerge": _TEXTS,
    "patchesJson6902": [_PATCH],
    "patches": [_PATCH],
    "images": [_IMAGE],
    "imageTags": [_IMAGE],
    "replacements": [REPLACEMENT],
    "replicas": [{"name": _TEXT, "count": _NUMBER}],
    "vars": [_VAR],
    "sortOptions": _ANY,
    "resources": _TEXTS,
    "components": _TEXTS,
    "crds": _TEXTS,
    "bases": _TEXTS,
    "configMapGenerator": [_GENERATOR],
    "secretGenerator": [{**_GENERATOR, "type": _TEXT}],
    "helmGlobals": {"chartHome": _TEXT, "configHome": _TEXT},
    "helmCharts": [_ANY],
    "helmChartInflationGenerator": [_ANY],
    "generatorOptions": _OPTIONS,
    "configurations": _TEXTS,
    "generators": _TEXTS,
    "transformers": _TEXTS,
    "validators": _TEXTS,
    "buildMetadata": _TEXTS,
}


def checked(tree: Tree, kind: Any = FIELDS, name: str = "Kustomization", *, strict: bool = True) -> Tree:
    """Return a tree with the names of its fields in kustomize's spelling.

    strict: whether it is read as kustomize does. kustomize-controller writes the kustomization of its directory
    anew first: it drops fields that are not known, and turns numbers and booleans into texts.

    Raises BuildError for a field that kustomize does not know or cannot read.
    """
    if is_null(tree) or kind == _ANY:
        return tree
    if isinstance(kind, list):
        if type(tree) is not Sequence:
            raise _mismatch(tree, name, "slice")
        return Sequence(tuple(checked(item, kind[0], name, strict=strict) for item in tree.items), tree.place)
    if isinstance(kind, dict):
        if type(tree) is not Mapping:
            raise _mismatch(tree, name, "struct")
        return _fields(tree, kind, name, strict=strict)
    if kind == _PAIRS:
        if type(tree) is not Mapping:
            raise _mismatch(tree, name, kind)
        pairs = {key: checked(value, _TEXT, name, strict=strict) for key, value in tree.fields.items()}
        return Mapping(pairs, tree.keys, tree.place)
    if type(tree) is Scalar and not strict and kind == _TEXT and not isinstance(tree.data, str):
        return string(scalar_text(tree.data), tree.place)
    if type(tree) is not Scalar or not isinstance(tree.data, _CLASSES[kind]):
        raise _mismatch(tree, name, kind)
    return tree


_CLASSES: Final[dict[str, type]] = {_TEXT: str, _FLAG: bool, _NUMBER: int}


def _fields(tree: Mapping, kinds: dict[str, Any], name: str, *, strict: bool) -> Mapping:
    spelled = {known.lower(): known for known in kinds}
    fields: dict[str, Tree] = {}
    keys: dict[str, Place] = {}
    for key, value in tree.fields.items():
        known = spelled.get(key.lower())
        if known is None and not strict:
            continue
        if known is None:
            raise BuildError(f'invalid Kustomization: json: unknown field "{key}"', tree.keys[key])
        fields[known] = checked(value, kinds[known], f"{name}.{known}", strict=strict)
        keys[known] = tree.keys[key]
    return Mapping(fields, keys, tree.place)


def _mismatch(tree: Tree, name: str, kind: str) -> BuildError:
    found = {Mapping: "object", Sequence: "array"}.get(type(tree))
    if found is None and type(tree) is Scalar:
        data = tree.data
        found = "bool" if isinstance(data, bool) else "string" if isinstance(data, str) else "number"
    what = f"cannot unmarshal {found} into Go struct field {name} of type {kind}"
    return BuildError(f"invalid Kustomization: json: {what}", tree.place)
