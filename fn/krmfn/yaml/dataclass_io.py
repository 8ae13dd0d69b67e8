"""Plain data as dataclasses, and back: strictly, and with a path for everything that is wrong.

A field `max_age` is the key `maxAge`, and `from_` is `from`; `field(metadata={"key": "max-age"})` says another.
Types are str, int, float, bool, None, Any, unions, Literal, Enum (by value), list, tuple, set, frozenset,
Sequence, dict and Mapping with text as keys, and dataclasses of all of these, nested.
"""

from __future__ import annotations

import dataclasses
import enum
import re
import types
import typing
from collections.abc import Callable, Mapping, Sequence, Set as AbstractSet
from typing import Any, Literal, TypeAlias, TypeVar, Union, cast

from krmfn.yaml.data import same
from krmfn.yaml.error_text import shown, unknown

if typing.TYPE_CHECKING:
    from krmfn.yaml.path import Step

_T = TypeVar("_T")
Report: TypeAlias = "Callable[[tuple[Step, ...], str], object]"
"""Takes the path of a problem, and what it is: `must be a string, not 3`."""

_SCALARS = {
    str: "a string",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    types.NoneType: "null",
}
_LISTS = {
    list: list,
    tuple: tuple,
    set: set,
    frozenset: frozenset,
    Sequence: tuple,
    AbstractSet: frozenset,
}
_MAPPINGS = (dict, Mapping)
_WHOLE = re.compile(r"[-+]?[0-9]{1,19}")
_NUMBER = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


def load(kind: type[_T], data: Any, path: tuple[Step, ...], report: Report, *, texts: bool = False) -> _T:
    """Return data as a value of a type; what comes back is of use only where nothing was reported.

    Keys that a dataclass does not know, keys that are missing and have no default, and values of another type are
    reported, each with its path. Null counts as missing, unless the type allows it. A whole number is a number,
    too. A ValueError of a dataclass's `__post_init__` is reported as it is.

    texts: the data comes from a ConfigMap, whose values are texts: `3`, `1.5`, `true` and `false` are what they
    look like where the type asks for it, and a list is `a, b`.

    Raises TypeError for an invalid type of those in this module's docstring.
    """
    return cast("_T", _Loader(report, texts=texts).value(kind, data, path))


