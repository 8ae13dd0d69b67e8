"""Words: their case, their initials, and lines of them.

Source: github.com/Masterminds/goutils v1.1.1 and github.com/huandu/xstrings v1.5.0, which sprig calls, and Go's
package strings. goutils walks some strings byte by byte, as if each byte were a rune: so do `nospace`, `initials`.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from fluxmark.flux.template.limits import check_size
from fluxmark.flux.template.sprig import runes
from fluxmark.flux.template.types import INT, STRING, Function
from fluxmark.golang.text import SPACES, decode, valid

if TYPE_CHECKING:
    from collections.abc import Callable

_ELLIPSIS = b"..."


def _map(text: bytes, change: Callable[[str], str]) -> bytes:
    return "".join(map(change, valid(decode(text)))).encode()


def _upper(text: bytes) -> bytes:
    return _map(text, runes.upper)


def _lower(text: bytes) -> bytes:
    return _map(text, runes.lower)


def _title(text: bytes) -> bytes:
    """Go's strings.Title: a word begins after white space and after what is not a letter, digit or `_` of
    ASCII.
    """
    letters = valid(decode(text))
    pairs = zip(" " + letters, letters, strict=False)
    return "".join(runes.title(rune) if _separates(before) else rune for before, rune in pairs).encode()


def _separates(rune: str) -> bool:
    if rune.isascii():
        return not (rune.isalnum() or rune == "_")
    return rune in SPACES


def _untitle(text: bytes) -> bytes:
    letters = valid(decode(text))
    out = []
    first = True
    for rune in letters:
        if rune in SPACES:
            first = True
        elif first:
            rune, first = runes.lower(rune), False  # noqa: PLW2901 - the rune in its other case
        out.append(rune)
    return "".join(out).encode()


def _swapcase(text: bytes) -> bytes:
    out = []
    after_space = True
    for rune in valid(decode(text)):
        if runes.is_upper(rune) or runes.is_title(rune):
            out.append(runes.lower(rune))
            after_space = False
        elif runes.is_lower(rune):
            out.append(runes.title(rune) if after_space else runes.upper(rune))
            after_space = False
        else:
            out.append(rune)
            after_space = rune in SPACES
    return "".join(out).encode()


def _nospace(text: bytes) -> bytes:
    latin = text.decode("latin-1")
    kept = "".join(char for char in latin if char not in SPACES)
    return text if len(kept) == len(latin) else kept.encode()


def _initials(text: bytes) -> bytes:
    latin = text.decode("latin-1")
    pairs = zip(" " + latin, latin, strict=False)
    return "".join(char for before, char in pairs if before in SPACES and char not in SPACES).encode()


def _abbrev(width: int, text: bytes) -> bytes:
    return text if width < 4 else abbreviate(text, 0, width)


def _abbrevboth(left: int, right: int, text: bytes) -> bytes:
    if right < 4 or (left > 0 and right < 7):
        return text
    return abbreviate(text, left, right)


def abbreviate(text: bytes, offset: int, width: int) -> bytes:
    """Return at most `width` bytes of a text, from about `offset`, with dots for what is left out."""
    length = len(text)
    if length <= width:
        return text
    offset = min(offset, length)
    if length - offset < width - 3:
        offset = length - (width - 3)
    if offset <= 4:
        return text[: width - 3] + _ELLIPSIS
    if width < 7:
        return b""
    if offset + width - 3 < length:
        return _ELLIPSIS + (abbreviate(text[offset:], 0, width - 3) if width >= 7 else b"")
    return _ELLIPSIS + text[length - (width - 3) :]


def _wrap(width: int, text: bytes) -> bytes:
    return _wrapped(text, width, b"\n", cut_words=False)


def _wrap_with(width: int, line_break: bytes, text: bytes) -> bytes:
    return _wrapped(text, width, line_break or b"\n", cut_words=True)


def _wrapped(text: bytes, width: int, line_break: bytes, *, cut_words: bool) -> bytes:
    width = max(width, 1)
    check_size(len(text) + (len(text) // width + text.count(b" ") + 1) * len(line_break))
    out = bytearray()
    at = 0
    while len(text) - at > width:
        if text[at : at + 1] == b" ":
            at += 1
            continue
        space = text.rfind(b" ", at, at + width + 1)
        if space >= 0:
            end, following = space, space + 1
        elif cut_words:
            end = following = at + width
        else:
            space = text.find(b" ", at + width)
            if space < 0:
                out += text[at:]
                at = len(text)
                break
            end, following = space, space + 1
        out += text[at:end] + line_break
        at = following
    return bytes(out + text[at:])


def _is_connector(rune: str) -> bool:
    return rune in "-_" or rune in SPACES


def _camelcase(text: bytes) -> bytes:
    """Upper camel case: a letter after `-`, `_` or white space is upper, as is the first; runs of upper shrink."""
    letters = valid(decode(text))
    lead = "".join(itertools.takewhile(_is_connector, letters))
    rest = letters[len(lead) :]
    if not rest:
        return (letters + letters[-1:]).encode()  # upstream writes the last connector twice
    if len(rest) == 1:
        return (lead + runes.upper(rest)).encode()
    out = [lead]
    previous, in_upper = runes.upper(rest[0]), runes.is_upper(rest[0])
    for letter in rest[1:]:
        rune = letter
        if _is_connector(rune) and _is_connector(previous):
            out.append(previous)
            previous = rune
            continue
        if _is_connector(previous):
            in_upper = runes.is_upper(rune)
            rune = runes.upper(rune)
        else:
            if in_upper:
                if runes.is_upper(rune):
                    rune = runes.lower(rune)
                else:
                    in_upper = False
            out.append(previous)
        previous = rune
    return "".join((*out, previous)).encode()


def _snakecase(text: bytes) -> bytes:
    return _parted(text, "_")


def _kebabcase(text: bytes) -> bytes:
    return _parted(text, "-")


def _parted(text: bytes, connector: str) -> bytes:
    from fluxmark.flux.template.sprig.wordcase import lower_with

    return lower_with(connector, valid(decode(text))).encode()


FUNCTIONS: tuple[Function, ...] = (
    Function("abbrev", (INT, STRING), STRING, _abbrev),
    Function("abbrevboth", (INT, INT, STRING), STRING, _abbrevboth),
    Function("camelcase", (STRING,), STRING, _camelcase),
    Function("initials", (STRING,), STRING, _initials),
    Function("kebabcase", (STRING,), STRING, _kebabcase, is_slow=True),
    Function("lower", (STRING,), STRING, _lower),
    Function("nospace", (STRING,), STRING, _nospace),
    Function("snakecase", (STRING,), STRING, _snakecase, is_slow=True),
    Function("swapcase", (STRING,), STRING, _swapcase),
    Function("title", (STRING,), STRING, _title),
    Function("untitle", (STRING,), STRING, _untitle),
    Function("upper", (STRING,), STRING, _upper),
    Function("wrap", (INT, STRING), STRING, _wrap),
    Function("wrapWith", (INT, STRING, STRING), STRING, _wrap_with),
)
