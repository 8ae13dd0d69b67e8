"""A pattern as a row of parts: texts, classes of characters, choices.

The grammar is RE2's (https://github.com/google/re2/wiki/Syntax), as far as patterns of tags use it; whether a
pattern is valid, and what it matches, the evaluator says. Characters that no tag can have are left out of
classes.
"""

from __future__ import annotations

import string
from dataclasses import dataclass, replace
from itertools import product
from typing import Final, TypeAlias

DIGITS: Final = frozenset(string.digits)
LETTERS: Final = frozenset(string.ascii_letters)
TAG_CHARACTERS: Final = DIGITS | LETTERS | frozenset("_.-")
"""What a tag can be made of: https://github.com/opencontainers/distribution-spec, `<reference>`."""

MAX_VARIANTS: Final = 16
_MAX_COPIES: Final = 8

_ESCAPES = {"d": DIGITS, "w": DIGITS | LETTERS | {"_"}, "s": frozenset[str]()}
_POSIX = {
    "alnum": DIGITS | LETTERS,
    "alpha": LETTERS,
    "digit": DIGITS,
    "lower": frozenset(string.ascii_lowercase),
    "upper": frozenset(string.ascii_uppercase),
    "word": DIGITS | LETTERS | {"_"},
    "xdigit": frozenset(string.hexdigits),
    "punct": frozenset("_.-"),
    "graph": TAG_CHARACTERS,
    "print": TAG_CHARACTERS,
    "ascii": TAG_CHARACTERS,
}


class UnknownSyntaxError(ValueError):
    """The pattern uses something that is not understood here; nothing can be said about it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a pattern that matches one run of text.

    text: of a literal. chars, low, high: of a class, how often it may stand (high None: without end). options: of
    a choice between texts. groups, names: of the groups around it, the outermost first. start, end: where it
    stands in the pattern; -1 for what an open end lets in. anchor: '^' or '$' for an assertion, which matches no
    text. optional: whether it may be missing with all that is repeated together with it.
    """

    text: str = ""
    chars: frozenset[str] = frozenset()
    low: int = 1
    high: int | None = 1
    options: tuple[str, ...] = ()
    groups: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    start: int = -1
    end: int = -1
    anchor: str = ""
    optional: bool = False

    @property
    def is_literal(self) -> bool:
        """Whether it is a fixed text."""
        return bool(self.text)

    @property
    def is_open(self) -> bool:
        """Whether it stands for what an end without an anchor lets in."""
        return self.start < 0 and not self.text and not self.anchor


Row: TypeAlias = tuple[Part, ...]


def rows(pattern: str) -> list[Row]:
    """Return the rows of parts that a pattern stands for, one for each way through its alternatives.

    An end without an anchor is a part of its own (`is_open`). Raises UnknownSyntaxError.
    """
    parser = _Parser(pattern)
    found = parser.alternatives()
    if parser.at < len(pattern):
        raise UnknownSyntaxError(pattern[parser.at :])
    return [_close(row) for row in found[:MAX_VARIANTS]]


def _close(row: Row) -> Row:
    """Replace the anchors at the ends of a row, and put an open part where one is missing."""
    anything = Part(chars=TAG_CHARACTERS, low=0, high=None)
    parts = list(row)
    head = () if parts and parts[0].anchor == "^" else (anything,)
    tail = () if parts and parts[-1].anchor == "$" else (anything,)
    inner = [part for part in parts if not part.anchor]
    if sum(bool(part.anchor) for part in parts) > (not head) + (not tail):
        raise UnknownSyntaxError("an anchor in the middle")
    return (*head, *_joined(inner), *tail)


def _joined(parts: list[Part]) -> list[Part]:
    """Join literals, and digits (`[1-9][0-9]*`), that stand side by side in the same groups."""
    found: list[Part] = []
    for part in parts:
        last = found[-1] if found else None
        if last and last.is_literal and part.is_literal and last.groups == part.groups:
            found[-1] = replace(last, text=last.text + part.text, end=part.end)
        elif last and _is_digits(last) and _is_digits(part) and last.groups == part.groups:
            high = None if last.high is None or part.high is None else last.high + part.high
            chars = last.chars | part.chars
            found[-1] = replace(last, chars=chars, low=last.low + part.low, high=high, end=part.end)
        else:
            found.append(part)
    return found


def _is_digits(part: Part) -> bool:
    return bool(part.chars) and part.chars <= DIGITS and not part.optional


