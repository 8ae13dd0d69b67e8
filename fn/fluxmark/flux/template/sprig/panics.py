"""The texts with which Go's runtime panics; a template's error repeats them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from fluxmark.flux.template.errors import CallError

if TYPE_CHECKING:
    from fluxmark.flux.template.types import Type
    from fluxmark.flux.template.values import Value

NIL_DEREFERENCE = "runtime error: invalid memory address or nil pointer dereference"


def nil_dereference() -> NoReturn:
    """Fail as a nil pointer does."""
    raise CallError(NIL_DEREFERENCE)


def bad_makeslice() -> NoReturn:
    """Fail as a slice of negative length does."""
    raise CallError("runtime error: makeslice: len out of range")


def asserted(value: Value | None, type_: Type) -> Value:
    """Return a value of a type, or fail as Go's type assertion does."""
    if value is None or value.type is not type_:
        found = "nil" if value is None else value.type.name
        raise CallError(f"interface conversion: interface {{}} is {found}, not {type_.name}")
    return value
