"""Writes the custom resources: new ones to the output directory, known ones where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fluxmark.config.executable import why_broken
from fluxmark.finding import Finding
from fluxmark.flux import schema
from fluxmark.flux.api_groups import GROUP
from fluxmark.inject.resources import kustomization
from fluxmark.inject.wanted import in_output, wanted
from krmfn.resources.resource import Resource
from krmfn.resources.result import ResourceRef, Severity
from krmfn.yaml.data import same, to_data
from krmfn.yaml.parser import MapNode, Node, SeqNode
from krmfn.yaml.path import show

_Change = tuple[tuple[str, ...], Any, Any]  # path, old and new value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Cluster, Manifest
    from fluxmark.config import ImageAutomation
    from fluxmark.inject.resource_store import Store
    from krmfn.yaml.edit import Editor

MESSAGE_TEMPLATE = ("spec", "git", "commit", "messageTemplate")
# half of one policy and half of another is none, so these are replaced as a whole
WHOLE = (("spec", "policy"), ("spec", "filterTags"), ("spec", "git", "checkout", "ref"))


def generate(
    config: ImageAutomation, store: Store, cluster: Cluster | None, *, with_kustomization: bool = True
) -> Iterator[Finding]:
    """Write what the configuration asks for; yield what was made and what was changed.

    cluster: whose resources are brought to what is configured; None if there are none yet. with_kustomization:
    kustomize itself takes no kustomization from a function.
    """
    files: dict[str, None] = {}
    for one in wanted(config, cluster):
        found = cluster.get(one.kind, config.namespace, one.name) if cluster is not None else None
        if found is not None:
            yield from _bring(found, store, one.data, one.configured, config)
        else:
            yield _create(store, one.data, one.file, one.header)
        if found is None or found.source.path == one.file:
            files[one.file.rpartition("/")[2]] = None
    if with_kustomization and files:
        yield from _list_files(store, config, list(files))


def _create(store: Store, data: dict[str, Any], path: str, header: str) -> Finding:
    resource = Resource.from_data(data, header="" if store.holds(path) else header)
    ref, said = resource.ref, f"{resource.describe()} is new"
    store.add(resource, path)
    return Finding("created", Severity.INFO, said, path, resource=ref, index=resource.index)


def _bring(
    manifest: Manifest,
    store: Store,
    data: dict[str, Any],
    configured: dict[str, Any],
    config: ImageAutomation,
) -> Iterator[Finding]:
    """Bring a resource of the cluster to what is configured, and say what another text decides.

    What a kustomization or a patch sets is there, and not in the resource: only its author can change it.
    """
    if schema.served(manifest.api_version, manifest.kind, config.flux):
        data = {**data, "apiVersion": manifest.api_version}  # its siblings in the file may have the same
    if not manifest.namespace:
        data = {**data, "metadata": {"name": manifest.name}}
    if not config.force and (broken := _broken_template(manifest, configured)):
        data = _without(data, MESSAGE_TEMPLATE)
        yield Finding(
            "message-template",
            Severity.WARNING,
            f"{manifest.described}: Flux cannot execute its message template: {broken}; the next commit fails; "
            "correct it, or set `force: true` to replace it",
            manifest.source.path,
            resource=manifest.ref,
            path=MESSAGE_TEMPLATE,
        )
    differing = list(_differences(manifest.data, data, configured, ()))
    if not differing:
        return
    elsewhere = [place for place in differing if manifest.is_set_elsewhere(place)]
    for place in elsewhere:
        file, line = manifest.shown_place(*place)
        yield Finding(
            "set-elsewhere",
            Severity.WARNING,
            f"{manifest.described}: {show(place)} is {_short(manifest.get(*place))} and not what is configured, "
            f"because {file}:{line} sets it; change it there, or in the configuration",
            manifest.source.path,
            resource=manifest.ref,
            path=place,
        )
    resource = store.find(manifest)
    if resource is None:
        yield Finding(
            "in-a-list",
            Severity.WARNING,
            f"{manifest.described} is an item of a kind: List, and was not changed; make it a document of its own",
            manifest.source.path,
            resource=manifest.ref,
        )
        return
    kept = [place for place in _paths(data) if place not in differing or place in elsewhere]
    yield from _update(manifest.source.path, resource, data, configured, config, frozenset(kept), store)


def _differences(
    built: Any, data: dict[str, Any], configured: dict[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    """Yield the paths at which a resource, as built, is not what is configured: those that `_merge` would
    change."""
    for key, value in data.items():
        here = (*path, key)
        old = built.get(key) if isinstance(built, dict) else None
        if old is not None and _equal(old, value):
            continue
        asked = configured.get(key)
        if isinstance(old, dict) and old and isinstance(value, dict):
            if not (here in WHOLE and set(old) - set(value)):
                yield from _differences(old, value, asked if isinstance(asked, dict) else {}, here)
                continue
        elif key not in configured and old is not None and not _reason(here, old):
            continue
        yield here


def _paths(data: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of every field."""
    for key, value in data.items():
        yield (*path, key)
        if isinstance(value, dict):
            yield from _paths(value, (*path, key))


