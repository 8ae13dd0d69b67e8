"""JSON. Source: sprig defaults.go; the writing is Go's encoding/json (the reading is in json_reader.py)."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

from fluxmark.flux.template.errors import CallError
from fluxmark.flux.template.format import format_float
from fluxmark.flux.template.limits import check_size, spend
from fluxmark.flux.template.sprig.json_reader import read
from fluxmark.flux.template.types import ANY, INTEGERS, STRING, Function, Kind, Type
from fluxmark.golang.text import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.flux.template.values import Value
_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ALWAYS = _SHORT | {char: f"\\u{ord(char):04x}" for char in map(chr, range(32)) if char not in _SHORT}
_ALWAYS |= {"\u2028": "\\u2028", "\u2029": "\\u2029"}
_INVALID = re.compile("[\udc80-\udcff]")  # bytes that are not UTF-8
_PLAIN = str.maketrans(_ALWAYS)
_HTML = str.maketrans(_ALWAYS | {char: f"\\u{ord(char):04x}" for char in "<>&"})


class _Writer:
    """A document being written; indent: of one level, empty for none."""

    def __init__(self, *, escape_html: bool, indent: str = "") -> None:
        self.table = _HTML if escape_html else _PLAIN
        self.indent = indent
        self.parts: list[str] = []
        self.size = 0

    def document(self, value: Value | None) -> bytes:
        self.value(value, "\n")
        return "".join(self.parts).encode()

    def write(self, text: str) -> None:
        self.size += len(text)
        check_size(self.size)
        self.parts.append(text)

    def value(self, value: Value | None, margin: str) -> None:
        if value is None:
            self.write("null")
        else:
            self.data(value.type, value.data, margin)

    def data(self, type_: Type, data: Any, margin: str) -> None:
        spend(1)
        kind = type_.kind
        if kind is Kind.INTERFACE:
            self.value(data, margin)
        elif kind is Kind.COMPLEX128 or (kind is Kind.MAP and type_.key is not STRING):
            raise CallError(f"json: unsupported type: {type_.name}")
        elif data is None:
            self.write("null")
        elif kind is Kind.BOOL:
            self.write("true" if data else "false")
        elif kind in INTEGERS:
            self.write(str(data))
        elif kind is Kind.FLOAT64:
            self.write(_float(data))
        elif kind is Kind.STRING:
            self.write(self.text(data))
        elif type_.stringer and "MarshalJSON" in type_.methods:
            self.write(self.text(type_.stringer(data)))
        elif kind is Kind.SLICE and type_.elem and type_.elem.kind is Kind.UINT8:
            self.write(self.text(base64.b64encode(bytes(data))))
        else:
            self.composite(type_, data, margin)

    def composite(self, type_: Type, data: Any, margin: str) -> None:
        opening, closing = "[]" if type_.kind is Kind.SLICE else "{}"
        inner = margin + self.indent if self.indent else ""
        colon = ": " if self.indent else ":"
        self.write(opening)
        empty = True
        for name, kind, item in _members(type_, data):
            self.write(inner if empty else "," + inner)
            if name is not None:
                self.write(self.text(name) + colon)
            self.data(kind, item, inner)
            empty = False
        self.write(closing if empty or not self.indent else margin + closing)

    def text(self, data: bytes) -> str:
        return '"' + _INVALID.sub(r"\\ufffd", decode(data).translate(self.table)) + '"'


def _members(type_: Type, data: Any) -> Iterator[tuple[bytes | None, Type, Any]]:
    """Yield what an object or an array holds: name (None in an array), type and data."""
    if type_.kind is Kind.STRUCT:
        yield from _fields(type_, data)
        return
    elem = type_.elem
    assert elem is not None
    if type_.kind is Kind.MAP:
        for key in sorted(data):
            yield key, elem, data[key]
    else:
        for item in data:
            yield None, elem, item


def _fields(type_: Type, data: Any) -> Iterator[tuple[bytes, Type, Any]]:
    """Yield a struct's fields as JSON has them: embedded ones flat, empty ones left out where that is said."""
    for field, item in zip(type_.fields, data, strict=True):
        if field.embedded:
            yield from _fields(field.type, item)
        elif field.is_exported and not (field.omit_empty and not item):
            yield (field.json or field.name).encode(), field.type, item


def _float(number: float) -> str:
    """Return a number as ES6 writes it, which is what Go's encoding/json does."""
    if number - number:
        raise CallError(f"json: unsupported value: {format_float(number, 'g', -1)}")
    size = abs(number)
    if size and not 1e-6 <= size < 1e21:
        mantissa, _, exponent = format_float(number, "e", -1).partition("e")
        return (
            f"{mantissa}e{exponent[0]}{exponent[1:].lstrip('0')}"
            if exponent[0] == "-"
            else f"{mantissa}e{exponent}"
        )
    return format_float(number, "f", -1)


def _to_json(value: Value | None) -> bytes:
    return _swallowed(_Writer(escape_html=True), value)


def _to_pretty_json(value: Value | None) -> bytes:
    return _swallowed(_Writer(escape_html=True, indent="  "), value)


def _swallowed(writer: _Writer, value: Value | None) -> bytes:
    try:
        return writer.document(value)
    except CallError:
        return b""


def _must_to_json(value: Value | None) -> bytes:
    return _Writer(escape_html=True).document(value)


def _must_to_pretty_json(value: Value | None) -> bytes:
    return _Writer(escape_html=True, indent="  ").document(value)


def _to_raw_json(value: Value | None) -> bytes:
    return _Writer(escape_html=False).document(value)


def _from_json(text: bytes) -> Value | None:
    try:
        return read(text)
    except CallError:
        return None


FUNCTIONS: tuple[Function, ...] = (
    Function("fromJson", (STRING,), ANY, _from_json, is_slow=True),
    Function("mustFromJson", (STRING,), ANY, read, is_slow=True),
    Function("mustToJson", (ANY,), STRING, _must_to_json),
    Function("mustToPrettyJson", (ANY,), STRING, _must_to_pretty_json),
    Function("mustToRawJson", (ANY,), STRING, _to_raw_json),
    Function("toJson", (ANY,), STRING, _to_json),
    Function("toPrettyJson", (ANY,), STRING, _to_pretty_json),
    Function("toRawJson", (ANY,), STRING, _to_raw_json),
)
