"""The tokens of a template.

Source: package text/template/parse of Go 1.26 (lex.go).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from fluxmark.golang.text import quote


class Kind(enum.Enum):
    """What a token is; the value of a keyword is the keyword."""

    ERROR = enum.auto()
    BOOL = enum.auto()
    CHAR = enum.auto()  # printable ASCII that means nothing elsewhere: a comma in `range $k, $v`
    CHAR_CONSTANT = enum.auto()
    COMPLEX = enum.auto()
    ASSIGN = enum.auto()
    DECLARE = enum.auto()
    EOF = enum.auto()
    FIELD = enum.auto()
    IDENTIFIER = enum.auto()
    LEFT_DELIM = enum.auto()
    LEFT_PAREN = enum.auto()
    NUMBER = enum.auto()
    PIPE = enum.auto()
    RAW_STRING = enum.auto()
    RIGHT_DELIM = enum.auto()
    RIGHT_PAREN = enum.auto()
    SPACE = enum.auto()
    STRING = enum.auto()
    TEXT = enum.auto()
    VARIABLE = enum.auto()
    BLOCK = "block"
    BREAK = "break"
    CONTINUE = "continue"
    DEFINE = "define"
    DOT = "."
    ELSE = "else"
    END = "end"
    IF = "if"
    NIL = "nil"
    RANGE = "range"
    TEMPLATE = "template"
    WITH = "with"


KEYWORDS = {kind.value: kind for kind in Kind if isinstance(kind.value, str)}
_MAX_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Token:
    """A token: its text, where it starts (code points from 0) and in which line (from 1)."""

    kind: Kind
    pos: int
    text: str
    line: int

    def __str__(self) -> str:
        """Return the token as upstream's errors show it."""
        if self.kind is Kind.EOF:
            return "EOF"
        if self.kind is Kind.ERROR:
            return self.text
        if self.kind.value == self.text and self.text in KEYWORDS:
            return f"<{self.text}>"
        shown = self.text.encode("utf-8", "surrogatepass")
        if len(shown) > _MAX_SHOWN:
            return quote(self.text[:_MAX_SHOWN].encode("utf-8", "surrogatepass")) + "..."
        return quote(shown)
