"""Go's values.

A `Value` is a type and data. The data of a bool, a number and a string are Python's bool, int, float, complex and
bytes; of a slice a `Slice`, of a map a dict from keys' to elements' data, of a struct a tuple of the fields' data,
of a pointer the element's data. None is nil, for all of these that can be. The data of an interface is a `Value`,
or None. Where a function takes or returns an optional `Value`, None is what reflect calls the zero Value: nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fluxmark.flux.template.types import BOOL, DICT, FLOAT64, INT, LIST, STRING, Kind, StructField, Type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a static type."""

    type: Type
    data: Any

    @property
    def is_nil(self) -> bool:
        return self.data is None


@dataclass(slots=True, eq=False)
class Slice:
    """A window of an array, which it may share with other slices.

    capacity: how far the window can be moved to the end, counted from its start; None: Go's allocator decides.
    """

    array: list[Any]
    start: int
    stop: int
    capacity: int | None

    @classmethod
    def of(cls, items: Iterable[Any], *, grown: bool = False) -> Slice:
        """Return a slice of data; `grown`: made by append, so that its capacity is not known."""
        array = list(items)
        return cls(array, 0, len(array), None if grown else len(array))

    def __len__(self) -> int:
        return self.stop - self.start

    def __iter__(self) -> Iterator[Any]:
        return iter(self.array[self.start : self.stop])

    def __getitem__(self, index: int) -> Any:
        return self.array[self.start + index]


def indirect(value: Value | None) -> tuple[Value | None, bool]:
    """Follow pointers and interfaces to their end; tell whether that is a nil one."""
    while value is not None and value.type.kind in (Kind.POINTER, Kind.INTERFACE):
        if value.is_nil:
            return value, True
        value = element(value)
    return value, False


def element(value: Value) -> Value | None:
    """Return what an interface holds or a pointer points to."""
    if value.type.kind is Kind.INTERFACE:
        held: Value | None = value.data
        return held
    assert value.type.elem is not None
    return Value(value.type.elem, value.data)


def concrete(value: Value | None) -> Value | None:
    """Return what a value holds, where it is an interface; else the value."""
    return element(value) if value is not None and value.type.kind is Kind.INTERFACE else value


def items(value: Value) -> Iterator[Value]:
    """Yield a slice's elements, with their static type."""
    elem = value.type.elem
    assert elem is not None
    return (Value(elem, data) for data in value.data or ())


def is_true(value: Value | None) -> bool:
    """Tell whether a value is not the zero of its type; a struct always is not."""
    if value is None:
        return False
    if value.type.kind in (Kind.SLICE, Kind.MAP):
        return bool(value.data) and len(value.data) > 0
    if value.type.kind in (Kind.INTERFACE, Kind.POINTER):
        return value.data is not None
    return value.type.kind is Kind.STRUCT or bool(value.data)


def zero(kind: Type) -> Any:
    """Return the data of a type's zero value."""
    match kind.kind:
        case Kind.BOOL:
            return False
        case Kind.STRING:
            return b""
        case Kind.FLOAT64:
            return 0.0
        case Kind.COMPLEX128:
            return 0j
        case Kind.STRUCT:
            return tuple(zero(field.type) for field in kind.fields)
        case Kind.INT | Kind.INT64 | Kind.UINT8 | Kind.UINT64:
            return 0
        case _:
            return None


def struct_field(value: Value, name: str) -> tuple[StructField, Value] | None:
    """Return a struct's field and its value, also one promoted from an embedded struct."""
    for known, data in zip(value.type.fields, value.data, strict=True):
        if known.name == name:
            return known, Value(known.type, data)
    for known, data in zip(value.type.fields, value.data, strict=True):
        if known.embedded and (found := struct_field(Value(known.type, data), name)):
            return found
    return None


def string(data: bytes) -> Value:
    """Return a value of type string."""
    return Value(STRING, data)


def boolean(data: bool) -> Value:
    """Return a value of type bool."""
    return Value(BOOL, data)


def integer(data: int) -> Value:
    """Return a value of type int."""
    return Value(INT, data)


def number(data: float) -> Value:
    """Return a value of type float64."""
    return Value(FLOAT64, data)


def any_list(data: Iterable[Value | None]) -> Value:
    """Return a value of type []interface {}."""
    return Value(LIST, Slice.of(data))


def any_dict(data: dict[bytes, Value | None]) -> Value:
    """Return a value of type map[string]interface {}."""
    return Value(DICT, data)
