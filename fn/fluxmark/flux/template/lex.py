"""A template's text as tokens: text, delimiters, and what is between them.

Source: package text/template/parse of Go 1.26 (lex.go); the error texts are upstream's, which users see.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from fluxmark.flux.template.tokens import KEYWORDS, Kind, Token
from fluxmark.golang.text import is_print, quote

if TYPE_CHECKING:
    from collections.abc import Iterator

LEFT = "{{"
RIGHT = "}}"
_SPACES = " \t\r\n"
_SIGNS = "+-"
_SINGLE = {"=": Kind.ASSIGN, "|": Kind.PIPE}


class _LexError(Exception):
    """The text cannot be read on; becomes the last token."""


def lex(text: str) -> Iterator[Token]:
    """Yield the tokens of a template; the last one is EOF or ERROR (its text says what is wrong)."""
    lexer = _Lexer(text)
    try:
        yield from lexer.run()
    except _LexError as error:
        yield Token(Kind.ERROR, lexer.start, str(error), lexer.start_line)


def is_alphanumeric(char: str) -> bool:
    """Tell whether a character can be part of an identifier: a letter, a digit of any script, or `_`."""
    return char == "_" or (char != "" and unicodedata.category(char)[0] == "L") or _is_digit(char)


def _is_digit(char: str) -> bool:
    return char != "" and unicodedata.category(char) == "Nd"


class _Lexer:
    """A cursor on the text: `start` and `start_line` are those of the token being read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pos = 0
        self.start = 0
        self.start_line = 1
        self.parens = 0

    def run(self) -> Iterator[Token]:
        while self.pos < len(self.text):
            yield from self._text()
            if self.pos < len(self.text) and (token := self._left()):
                yield token
                yield from self._action()
        yield self._emit(Kind.EOF, "EOF")

    def _emit(self, kind: Kind, text: str | None = None) -> Token:
        token = Token(
            kind, self.start, self.text[self.start : self.pos] if text is None else text, self.start_line
        )
        self._ignore()
        return token

    def _ignore(self) -> None:
        self.start_line += self.text.count("\n", self.start, self.pos)
        self.start = self.pos

    def _peek(self) -> str:
        return self.text[self.pos : self.pos + 1]

    def _accept(self, chars: str) -> bool:
        char = self._peek()
        if char and char in chars:
            self.pos += 1
            return True
        return False

    def _accept_run(self, chars: str) -> None:
        while self._accept(chars):
            pass

    # Outside an action

    def _text(self) -> Iterator[Token]:
        found = self.text.find(LEFT, self.pos)
        end = len(self.text) if found < 0 else found
        kept = end
        if found >= 0 and self._left_trim(found + len(LEFT)):
            kept = self.start + len(self.text[self.start : end].rstrip(_SPACES))
        self.pos = kept
        if kept > self.start:
            yield self._emit(Kind.TEXT)
        self.pos = end
        self._ignore()

    def _left_trim(self, at: int) -> bool:
        return self.text[at : at + 1] == "-" and self.text[at + 1 : at + 2] in tuple(_SPACES)

    def _left(self) -> Token | None:
        """Read the left delimiter; a comment is read to its end, and is not a token."""
        trim = 2 if self._left_trim(self.pos + len(LEFT)) else 0
        self.pos += len(LEFT)
        if self.text.startswith("/*", self.pos + trim):
            self.pos += trim
            self._ignore()
            self._comment()
            return None
        token = self._emit(Kind.LEFT_DELIM)
        self.pos += trim
        self._ignore()
        self.parens = 0
        return token

    def _comment(self) -> None:
        end = self.text.find("*/", self.pos + 2)
        if end < 0:
            raise _LexError("unclosed comment")
        self.pos = end + 2
        if not (delimiter := self._right_delimiter()):
            raise _LexError("comment ends before closing delimiter")
        self._close(delimiter)

    # Inside an action

    def _right_delimiter(self) -> str:
        """Return the right delimiter that is here, with its trim marker, else nothing."""
        here = self.text[self.pos : self.pos + 4]
        if here.endswith("-" + RIGHT) and here[0] in _SPACES and len(here) == len(RIGHT) + 2:
            return here
        return RIGHT if here.startswith(RIGHT) else ""

    def _close(self, delimiter: str) -> Token:
        """Read the right delimiter, and the space after it where a marker trims that."""
        trim = len(delimiter) - len(RIGHT)
        self.pos += trim
        self._ignore()
        self.pos += len(RIGHT)
        token = self._emit(Kind.RIGHT_DELIM)
        if trim:
            self._accept_run(_SPACES)
            self._ignore()
        return token

    def _action(self) -> Iterator[Token]:
        while not (delimiter := self._right_delimiter()):
            yield self._token()
        if self.parens:
            raise _LexError("unclosed left paren")
        yield self._close(delimiter)

    def _token(self) -> Token:
        char = self._peek()
        self.pos += len(char)
        if char == "":
            raise _LexError("unclosed action")
        if char in _SPACES:
            return self._space()
        if char in _SINGLE:
            return self._emit(_SINGLE[char])
        if char == ":":
            if not self._accept("="):
                raise _LexError("expected :=")
            return self._emit(Kind.DECLARE)
        if char in "\"'`":
            return self._quoted(char)
        if char == "$":
            return self._emit(Kind.VARIABLE) if self._at_terminator() else self._name(Kind.VARIABLE)
        following = self._peek()
        if char == "." and following and not "0" <= following <= "9":
            return self._emit(Kind.DOT) if self._at_terminator() else self._name(Kind.FIELD)
        if char in ".+-0123456789":
            self.pos -= 1
            return self._number()
        if is_alphanumeric(char):
            return self._identifier()
        if char == "(":
            self.parens += 1
            return self._emit(Kind.LEFT_PAREN)
        if char == ")":
            self.parens -= 1
            if self.parens < 0:
                raise _LexError("unexpected right paren")
            return self._emit(Kind.RIGHT_PAREN)
        if char.isascii() and is_print(char):
            return self._emit(Kind.CHAR)
        raise _LexError(f"unrecognized character in action: {_show(char)}")

    def _space(self) -> Token:
        """Read a run of spaces, but not the one that begins a trimming right delimiter."""
        self._accept_run(_SPACES)
        self.pos -= 1
        if len(self._right_delimiter()) <= len(RIGHT):
            self.pos += 1
        return self._emit(Kind.SPACE)

    def _at_terminator(self) -> bool:
        """Tell whether a name may end here; breaks `.X.Y` in two, and refuses `$x+2`."""
        char = self._peek()
        return char in _SPACES or char in ".,|:)(" or self.text.startswith(RIGHT, self.pos)

    def _name(self, kind: Kind) -> Token:
        while is_alphanumeric(self._peek()):
            self.pos += 1
        if not self._at_terminator():
            raise _LexError(f"bad character {_show(self._peek())}")
        return self._emit(kind)

    def _identifier(self) -> Token:
        token = self._name(Kind.IDENTIFIER)
        kind = Kind.BOOL if token.text in ("true", "false") else KEYWORDS.get(token.text, Kind.IDENTIFIER)
        return Token(kind, token.pos, token.text, token.line)

    def _quoted(self, delimiter: str) -> Token:
        kind, name, raw = {
            '"': (Kind.STRING, "quoted string", False),
            "'": (Kind.CHAR_CONSTANT, "character constant", False),
            "`": (Kind.RAW_STRING, "raw quoted string", True),
        }[delimiter]
        while True:
            char = self._peek()
            self.pos += 1
            if char == "\\" and not raw:
                char = self._peek()
                self.pos += 1
                if char not in ("", "\n"):
                    continue
            if char == "" or (char == "\n" and not raw):
                raise _LexError(f"unterminated {name}")
            if char == delimiter:
                return self._emit(kind)

    def _number(self) -> Token:
        """Read what may be a number; the parser says whether it is one."""
        good = self._scan_number()
        kind = Kind.NUMBER
        if good and self._peek() and self._peek() in _SIGNS:  # complex: 1+2i, no spaces
            good = self._scan_number() and self.text[self.pos - 1] == "i"
            kind = Kind.COMPLEX
        if not good:
            literal = self.text[self.start : self.pos].encode("utf-8", "surrogatepass")
            raise _LexError(f"bad number syntax: {quote(literal)}")
        return self._emit(kind)

    def _scan_number(self) -> bool:
        self._accept(_SIGNS)
        digits, exponent = "0123456789_", "eE"
        if self._accept("0"):
            if self._accept("xX"):
                digits, exponent = "0123456789abcdefABCDEF_", "pP"
            elif self._accept("oO"):
                digits, exponent = "01234567_", ""
            elif self._accept("bB"):
                digits, exponent = "01_", ""
        self._accept_run(digits)
        if self._accept("."):
            self._accept_run(digits)
        if exponent and self._accept(exponent):
            self._accept(_SIGNS)
            self._accept_run("0123456789_")
        self._accept("i")
        if is_alphanumeric(self._peek()):
            self.pos += 1
            return False
        return True


def _show(char: str) -> str:
    """Return a character as Go's `%#U` does."""
    shown = f"U+{ord(char):04X}"
    return f"{shown} '{char}'" if is_print(char) else shown
