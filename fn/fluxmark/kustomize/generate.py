"""ConfigMaps and Secrets that kustomizations generate, and the hashes in their names.

Source: kustomize's `api/internal/generators`, `api/kv/kv.go` and `api/hasher/hasher.go`.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from fluxmark.kustomize.errors import BuildError
from fluxmark.kustomize.resource import Resource
from fluxmark.kustomize.tree import Mapping, Scalar, Sequence, find, from_data, plain, put, string, text_at, texts

if TYPE_CHECKING:
    from fluxmark.kustomize.kustomization import Kustomization
    from fluxmark.kustomize.patches import Load
    from fluxmark.kustomize.state import State
    from fluxmark.kustomize.tree import Tree

_GENERATORS = (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret"))
_LETTERS = str.maketrans("013ae", "ghkmt")


def generate(state: State, kustomization: Kustomization, load: Load) -> None:
    """Add what the generators of a kustomization make."""
    options = kustomization.get("generatorOptions")
    for field, kind in _GENERATORS:
        for entry in kustomization.mappings(field):
            try:
                _absorb(state, _resource(kustomization, entry, kind, options, load))
            except BuildError as error:
                state.fail(error, entry.place)


def _resource(
    kustomization: Kustomization, entry: Mapping, kind: str, options: Tree | None, load: Load
) -> Resource:
    name = text_at(entry, "name")
    if not name:
        raise BuildError("a configmap must have a name", entry.place)
    place = entry.fields["name"].place
    tree = from_data({"apiVersion": "v1", "kind": kind, "metadata": {"name": name}}, place)
    assert type(tree) is Mapping
    if namespace := text_at(entry, "namespace"):
        tree = put(tree, ("metadata", "namespace"), string(namespace, entry.fields["namespace"].place), place)
    values = _values(entry, name, load)
    if values:
        secret = kind == "Secret"
        fields: dict[str, Tree] = {
            key: string(base64.b64encode(values[key].text.encode()).decode(), values[key].place)
            if secret
            else values[key]
            for key in sorted(values)
        }
        data = Mapping(fields, {key: value.place for key, value in values.items()}, entry.place)
        tree = put(tree, ("data",), data, place)
    if kind == "Secret":
        tree = put(tree, ("type",), string(text_at(entry, "type") or "Opaque", place), place)
    own = entry.get("options")
    for what in ("labels", "annotations"):
        merged = {**texts(find(options, (what,))), **texts(find(own, (what,)))}
        for key in sorted(merged):
            tree = put(tree, ("metadata", what, key), string(merged[key], place), place)
    if _flag(own, options, "immutable"):
        tree = put(tree, ("immutable",), Scalar("true", True, place), place)
    return Resource(
        tree,
        kustomization.file,
        start=entry.place.node.start,
        hashed=not _flag(own, options, "disableNameSuffixHash"),
        behavior=text_at(entry, "behavior") or "unspecified",
        touched=True,
    )


def _flag(own: Tree | None, options: Tree | None, name: str) -> bool:
    return any(getattr(find(tree, (name,)), "data", False) is True for tree in (own, options))


def _values(entry: Mapping, name: str, load: Load) -> dict[str, Scalar]:
    values: dict[str, Scalar] = {}

    def add(key: str, value: Scalar) -> None:
        if key in values:
            raise BuildError(f"configmap {name} illegally repeats the key `{key}`", value.place)
        values[key] = value

    envs = [*_scalars(entry.get("envs"))]
    single = entry.get("env")
    if type(single) is Scalar and single.text:
        envs.append(single)
    for source in envs:
        for line in load(source).text.removeprefix("\ufeff").splitlines():
            stripped = line.lstrip()
            if stripped and not stripped.startswith("#"):
                key, _, value = stripped.partition("=")
                add(key, string(value, source.place))
    for literal in _scalars(entry.get("literals")):
        key, equals, value = literal.text.partition("=")
        if not key or not equals:
            raise BuildError(f"invalid literal source {literal.text}, expected key=value", literal.place)
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        add(key, string(value, literal.place))
    for source in _scalars(entry.get("files")):
        key, equals, path = source.text.partition("=")
        if equals and (not key or not path or "=" in path):
            raise BuildError(f"source {source.text!r} key name or file path contains '='", source.place)
        if not equals:
            key, path = source.text.rpartition("/")[2], source.text
        add(key, string(load(string(path, source.place)).text, source.place))
    return values


def _scalars(tree: Tree | None) -> list[Scalar]:
    return [item for item in tree.items if type(item) is Scalar] if type(tree) is Sequence else []


def _absorb(state: State, made: Resource) -> None:
    """Add a generated resource, or merge it with the one that it names.

    Raises BuildError if its `behavior` does not fit what is there.
    """
    found = [
        number
        for number, resource in enumerate(state.resources)
        if any(identity.key == made.id.key for identity in resource.ids)
    ]
    merges = made.behavior in ("merge", "replace")
    if not found:
        if merges and not state.incomplete:
            raise BuildError(f"id {made.id} does not exist; cannot merge or replace", made.tree.place)
        state.append(made)
        return
    if len(found) > 1:
        raise BuildError(f"found multiple objects that could accept merge of {made.id}", made.tree.place)
    if not merges:
        raise BuildError(
            f"id {made.id} exists; can not use behavior: '{made.behavior}', behavior must be merge or replace",
            made.tree.place,
        )
    old = state.resources[found[0]]
    new = _merged(old, made)
    state.replace_all([*state.resources[: found[0]], new, *state.resources[found[0] + 1 :]])


def _merged(old: Resource, made: Resource) -> Resource:
    tree = made.tree
    for what in ("labels", "annotations"):
        tree = _with_below(tree, old.tree, ("metadata", what))
    tree = put(tree, ("metadata", "name"), string(old.id.name, old.tree.place), old.tree.place)
    if old.id.namespace:
        tree = put(tree, ("metadata", "namespace"), string(old.id.namespace, old.tree.place), old.tree.place)
    if made.behavior == "merge":
        for what in ("data", "binaryData"):
            tree = _with_below(tree, old.tree, (what,))
    return replace(
        old,
        tree=tree,
        file=made.file,
        start=made.start,
        hashed=made.hashed and old.hashed,
        touched=True,
    )


def _with_below(tree: Mapping, old: Mapping, path: tuple[str, ...]) -> Mapping:
    """Return the tree with the pairs of another one where it has none of its own."""
    other, own = find(old, path), find(tree, path)
    if type(other) is not Mapping:
        return tree
    mine = own if type(own) is Mapping else Mapping({}, {}, other.place)
    merged = Mapping({**other.fields, **mine.fields}, {**other.keys, **mine.keys}, mine.place)
    return put(tree, path, merged, other.place)


def hashed(resource: Resource) -> Resource:
    """Return a generated resource with the hash of its contents in its name."""
    if not resource.hashed:
        return resource
    suffix = _hash(resource)
    return resource.remembered().with_text(
        ("metadata", "name"), f"{resource.id.name}-{suffix}", resource.tree.place
    )


def _hash(resource: Resource) -> str:
    kind = resource.id.kind
    content: dict[str, object] = {"kind": kind, "name": ""}
    content["data"] = _data(resource, "data")
    more = "binaryData" if kind == "ConfigMap" else "stringData"
    if find(resource.tree, (more,)) is not None:
        content[more] = _data(resource, more)
    if kind == "Secret":
        content["type"] = text_at(resource.tree, "type")
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for plain_text, escaped in (
        ("&", "\\u0026"),
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(plain_text, escaped)
    return hashlib.sha256(text.encode()).hexdigest()[:10].translate(_LETTERS)


def _data(resource: Resource, field: str) -> object:
    found = plain(find(resource.tree, (field,)))
    return "" if found is None else found
