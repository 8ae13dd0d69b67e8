"""Reads a regular expression character by character: escapes and classes of characters."""

from __future__ import annotations

from typing import Final

from fluxmark.rules.ordering.characters import TAG_CHARACTERS, both_cases, perl, posix, unicode_class

_SPACES: Final = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class UnknownSyntaxError(ValueError):
    """The pattern uses syntax that is not understood here, so nothing can be concluded from it."""


class Reader:
    """A place in a pattern, from which escapes and classes are read."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.any_case = False

    def escaped(self) -> str | frozenset[str]:
        r"""Read what follows a backslash: `d` and `pL` are classes, `.` and `x2d` characters."""
        char = self.pattern[self.at : self.at + 1]
        self.at += 1
        if char and char.lower() in "dws":
            return perl(char)
        if char and char in "pP":
            return self._unicode(negated=char == "P")
        if char == "x":
            end = self.pattern.index("}", self.at) if self.take("{") else self.at + 2
            code, self.at = self.pattern[self.at : end], end
            self.take("}")
            return chr(int(code, 16))
        if char in _SPACES:
            return _SPACES[char]
        if not char or char.isalnum():
            raise UnknownSyntaxError(f"\\{char}")
        return char

    def _unicode(self, *, negated: bool) -> frozenset[str]:
        if self.take("{"):
            end = self.pattern.index("}", self.at)
            name, self.at = self.pattern[self.at : end], end + 1
        else:
            name = self.pattern[self.at : self.at + 1]
            self.at += 1
        negated ^= name.startswith("^")
        chars = unicode_class(name.removeprefix("^"))
        return TAG_CHARACTERS - chars if negated else chars

    def read_class(self) -> frozenset[str]:
        """Read a class after its bracket; return the characters of it that a tag can have."""
        negated = self.take("^")
        chars: set[str] = set()
        first = True
        while first or self.pattern[self.at] != "]":
            first = False
            if self.pattern.startswith("[:", self.at):
                end = self.pattern.index(":]", self.at)
                chars |= posix(self.pattern[self.at + 2 : end])
                self.at = end + 2
                continue
            chars |= self._range()
        self.at += 1
        found = frozenset(chars & TAG_CHARACTERS)
        found = both_cases(found) if self.any_case else found
        return TAG_CHARACTERS - found if negated else found

    def _range(self) -> frozenset[str]:
        char = self._class_character()
        if isinstance(char, frozenset):
            return char
        if self.pattern[self.at : self.at + 1] != "-" or self.pattern[self.at + 1 : self.at + 2] == "]":
            return frozenset(char)
        self.at += 1
        last = self._class_character()
        if isinstance(last, frozenset):
            return frozenset(char) | {"-"} | last
        return frozenset(one for one in TAG_CHARACTERS if char <= one <= last)

    def _class_character(self) -> str | frozenset[str]:
        char = self.pattern[self.at]
        self.at += 1
        return self.escaped() if char == "\\" else char

    def take(self, text: str) -> bool:
        """Tell whether a text follows, and read it if so."""
        found = self.pattern.startswith(text, self.at)
        self.at += len(text) if found else 0
        return found
