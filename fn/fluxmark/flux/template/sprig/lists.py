"""Lists. Source: sprig list.go. The plain functions panic where the `must` ones return an error: same text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from fluxmark.flux.template.comparison import deep_equal
from fluxmark.flux.template.errors import CallError, Unsupported
from fluxmark.flux.template.limits import check_items
from fluxmark.flux.template.sprig.cast import to_int64
from fluxmark.flux.template.sprig.panics import bad_makeslice, nil_dereference
from fluxmark.flux.template.types import ANY, BOOL, INT, LIST, Function, Kind, slice_of
from fluxmark.flux.template.values import Slice, Value, concrete, is_true, items

if TYPE_CHECKING:
    from collections.abc import Callable

Item = Value | None
_SCALARS = frozenset({Kind.BOOL, Kind.INT, Kind.INT64, Kind.UINT8, Kind.UINT64, Kind.STRING})


def elements(value: Value | None, complaint: str) -> list[Item]:
    """Return what a list of any type holds; error: CallError with the complaint and the kind that it is."""
    if value is None:
        nil_dereference()
    if value.type.kind is not Kind.SLICE:
        raise CallError(f"{complaint} {value.type.kind}")
    return [concrete(item) for item in items(value)]


def _list(*values: Item) -> Slice:
    return Slice.of(values)


def _append(value: Item, added: Item) -> Slice:
    return Slice.of([*elements(value, "Cannot push on type"), added], grown=True)


def _prepend(value: Item, added: Item) -> Slice:
    return Slice.of([added, *elements(value, "Cannot prepend on type")], grown=True)


def _first(value: Item) -> Item:
    return next(iter(elements(value, "Cannot find first on type")), None)


def _last(value: Item) -> Item:
    found = elements(value, "Cannot find last on type")
    return found[-1] if found else None


def _rest(value: Item) -> Slice | None:
    found = elements(value, "Cannot find rest on type")
    return Slice.of(found[1:]) if found else None


def _initial(value: Item) -> Slice | None:
    found = elements(value, "Cannot find initial on type")
    return Slice.of(found[:-1]) if found else None


def _reverse(value: Item) -> Slice:
    return Slice.of(elements(value, "Cannot find reverse on type")[::-1])


def _compact(value: Item) -> Slice:
    return Slice.of(filter(is_true, elements(value, "Cannot compact on type")), grown=True)


def _uniq(value: Item) -> Slice:
    kept: list[Item] = []
    scalars: set[tuple[str, object]] = set()
    for item in elements(value, "Cannot find uniq on type"):
        if item is not None and item.type.kind in _SCALARS:
            key = (item.type.name, item.data)
            if key not in scalars:
                scalars.add(key)
                kept.append(item)
        elif not any(deep_equal(item, known) for known in kept):
            check_items(len(kept) * len(kept))  # each is compared with each
            kept.append(item)
    return Slice.of(kept, grown=True)


def _without(value: Item, *omitted: Item) -> Slice:
    found = elements(value, "Cannot find without on type")
    return Slice.of((item for item in found if not any(deep_equal(known, item) for known in omitted)), grown=True)


def _has(needle: Item, haystack: Item) -> bool:
    if haystack is None:
        return False
    return any(deep_equal(needle, item) for item in elements(haystack, "Cannot find has on type"))


def _chunk(size: int, value: Item) -> Slice:
    found = elements(value, "Cannot chunk type")
    length = len(found)
    count = math.floor((length - 1) / size) + 1 if size else -1
    if count < 0:
        bad_makeslice()
    chunks = []
    for at in range(count):
        wanted = size
        if at == count - 1:
            wanted = int(math.fmod(length, size)) or size
        if wanted < 0:
            bad_makeslice()
        chunks.append(Slice.of(found[at * size : at * size + wanted]))
    return Slice.of(chunks)


def _slice(value: Item, *indices: Item) -> Item:
    if value is None:
        nil_dereference()
    if value.type.kind is not Kind.SLICE:
        raise CallError(f"list should be type of slice or array but {value.type.kind}")
    window: Slice | None = value.data
    if not window:
        return None
    start = to_int64(indices[0]) if indices else 0
    stop = to_int64(indices[1]) if len(indices) > 1 else len(window)
    if window.capacity is None and stop > len(window) and 0 <= start <= stop:
        raise Unsupported("how far a list reaches beyond its end is the business of Go's allocator")
    capacity = len(window) if window.capacity is None else window.capacity
    if not 0 <= start <= stop <= capacity:
        raise CallError("reflect.Value.Slice: slice index out of bounds")
    left = None if window.capacity is None else window.capacity - start
    return Value(value.type, Slice(window.array, window.start + start, window.start + stop, left))


def _concat(*lists: Item) -> Value:
    joined: list[Item] = []
    for value in lists:
        if value is None:
            nil_dereference()
        if value.type.kind is not Kind.SLICE:
            raise CallError(f"Cannot concat type {value.type.kind} as list")
        joined += elements(value, "")
    return Value(LIST, Slice.of(joined, grown=True) if joined else None)


def _both(name: str, call: Callable[..., Slice | None]) -> tuple[Function, Function]:
    """Return the function that panics and the one that returns an error."""
    return (
        Function(name, (ANY,), LIST, call),
        Function(f"must{name[0].upper()}{name[1:]}", (ANY,), LIST, call),
    )


FUNCTIONS: tuple[Function, ...] = (
    Function("append", (ANY, ANY), LIST, _append),
    Function("chunk", (INT, ANY), slice_of(LIST), _chunk),
    *_both("compact", _compact),
    Function("concat", (ANY,), ANY, _concat, variadic=True),
    Function("first", (ANY,), ANY, _first),
    Function("has", (ANY, ANY), BOOL, _has),
    *_both("initial", _initial),
    Function("last", (ANY,), ANY, _last),
    Function("list", (ANY,), LIST, _list, variadic=True),
    Function("mustAppend", (ANY, ANY), LIST, _append),
    Function("mustChunk", (INT, ANY), slice_of(LIST), _chunk),
    Function("mustFirst", (ANY,), ANY, _first),
    Function("mustHas", (ANY, ANY), BOOL, _has),
    Function("mustLast", (ANY,), ANY, _last),
    Function("mustPrepend", (ANY, ANY), LIST, _prepend),
    Function("mustPush", (ANY, ANY), LIST, _append),
    Function("mustSlice", (ANY, ANY), ANY, _slice, variadic=True),
    Function("mustWithout", (ANY, ANY), LIST, _without, variadic=True),
    Function("prepend", (ANY, ANY), LIST, _prepend),
    Function("push", (ANY, ANY), LIST, _append),
    *_both("rest", _rest),
    *_both("reverse", _reverse),
    Function("slice", (ANY, ANY), ANY, _slice, variadic=True),
    Function("tuple", (ANY,), LIST, _list, variadic=True),
    *_both("uniq", _uniq),
    Function("without", (ANY, ANY), LIST, _without, variadic=True),
)
