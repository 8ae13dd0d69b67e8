"""Expressions in Flux's substitutions: `${name}`, `${name:=default}`, `${name^^}`; `$$` is a dollar sign.

Source: github.com/fluxcd/pkg, `envsubst`, which differs from a shell: `${name-default}` is an error, and
`:-`, `:+` and `:?` all mean the default.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_NAME = re.compile(r"\w+")
_DEFAULT = re.compile(r":[=?+-]|=")
_CASE = re.compile(r",,?|\^\^?")
_CASES: Final[dict[str, Callable[[str], str]]] = {
    ",": lambda value: value[:1].lower() + value[1:],
    ",,": str.lower,
    "^": lambda value: value[:1].upper() + value[1:],
    "^^": str.upper,
}


class ExpressionError(ValueError):
    """Flux refuses an expression."""


class Unknown(Exception):  # noqa: N818  (a state, no error)
    """The value of an expression is not known; the message is a noun phrase that says why."""


def evaluate(text: str, value_of: Callable[[str], str]) -> str:
    """Return a text with its expressions replaced.

    value_of: returns the value of a variable, or raises Unknown.

    Raises ExpressionError, and Unknown.
    """
    out: list[str] = []
    offset = 0
    while (dollar := text.find("$", offset)) >= 0:
        out.append(text[offset:dollar])
        following = text[dollar + 1 : dollar + 2]
        if following == "{":
            value, offset = _expression(text, dollar + 2, value_of)
            out.append(value)
        else:
            out.append("$")
            offset = dollar + (2 if following == "$" else 1)
    out.append(text[offset:])
    return "".join(out)


def _expression(text: str, start: int, value_of: Callable[[str], str]) -> tuple[str, int]:
    """Return the value of an expression whose name starts here, and where it ends."""
    length = text.startswith("#", start)
    found = _NAME.match(text, start + length)
    if found is None:
        raise ExpressionError("an expression without a variable's name: unable to parse variable name")
    name, offset = found.group(), found.end()
    if length:
        return str(len(value_of(name).encode())), _closed(text, offset)
    if operator := _DEFAULT.match(text, offset):
        default, offset = _default(text, operator.end(), value_of)
        return value_of(name) or default, offset
    if case := _CASE.match(text, offset):
        return _CASES[case.group()](value_of(name)), _closed(text, case.end())
    if text[offset : offset + 1] in (":", "/", "#", "%"):
        value_of(name)
        raise Unknown(f"the expression ${{{text[start : text.find('}', start)]}}}")
    return value_of(name), _closed(text, offset)


def _default(text: str, offset: int, value_of: Callable[[str], str]) -> tuple[str, int]:
    """Return what is after an operator, up to the closing brace, and where that ends."""
    out: list[str] = []
    while offset < len(text) and text[offset] != "}":
        if text.startswith("${", offset):
            value, offset = _expression(text, offset + 2, value_of)
            out.append(value)
        else:
            out.append(text[offset])
            offset += 1
    return "".join(out), _closed(text, offset)


def _closed(text: str, offset: int) -> int:
    if not text.startswith("}", offset):
        raise ExpressionError("an expression without its end: missing closing brace")
    return offset + 1
