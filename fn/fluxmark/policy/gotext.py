"""Text as Go prints it, so that error texts are equal to the controller's letter by letter."""

from __future__ import annotations

import unicodedata

_SHORT = {
    "\a": r"\a",
    "\b": r"\b",
    "\f": r"\f",
    "\n": r"\n",
    "\r": r"\r",
    "\t": r"\t",
    "\v": r"\v",
    '"': r"\"",
    "\\": r"\\",
}


def quote(text: str) -> str:
    """Return the text as the verb %q prints it (Go, strconv.Quote)."""
    return f'"{"".join(map(_quoted, text))}"'


def upper(text: str) -> str:
    """Return the text in upper case, letter by letter (Go, strings.ToUpper: `ß` stays one letter)."""
    return "".join(big if len(big := letter.upper()) == 1 else letter for letter in text)


def _quoted(letter: str) -> str:
    if letter in _SHORT:
        return _SHORT[letter]
    if letter == " " or unicodedata.category(letter)[0] in "LMNPS":
        return letter
    code = ord(letter)
    if code < 0x80:  # the last of ASCII
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # fits four digits
