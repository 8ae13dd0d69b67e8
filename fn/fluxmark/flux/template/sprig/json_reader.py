"""Reads JSON as Go's encoding/json does into `interface {}`, with its errors.

Source: encoding/json (scanner.go, decode.go): the whole text is checked before anything of it is used.
"""

from __future__ import annotations

import re

from fluxmark.flux.template.errors import CallError
from fluxmark.flux.template.values import Slice, Value, any_dict, any_list, boolean, number, string
from fluxmark.golang.numbers import parse_float
from fluxmark.golang.text import REPLACEMENT, decode, quote, valid

_SPACES = b" \t\r\n"
_END = "unexpected end of JSON input"
_UNFINISHED = ("in literal", "in numeric", "in exponent", "in string escape", "in \\u", "after decimal")
_LITERALS: dict[int, tuple[bytes, Value | None]] = {
    ord("t"): (b"true", boolean(True)),
    ord("f"): (b"false", boolean(False)),
    ord("n"): (b"null", None),
}
_ESCAPES = {b'"': '"', b"\\": "\\", b"/": "/", b"b": "\b", b"f": "\f", b"n": "\n", b"r": "\r", b"t": "\t"}
_HEX = b"0123456789abcdefABCDEF"
_NUMBER_START = b"-0123456789"
_DIGITS = re.compile(rb"[0-9]*")
_MAX_DEPTH = 10000


def read(text: bytes) -> Value | None:
    """Return what a JSON text says, numbers as float64; error: CallError with Go's text."""
    reader = _Reader(text)
    value = reader.value(0)
    reader.spaces()
    if reader.at < len(text):
        reader.fail("after top-level value")
    if reader.overflow:
        raise CallError(f"json: cannot unmarshal number {reader.overflow} into Go value of type float64")
    return value


class _Reader:
    """A text being read; overflow: the first number that no float64 holds."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.at = 0
        self.overflow = ""

    def fail(self, context: str) -> None:
        if self.at >= len(self.text) and not context.startswith(_UNFINISHED):
            raise CallError(_END)
        # upstream ends a text with a space, which may be wrong where it is
        char = chr(self.text[self.at]) if self.at < len(self.text) else " "
        shown = {"'": "'\\''", '"': "'\"'"}.get(char) or f"'{quote(char.encode())[1:-1]}'"
        raise CallError(f"invalid character {shown} {context}")

    def peek(self) -> bytes:
        return self.text[self.at : self.at + 1]

    def spaces(self) -> None:
        while (char := self.peek()) and char in _SPACES:
            self.at += 1

    def value(self, depth: int) -> Value | None:
        self.spaces()
        char = self.peek()
        if char == b"{":
            return self.object(depth + 1)
        if char == b"[":
            return self.array(depth + 1)
        if char == b'"':
            return string(self.string())
        if char and char in _NUMBER_START:
            return self.number()
        if char and char[0] in _LITERALS:
            return self.literal()
        self.fail("looking for beginning of value")
        raise AssertionError

    def check_depth(self, depth: int) -> None:
        if depth > _MAX_DEPTH:
            raise CallError("exceeded max depth")

    def object(self, depth: int) -> Value:
        self.check_depth(depth)
        self.at += 1
        found: dict[bytes, Value | None] = {}
        self.spaces()
        if self.peek() == b"}":
            self.at += 1
            return any_dict(found)
        while True:
            self.spaces()
            if self.peek() != b'"':
                self.fail("looking for beginning of object key string")
            key = self.string()
            self.spaces()
            if self.peek() != b":":
                self.fail("after object key")
            self.at += 1
            found[key] = self.value(depth)
            if self.ends(b"}", "after object key:value pair"):
                return any_dict(found)

    def array(self, depth: int) -> Value:
        self.check_depth(depth)
        self.at += 1
        found: list[Value | None] = []
        self.spaces()
        if self.peek() == b"]":
            self.at += 1
            return any_list(found)
        while True:
            found.append(self.value(depth))
            if self.ends(b"]", "after array element"):
                made = any_list(found)
                return Value(made.type, Slice.of(found, grown=True))

    def ends(self, closing: bytes, context: str) -> bool:
        """Read the comma or the closing bracket after an element; tell whether it is the latter."""
        self.spaces()
        char = self.peek()
        if char not in (b",", closing):
            self.fail(context)
        self.at += 1
        return char == closing

    def literal(self) -> Value | None:
        word, value = _LITERALS[self.text[self.at]]
        for char in word:
            if self.at >= len(self.text) or self.text[self.at] != char:
                self.fail(f"in literal {word.decode()} (expecting {chr(char)!r})")
            self.at += 1
        return value

    def number(self) -> Value:
        start = self.at
        if self.peek() == b"-":
            self.at += 1
            if not self.peek().isdigit():
                self.fail("in numeric literal")
        if self.peek() == b"0":
            self.at += 1
        else:
            self.digits()
        if self.peek() == b".":
            self.at += 1
            if not self.peek().isdigit():
                self.fail("after decimal point in numeric literal")
            self.digits()
        if self.peek() in (b"e", b"E"):
            self.at += 1
            if self.peek() in (b"+", b"-"):
                self.at += 1
            if not self.peek().isdigit():
                self.fail("in exponent of numeric literal")
            self.digits()
        literal = self.text[start : self.at].decode()
        value = parse_float(literal)
        if value is None:
            self.overflow = self.overflow or literal
        return number(0.0 if value is None else value)

    def digits(self) -> None:
        found = _DIGITS.match(self.text, self.at)
        assert found
        self.at = found.end()

    def string(self) -> bytes:
        self.at += 1
        out: list[str] = []
        start = self.at
        while (char := self.peek()) != b'"':
            if not char or char < b" ":
                self.fail("in string literal")
            self.at += 1
            if char == b"\\":
                out.append(valid(decode(self.text[start : self.at - 1])))
                out.append(self.escape())
                start = self.at
        out.append(valid(decode(self.text[start : self.at])))
        self.at += 1
        return _paired("".join(out)).encode()

    def escape(self) -> str:
        char = self.peek()
        if char in _ESCAPES:
            self.at += 1
            return _ESCAPES[char]
        if char != b"u":
            self.fail("in string escape code")
        self.at += 1
        start = self.at
        for _ in range(4):
            if not (digit := self.peek()) or digit not in _HEX:
                self.fail("in \\u hexadecimal character escape")
            self.at += 1
        return chr(int(self.text[start : self.at], 16))


_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]")


def _paired(text: str) -> str:
    """Join surrogates that `\\u` escapes wrote in pairs; a lone one becomes U+FFFD."""
    return _SURROGATES.sub(_pair, text)


def _pair(found: re.Match[str]) -> str:
    pair = found[0]
    return pair.encode("utf-16", "surrogatepass").decode("utf-16") if len(pair) > 1 else REPLACEMENT
