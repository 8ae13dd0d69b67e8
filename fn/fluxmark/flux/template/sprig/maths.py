"""Numbers. Source: sprig numeric.go; decimals are github.com/shopspring/decimal v1.4's, integers wrap as int64."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from fluxmark.flux.template.errors import CallError
from fluxmark.flux.template.format import format_float
from fluxmark.flux.template.limits import check_items
from fluxmark.flux.template.printing import show
from fluxmark.flux.template.sprig.cast import to_float64, to_int64
from fluxmark.flux.template.types import ANY, FLOAT64, INT, INT64, INTS, STRING, Function
from fluxmark.flux.template.values import Slice, Value
from fluxmark.golang.numbers import INT_MAX, INT_MIN, parse_int, parse_magnitude, wrap
from fluxmark.golang.text import display

if TYPE_CHECKING:
    from collections.abc import Callable

Item = Value | None
_DIVISION_DIGITS = 16


def _add1(value: Item) -> int:
    return to_int64(value) + 1


def _add(*values: Item) -> int:
    return sum(map(to_int64, values))


def _sub(left: Item, right: Item) -> int:
    return to_int64(left) - to_int64(right)


def _mul(first: Item, *others: Item) -> int:
    product = to_int64(first)
    for other in others:
        product = wrap(product * to_int64(other))
    return product


def _quotient(left: Item, right: Item) -> tuple[int, int]:
    """Divide as Go does, towards zero."""
    dividend, divisor = to_int64(left), to_int64(right)
    if divisor == 0:
        raise CallError("runtime error: integer divide by zero")
    quotient = abs(dividend) // abs(divisor) * (1 if (dividend < 0) == (divisor < 0) else -1)
    return quotient, dividend - quotient * divisor


def _div(left: Item, right: Item) -> int:
    return _quotient(left, right)[0]


def _mod(left: Item, right: Item) -> int:
    return _quotient(left, right)[1]


def _max(first: Item, *others: Item) -> int:
    return max(map(to_int64, (first, *others)))


def _min(first: Item, *others: Item) -> int:
    return min(map(to_int64, (first, *others)))


def _maxf(first: Item, *others: Item) -> float:
    return _extreme(max, math.inf, first, others)


def _minf(first: Item, *others: Item) -> float:
    return _extreme(min, -math.inf, first, others)


def _extreme(choose: Callable[..., float], limit: float, first: Item, others: tuple[Item, ...]) -> float:
    """Return math.Max or math.Min of all: the infinity beats NaN, NaN beats the rest, and -0 is below 0."""
    result = to_float64(first)
    for other in map(to_float64, others):
        if limit in (result, other):
            result = limit
        elif math.isnan(result) or math.isnan(other):
            result = math.nan
        else:
            result = choose(result, other, key=lambda number: (number, math.copysign(1, number)))
    return result


def _floor(value: Item) -> float:
    return _rounded(math.floor, to_float64(value))


def _ceil(value: Item) -> float:
    return _rounded(math.ceil, to_float64(value))


def _rounded(rounding: Callable[[float], int], number: float) -> float:
    return math.copysign(float(rounding(number)), number) if math.isfinite(number) else number


def _round(value: Item, places: int, *thresholds: float) -> float:
    threshold = thresholds[0] if thresholds else 0.5
    power = _power_of_ten(places)
    digit = power * to_float64(value)
    fraction = math.modf(digit)[0] if math.isfinite(digit) else math.nan
    whole = _rounded(math.ceil if fraction >= threshold else math.floor, digit)
    if power == 0 or math.isinf(power):
        return (
            math.nan
            if whole == 0 or not math.isfinite(whole)
            else math.copysign(math.inf if power == 0 else 0, whole)
        )
    return whole / power


def _power_of_ten(exponent: int) -> float:
    """Return what Go's math.Pow makes of 10, which is not always the nearest number."""
    if abs(exponent) > 400:
        return math.inf if exponent > 0 else 0.0
    mantissa, mantissa_exponent = 1.0, 0
    square, square_exponent = math.frexp(10.0)
    left = abs(exponent)
    while left:
        if left & 1:
            mantissa, mantissa_exponent = mantissa * square, mantissa_exponent + square_exponent
        square, square_exponent = square * square, square_exponent * 2
        if square < 0.5:
            square, square_exponent = square * 2, square_exponent - 1
        left >>= 1
    if exponent < 0:
        mantissa, mantissa_exponent = 1 / mantissa, -mantissa_exponent
    try:
        return math.ldexp(mantissa, mantissa_exponent)
    except OverflowError:
        return math.inf


def _decimal(number: float) -> Fraction:
    if not math.isfinite(number):
        raise CallError(f"Cannot create a Decimal from {format_float(number, 'g', -1)}")
    return Fraction(repr(number))


