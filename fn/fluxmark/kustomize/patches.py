"""Patches: what a kustomization's `patches`, `patchesStrategicMerge` and `patchesJson6902` do.

Source: kustomize's `api/internal/builtins/Patch*Transformer.go` and `api/resource/resource.go`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fluxmark.kustomize import json_patch
from fluxmark.kustomize.errors import BuildError
from fluxmark.kustomize.kinds import KINDS
from fluxmark.kustomize.library import documents, inline, resources, tree_of
from fluxmark.kustomize.marks import marked, unmarked
from fluxmark.kustomize.merge import merge
from fluxmark.kustomize.selector import Selector
from fluxmark.kustomize.tree import Mapping, Scalar, Text, drop, find, is_null, put, rewritten, string, text_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fluxmark.kustomize.kustomization import Kustomization
    from fluxmark.kustomize.resource import Resource
    from fluxmark.kustomize.state import State
    from fluxmark.kustomize.tree import Place, Tree

    Load = Callable[[Scalar], Text]
    """Returns the text of a file that a kustomization names. Raises BuildError if there is none."""

_METADATA = ("labels", "annotations")


def apply_strategic(state: State, kustomization: Kustomization, load: Load) -> None:
    """Apply `patchesStrategicMerge`."""
    again = True
    for item in kustomization.scalars("patchesStrategicMerge"):
        try:
            for patch in _strategic(item, load):
                _apply_to_own(state, replace(patch, tree=_normalised(patch.tree)), item.place, Options())
                if again:  # kustomize does it each time, but these patches change no identity
                    state.append_again()
                    again = False
        except BuildError as error:
            state.fail(error, item.place)


def _strategic(item: Scalar, load: Load) -> tuple[Resource, ...]:
    """Return the patches of an item, which is a patch or the path of one."""
    if "\n" in item.text or "{" in item.text:
        try:
            return resources(inline(item))
        except BuildError:
            if "\n" in item.text:
                raise
    return resources(load(item))


def apply_patches(state: State, kustomization: Kustomization, load: Load) -> None:
    """Apply `patches`."""
    for entry in kustomization.mappings("patches"):
        try:
            _apply_entry(state, entry, load)
        except BuildError as error:
            state.fail(error, entry.place)


def apply_json(state: State, kustomization: Kustomization, load: Load) -> None:
    """Apply `patchesJson6902`."""
    for entry in kustomization.mappings("patchesJson6902"):
        try:
            selector, operations = _json_entry(entry, load)
            _apply_operations(state, operations, selector, entry.place, remember=False)
        except BuildError as error:
            state.fail(error, entry.place)


def _json_entry(entry: Mapping, load: Load) -> tuple[Selector, tuple[Mapping, ...]]:
    target = entry.get("target")
    if type(target) is not Mapping:
        raise BuildError("must specify a target for patch", entry.place)
    if not text_at(target, "name"):
        raise BuildError("must specify the target name", target.place)
    operations = _operations(_source(entry, load))
    if not operations:
        raise BuildError("patch appears to be empty", entry.place)
    return Selector(target), operations


class Options:
    """`options` of a patch."""

    def __init__(self, tree: Tree | None = None) -> None:
        self.name = _flag(tree, "allowNameChange")
        self.kind = _flag(tree, "allowKindChange")


def _flag(tree: Tree | None, name: str) -> bool:
    found = find(tree, (name,))
    return type(found) is Scalar and found.data is True


def _source(entry: Mapping, load: Load, *, stripped: bool = False) -> Text:
    patch, path = entry.get("patch"), entry.get("path")
    written = type(patch) is Scalar and bool(patch.text.strip())
    named = type(path) is Scalar and bool(path.text)
    if written and named:
        raise BuildError("patch and path can't be set at the same time", entry.place)
    if written:
        assert type(patch) is Scalar
        return inline(patch, stripped=stripped)
    if named:
        assert type(path) is Scalar
        return load(path)
    raise BuildError("must specify one of patch and path", entry.place)


def _operations(source: Text) -> tuple[Mapping, ...]:
    found = documents(source)
    root = found[0].root if found else None
    return json_patch.check(None if root is None else tree_of(root, source, resource=False))


def _apply_entry(state: State, entry: Mapping, load: Load) -> None:
    source = _source(entry, load, stripped=True)
    target = entry.get("target")
    try:
        strategic = resources(source)
    except BuildError as refusal:
        operations = _operations_instead(source, refusal)
        if operations:
            if is_null(target):
                raise BuildError("must specify a target for JSON patch", entry.place) from None
            _apply_operations(state, operations, _selector(target), entry.place, remember=True)
        return
    options = Options(entry.get("options"))
    if options.name or options.kind:
        strategic = tuple(replace(one, tree=_text_pairs(one.tree, "annotations")) for one in strategic)
    if is_null(target):
        for patch in strategic:
            _apply_to_own(state, patch, entry.place, options)
    elif len(strategic) > 1:
        which = "Multiple Strategic-Merge Patches in one `patches` entry"
        raise BuildError(f"{which} is not allowed to set `patches.target` field", entry.place)
    elif strategic:
        _apply_to_selected(state, strategic[0], _selector(target), options)


def _operations_instead(source: Text, refusal: BuildError) -> tuple[Mapping, ...]:
    """Return the operations of a patch that is not a resource, for the reason given."""
    try:
        return _operations(source)
    except BuildError as error:
        worse = error if source.text.lstrip().startswith(("-", "[")) else refusal
        raise BuildError(f"unable to parse SM or JSON patch: {worse.message}", worse.place) from None


def _selector(target: Tree | None) -> Selector:
    if type(target) is not Mapping:
        raise BuildError("json: cannot unmarshal the target of a patch", target.place if target else None)
    return Selector(target)


def _apply_to_own(state: State, patch: Resource, place: Place, options: Options) -> None:
    """Apply a patch to the resource that it names."""
    found = state.numbers(patch.id.key)
    if len(found) == 1:
        number = found[0]
        changed = patched(state.resources[number], patch.tree, options)
        if changed is None:
            state.replace_all([*state.resources[:number], *state.resources[number + 1 :]])
        else:
            state.replace_one(number, changed)
        return
    if not found and ((patch.id.group, patch.id.kind) not in KINDS or state.incomplete):
        return
    several = "multiple matches" if found else "no matches"
    raise BuildError(
        f"no resource matches strategic merge patch {str(patch.id)!r}: {several} for Id {patch.id};"
        f" failed to find unique target",
        patch.tree.place if patch.tree.place.text.file else place,
    )


def _apply_to_selected(state: State, patch: Resource, selector: Selector, options: Options) -> None:
    tree = _normalised(patch.tree)
    kept: list[Resource] = []
    for resource in state.resources:
        changed = patched(resource, tree, options) if selector.selects(resource) else resource
        if changed is not None:
            kept.append(changed)
    state.replace_all(())
    for resource in kept:
        state.append(resource)


def _normalised(patch: Mapping) -> Mapping:
    """Return a patch as kustomize copies it for a target."""
    for name in _METADATA:
        patch = _text_pairs(patch, name)
    return patch


def _text_pairs(patch: Mapping, name: str) -> Mapping:
    """Return a patch whose labels or annotations are texts, nulls too; an empty map of them is none."""
    values = find(patch, ("metadata", name))
    if values is None:
        return patch
    pairs = values.fields if type(values) is Mapping else {}
    scalars = {key: value for key, value in pairs.items() if type(value) is Scalar}
    if type(values) is not Mapping or not scalars:
        return drop(patch, ("metadata", name))
    fields: dict[str, Tree] = {key: string(value.text, value.place) for key, value in scalars.items()}
    return put(patch, ("metadata", name), Mapping(fields, values.keys, values.place), values.place)


def patched(resource: Resource, patch: Mapping, options: Options) -> Resource | None:
    """Return a resource with a patch merged into it; None if the patch deletes it."""
    if options.name or options.kind:
        resource = resource.remembered()
    tree = merge(marked(resource), patch)
    if type(tree) is not Mapping:
        return None
    tree, kept = unmarked(tree)
    if resource.is_marked and not kept:
        resource = resource.forgotten()
    for path in _fixed(options):
        before = find(resource.tree, path)
        if before is not None and type(before) is Scalar and not is_null(before):
            keys = _key_place(resource.tree, path)
            tree = put(tree, path, before, keys)
        else:
            tree = drop(tree, path)
    return resource.with_tree(tree)


def _fixed(options: Options) -> Iterator[tuple[str, ...]]:
    yield ("apiVersion",)
    if not options.kind:
        yield ("kind",)
    if not options.name:
        yield ("metadata", "name")
    yield ("metadata", "namespace")


def _key_place(tree: Mapping, path: tuple[str, ...]) -> Place:
    above = find(tree, path[:-1])
    return above.keys[path[-1]] if type(above) is Mapping else tree.place


def _apply_operations(
    state: State, operations: tuple[Mapping, ...], selector: Selector, place: Place, *, remember: bool
) -> None:
    kept: list[Resource] = []
    for resource in state.resources:
        changed = resource
        if selector.selects(resource):
            if remember:
                changed = changed.remembered()
            try:
                tree, _ = unmarked(json_patch.apply(marked(changed), operations))
                changed = changed.with_tree(_with_texts(tree))
            except BuildError as error:
                state.fail(error, place)
        kept.append(changed)
    state.replace_all(kept)


def _with_texts(tree: Mapping) -> Mapping:
    """Return a patched tree as kustomize writes it: annotations are texts."""
    again = rewritten(tree)
    assert type(again) is Mapping
    tree = again
    annotations = find(tree, ("metadata", "annotations"))
    if type(annotations) is not Mapping:
        return drop(tree, ("metadata", "annotations"))
    fields: dict[str, Tree] = {
        key: string(value.text, value.place) if type(value) is Scalar else string("", value.place)
        for key, value in annotations.fields.items()
    }
    return put(tree, ("metadata", "annotations"), Mapping(fields, annotations.keys, annotations.place), tree.place)
