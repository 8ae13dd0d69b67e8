"""snakecase and kebabcase: words of a camel-case text, in lower case, with a connector between them.

Source: github.com/huandu/xstrings v1.5.0, convert.go: a text is a row of words of one class each; whether two are
connected depends on their classes, and a number binds to the letters after it.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from fluxmark.flux.template.errors import Unsupported
from fluxmark.flux.template.sprig import runes
from fluxmark.golang.text import REPLACEMENT, SPACES

if TYPE_CHECKING:
    from collections.abc import Callable


class Class(enum.Enum):
    """The class of a word's runes."""

    END = enum.auto()  # no word: the text is over
    NUMBER = enum.auto()
    UPPER = enum.auto()  # begins with an upper-case letter
    LETTERS = enum.auto()
    CONNECTOR = enum.auto()
    PUNCTUATION = enum.auto()
    OTHER = enum.auto()


_UNCONNECTED = (Class.END, Class.PUNCTUATION, Class.CONNECTOR)
_IDEOGRAPHS = ((0x3400, 0x4D85), (0x4E00, 0x9FCC), (0x20000, 0x2B81D))


def _is_connector(rune: str) -> bool:
    return rune in "-_" or rune in SPACES


def _is_plain_letter(rune: str) -> bool:
    return _is_alphabet(rune) and not runes.is_upper(rune)


def _is_alphabet(rune: str) -> bool:
    """Tell whether a rune is a letter, but none of the CJK ideographs that xstrings knows."""
    code = ord(rune)
    return runes.is_letter(rune) and not any(first <= code <= last for first, last in _IDEOGRAPHS)


def _is_other(rune: str) -> bool:
    return not (_is_connector(rune) or _is_alphabet(rune) or runes.is_number(rune) or runes.is_punctuation(rune))


def _run(text: str, at: int, accepts: Callable[[str], bool]) -> int:
    """Return where a run of accepted runes ends."""
    while at < len(text) and accepts(text[at]):
        at += 1
    return at


def _word(text: str, at: int) -> tuple[Class, int]:
    """Return the class and the end of the word that begins here."""
    if at == len(text):
        return Class.END, at
    first, after = text[at], at + 1
    if _is_connector(first):
        return Class.CONNECTOR, _run(text, after, _is_connector)
    if runes.is_punctuation(first):
        return Class.PUNCTUATION, _run(text, after, runes.is_punctuation)
    if runes.is_upper(first):
        end = _run(text, after, runes.is_upper)
        if end == after:
            return Class.UPPER, _run(text, after, _is_plain_letter)
        # in "HTTPServer" the last upper-case letter begins the next word
        return Class.UPPER, end - 1 if end < len(text) and _is_alphabet(text[end]) else end
    if _is_alphabet(first):
        return Class.LETTERS, _run(text, after, _is_plain_letter)
    if runes.is_number(first):
        return Class.NUMBER, _run(text, after, runes.is_number)
    return Class.OTHER, _run(text, after, _is_other)


class _Words:
    """A text being read word by word; `kind` and `word` are the current one, `is_last` tells of the text's end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.end = 0
        self.kind = Class.END
        self.word = ""
        self.next()

    @property
    def is_last(self) -> bool:
        return self.end == len(self.text)

    def next(self) -> None:
        start = self.end
        self.kind, self.end = _word(self.text, start)
        self.word = self.text[start : self.end]


def lower_with(connector: str, text: str) -> str:
    """Return a text with `connector` between its words, and these in lower case; error: Unsupported."""
    if REPLACEMENT in text:
        raise Unsupported("parting words around bytes that are not UTF-8, or around U+FFFD")
    out: list[str] = []
    words = _Words(text)
    while not words.is_last:
        before, word = words.kind, words.word
        if before is not Class.CONNECTOR:
            out.append(_lowered(before, word, connector))
        words.next()
        if before is Class.NUMBER:
            _letters_after_number(words, out, connector)
        elif before is Class.CONNECTOR:
            out.append(_lowered(before, word, connector))
        elif before is not Class.PUNCTUATION:
            _after_letters(words, out, connector)
    return "".join((*out, _lowered(words.kind, words.word, connector)))


def _letters_after_number(words: _Words, out: list[str], connector: str) -> None:
    """Read the letters and numbers that bind to a number."""
    while words.kind in (Class.LETTERS, Class.NUMBER):
        out.append(_lowered(words.kind, words.word, connector))
        words.next()
    if words.kind not in _UNCONNECTED:
        out.append(connector)


def _after_letters(words: _Words, out: list[str], connector: str) -> None:
    if words.kind is not Class.NUMBER:
        if words.kind not in (Class.CONNECTOR, Class.PUNCTUATION):
            out.append(connector)
        return
    if words.is_last:
        return
    digits = words.word
    words.next()
    following: Class = words.kind
    if following is Class.LETTERS:
        out += (connector, digits)
        _letters_after_number(words, out, connector)
        return
    out.append(digits)
    if words.kind not in (Class.CONNECTOR, Class.PUNCTUATION):
        out.append(connector)


def _lowered(kind: Class, word: str, connector: str) -> str:
    if kind not in (Class.UPPER, Class.CONNECTOR):
        return word
    return "".join(connector if _is_connector(rune) else _lower(rune) for rune in word)


def _lower(rune: str) -> str:
    return runes.lower(rune) if runes.is_upper(rune) else rune
