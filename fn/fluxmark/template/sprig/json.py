"""JSON. Source: sprig defaults.go; the writing is Go's encoding/json (the reading is in json_reader.py)."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

from fluxmark.template.errors import CallError
from fluxmark.template.format import format_float
from fluxmark.template.gotext import decode
from fluxmark.template.limits import check_size
from fluxmark.template.sprig.json_reader import read
from fluxmark.template.types import ANY, INTEGERS, STRING, Function, Kind, Type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.template.values import Value
_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ALWAYS = _SHORT | {char: f"\\u{ord(char):04x}" for char in map(chr, range(32)) if char not in _SHORT}
_ALWAYS |= {"\u2028": "\\u2028", "\u2029": "\\u2029"}
_INVALID = re.compile("[\udc80-\udcff]")  # bytes that are no UTF-8
_PLAIN = str.maketrans(_ALWAYS)
_HTML = str.maketrans(_ALWAYS | {char: f"\\u{ord(char):04x}" for char in "<>&"})


class _Writer:
    """How JSON is laid out; indent: of one level, empty for none."""

    def __init__(self, *, escape_html: bool, indent: str = "") -> None:
        self.table = _HTML if escape_html else _PLAIN
        self.indent = indent
        self.size = 0

    def document(self, value: Value | None) -> bytes:
        return "".join(self.value(value, "\n")).encode()

    def value(self, value: Value | None, margin: str) -> Iterator[str]:
        if value is None:
            yield "null"
        else:
            yield from self.data(value.type, value.data, margin)

    def data(self, type_: Type, data: Any, margin: str) -> Iterator[str]:
        self.size += 1
        check_size(self.size)
        kind = type_.kind
        if kind is Kind.INTERFACE:
            yield from self.value(data, margin)
        elif kind is Kind.COMPLEX128 or (kind is Kind.MAP and type_.key is not STRING):
            raise CallError(f"json: unsupported type: {type_.name}")
        elif data is None:
            yield "null"
        elif kind is Kind.BOOL:
            yield "true" if data else "false"
        elif kind in INTEGERS:
            yield str(data)
        elif kind is Kind.FLOAT64:
            yield _float(data)
        elif kind is Kind.STRING:
            yield self.text(data)
        elif type_.stringer and "MarshalJSON" in type_.methods:
            yield self.text(type_.stringer(data))
        elif kind is Kind.SLICE and type_.elem and type_.elem.kind is Kind.UINT8:
            yield self.text(base64.b64encode(bytes(data)))
        else:
            yield from self.composite(type_, data, margin)

    def composite(self, type_: Type, data: Any, margin: str) -> Iterator[str]:
        elem = type_.elem
        if type_.kind is Kind.STRUCT:
            members = [(f"{self.text(name)}:", kind, item) for name, kind, item in _fields(type_, data)]
        elif type_.kind is Kind.MAP:
            assert elem is not None
            # sorted as Go does after writing them: by the bytes that are there, not by those that are read
            members = [(f"{self.text(key)}:", elem, data[key]) for key in sorted(data)]
        else:
            assert elem is not None
            members = [("", elem, item) for item in data]
        opening, closing = "[]" if type_.kind is Kind.SLICE else "{}"
        inner = margin + self.indent
        yield opening
        for at, (name, kind, item) in enumerate(members):
            yield "," if at else ""
            yield inner if self.indent else ""
            yield name + " " if name and self.indent else name
            yield from self.data(kind, item, inner)
        yield margin if members and self.indent else ""
        yield closing

    def text(self, data: bytes) -> str:
        self.size += len(data)
        check_size(self.size)
        return '"' + _INVALID.sub(r"\\ufffd", decode(data).translate(self.table)) + '"'


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
    Function("fromJson", (STRING,), ANY, _from_json),
    Function("mustFromJson", (STRING,), ANY, read),
    Function("mustToJson", (ANY,), STRING, _must_to_json),
    Function("mustToPrettyJson", (ANY,), STRING, _must_to_pretty_json),
    Function("mustToRawJson", (ANY,), STRING, _to_raw_json),
    Function("toJson", (ANY,), STRING, _to_json),
    Function("toPrettyJson", (ANY,), STRING, _to_pretty_json),
    Function("toRawJson", (ANY,), STRING, _to_raw_json),
)
