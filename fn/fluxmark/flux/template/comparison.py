"""How templates compare values: eq and lt, and reflect.DeepEqual for lists and dicts.

Source: package text/template of Go 1.26 (funcs.go) and reflect (deepequal.go).
"""

from __future__ import annotations

from typing import Any

from fluxmark.flux.template.errors import CallError
from fluxmark.flux.template.limits import spend
from fluxmark.flux.template.printing import Printer
from fluxmark.flux.template.types import INTEGERS, NILABLE, SIGNED, Kind, Type
from fluxmark.flux.template.values import Value, concrete
from fluxmark.golang.text import display

_BASIC = {Kind.BOOL: "bool", Kind.STRING: "string", Kind.FLOAT64: "float", Kind.COMPLEX128: "complex"}
_BYTES_PER_STEP = 1024
_ORDERED = frozenset({"int", "uint", "float", "string"})


def _basic(value: Value | None) -> str:
    """Return the group of kinds within which values compare, empty if there is none."""
    if value is None:
        return ""
    kind = value.type.kind
    if kind in INTEGERS:
        return "int" if kind in SIGNED else "uint"
    return _BASIC.get(kind, "")


def _shown(value: Value, verb: str) -> str:
    printer = Printer()
    printer.print_arg(value, verb)
    return display(printer.text())


def equal(left: Value | None, right: Value | None) -> bool:
    """Tell whether two operands of `eq` are equal; error: CallError, where they do not compare."""
    left, right = concrete(left), concrete(right)
    groups = {_basic(left), _basic(right)}
    if groups <= {"int", "uint"} or (len(groups) == 1 and "" not in groups):
        assert left is not None
        assert right is not None
        return bool(left.data == right.data)
    if len(groups) > 1:
        if left is not None and right is not None:
            raise CallError(f"incompatible types for comparison: {left.type.name} and {right.type.name}")
        return False
    return _structures_equal(left, right)


def _structures_equal(left: Value | None, right: Value | None) -> bool:
    if left is not None and right is not None and left.type.kind is not right.type.kind:
        raise CallError(
            f"non-comparable types {_shown(left, 's')}: {left.type.name}, {right.type.name}: {_shown(right, 'v')}"
        )
    if _is_nil(left) or _is_nil(right):
        return _is_nil(left) == _is_nil(right)
    assert left is not None
    assert right is not None
    if not is_comparable(right.type):
        raise CallError(f"non-comparable type {_shown(right, 's')}: {right.type.name}")
    if left.type is not right.type:
        return False
    return bool(left.data is right.data if left.type.kind is Kind.POINTER else left.data == right.data)


def _is_nil(value: Value | None) -> bool:
    return value is None or (value.type.kind in NILABLE and value.data is None)


def is_comparable(type_: Type) -> bool:
    """Tell whether Go's == works on a type."""
    if type_.kind is Kind.STRUCT:
        return all(is_comparable(field.type) for field in type_.fields)
    return type_.kind not in (Kind.SLICE, Kind.MAP)


def less(left: Value | None, right: Value | None) -> bool:
    """Tell whether one operand of `lt` is below the other; error: CallError, where they have no order."""
    left, right = concrete(left), concrete(right)
    groups = {_basic(left), _basic(right)}
    if left is None or right is None or "" in groups:
        raise CallError("invalid type for comparison")
    if len(groups) > 1 and groups != {"int", "uint"}:
        raise CallError(f"incompatible types for comparison: {left.type.name} and {right.type.name}")
    if not groups <= _ORDERED:
        raise CallError("invalid type for comparison")
    return bool(left.data < right.data)


def deep_equal(left: Value | None, right: Value | None) -> bool:
    """Tell whether reflect.DeepEqual holds: same types, and equal all the way down."""
    return _held_equal(left, right, set())


def _held_equal(left: Value | None, right: Value | None, seen: set[tuple[int, int]]) -> bool:
    if left is None or right is None:
        return left is right
    return left.type is right.type and _data_equal(left.type, left.data, right.data, seen)


def _data_equal(type_: Type, left: Any, right: Any, seen: set[tuple[int, int]]) -> bool:
    """Compare data of one type; seen: slices and maps compared already, or being compared further out."""
    spend(1)
    kind = type_.kind
    if kind is Kind.INTERFACE:
        return _held_equal(left, right, seen)
    if kind is Kind.STRUCT:
        fields = zip(type_.fields, left, right, strict=True)
        return all(_data_equal(field.type, one, other, seen) for field, one, other in fields)
    if kind not in (Kind.SLICE, Kind.MAP, Kind.POINTER):
        spend(len(left) // _BYTES_PER_STEP if kind is Kind.STRING else 0)
        return bool(left == right)
    if left is None or right is None:
        return left is right
    pair = (id(left), id(right))
    if left is right or pair in seen:
        return True
    seen.add(pair)
    elem = type_.elem
    assert elem is not None
    if kind is Kind.POINTER:
        return _data_equal(elem, left, right, seen)
    if len(left) != len(right):
        return False
    if kind is Kind.SLICE:
        return all(_data_equal(elem, one, other, seen) for one, other in zip(left, right, strict=True))
    return all(key in right and _data_equal(elem, left[key], right[key], seen) for key in left)