def _update(
    path: str,
    resource: Resource,
    data: dict[str, Any],
    configured: dict[str, Any],
    config: ImageAutomation,
    kept: frozenset[tuple[str, ...]],
    store: Store,
) -> Iterator[Finding]:
    """Bring a resource to what is configured; what is not configured stays, unless it is broken.

    kept: paths of fields that stay as they are, though what is below them may change.
    """
    ref, old_version, flux_version = resource.ref, resource.api_version, config.flux
    with resource.editing() as editor:
        changes = list(_merge(editor, resource.node, data, configured, (), kept))
        changes += _drop_stale_filter(editor, resource, data, changes)
    resource.api_version = data["apiVersion"]
    for place, old, new in changes:
        reason = _reason(place, old)
        if place == ("apiVersion",) and not schema.served(old_version, resource.kind, flux_version):
            reason = f"Flux {flux_version} does not serve {old_version}"
        yield Finding(
            "updated",
            Severity.INFO,
            f"{resource.describe()}: {show(place)} was {_short(old)}, is {_short(new)}{reason and '; '}{reason}",
            path,
            resource=ResourceRef(data["apiVersion"], ref.kind, ref.name, ref.namespace),
            path=place,
            current=_short(old),
            proposed=_short(new),
        )
    if not schema.served(old_version, ref.kind, flux_version):
        yield from _move_siblings(path, store, config)


def _move_siblings(path: str, store: Store, config: ImageAutomation) -> Iterator[Finding]:
    """Move the other image resources of a file to a version that Flux serves: a file of two versions misleads."""
    for resource in store.at(path):
        known = resource.group == GROUP and resource.kind in schema.KINDS
        if known and not schema.served(resource.api_version, resource.kind, config.flux):
            old, new = resource.api_version, schema.api_version(resource.kind, config.flux)
            resource.set("apiVersion", new)
            said = (
                f"{resource.describe()}: apiVersion was {old}, is {new}; Flux {config.flux} does not serve {old}"
            )
            yield Finding("updated", Severity.INFO, said, path, resource=resource.ref, path=("apiVersion",))


def _broken_template(manifest: Manifest, configured: dict[str, Any]) -> str:
    """Return what is wrong with a message template that is there and is not configured; '' for nothing."""
    old = manifest.text(*MESSAGE_TEMPLATE)
    return "" if not old or _at(configured, MESSAGE_TEMPLATE) is not None else why_broken(old)


def _at(data: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _without(data: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """Return a copy of data without the field at a path."""
    key, *rest = path
    if not rest:
        return {name: value for name, value in data.items() if name != key}
    below = data.get(key)
    return {**data, key: _without(below, tuple(rest))} if isinstance(below, dict) else data


def _drop_stale_filter(
    editor: Editor, resource: Resource, data: dict[str, Any], changes: list[_Change]
) -> list[_Change]:
    """Remove a policy's filter when its order is replaced by one without: together they would select nothing."""
    spec = resource.find("spec")
    found = spec.get("filterTags") if isinstance(spec, MapNode) else None
    replaced = any(path[:2] == ("spec", "policy") for path, _, _ in changes)
    if not replaced or found is None or "filterTags" in data["spec"]:
        return []
    assert isinstance(spec, MapNode)
    editor.delete(spec, "filterTags")
    return [(("spec", "filterTags"), to_data(found), None)]


def _reason(path: tuple[str, ...], old: Any) -> str:
    """Say what was wrong with the old value of a field, where it could not have worked."""
    if path == MESSAGE_TEMPLATE and isinstance(old, str):
        return why_broken(old)
    return ""


def _merge(
    editor: Editor,
    node: MapNode,
    data: dict[str, Any],
    configured: dict[str, Any],
    path: tuple[str, ...],
    kept: frozenset[tuple[str, ...]],
) -> Iterator[_Change]:
    """Put data into a mapping, field by field; yield path, old and new value of what differs.

    configured: the part of the data that the user asked for; the rest are defaults, for what is missing.
    """
    for key, value in data.items():
        here = (*path, key)
        found: Node | None = node.get(key)
        old = to_data(found)
        if found is not None and _equal(old, value):
            continue
        asked = configured.get(key)
        if isinstance(found, MapNode) and found.pairs and isinstance(value, dict):
            if not (here in WHOLE and set(old) - set(value)):
                yield from _merge(editor, found, value, asked if isinstance(asked, dict) else {}, here, kept)
                continue
        elif key not in configured and old is not None and not _reason(here, old):
            continue
        if here in kept:
            continue
        editor.put(node, key, value)
        yield here, old, value


def _equal(one: Any, other: Any) -> bool:
    """Compare data without regard to the order of keys."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    return same(one, other)


def _list_files(store: Store, config: ImageAutomation, files: list[str]) -> Iterator[Finding]:
    """Make the kustomization that lists the files, or add those that it does not list."""
    paths = [in_output(config, name) for name in kustomization.NAMES]
    found = next(((path, item) for path in paths for item in store.at(path)), None)
    if found is None:
        others = store.others(config.output, [in_output(config, name) for name in files])
        if others:
            # Flux builds all of a directory without a kustomization; one that lists the new files would end that
            yield Finding(
                "no-kustomization",
                Severity.INFO,
                f"{config.output} gets no kustomization.yaml, as it holds other files ({', '.join(others[:3])}): "
                "without one Flux applies all of them",
            )
            return
        yield _create(store, kustomization.build(files), paths[0], kustomization.HEADER)
        return
    path, item = found
    listed = item.find("resources")
    absent = kustomization.missing(to_data(listed) or [] if isinstance(listed, SeqNode) else [], files)
    if not absent:
        return
    with item.editing() as editor:
        if isinstance(listed, SeqNode) and listed.items:
            for file in absent:
                editor.append(listed, file)
        else:
            editor.put(item.node, "resources", absent)
    yield Finding("updated", Severity.INFO, f"lists {', '.join(absent)}, too", path, path=("resources",))


def _short(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return "missing" if value is None else text if len(text) <= 100 else f"{text[:99]}…"
