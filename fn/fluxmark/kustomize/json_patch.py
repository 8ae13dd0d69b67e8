"""JSON patches (RFC 6902) on trees, as the library of kustomize applies them.

Source: https://github.com/evanphx/json-patch, version 4, and kustomize's `api/filters/patchjson6902`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.kustomize.errors import BuildError
from fluxmark.kustomize.tree import Mapping, Scalar, Sequence, plain, text_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmark.kustomize.tree import Place, Tree

_OPERATIONS = ("add", "remove", "replace", "move", "copy", "test")


def check(patch: Tree | None) -> tuple[Mapping, ...]:
    """Return the operations of a patch.

    Raises BuildError for what is not a list of operations.
    """
    if patch is None or (type(patch) is Scalar and patch.data is None):
        return ()
    if type(patch) is not Sequence:
        raise BuildError("json: cannot unmarshal object into Go value of type jsonpatch.Patch", patch.place)
    operations = []
    for item in patch.items:
        if type(item) is not Mapping:
            raise BuildError("json: cannot unmarshal an operation that is not an object", item.place)
        operations.append(item)
    return tuple(operations)


def apply(tree: Mapping, operations: tuple[Mapping, ...]) -> Mapping:
    """Return the tree with all operations applied.

    Raises BuildError if one does not apply.
    """
    out: Tree = tree
    for operation in operations:
        out = _apply(out, operation)
    if type(out) is not Mapping:
        raise BuildError("the patch leaves no object", operations[-1].place)
    return out


def _apply(tree: Tree, operation: Mapping) -> Tree:
    name = text_at(operation, "op")
    path = _path(operation, "path", name)
    value = operation.get("value")
    if name in ("add", "replace") and value is None:
        raise BuildError(f"{name} operation does not apply: missing value", operation.place)
    if name == "add":
        assert value is not None
        return _change(tree, path, lambda parent, key: _add(parent, key, value, operation), operation)
    if name == "remove":
        return _change(tree, path, lambda parent, key: _remove(parent, key, operation), operation)
    if name == "replace":
        assert value is not None
        return _change(tree, path, lambda parent, key: _replace(parent, key, value, operation), operation)
    if name in ("move", "copy"):
        source = _path(operation, "from", name)
        # the library copies a null where nothing is
        found = _get(tree, source, operation, missing_ok=True) or Scalar("null", None, operation.place)
        if name == "move":
            tree = _change(tree, source, lambda parent, key: _remove(parent, key, operation), operation)
        return _change(tree, path, lambda parent, key: _add(parent, key, found, operation), operation)
    if name == "test":
        there = _get(tree, path, operation, missing_ok=True)
        if plain(there) != plain(value):
            raise BuildError(f"testing path /{'/'.join(path)} value failed: test failed", operation.place)
        return tree
    raise BuildError(f"Unexpected kind: {name}", operation.place)


def _path(operation: Mapping, field: str, name: str) -> list[str]:
    written = operation.get(field)
    text = written.text if type(written) is Scalar else ""
    if not text.startswith("/"):
        first = text.partition("/")
        if not first[1]:
            raise BuildError(f'{name} operation does not apply: doc is missing path: "{text}"', operation.place)
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _get(tree: Tree, path: list[str], operation: Mapping, *, missing_ok: bool = False) -> Tree | None:
    here: Tree | None = tree
    for number, part in enumerate(path):
        if type(here) is Mapping:
            below = here.fields.get(part)
        elif type(here) is Sequence:
            below = here.items[_index(here, part, operation)]
        else:
            below = None
        if below is None:
            if missing_ok and number == len(path) - 1:
                return None
            raise _missing(operation)
        here = below
    return here


def _missing(operation: Mapping) -> BuildError:
    name, path = text_at(operation, "op"), text_at(operation, "path")
    return BuildError(
        f'{name} operation does not apply: doc is missing path: "{path}": missing value', operation.place
    )


def _index(parent: Sequence, key: str, operation: Mapping, more: int = 0) -> int:
    size = len(parent.items) + more
    try:
        number = int(key)
    except ValueError:
        raise BuildError(f"strconv.Atoi: parsing {key!r}: invalid syntax", operation.place) from None
    if number < 0:
        number += size
    if not 0 <= number < size:
        raise BuildError(f"Unable to access invalid index: {key}: invalid index referenced", operation.place)
    return number


def _change(tree: Tree, path: list[str], change: Callable[[Tree, str], Tree], operation: Mapping) -> Tree:
    key, *rest = path
    if not rest:
        return change(tree, key)
    if type(tree) is Mapping:
        below = tree.fields.get(key)
        if not isinstance(below, Mapping | Sequence):
            raise _missing(operation)
        return Mapping({**tree.fields, key: _change(below, rest, change, operation)}, tree.keys, tree.place)
    if type(tree) is Sequence:
        number = _index(tree, key, operation)
        below = tree.items[number]
        if not isinstance(below, Mapping | Sequence):
            raise _missing(operation)
        return _with_item(tree, number, _change(below, rest, change, operation))
    raise _missing(operation)


def _with_item(parent: Sequence, number: int, *values: Tree) -> Sequence:
    return Sequence((*parent.items[:number], *values, *parent.items[number + 1 :]), parent.place)


def _key_place(operation: Mapping) -> Place:
    return operation.fields["path"].place if "path" in operation.fields else operation.place


def _add(parent: Tree, key: str, value: Tree | None, operation: Mapping) -> Tree:
    assert value is not None
    if type(parent) is Mapping:
        keys = {**parent.keys, key: _key_place(operation)}
        return Mapping({**parent.fields, key: value}, keys, parent.place)
    if type(parent) is Sequence:
        number = len(parent.items) if key == "-" else _index(parent, key, operation, 1)
        return Sequence((*parent.items[:number], value, *parent.items[number:]), parent.place)
    raise _missing(operation)


def _remove(parent: Tree, key: str, operation: Mapping) -> Tree:
    if type(parent) is Mapping:
        if key not in parent.fields:
            raise BuildError(f"Unable to remove nonexistent key: {key}: missing value", operation.place)
        return parent.without(key)
    if type(parent) is Sequence:
        return _with_item(parent, _index(parent, key, operation))
    raise _missing(operation)


def _replace(parent: Tree, key: str, value: Tree, operation: Mapping) -> Tree:
    if type(parent) is Mapping:
        # unlike RFC 6902, the library replaces what is not there
        return parent.with_field(key, value, _key_place(operation))
    if type(parent) is Sequence:
        return _with_item(parent, _index(parent, key, operation), value)
    raise _missing(operation)