def _folded(first: float, others: tuple[Item, ...], operation: Callable[[Fraction, Fraction], Fraction]) -> float:
    result = _decimal(first)
    for other in others:
        result = operation(result, _decimal(to_float64(other)))
    try:
        return result.numerator / result.denominator
    except OverflowError:
        return math.inf if result > 0 else -math.inf


def _add1f(value: Item) -> float:
    return _folded(to_float64(value), (Value(INT, 1),), Fraction.__add__)


def _addf(*values: Item) -> float:
    return _folded(0.0, values, Fraction.__add__)


def _subf(first: Item, *others: Item) -> float:
    return _folded(to_float64(first), others, Fraction.__sub__)


def _mulf(first: Item, *others: Item) -> float:
    return _folded(to_float64(first), others, Fraction.__mul__)


def _divf(first: Item, *others: Item) -> float:
    return _folded(to_float64(first), others, _divided)


def _divided(left: Fraction, right: Fraction) -> Fraction:
    """Divide to 16 places, halves away from zero."""
    if right == 0:
        raise CallError("decimal division by 0")
    scaled = abs(left / right) * 10**_DIVISION_DIGITS
    rounded = math.floor(scaled + Fraction(1, 2))
    return Fraction(rounded if (left < 0) == (right < 0) else -rounded, 10**_DIVISION_DIGITS)


def _atoi(text: bytes) -> int:
    shown = display(text)
    number = parse_magnitude(shown[1:] if shown[:1] in ("+", "-") else shown, 10) or 0
    return max(INT_MIN, min(INT_MAX, -number if shown[:1] == "-" else number))


def _to_decimal(value: Item) -> int:
    return parse_int(display(show(value)), 8) or 0


def _until(count: int) -> Slice:
    return _until_step(0, count, -1 if count < 0 else 1)


def _until_step(start: int, stop: int, step: int) -> Slice:
    return Slice.of(_range(start, stop, step), grown=True)


def _range(start: int, stop: int, step: int) -> range:
    """Return the numbers from start to before stop; none where the step leads away."""
    if step == 0 or (step < 0) != (stop < start):
        return range(0)
    numbers = range(start, stop, step)
    check_items(len(numbers))
    return numbers


def _seq(*params: int) -> bytes:
    match params:
        case (end,):
            numbers = _counted(1, end, 1 if end >= 1 else -1)
        case (start, end):
            numbers = _counted(start, end, 1 if end >= start else -1)
        case (start, step, end):
            numbers = range(0) if end < start and step > 0 else _counted(start, end, step)
        case _:
            numbers = range(0)
    return " ".join(map(str, numbers)).encode()


def _counted(start: int, end: int, step: int) -> range:
    return _range(start, end + (1 if end >= start else -1), step)


FUNCTIONS: tuple[Function, ...] = (
    Function("add", (ANY,), INT64, _add, variadic=True),
    Function("add1", (ANY,), INT64, _add1),
    Function("add1f", (ANY,), FLOAT64, _add1f),
    Function("addf", (ANY,), FLOAT64, _addf, variadic=True),
    Function("atoi", (STRING,), INT, _atoi),
    Function("biggest", (ANY, ANY), INT64, _max, variadic=True),
    Function("ceil", (ANY,), FLOAT64, _ceil),
    Function("div", (ANY, ANY), INT64, _div),
    Function("divf", (ANY, ANY), FLOAT64, _divf, variadic=True),
    Function("float64", (ANY,), FLOAT64, to_float64),
    Function("floor", (ANY,), FLOAT64, _floor),
    Function("int", (ANY,), INT, to_int64),
    Function("int64", (ANY,), INT64, to_int64),
    Function("max", (ANY, ANY), INT64, _max, variadic=True),
    Function("maxf", (ANY, ANY), FLOAT64, _maxf, variadic=True),
    Function("min", (ANY, ANY), INT64, _min, variadic=True),
    Function("minf", (ANY, ANY), FLOAT64, _minf, variadic=True),
    Function("mod", (ANY, ANY), INT64, _mod),
    Function("mul", (ANY, ANY), INT64, _mul, variadic=True),
    Function("mulf", (ANY, ANY), FLOAT64, _mulf, variadic=True),
    Function("round", (ANY, INT, FLOAT64), FLOAT64, _round, variadic=True),
    Function("seq", (INT,), STRING, _seq, variadic=True),
    Function("sub", (ANY, ANY), INT64, _sub),
    Function("subf", (ANY, ANY), FLOAT64, _subf, variadic=True),
    Function("toDecimal", (ANY,), INT64, _to_decimal),
    Function("until", (INT,), INTS, _until),
    Function("untilStep", (INT, INT, INT), INTS, _until_step),
)
