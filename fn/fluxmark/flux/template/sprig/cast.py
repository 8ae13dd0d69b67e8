"""Numbers from anything. Source: github.com/spf13/cast v1.8 (ToInt64, ToFloat64): what is not a number is 0."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fluxmark.flux.template.types import INTEGERS, Kind
from fluxmark.golang.numbers import parse_float, parse_int, to_int, wrap
from fluxmark.golang.text import display

if TYPE_CHECKING:
    from fluxmark.flux.template.values import Value

_ZERO_DECIMAL = re.compile(r"\.0+\Z")


def to_int64(value: Value | None) -> int:
    """Return a value as int64."""
    if value is None:
        return 0
    if value.type.kind in INTEGERS or value.type.kind is Kind.BOOL:
        return wrap(int(value.data))
    if value.type.kind is Kind.FLOAT64:
        return to_int(value.data)
    if value.type.kind is Kind.STRING:
        return parse_int(_ZERO_DECIMAL.sub("", display(value.data))) or 0
    return 0


def to_float64(value: Value | None) -> float:
    """Return a value as float64."""
    if value is None:
        return 0.0
    if value.type.kind in INTEGERS or value.type.kind in (Kind.BOOL, Kind.FLOAT64):
        return float(value.data)
    if value.type.kind is Kind.STRING:
        number = parse_float(display(value.data))
        return 0.0 if number is None else number
    return 0.0
