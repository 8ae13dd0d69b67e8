"""Go's types, as far as a template can meet them, and functions that take and return them.

Types are compared by identity: composite ones come from `slice_of` and `map_of`, which make each once.
Source: package reflect of Go, https://pkg.go.dev/reflect
"""

from __future__ import annotations

import enum
import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Kind(enum.StrEnum):
    """The kind of a type, as reflect.Kind names it."""

    BOOL = "bool"
    INT = "int"
    INT64 = "int64"
    UINT8 = "uint8"
    UINT64 = "uint64"
    FLOAT64 = "float64"
    COMPLEX128 = "complex128"
    STRING = "string"
    INTERFACE = "interface"
    SLICE = "slice"
    MAP = "map"
    STRUCT = "struct"
    POINTER = "ptr"


SIGNED = frozenset({Kind.INT, Kind.INT64})
UNSIGNED = frozenset({Kind.UINT8, Kind.UINT64})
INTEGERS = SIGNED | UNSIGNED
NILABLE = frozenset({Kind.INTERFACE, Kind.MAP, Kind.POINTER, Kind.SLICE})


@dataclass(frozen=True, slots=True)
class StructField:
    """A field of a struct; `json` is its name in JSON (empty: the field's), `embedded` promotes its fields."""

    name: str
    type: Type
    json: str = ""
    embedded: bool = False
    omit_empty: bool = False

    @property
    def is_exported(self) -> bool:
        return self.name[:1].isupper()


@dataclass(frozen=True, slots=True, eq=False)
class Type:
    """A Go type: `name` is what errors and `%T` print.

    stringer: what the type's String method makes of a value's data, where it has one. `methods` are those that a
    value that cannot be addressed has; a pointer has its element's too.
    """

    name: str
    kind: Kind
    elem: Type | None = None
    key: Type | None = None
    fields: tuple[StructField, ...] = ()
    methods: Mapping[str, Function] = field(default_factory=dict)
    stringer: Callable[[Any], bytes] | None = None

    def __repr__(self) -> str:
        return f"Type({self.name})"


@dataclass(frozen=True, slots=True)
class Function:
    """A function or method: `call` gets the data of its arguments (a method's receiver first), returns data.

    params: the parameters' types; of a variadic function the last is that of each further argument.
    shuffled: of a function whose result depends on Go's random map order, the same in another order than `call`.
    is_slow: whether it takes one to two microseconds for a byte of text; others take a quarter of that at most.
    """

    name: str
    params: tuple[Type, ...]
    result: Type
    call: Callable[..., Any]
    variadic: bool = False
    shuffled: Callable[..., Any] | None = None
    is_slow: bool = False


BOOL = Type("bool", Kind.BOOL)
INT = Type("int", Kind.INT)
INT64 = Type("int64", Kind.INT64)
UINT8 = Type("uint8", Kind.UINT8)
UINT64 = Type("uint64", Kind.UINT64)
FLOAT64 = Type("float64", Kind.FLOAT64)
COMPLEX128 = Type("complex128", Kind.COMPLEX128)
STRING = Type("string", Kind.STRING)
ANY = Type("interface {}", Kind.INTERFACE)
# a parameter that takes a value as it is, with its static type: text/template's builtins
REFLECTED = Type("reflect.Value", Kind.STRUCT)


@functools.cache
def slice_of(elem: Type) -> Type:
    """Return the type of slices of `elem`."""
    return Type(f"[]{elem.name}", Kind.SLICE, elem=elem)


@functools.cache
def map_of(key: Type, elem: Type) -> Type:
    """Return the type of maps from `key` to `elem`."""
    return Type(f"map[{key.name}]{elem.name}", Kind.MAP, key=key, elem=elem)


STRINGS = slice_of(STRING)
INTS = slice_of(INT)
LIST = slice_of(ANY)
BYTES = slice_of(UINT8)
DICT = map_of(STRING, ANY)
STRING_MAP = map_of(STRING, STRING)