def dump(value: Any) -> Any:
    """Return plain data for a value, as `load` reads it; fields that are None are left out.

    Raises TypeError for what is none of the types in this module's docstring.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        pairs = ((_key_of(field), getattr(value, field.name)) for field in dataclasses.fields(value) if field.init)
        return {key: dump(member) for key, member in pairs if member is not None}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: dump(member) for key, member in value.items()}
    if isinstance(value, AbstractSet):
        return sorted(map(dump, value))
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        return [dump(member) for member in value]
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"{type(value).__name__} is not a type that YAML can hold")


class _Loader:
    def __init__(self, report: Report, *, texts: bool) -> None:
        self.report = report
        self.texts = texts
        self.count = 0

    def value(self, kind: Any, data: Any, path: tuple[Step, ...]) -> Any:
        if kind in (Any, object):
            return data
        origin, arguments = typing.get_origin(kind) or kind, typing.get_args(kind)
        if origin in (Union, types.UnionType):
            return self.union(kind, arguments, data, path)
        if origin is Literal or (isinstance(origin, type) and issubclass(origin, enum.Enum)):
            return self.choice(kind, data, path)
        if origin in _SCALARS:
            return self.scalar(kind, data, path)
        if dataclasses.is_dataclass(origin):
            return self.fields(kind, data, path)
        if origin in _LISTS:
            return self.items(kind, _LISTS[origin], arguments, data, path)
        if origin in _MAPPINGS:
            return self.mapping(kind, arguments, data, path)
        raise TypeError(f"{kind!r} is not a type that can be read from YAML")

    def wrong(self, path: tuple[Step, ...], what: str) -> None:
        self.count += 1
        self.report(path, what)

    def mistaken(self, kind: Any, data: Any, path: tuple[Step, ...]) -> None:
        self.wrong(path, f"must be {_described(kind)}, not {shown(data)}")

    def scalar(self, kind: type, data: Any, path: tuple[Step, ...]) -> Any:
        if self.texts and isinstance(data, str):
            data = _parsed(kind, data)
        if type(data) is kind:
            return data
        if kind is float and type(data) is int:
            return float(data)
        return self.mistaken(kind, data, path)

    def choice(self, kind: Any, data: Any, path: tuple[Step, ...]) -> Any:
        for text, plain, option in _options(kind):
            if same(plain, data) or (self.texts and text == data):
                return option
        return self.mistaken(kind, data, path)

    def union(self, kind: Any, members: Sequence[Any], data: Any, path: tuple[Step, ...]) -> Any:
        """Take the first member that fits; of several that could be meant, none is blamed."""
        found: list[tuple[Any, list[tuple[tuple[Step, ...], str]]]] = []
        for member in members:
            problems: list[tuple[tuple[Step, ...], str]] = []
            inner = _Loader(lambda *problem, to=problems: to.append(problem), texts=self.texts)
            made = inner.value(member, data, path)
            if not problems:
                return made
            found.append((member, problems))
        deep = [problems for _, problems in found if any(where != path for where, _ in problems)]
        if len(deep) == 1:
            for where, what in deep[0]:
                self.wrong(where, what)
            return None
        return self.mistaken(kind, data, path)

    def items(
        self,
        kind: Any,
        make: Callable[[list[Any]], Any],
        arguments: Sequence[Any],
        data: Any,
        path: tuple[Step, ...],
    ) -> Any:
        if self.texts and isinstance(data, str):
            data = [part.strip() for part in data.split(",")] if data.strip() else []
        if not isinstance(data, list):
            return self.mistaken(kind, data, path)
        if make is tuple and arguments and arguments[-1] is not Ellipsis and typing.get_origin(kind) is tuple:
            if len(arguments) != len(data):
                return self.wrong(path, f"must be a list of {len(arguments)}, but holds {len(data)}")
            members = list(arguments)
        else:
            members = [arguments[0] if arguments else Any] * len(data)
        return make(
            [
                self.value(member, value, (*path, n))
                for n, (member, value) in enumerate(zip(members, data, strict=True))
            ]
        )

    def mapping(self, kind: Any, arguments: Sequence[Any], data: Any, path: tuple[Step, ...]) -> Any:
        if not isinstance(data, dict):
            return self.mistaken(kind, data, path)
        member = arguments[1] if arguments else Any
        return {key: self.value(member, value, (*path, key)) for key, value in data.items()}

    def fields(self, kind: Any, data: Any, path: tuple[Step, ...]) -> Any:
        if not isinstance(data, dict):
            return self.mistaken(kind, data, path)
        before = self.count
        hints = _hints(kind)
        fields = {_key_of(field): field for field in dataclasses.fields(kind) if field.init}
        for key in data:
            if key not in fields:
                self.wrong((*path, key), unknown(key, list(fields)))
        made: dict[str, Any] = {}
        for key, field in fields.items():
            value, wanted = data.get(key), hints[field.name]
            if value is not None or (key in data and _allows_null(wanted)):
                made[field.name] = self.value(wanted, value, (*path, key))
            elif field.default is field.default_factory is dataclasses.MISSING:
                self.wrong((*path, key), f"is missing; it must be {_described(wanted)}")
        if self.count > before:
            return None
        try:
            return kind(**made)
        except ValueError as error:
            return self.wrong(path, str(error))


def _key_of(field: dataclasses.Field[Any]) -> str:
    """Return the key of a dataclass's field in YAML."""
    first, *rest = field.name.rstrip("_").split("_")
    return str(field.metadata.get("key") or first + "".join(word.capitalize() for word in rest))


def _hints(kind: Any) -> dict[str, Any]:
    try:
        return typing.get_type_hints(kind)
    except NameError as error:
        what = f"{kind.__name__} cannot be read: {error}; its types must be importable when it is"
        raise TypeError(what) from None


def _parsed(kind: type, text: str) -> Any:
    """Return what a text of a ConfigMap means where a type is asked for; the text itself where nothing."""
    text_ = text.strip()
    if kind is bool:
        return {"true": True, "false": False}.get(text_, text)
    if kind is int and _WHOLE.fullmatch(text_):
        return int(text_)
    if kind is float and _NUMBER.fullmatch(text_):
        return float(text_)
    return None if kind is types.NoneType and not text_ else text


def _options(kind: Any) -> list[tuple[str, Any, Any]]:
    """Return the texts, the plain values and the values that a Literal or an Enum allows."""
    if typing.get_origin(kind) is Literal:
        return [(str(option), option, option) for option in typing.get_args(kind)]
    return [(str(option.value), option.value, option) for option in kind]


def _allows_null(kind: Any) -> bool:
    if typing.get_origin(kind) in (Union, types.UnionType):
        return any(map(_allows_null, typing.get_args(kind)))
    return kind in (Any, object, types.NoneType)


def _described(kind: Any) -> str:
    origin = typing.get_origin(kind) or kind
    if origin in (Union, types.UnionType):
        names = [_described(member) for member in typing.get_args(kind)]
        return " or ".join(dict.fromkeys(name for name in names if name != "null"))
    if origin is Literal or (isinstance(origin, type) and issubclass(origin, enum.Enum)):
        return " or ".join(text for text, *_ in _options(kind))
    if origin in _SCALARS:
        return _SCALARS[origin]
    if origin in (Any, object):
        return "given"
    return "a list" if origin in _LISTS else "a mapping"
