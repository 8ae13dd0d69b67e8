"""Number literals, with their value under each type that can represent them.

Source: text/template/parse (node.go, newNumber): the value of an ideal constant has no type until it is used.
"""

from __future__ import annotations

import re

from fluxmark.flux.template.nodes import Number
from fluxmark.flux.template.tokens import Kind, Token
from fluxmark.golang.numbers import INT_MAX, INT_MIN, UINT_MAX, parse_float, parse_int, parse_uint
from fluxmark.golang.text import unquote_char

# a sign after the e or p of an exponent is the exponent's
_COMPLEX = re.compile(
    r"(?P<real>[+-]?+(?:0[xX][0-9a-fA-F_.]*+(?:[pP][+-]?[0-9_]*+)?|[0-9_.]*+(?:[eE][+-]?[0-9_]*+)?))"
    r"(?P<imag>[+-].+)i"
)


class BadLiteral(Exception):  # noqa: N818 - the parser turns it into its own error
    """A literal that Go refuses; `str()` is Go's message."""


def number(token: Token) -> Number:
    """Return the node of a number or character constant; error: BadLiteral."""
    if token.kind is Kind.CHAR_CONSTANT:
        return _character(token)
    text = token.text
    if token.kind is Kind.COMPLEX:
        found = _COMPLEX.fullmatch(text)
        if not found:
            raise BadLiteral("syntax error scanning complex number")
        return _complex(token, complex(_part(found["real"]), _part(found["imag"])))
    if text.endswith("i") and (imaginary := parse_float(text[:-1])) is not None:
        return _complex(token, complex(0, imaginary))
    as_int, as_uint = parse_int(text), parse_uint(text)
    if as_int == 0:
        as_uint = 0  # -0
    whole = as_uint if as_int is None else as_int
    if whole is not None:
        return Number(token.pos, text, as_int, as_uint, float(whole), None)
    as_float = parse_float(text)
    if as_float is None:
        raise BadLiteral(f'illegal number syntax: "{text}"')
    if not set(text) & set(".eEpP"):
        raise BadLiteral(f'integer overflow: "{text}"')
    return _from_float(token, as_float, None)


def _part(text: str) -> float:
    value = parse_float(text)
    if value is None:
        raise BadLiteral(f'strconv.ParseFloat: parsing "{text}": invalid syntax')
    return value


def _character(token: Token) -> Number:
    step = unquote_char(token.text, 1, "'")
    if step is None:
        raise BadLiteral("invalid syntax")
    code, _, end = step
    if token.text[end:] != "'":
        raise BadLiteral(f"malformed character constant: {token.text}")
    return Number(token.pos, token.text, code, code, float(code), None)


def _complex(token: Token, value: complex) -> Number:
    if value.imag:
        return Number(token.pos, token.text, None, None, None, value)
    return _from_float(token, value.real, value)


def _from_float(token: Token, value: float, as_complex: complex | None) -> Number:
    """Return a number that is an integer too, where it is whole and fits."""
    whole = int(value) if value.is_integer() else None
    as_int = whole if whole is not None and INT_MIN <= whole <= INT_MAX else None
    as_uint = whole if whole is not None and 0 <= whole <= UINT_MAX else None
    return Number(token.pos, token.text, as_int, as_uint, value, as_complex)
