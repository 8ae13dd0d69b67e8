"""Scalars: what a plain one means, and how to write a value so that every reader takes it for the same.

Source: YAML 1.1 (https://yaml.org/type/), which go-yaml, libyaml and PyYAML follow, and YAML 1.2's core schema.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

from krmfn.errors import EditError

Value: TypeAlias = str | int | float | bool | None

_TRUE = frozenset(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"])
_FALSE = frozenset(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"])
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_INT = re.compile(r"[-+]?(?:0b_*[01][01_]*|0o?_*[0-7][0-7_]*|0x_*[0-9a-fA-F][0-9a-fA-F_]*|0|[1-9][0-9_]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?")
_SPECIAL_FLOAT = re.compile(r"([-+]?)\.(inf|Inf|INF)|\.(?:nan|NaN|NAN)")
# what only some readers take for something other than text: sexagesimal numbers, dates, merge and value keys
_DOUBTFUL = re.compile(
    r"""[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?
    | <<|=""",
    re.VERBOSE,
)
# plain is right, and looks right, in flow style, too: no indicator, nothing that makes a reader look twice
_UNREMARKABLE = re.compile(r"[A-Za-z0-9_./(][\w ./:@%+=~()-]*", re.ASCII)
_FLOW_INDICATOR = re.compile(r"[,\[\]{}]")
_NUMERIC_FIRST = frozenset("+-.0123456789")
_PLAIN_FIRST = frozenset("-?:,[]{}#&*!|>'\"%@` \t")
# what YAML forbids, and what editors, terminals and libyaml disagree on; the BOM and line breaks among it
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]|\u2028|\u2029|\ufeff|\ufffe|\uffff|[\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED = re.compile(r'["\\\n\t\r]')
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_LONGEST_INTEGER = 128  # digits of any base; Kubernetes' reader takes what does not fit in 64 bits for a float
INTEGERS = range(-(2**63), 2**64)
"""What Kubernetes' reader takes for a whole number: what an int64 or a uint64 holds."""


def resolve(value: str) -> Value:
    """Return what a plain scalar means to Kubernetes' reader (YAML 1.1; dates and 22:22 stay text)."""
    if value in _NULL:
        return None
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    if value[0] in _NUMERIC_FIRST:
        return _number_in(value) if len(value) < _LONGEST_INTEGER else _float_in(value)
    return value


@lru_cache(1024)  # images that start with an address come again and again
def _number_in(value: str) -> Value:
    if _INT.fullmatch(value):
        whole = _integer(value)
        if whole in INTEGERS:
            return whole
    return _float_in(value)


def _float_in(value: str) -> Value:
    if _FLOAT.fullmatch(value):
        number = float(value.replace("_", ""))
        return value if number in (float("inf"), float("-inf")) else number
    if special := _SPECIAL_FLOAT.fullmatch(value):
        return float(f"{special[1]}inf") if special[2] else float("nan")
    return value


def is_text(value: str) -> bool:
    """Tell whether every reader takes this plain scalar for text."""
    if not isinstance(resolve(value), str):
        return False
    if value[0] not in _NUMERIC_FIRST and value[0] not in "<=":
        return True
    return not (_is_doubtful(value) if len(value) < _LONGEST_INTEGER else _is_doubtful.__wrapped__(value))


@lru_cache(1024)  # as above
def _is_doubtful(value: str) -> bool:
    # what overflows a number is text to some readers, and infinity to others
    return any(pattern.fullmatch(value) for pattern in (_DOUBTFUL, _INT, _FLOAT))


def can_be_plain(value: str, *, flow: bool = False) -> bool:
    """Tell whether the value can be unquoted and still be this text."""
    if not value or not is_text(value):
        return False
    first = value[0]
    if first in _PLAIN_FIRST and not (first in "-?:" and len(value) > 1 and value[1] not in " ,[]{}\t"):
        return False
    return not (
        value[-1] in " \t:"
        or ": " in value
        or ":\t" in value
        or " #" in value
        or "\t#" in value
        or "\n" in value
        or value.startswith(("---", "..."))
        or _UNPRINTABLE.search(value)
        or (flow and (first in "?:" or _FLOW_INDICATOR.search(value)))
    )


def is_value(data: object) -> bool:
    """Tell whether data is a scalar's, not a collection's."""
    return data is None or isinstance(data, str | int | float)


def needs_escape(value: str) -> bool:
    """Tell whether the value holds a character that only double quotes can write."""
    return _UNPRINTABLE.search(value) is not None


def is_writable(value: str) -> bool:
    """Tell whether YAML can write the text at all: half of a surrogate pair has no form."""
    return value.isascii() or _SURROGATE.search(value) is None


def quoted(value: str, style: str) -> str:
    """Write a text in this quoting style, `'` or `"`; single quotes become double where they cannot hold it."""
    if style == "'" and "\n" not in value and "\t" not in value and not _UNPRINTABLE.search(value):
        return "'" + value.replace("'", "''") + "'"
    return '"' + _UNPRINTABLE.sub(_escape, _ESCAPED.sub(lambda found: _ESCAPES[found.group()], value)) + '"'


def json(value: Value) -> str:
    """Write a value as JSON, which YAML reads as the same.

    Raises EditError for numbers that JSON does not have.
    """
    if isinstance(value, str):
        # of YAML's escapes JSON has only this one next to those for quotes, backslashes and blanks
        out = _ESCAPED.sub(lambda found: _ESCAPES[found.group()], value)
        return '"' + _UNPRINTABLE.sub(lambda found: f"\\u{ord(found.group()):04x}", out) + '"'
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        raise EditError(f"JSON has no way to write {value}")
    return write(value)


def write(value: Value, *, style: str = "", flow: bool = False) -> str:
    """Write a value on one line in the style given: "" plain where that is safe, else `'` or `"`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    if style in ("'", '"'):
        return quoted(value, style)
    return value if can_be_plain(value, flow=flow) else quoted(value, '"')


def write_new(value: Value) -> str:
    """Write a value that had no style yet: plain where that is plain to see, else in single quotes."""
    return _new_text(value) if isinstance(value, str) else write(value)


@lru_cache(1024)  # keys and most values of results come again and again
def _new_text(value: str) -> str:
    if not _UNREMARKABLE.fullmatch(value) or value[-1] in " :" or ": " in value or not is_text(value):
        return quoted(value, "'")
    return quoted(value, "'") if value.startswith("...") else value


def _integer(value: str) -> int:
    digits = value.replace("_", "")
    sign = -1 if digits[0] == "-" else 1
    digits = digits.lstrip("+-")
    if len(digits) > 1 and digits[0] == "0" and digits[1].isdigit():
        return sign * int(digits, 8)
    return sign * int(digits, 0)


def _number(value: float) -> str:
    if value != value:
        return ".nan"
    if value in (float("inf"), float("-inf")):
        return ".inf" if value > 0 else "-.inf"
    text = repr(value)
    # YAML 1.1 asks for a dot in a float, Python leaves it out before an exponent
    return text.replace("e", ".0e", 1) if "e" in text and "." not in text else text


def _escape(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
