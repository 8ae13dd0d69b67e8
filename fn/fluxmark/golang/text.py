"""Go's strings: bytes that mostly are UTF-8; how Go walks, quotes and unquotes them.

Inside the template interpreter a Go string is `bytes`. `decode` gives its runes as a `str` in which a byte that is
not UTF-8 is a lone surrogate (as Go sees one RuneError of width 1), and `encode` is its inverse.
Source: packages strconv and unicode/utf8 of Go, https://pkg.go.dev/strconv#Quote
"""

from __future__ import annotations

import unicodedata

REPLACEMENT = "\ufffd"
# white space, as unicode.IsSpace has it
SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_MAX_RUNE = 0x10FFFF
_NAMED = {"\a": "a", "\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t", "\v": "v"}
_ESCAPES = {letter: ord(char) for char, letter in _NAMED.items()} | {"\\": ord("\\")}
_HEX_LENGTH = {"x": 2, "u": 4, "U": 8}
_ASCII_PRINT = frozenset(range(0x20, 0x7F))


def decode(data: bytes) -> str:
    """Return the runes of a Go string; a byte that is not UTF-8 becomes U+DC80..U+DCFF."""
    return data.decode("utf-8", "surrogateescape")


def encode(runes: str) -> bytes:
    """Return the Go string of runes, the inverse of `decode`."""
    return runes.encode("utf-8", "surrogateescape")


def is_invalid(rune: str) -> bool:
    """Tell whether a rune of `decode` stands for a byte that is not UTF-8."""
    return "\udc80" <= rune <= "\udcff"


def valid(runes: str) -> str:
    """Return runes with U+FFFD for each byte that is not UTF-8, as Go writes a RuneError."""
    if runes.isascii():
        return runes
    return "".join(REPLACEMENT if is_invalid(rune) else rune for rune in runes)


def display(data: bytes) -> str:
    """Return a Go string for people to read."""
    return valid(decode(data))


def is_print(rune: str) -> bool:
    """Tell what strconv.IsPrint tells: letters, marks, numbers, punctuation, symbols and the ASCII space."""
    code = ord(rune)
    if code < 0x7F:
        return code in _ASCII_PRINT
    return unicodedata.category(rune)[0] in "LMNPS"


def quote(data: bytes | str, *, delimiter: str = '"', ascii_only: bool = False) -> str:
    """Return a Go string literal, as strconv.Quote (or, `ascii_only`, QuoteToASCII) writes it.

    A `str` stands for the Go string of its UTF-8.
    """
    runes = decode(data if isinstance(data, bytes) else data.encode(errors="surrogatepass"))
    return delimiter + "".join(_escape(rune, delimiter, ascii_only) for rune in runes) + delimiter


def upper(text: str) -> str:
    """Return a string in upper case, letter by letter (Go, strings.ToUpper: `ß` stays one letter)."""
    return "".join(big if len(big := letter.upper()) == 1 else letter for letter in text)


def _escape(rune: str, delimiter: str, ascii_only: bool) -> str:
    if is_invalid(rune):
        return f"\\x{ord(rune) - 0xDC00:02x}"
    if rune in (delimiter, "\\"):
        return "\\" + rune
    if is_print(rune) and (rune.isascii() or not ascii_only):
        return rune
    if rune in _NAMED:
        return "\\" + _NAMED[rune]
    code = ord(rune)
    if rune < " " or rune == "\x7f":
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def can_backquote(data: bytes) -> bool:
    """Tell whether a string can be unchanged within backquotes, as strconv.CanBackquote tells."""
    return not any(
        is_invalid(rune) or rune == "\ufeff" or (rune < " " and rune != "\t") or rune in "`\x7f"
        for rune in decode(data)
    )


def unquote(literal: str) -> bytes | None:
    """Return the string that a literal (in double quotes or backquotes) stands for, None if it is not one.

    Source: strconv.Unquote. The lexer has seen to the outer quotes.
    """
    body = literal[1:-1]
    if literal[0] == "`":
        return body.replace("\r", "").encode("utf-8", "surrogatepass")
    out = bytearray()
    at = 0
    while at < len(body):
        step = unquote_char(body, at, '"')
        if step is None:
            return None
        code, is_byte, at = step
        out += bytes((code,)) if is_byte else chr(code).encode("utf-8", "surrogatepass")
    return bytes(out)


def unquote_char(text: str, at: int, delimiter: str) -> tuple[int, bool, int] | None:
    r"""Read one character or escape of a literal: (code, it is a byte, where it ends); None: malformed.

    Source: strconv.UnquoteChar. `\x` and octal escapes stand for bytes, not for code points.
    """
    rune = text[at]
    if rune == delimiter or at >= len(text):
        return None
    if rune != "\\":
        return ord(rune), False, at + 1
    letter = text[at + 1 : at + 2]
    if letter in _ESCAPES and letter:
        return _ESCAPES[letter], False, at + 2
    if letter in ("'", '"'):
        return (ord(letter), False, at + 2) if letter == delimiter else None
    if length := _HEX_LENGTH.get(letter):
        code = _digits(text[at + 2 : at + 2 + length], length, 16)
        if code is None or (letter != "x" and (code > _MAX_RUNE or 0xD800 <= code <= 0xDFFF)):
            return None
        return code, letter == "x", at + 2 + length
    code = _digits(text[at + 1 : at + 4], 3, 8)
    return None if code is None or code > 0xFF else (code, True, at + 4)


def _digits(text: str, length: int, base: int) -> int | None:
    alphabet = "0123456789abcdefABCDEF" if base == 16 else "01234567"
    return int(text, base) if len(text) == length and all(char in alphabet for char in text) else None
