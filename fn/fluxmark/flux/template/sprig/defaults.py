"""Defaults, emptiness, and what a value is. Source: sprig defaults.go and reflect.go."""

from __future__ import annotations

from typing import NoReturn

from fluxmark.flux.template.comparison import deep_equal
from fluxmark.flux.template.errors import CallError
from fluxmark.flux.template.types import ANY, BOOL, STRING, Function
from fluxmark.flux.template.values import Value, is_true
from fluxmark.golang.text import display


def is_empty(value: Value | None) -> bool:
    """Tell whether a value is the zero of its type; a struct never is."""
    return not is_true(value)


def _default(fallback: Value | None, *given: Value | None) -> Value | None:
    return fallback if not given or is_empty(given[0]) else given[0]


def _coalesce(*values: Value | None) -> Value | None:
    return next((value for value in values if not is_empty(value)), None)


def _all(*values: Value | None) -> bool:
    return all(map(is_true, values))


def _any(*values: Value | None) -> bool:
    return any(map(is_true, values))


def _ternary(yes: Value | None, no: Value | None, condition: bool) -> Value | None:
    return yes if condition else no


def _fail(message: bytes) -> NoReturn:
    raise CallError(display(message))


def _hello() -> bytes:
    return b"Hello!"


def _type_of(value: Value | None) -> bytes:
    return b"<nil>" if value is None else value.type.name.encode()


def _type_is(target: bytes, value: Value | None) -> bool:
    return target == _type_of(value)


def _type_is_like(target: bytes, value: Value | None) -> bool:
    return _type_of(value) in (target, b"*" + target)


def _kind_of(value: Value | None) -> bytes:
    return b"invalid" if value is None else value.type.kind.encode()


def _kind_is(target: bytes, value: Value | None) -> bool:
    return target == _kind_of(value)


FUNCTIONS: tuple[Function, ...] = (
    Function("all", (ANY,), BOOL, _all, variadic=True),
    Function("any", (ANY,), BOOL, _any, variadic=True),
    Function("coalesce", (ANY,), ANY, _coalesce, variadic=True),
    Function("deepEqual", (ANY, ANY), BOOL, deep_equal),
    Function("default", (ANY, ANY), ANY, _default, variadic=True),
    Function("empty", (ANY,), BOOL, is_empty),
    Function("fail", (STRING,), STRING, _fail),
    Function("hello", (), STRING, _hello),
    Function("kindIs", (STRING, ANY), BOOL, _kind_is),
    Function("kindOf", (ANY,), STRING, _kind_of),
    Function("ternary", (ANY, ANY, BOOL), ANY, _ternary),
    Function("typeIs", (STRING, ANY), BOOL, _type_is),
    Function("typeIsLike", (STRING, ANY), BOOL, _type_is_like),
    Function("typeOf", (ANY,), STRING, _type_of),
)
