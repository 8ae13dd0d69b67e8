"""Whatever a field held, it holds what was set, and all that stays the same stays as it was."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

from hypothesis import given, strategies as st

from krmfn.errors import EditError, InputError
from krmfn.resources.resource import Resource
from krmfn.yaml.data import DataError
from properties import edits
from properties.yaml_text import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = st.sampled_from(["a", "b", "name", "<<", "x y", "0"])
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), st.sampled_from(["", "t", "no", "a: b", "two\nlines\n", " x"])
)
DATA = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def commented(data: Any, indent: int = 0) -> list[str]:
    """Return data as block YAML in which every scalar has a comment that names its path's last step."""
    blank = " " * indent
    pairs = data.items() if isinstance(data, dict) else enumerate(data)
    lines = []
    for key, value in pairs:
        head = f"{blank}-" if isinstance(data, list) else f'{blank}"{key}":'
        if isinstance(value, dict | list) and value:
            lines += [f"{head} # in {key}", *commented(value, indent + 2)]
        else:
            lines.append(f"{head} {json.dumps(value)} # at {key}")
    return lines


@given(DATA, DATA)
def test_a_field_holds_what_was_set(before: Any, after: Any) -> None:
    item = Resource.from_data({"kind": "X", "field": before, "last": 1})
    item.set("field", after)
    assert item.get("field") == after
    assert item.get("last") == 1
    text = item.text
    item.set("field", after)
    assert item.text == text


@given(st.dictionaries(KEYS, DATA, min_size=1, max_size=4), st.data())
def test_what_stays_the_same_keeps_its_comment(before: dict[str, Any], data: st.DataObject) -> None:
    text = "\n".join(["kind: X", "field:", *commented(before, 2), ""])
    item = Resource.from_text(text)
    assert item.get("field") == before
    key = data.draw(st.sampled_from(sorted(before)))
    item.set("field", {**before, key: data.draw(DATA)})
    for other in before:
        if other != key:
            assert "\n".join(commented({other: before[other]}, 2)) in item.text


@given(st.dictionaries(KEYS, DATA, max_size=4), st.dictionaries(KEYS, DATA, max_size=4), st.booleans())
def test_a_whole_resource_becomes_another(before: dict[str, Any], after: dict[str, Any], flow: bool) -> None:
    item = Resource.from_data(before)
    if flow:
        item = Resource.from_text(json.dumps(before))
    try:
        item.set("", after)
    except EditError:
        assert item.to_data() == before
        return
    assert item.to_data() == after


def paths(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of everything in plain data, itself included."""
    yield path
    for key, value in (
        data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    ):
        yield from paths(value, (*path, key))


def changed(data: Any, random: Random) -> Any:
    """Return data with something in it changed, added or removed."""
    if not isinstance(data, dict | list) or not data or random.random() < 0.25:
        return edits.data(random)
    new = data.copy()
    keys: list[Any] = list(new) if isinstance(new, dict) else list(range(len(new)))
    key = random.choice(keys)
    what = random.choice(["remove", "change", "add"])
    if what == "remove":
        del new[key]
    elif what == "change":
        new[key] = changed(new[key], random)
    elif isinstance(new, dict):
        new["new"] = edits.data(random)
    else:
        new.append(edits.data(random))
    return new


@given(st.integers(0, 2**32))
def test_a_text_of_any_style_holds_what_was_set_or_stays_as_it_was(seed: int) -> None:
    random = Random(seed)
    writer = Writer(random)
    text = writer.joined([*writer.between(0), *writer.mapping(0, 0), *writer.between(0)])
    try:
        item = Resource.from_text(text)
        before = item.to_data()
    except (InputError, DataError):
        return
    path = random.choice(list(paths(before)))
    after = changed(item.get(path), random)
    try:
        item.set(path, after)
    except EditError:
        assert item.text == text
        return
    assert repr(item.get(path)) == repr(after) or item.get(path) == after
    now = item.text
    item.set(path, after)
    assert item.text == now
