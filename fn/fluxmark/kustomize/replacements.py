"""Replacements: values that a kustomization copies from one resource to others.

Source: kustomize's `api/filters/replacement/replacement.go`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.kustomize.errors import BuildError
from fluxmark.kustomize.kinds import KINDS
from fluxmark.kustomize.library import documents, tree_of
from fluxmark.kustomize.paths import Change, look_up, split
from fluxmark.kustomize.schema import REPLACEMENT, checked
from fluxmark.kustomize.selector import Selector
from fluxmark.kustomize.tree import Mapping, Scalar, Sequence, find, is_null, string, text_at
from krmfn.yaml.scalar import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.kustomize.kustomization import Kustomization
    from fluxmark.kustomize.patches import Load
    from fluxmark.kustomize.resource import Id, Resource
    from fluxmark.kustomize.state import State
    from fluxmark.kustomize.tree import Tree

_NAME = "metadata.name"


def replace_values(state: State, kustomization: Kustomization, load: Load) -> None:
    """Apply `replacements`; kustomize stops at the first that fails.

    Raises BuildError for that.
    """
    for entry in kustomization.mappings("replacements"):
        for replacement in _loaded(entry, load):
            _apply(state, replacement)


def _loaded(entry: Mapping, load: Load) -> Iterator[Mapping]:
    path = entry.get("path")
    if type(path) is not Scalar or not path.text:
        yield entry
        return
    source = load(path)
    found = documents(source)
    root = found[0].root if found else None
    tree = None if root is None else tree_of(root, source, resource=False)
    for one in tree.items if type(tree) is Sequence else (tree,):
        if type(one) is not Mapping:
            raise BuildError("unsupported replacement type encountered within replacement path", path.place)
        spelled = checked(one, REPLACEMENT)
        assert type(spelled) is Mapping
        yield spelled


def _apply(state: State, entry: Mapping) -> None:
    source, constant, targets = entry.get("source"), entry.get("sourceValue"), entry.get("targets")
    if (is_null(source) and is_null(constant)) or type(targets) is not Sequence:
        raise BuildError("replacements must specify a source and at least one target", entry.place)
    if not is_null(source) and not is_null(constant):
        raise BuildError("value and resource selectors are mutually exclusive", entry.place)
    value = constant if not is_null(constant) else _source_value(state, source)
    for target in targets.items:
        if type(target) is Mapping:
            _copy(state, value, target, entry)


def _source_value(state: State, source: Tree | None) -> Tree | None:
    """Return the value to copy; None if it is in a resource that is not known."""
    assert type(source) is Mapping
    found = [one for one in state.resources if any(_is_selected(identity, source) for identity in one.ids)]
    if len(found) != 1:
        kind = (text_at(source, "group"), text_at(source, "kind"))
        known = not state.incomplete and any(_names(kind, one) for one in KINDS) and kind[1] != ""
        if not found and not known:
            return None
        problem = "multiple matches for selector" if found else "nothing selected by"
        raise BuildError(f"{problem} {_described(source)}", source.place)
    path = text_at(source, "fieldPath") or _NAME
    value = look_up(found[0].tree, split(path))
    if value is None or is_null(value) or value_is_empty(value):
        what = f"fieldPath `{path}` is missing for replacement source {_described(source)}"
        raise BuildError(what, source.place)
    options = source.get("options")
    delimiter = text_at(options, "delimiter")
    if not delimiter:
        return value
    if type(value) is not Scalar:
        raise BuildError("delimiter option can only be used with scalar nodes", source.place)
    parts, index = value.text.split(delimiter), _index(options)
    if not 0 <= index < len(parts):
        raise BuildError(f"options.index {index} is out of bounds for value {value.text}", source.place)
    return _in_place_of(value, parts[index], value)


def _names(kind: tuple[str, str], known: tuple[str, str]) -> bool:
    return kind[1] == known[1] and kind[0] in ("", known[0])


def value_is_empty(value: Tree) -> bool:
    """Tell whether kustomize takes a value for empty."""
    return (type(value) is Mapping and not value.fields) or (type(value) is Sequence and not value.items)


def _described(source: Mapping) -> str:
    group, version, kind = (text_at(source, name) for name in ("group", "version", "kind"))
    name, namespace = text_at(source, "name"), text_at(source, "namespace")
    described = f"{kind or '[noKind]'}.{version or '[noVer]'}.{group or '[noGrp]'}"
    return f"{described}/{name or '[noName]'}.{namespace or '[noNs]'}"


def _is_selected(identity: Id, source: Mapping) -> bool:
    namespace = text_at(source, "namespace")
    return (
        text_at(source, "name") in ("", identity.name)
        and (not namespace or namespace == identity.effective_namespace)
        and all(text_at(source, name) in ("", getattr(identity, name)) for name in ("group", "version", "kind"))
    )


def _index(options: Tree | None) -> int:
    data = getattr(find(options, ("index",)), "data", 0)
    return data if isinstance(data, int) else 0


def _copy(state: State, value: Tree | None, target: Mapping, entry: Mapping) -> None:
    select = target.get("select")
    if type(select) is not Mapping:
        raise BuildError("target must specify resources to select", target.place)
    selector = Selector(select)
    reject = target.get("reject")
    rejects = [
        (Selector(one), any(text_at(one, name) for name in ("group", "version", "kind", "name", "namespace")))
        for one in (reject.items if type(reject) is Sequence else ())
        if type(one) is Mapping
    ]
    paths = target.get("fieldPaths")
    written = [one.text for one in (paths.items if type(paths) is Sequence else ()) if type(one) is Scalar]
    resources: list[Resource] = []
    for resource in state.resources:
        changed = resource
        if _is_target(resource, selector, rejects):
            if value is None:
                changed = resource.doubted("a replacement from a resource that is not known")
            else:
                changed = _replaced(resource, value, written or [_NAME], target, entry)
        resources.append(changed)
    state.replace_all(resources)


def _is_target(resource: Resource, selector: Selector, rejects: list[tuple[Selector, bool]]) -> bool:
    if not selector.matches_metadata(resource):
        return False
    for reject, has_identity in rejects:
        if (reject.labels or reject.annotations) and reject.matches_metadata(resource):
            return False
        if has_identity and any(_matches(reject, identity) for identity in resource.ids):
            return False
    return any(_matches(selector, identity) for identity in resource.ids)


def _matches(selector: Selector, identity: Id) -> bool:
    return (
        selector.matches_kind(identity)
        and selector.matches("name", identity.name)
        and selector.matches("namespace", identity.namespace)
    )


def _replaced(resource: Resource, value: Tree, paths: list[str], target: Mapping, entry: Mapping) -> Resource:
    options = target.get("options")
    create = getattr(find(options, ("create",)), "data", False) is True
    delimiter = text_at(options, "delimiter")

    def set_value(old: Tree | None) -> Tree:
        new = value
        if delimiter:
            if old is not None and type(old) is not Scalar:
                raise BuildError("delimiter option can only be used with scalar nodes", target.place)
            parts = (old.text if old is not None else "").split(delimiter)
            text, index = value.text if type(value) is Scalar else "", _index(options)
            if index < 0:
                parts.insert(0, text)
            elif index >= len(parts):
                parts.append(text)
            else:
                parts[index] = text
            new = string(delimiter.join(parts), value.place)
        if type(old) is not Scalar:
            return new
        return _in_place_of(old, new.text if type(new) is Scalar else "", new)

    tree: Tree | None = resource.tree
    for path in paths:
        change = Change(set_value, entry.place, create=create)
        tree = change.at(tree, split(path))
        if not change.found:
            what = "unable to find or create field" if create else "unable to find field"
            raise BuildError(f'{what} "{path}" in replacement target', target.place)
    assert type(tree) is Mapping
    return resource.with_tree(tree)


def _in_place_of(old: Scalar, text: str, new: Tree) -> Scalar:
    """Return a text in place of a scalar, as what the scalar was: a number, or a text."""
    if isinstance(old.data, str):
        return Scalar(text, text, new.place, quoted=old.quoted)
    data = text if old.quoted else resolve(text)
    if type(data) is not type(old.data) and not (isinstance(old.data, float) and isinstance(data, int)):
        kind = {int: "int", float: "float", bool: "bool"}.get(type(old.data), "null")
        raise BuildError(f"yaml: cannot decode `{text}` as a !!{kind}", new.place)
    return Scalar(text, data, new.place, quoted=old.quoted)
