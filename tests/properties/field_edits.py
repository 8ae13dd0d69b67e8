"""Random changes of a resource's fields by their path, each with what the plain data has to become."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from krmfn.errors import EditError
from krmfn.resources.resource import Resource
from krmfn.yaml.data import MERGE, DataError, same
from krmfn.yaml.nodes import MapNode, ScalarNode, SeqNode
from properties.edits import COMMENTS, KEYS, data

if TYPE_CHECKING:
    from random import Random

    from krmfn.yaml.parser import Node

Path = tuple[str | int, ...]


def random_field_edit(text: str, random: Random) -> str:
    """Change a field of a resource at random and hold the result to plain data; return what was done."""
    resource = Resource.from_text(text, "x.yaml")
    try:
        expected = copy.deepcopy(resource.get(()))
        # what is shared or merged changes at more than one place
        expected = None if "&" in text or "<<" in text else expected
    except DataError:
        expected = None
    kind = random.choice(["set", "set", "add", "delete", "label", "annotation", "line comment", "head comment"])
    try:
        if kind in ("set", "add"):
            _set(resource, random, expected, add=kind == "add")
        elif kind == "delete":
            _delete(resource, random, expected)
        elif kind in ("label", "annotation"):
            _metadata(resource, random, kind)
        else:
            _comment(resource, random, kind, expected)
    except EditError as error:
        assert resource.text == text
        return f"refused: {str(error)[:40]}"
    assert Resource.from_text(resource.text).text == resource.text
    return kind


def a_path(resource: Resource, random: Random) -> tuple[Path, Node]:
    """Choose a field that no alias leads to; return its path and its node."""
    path: Path = ()
    node: Node = resource.node
    while True:
        if isinstance(node, MapNode):
            keys = [key.value for key, _ in node.pairs if isinstance(key, ScalarNode)]
            if not keys or (path and random.random() < 0.3):
                return path, node
            key = random.choice(keys)
            found = node.pair(key)
            assert found is not None
            path, node = (*path, key), found[1]
        elif isinstance(node, SeqNode):
            if not node.items or random.random() < 0.3:
                return path, node
            index = random.randrange(len(node.items))
            path, node = (*path, index), node.items[index]
        else:
            return path, node


def _set(resource: Resource, random: Random, expected: Any, *, add: bool) -> None:
    path, node = a_path(resource, random)
    if add and isinstance(node, MapNode):
        path = (*path, random.choice(KEYS))
    elif add and isinstance(node, SeqNode):
        path = (*path, len(node.items))
    if not path or path[-1] == MERGE:  # what is put at a merge key is merged
        return
    value = data(random)
    resource.set(path, value)
    assert same(resource.get(path), value), resource.text
    _is(resource, _changed(expected, path, value))
    _again(resource, lambda: resource.set(path, value))


def _delete(resource: Resource, random: Random, expected: Any) -> None:
    path, _ = a_path(resource, random)
    if not path:
        return
    assert resource.delete(path)
    if isinstance(path[-1], str):
        assert "<<" in resource.text or not resource.has(path)
        _again(resource, lambda: resource.delete(path))
    if expected is not None:
        parent = _at(expected, path[:-1])
        del parent[path[-1]]
        _is(resource, expected)


def _metadata(resource: Resource, random: Random, kind: str) -> None:
    key = random.choice(["new", "on", "1", "k/y.z"])
    value = random.choice(["x", "on", "1", "", *(["a\nb"] if kind == "annotation" else [])])
    set_it = resource.set_label if kind == "label" else resource.set_annotation
    set_it(key, value)
    assert (resource.labels if kind == "label" else resource.annotations)[key] == value
    _again(resource, lambda: set_it(key, value))
    (resource.remove_labels if kind == "label" else resource.remove_annotations)(key)
    assert key not in (resource.labels if kind == "label" else resource.annotations)


def _comment(resource: Resource, random: Random, kind: str, expected: Any) -> None:
    path, _ = a_path(resource, random)
    if not path:
        return
    set_it = resource.set_line_comment if kind == "line comment" else resource.set_head_comment
    get = resource.line_comment if kind == "line comment" else resource.head_comment
    text = random.choice(COMMENTS)
    for new in (text, ""):
        set_it(path, new)
        assert get(path).lstrip("# ") == new.lstrip("# "), resource.text
        _is(resource, expected)
        _again(resource, lambda new=new: set_it(path, new))


def _again(resource: Resource, edit: Any) -> None:
    text = resource.text
    edit()
    assert resource.text == text, "a second time it changed something"


def _is(resource: Resource, expected: Any) -> None:
    assert expected is None or same(resource.get(()), expected), resource.text


def _at(tree: Any, path: Path) -> Any:
    for step in path:
        tree = tree[step]
    return tree


def _changed(tree: Any, path: Path, value: Any) -> Any:
    if tree is None:
        return None
    parent = _at(tree, path[:-1])
    if isinstance(parent, list) and path[-1] == len(parent):
        parent.append(value)
    else:
        parent[path[-1]] = value
    return tree