class _Parser:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.count = 0
        self.groups: tuple[int, ...] = ()
        self.names: tuple[str, ...] = ()

    def alternatives(self) -> list[Row]:
        found = self._sequence()
        while self._take("|"):
            found += self._sequence()
        if len(found) > 1 and all(all(part.is_literal for part in row) for row in found):
            options = tuple("".join(part.text for part in row) for row in found)
            starts = [part.start for row in found for part in row]
            ends = [part.end for row in found for part in row]
            if all(options):
                return [(self._part(options=options, start=min(starts), end=max(ends)),)]
        return found

    def _sequence(self) -> list[Row]:
        found: list[Row] = [()]
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            more = self._repeated()
            found = [(*row, *added) for row, added in product(found, more)]
            if len(found) > MAX_VARIANTS:
                raise UnknownSyntaxError("too many alternatives")
        return found

    def _repeated(self) -> list[Row]:
        start = self.at
        found = self._atom()
        low, high = self._quantifier()
        if (low, high) == (1, 1):
            return found
        if len(found) == 1 and len(found[0]) == 1:
            (part,) = found[0]
            if part.chars and (part.low, part.high) == (1, 1):
                return [(replace(part, low=low, high=high, start=start, end=self.at),)]
            if len(part.text) == 1 and part.groups == self.groups:
                chars = frozenset(part.text) & TAG_CHARACTERS
                return [(self._part(chars=chars, low=low, high=high, start=start, end=self.at),)]
        if low == 0:
            return [tuple(replace(part, optional=True) for part in row) for row in found]
        if low > _MAX_COPIES:
            raise UnknownSyntaxError("a long repetition")
        return [row * low for row in found]

    def _quantifier(self) -> tuple[int, int | None]:
        low, high = 1, 1
        bounds: tuple[int, int | None] = (low, high)
        if self.at < len(self.pattern):
            char = self.pattern[self.at]
            if char in "*+?":
                self.at += 1
                bounds = {"*": (0, None), "+": (1, None), "?": (0, 1)}[char]
            elif char == "{" and (counted := self._counted()):
                bounds = counted
            else:
                return bounds
            self._take("?")  # lazy: the same tags match
            if self.pattern[self.at : self.at + 1] in ("*", "+"):
                raise UnknownSyntaxError(self.pattern[self.at])
        return bounds

    def _counted(self) -> tuple[int, int | None] | None:
        end = self.pattern.find("}", self.at)
        low, comma, high = self.pattern[self.at + 1 : end].partition(",") if end > 0 else ("", "", "")
        if not low.isdecimal() or not (high.isdecimal() or not high):
            return None  # a brace that is no count is a text
        self.at = end + 1
        return int(low), (int(high) if high else None if comma else int(low))

    def _atom(self) -> list[Row]:
        start = self.at
        char = self.pattern[start]
        self.at += 1
        match char:
            case "(":
                return self._group()
            case "[":
                return [(self._part(chars=self._class(), start=start, end=self.at),)]
            case ".":
                return [(self._part(chars=TAG_CHARACTERS, start=start, end=self.at),)]
            case "^" | "$":
                return [(self._part(anchor=char, start=start, end=self.at),)]
            case "\\":
                return self._escape(start)
            case "*" | "+" | "?":
                raise UnknownSyntaxError(char)
        return [(self._part(text=char, start=start, end=self.at),)]

    def _escape(self, start: int) -> list[Row]:
        char = self.pattern[self.at : self.at + 1]
        self.at += 1
        if char == "Q":
            end = self.pattern.find("\\E", self.at)
            text = self.pattern[self.at : end if end >= 0 else None]
            self.at = end + 2 if end >= 0 else len(self.pattern)
            return [(self._part(text=text, start=start, end=self.at),)] if text else [()]
        if char in "Az":
            return [(self._part(anchor="^" if char == "A" else "$", start=start, end=self.at),)]
        if char.lower() in _ESCAPES:
            return [(self._part(chars=_escaped_class(char), start=start, end=self.at),)]
        if not char or char.isalnum():
            raise UnknownSyntaxError(f"\\{char}")
        return [(self._part(text=char, start=start, end=self.at),)]

    def _group(self) -> list[Row]:
        groups, names = self.groups, self.names
        if self._take("?"):
            self._take("P")
            if self._take("<"):
                end = self.pattern.index(">", self.at)
                self._open(self.pattern[self.at : end])
                self.at = end + 1
            elif not self._take(":"):
                raise UnknownSyntaxError("(?")  # flags
        else:
            self._open("")
        found = self.alternatives()
        if not self._take(")"):
            raise UnknownSyntaxError("(")
        self.groups, self.names = groups, names
        return found

    def _open(self, name: str) -> None:
        self.count += 1
        self.groups = (*self.groups, self.count)
        self.names = (*self.names, name) if name else self.names

    def _class(self) -> frozenset[str]:
        negated = self._take("^")
        chars: set[str] = set()
        first = True
        while first or self.pattern[self.at : self.at + 1] != "]":
            if self.at >= len(self.pattern):
                raise UnknownSyntaxError("[")
            first = False
            if self.pattern.startswith("[:", self.at):
                end = self.pattern.index(":]", self.at)
                name = self.pattern[self.at + 2 : end]
                chars |= TAG_CHARACTERS - _POSIX[name[1:]] if name.startswith("^") else _POSIX[name]
                self.at = end + 2
                continue
            chars |= self._range()
        self.at += 1
        return TAG_CHARACTERS - chars if negated else frozenset(chars & TAG_CHARACTERS)

    def _range(self) -> frozenset[str]:
        char = self._class_character()
        if len(char) != 1:
            return _escaped_class(char[1])
        more = self.pattern[self.at : self.at + 1] == "-" and self.pattern[self.at + 1 : self.at + 2] != "]"
        if not more:
            return frozenset(char)
        self.at += 1
        last = self._class_character()
        return frozenset(one for one in TAG_CHARACTERS if char <= one <= last)

    def _class_character(self) -> str:
        r"""Return a character of a class, or `\d` and the like."""
        char = self.pattern[self.at : self.at + 1]
        self.at += 1
        if char != "\\":
            return char
        char = self.pattern[self.at : self.at + 1]
        self.at += 1
        if char.lower() in _ESCAPES:
            return f"\\{char}"
        if not char or char.isalnum():
            raise UnknownSyntaxError(f"\\{char}")
        return char

    def _take(self, text: str) -> bool:
        found = self.pattern.startswith(text, self.at)
        self.at += len(text) if found else 0
        return found

    def _part(
        self,
        *,
        start: int,
        end: int,
        text: str = "",
        chars: frozenset[str] = frozenset(),
        low: int = 1,
        high: int | None = 1,
        options: tuple[str, ...] = (),
        anchor: str = "",
    ) -> Part:
        return Part(text, chars, low, high, options, self.groups, self.names, start, end, anchor)


def _escaped_class(char: str) -> frozenset[str]:
    chars = _ESCAPES[char.lower()]
    return TAG_CHARACTERS - chars if char.isupper() else chars
