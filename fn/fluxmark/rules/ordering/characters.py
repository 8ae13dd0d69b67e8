r"""The characters of a class such as `[a-f0-9]`, `\d` or `\p{L}`, as far as a tag can have them.

Source: https://github.com/google/re2/wiki/Syntax
"""

from __future__ import annotations

import string
from typing import Final

DIGITS: Final = frozenset(string.digits)
LOWER: Final = frozenset(string.ascii_lowercase)
UPPER: Final = frozenset(string.ascii_uppercase)
LETTERS: Final = LOWER | UPPER
PUNCTUATION: Final = frozenset("_.-")
TAG_CHARACTERS: Final = DIGITS | LETTERS | PUNCTUATION
"""What a tag can be made of: https://github.com/opencontainers/distribution-spec, `<reference>`."""

PERL: Final = {"d": DIGITS, "w": DIGITS | LETTERS | {"_"}, "s": frozenset[str]()}
POSIX: Final = {
    "alnum": DIGITS | LETTERS,
    "alpha": LETTERS,
    "ascii": TAG_CHARACTERS,
    "blank": frozenset[str](),
    "cntrl": frozenset[str](),
    "digit": DIGITS,
    "graph": TAG_CHARACTERS,
    "lower": LOWER,
    "print": TAG_CHARACTERS,
    "punct": PUNCTUATION,
    "space": frozenset[str](),
    "upper": UPPER,
    "word": DIGITS | LETTERS | {"_"},
    "xdigit": frozenset(string.hexdigits),
}
_UNICODE: Final = {
    "Any": TAG_CHARACTERS,
    "L": LETTERS,
    "Ll": LOWER,
    "Lu": UPPER,
    "Latin": LETTERS,
    "N": DIGITS,
    "Nd": DIGITS,
    "P": PUNCTUATION,
    "Pc": frozenset("_"),
    "Pd": frozenset("-"),
    "Po": frozenset("."),
    "Common": DIGITS | PUNCTUATION,
}


def perl(char: str) -> frozenset[str]:
    r"""Return the characters of `\d`, `\w` or `\s`, or of all others for an upper-case letter."""
    chars = PERL[char.lower()]
    return TAG_CHARACTERS - chars if char.isupper() else chars


def posix(name: str) -> frozenset[str]:
    """Return the characters of `[:name:]` or `[:^name:]`; raises KeyError for an unknown name."""
    return TAG_CHARACTERS - POSIX[name[1:]] if name.startswith("^") else POSIX[name]


def unicode_class(name: str) -> frozenset[str]:
    r"""Return the characters of `\p{name}` that a tag can have: none for scripts other than Latin."""
    return _UNICODE.get(name, frozenset())


def both_cases(chars: frozenset[str]) -> frozenset[str]:
    """Return the characters in both cases, as `(?i)` matches them."""
    return chars | {char.swapcase() for char in chars if char in LETTERS}
