"""Dicts. Source: sprig dict.go; merging is dario.cat/mergo v1.0.1's, as far as dicts go."""

from __future__ import annotations

from typing import Any

from fluxmark.flux.template.errors import CallError, Unsupported
from fluxmark.flux.template.limits import check_items, spend
from fluxmark.flux.template.printing import show
from fluxmark.flux.template.sprig.panics import asserted
from fluxmark.flux.template.types import ANY, BOOL, DICT, LIST, STRING, STRINGS, Function, Kind, Type
from fluxmark.flux.template.values import Slice, Value, is_true, string

Item = Value | None
Dict = dict[bytes, Item]
_MERGED = (Kind.MAP, Kind.STRUCT, Kind.POINTER)


def _dict(*values: Item) -> Dict:
    keys = map(show, values[::2])
    filled = (*values, string(b"")) if len(values) % 2 else values
    return dict(zip(keys, filled[1::2], strict=True))


def _get(data: Dict | None, key: bytes) -> Item:
    return data[key] if data and key in data else string(b"")


def _set(data: Dict | None, key: bytes, value: Item) -> Dict:
    if data is None:
        raise CallError("assignment to entry in nil map")
    data[key] = value
    return data


def _unset(data: Dict | None, key: bytes) -> Dict | None:
    if data:
        data.pop(key, None)
    return data


def _has_key(data: Dict | None, key: bytes) -> bool:
    return key in (data or {})


def _pluck(key: bytes, *dicts: Dict | None) -> Slice:
    return Slice.of([data[key] for data in dicts if data and key in data], grown=True)


def _keys(*dicts: Dict | None) -> Slice:
    return Slice.of([key for data in dicts for key in sorted(data or {})], grown=True)


def _keys_reversed(*dicts: Dict | None) -> Slice:
    return Slice.of([key for data in dicts for key in sorted(data or {}, reverse=True)], grown=True)


def _values(data: Dict | None) -> Slice:
    return Slice.of([value for _, value in sorted((data or {}).items(), key=_key)], grown=True)


def _values_reversed(data: Dict | None) -> Slice:
    return Slice.of([value for _, value in sorted((data or {}).items(), key=_key, reverse=True)], grown=True)


def _key(item: tuple[bytes, Item]) -> bytes:
    return item[0]


def _pick(data: Dict | None, *keys: bytes) -> Dict:
    return {key: data[key] for key in keys if data and key in data}


def _omit(data: Dict | None, *keys: bytes) -> Dict:
    return {key: value for key, value in (data or {}).items() if key not in keys}


def _dig(*path: Item) -> Item:
    if len(path) < len(("key", "default", "dict")):
        raise CallError("dig needs at least three arguments")
    *steps, fallback, last = path
    at: Dict = asserted(last, DICT).data or {}
    names = [asserted(step, STRING).data for step in steps]
    for name in names[:-1]:
        if name not in at:
            return fallback
        at = asserted(at[name], DICT).data or {}
    return at.get(names[-1], fallback)


def _merge(target: Dict | None, *sources: Dict | None) -> Value:
    return _merged(target, sources, overwrite=False)


def _merge_overwrite(target: Dict | None, *sources: Dict | None) -> Value:
    return _merged(target, sources, overwrite=True)


def _merged(target: Dict | None, sources: tuple[Dict | None, ...], *, overwrite: bool) -> Value:
    for source in sources:
        if source is not None:
            target = {} if target is None else target
            _merge_into(target, source, overwrite=overwrite)
    return Value(DICT, target)


def _merge_into(target: Dict, source: Dict, *, overwrite: bool) -> None:
    """Fill what is missing or empty (or, overwriting, all) in a dict from another, dicts within them too."""
    spend(len(source))
    for key, given in list(source.items()):
        known = target.get(key)
        if given is None:
            if overwrite:
                target[key] = None
            continue
        kinds = (given.type.kind, known.type.kind if known is not None else None)
        if kinds[0] in _MERGED and kinds[1] in (Kind.STRUCT, Kind.POINTER):
            raise Unsupported("merging into a struct")
        if kinds == (Kind.MAP, Kind.MAP) and known is not None and known.data:
            if known.type is not DICT or given.type is not DICT:
                raise Unsupported("merging maps of other types than dict")
            _merge_into(known.data, given.data or {}, overwrite=overwrite)
            continue
        if overwrite or not is_true(known):
            target[key] = given


def _deep_copy(value: Item) -> Item:
    if value is None:
        raise CallError("reflect: call of reflect.Value.Type on zero Value")
    return _Copier().value(value)


class _Copier:
    """Copies a value and all in it; what is there twice is copied twice, as upstream does."""

    def __init__(self) -> None:
        self.count = 0

    def value(self, value: Item) -> Item:
        return None if value is None else Value(value.type, self.data(value.type, value.data))

    def data(self, type_: Type, data: Any) -> Any:
        self.count += 1
        check_items(self.count)
        spend(1)
        if data is None:
            return None
        if type_.kind is Kind.INTERFACE:
            return self.value(data)
        if type_.kind in (Kind.STRUCT, Kind.POINTER):
            raise Unsupported(f"copying a {type_.name}")
        if type_.kind not in (Kind.SLICE, Kind.MAP):
            return data
        elem = type_.elem
        assert elem is not None
        if type_.kind is Kind.SLICE:
            return Slice.of(self.data(elem, item) for item in data)
        return {key: self.data(elem, item) for key, item in data.items()}


FUNCTIONS: tuple[Function, ...] = (
    Function("deepCopy", (ANY,), ANY, _deep_copy),
    Function("dict", (ANY,), DICT, _dict, variadic=True),
    Function("dig", (ANY,), ANY, _dig, variadic=True),
    Function("get", (DICT, STRING), ANY, _get),
    Function("hasKey", (DICT, STRING), BOOL, _has_key),
    Function("keys", (DICT,), STRINGS, _keys, variadic=True, shuffled=_keys_reversed),
    Function("merge", (DICT, DICT), ANY, _merge, variadic=True),
    Function("mergeOverwrite", (DICT, DICT), ANY, _merge_overwrite, variadic=True),
    Function("mustDeepCopy", (ANY,), ANY, _deep_copy),
    Function("mustMerge", (DICT, DICT), ANY, _merge, variadic=True),
    Function("mustMergeOverwrite", (DICT, DICT), ANY, _merge_overwrite, variadic=True),
    Function("omit", (DICT, STRING), DICT, _omit, variadic=True),
    Function("pick", (DICT, STRING), DICT, _pick, variadic=True),
    Function("pluck", (STRING, DICT), LIST, _pluck, variadic=True),
    Function("set", (DICT, STRING, ANY), DICT, _set),
    Function("unset", (DICT, STRING), DICT, _unset),
    Function("values", (DICT,), LIST, _values, shuffled=_values_reversed),
)
