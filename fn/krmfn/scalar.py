"""Scalars: what a plain one means, and how to write a value so that every reader takes it for the same.

Source: YAML 1.1 (https://yaml.org/type/), which go-yaml, libyaml and PyYAML follow, and YAML 1.2's core schema.
"""

from __future__ import annotations

import re
from typing import TypeAlias

Value: TypeAlias = str | int | float | bool | None

_TRUE = frozenset(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"])
_FALSE = frozenset(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"])
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_INT = re.compile(r"[-+]?(?:0b_*[01][01_]*|0o?_*[0-7][0-7_]*|0x_*[0-9a-fA-F][0-9a-fA-F_]*|0|[1-9][0-9_]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?")
_SPECIAL_FLOAT = re.compile(r"([-+]?)\.(inf|Inf|INF)|\.(?:nan|NaN|NAN)")
# what only some readers take for something else than text: sexagesimal numbers, dates, merge and value keys
_DOUBTFUL = re.compile(
    r"""[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?
    | <<|=""",
    re.VERBOSE,
)
# plain is right, and looks right: no indicator, nothing that makes a reader look twice
_UNREMARKABLE = re.compile(r"[A-Za-z0-9_./(][\w ./:@%+=~()-]*", re.ASCII)
_PLAIN_FIRST = frozenset("-?:,[]{}#&*!|>'\"%@` ")
_UNPRINTABLE = re.compile(
    "[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029]"
)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}


def resolve(value: str) -> Value:
    """Return what a plain scalar means to Kubernetes' reader (YAML 1.1; dates and 22:22 stay text)."""
    if value in _NULL:
        return None
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    if value[0] in "+-.0123456789":
        if _INT.fullmatch(value):
            return _integer(value)
        if _FLOAT.fullmatch(value):
            return float(value.replace("_", ""))
        if special := _SPECIAL_FLOAT.fullmatch(value):
            return float(f"{special[1]}inf") if special[2] else float("nan")
    return value


def is_text(value: str) -> bool:
    """Tell whether every reader takes this plain scalar for text."""
    return isinstance(resolve(value), str) and not _DOUBTFUL.fullmatch(value)


def can_be_plain(value: str, *, flow: bool = False) -> bool:
    """Tell whether the value can stand unquoted and still be this text."""
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
        or (flow and re.search(r"[,\[\]{}]", value))
    )


def is_value(data: object) -> bool:
    """Tell whether data is a scalar's, not a collection's."""
    return data is None or isinstance(data, str | int | float)


def needs_escape(value: str) -> bool:
    """Tell whether the value holds a character that only double quotes can write."""
    return _UNPRINTABLE.search(value) is not None


def quoted(value: str, style: str) -> str:
    """Write a text in this quoting style, `'` or `"`; single quotes become double where they cannot hold it."""
    if style == "'" and "\n" not in value and "\t" not in value and not _UNPRINTABLE.search(value):
        return "'" + value.replace("'", "''") + "'"
    out = "".join(_ESCAPES.get(char, char) for char in value)
    return '"' + _UNPRINTABLE.sub(_escape, out) + '"'


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


def write_new(value: Value, *, flow: bool = False) -> str:
    """Write a value that had no style yet: plain where that is plain to see, else in single quotes."""
    if isinstance(value, str) and not (_UNREMARKABLE.fullmatch(value) and can_be_plain(value, flow=flow)):
        return quoted(value, "'")
    return write(value, flow=flow)


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
    return repr(value)


def _escape(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
