"""Runes as Go's package unicode sees them: their classes, and their other cases."""

from __future__ import annotations

import unicodedata


def upper(rune: str) -> str:
    """Return a rune in upper case, itself where Unicode has no single one."""
    if len(full := rune.upper()) == 1:
        return full
    title = rune.title()
    return title if len(title) == 1 else rune


def lower(rune: str) -> str:
    """Return a rune in lower case."""
    return full if len(full := rune.lower()) == 1 else full[0]


def title(rune: str) -> str:
    """Return a rune in title case, which is upper case for all but a few digraphs."""
    return full if len(full := rune.title()) == 1 else rune


def is_upper(rune: str) -> bool:
    """Tell whether a rune is an upper-case letter."""
    return unicodedata.category(rune) == "Lu"


def is_lower(rune: str) -> bool:
    """Tell whether a rune is a lower-case letter."""
    return unicodedata.category(rune) == "Ll"


def is_title(rune: str) -> bool:
    """Tell whether a rune is a title-case letter."""
    return unicodedata.category(rune) == "Lt"


def is_letter(rune: str) -> bool:
    """Tell whether a rune is a letter."""
    return unicodedata.category(rune)[0] == "L"


def is_number(rune: str) -> bool:
    """Tell whether a rune is a number of any kind."""
    return unicodedata.category(rune)[0] == "N"


def is_punctuation(rune: str) -> bool:
    """Tell whether a rune is punctuation."""
    return unicodedata.category(rune)[0] == "P"
