"""A regular expression as rows of parts: literals, classes of characters and choices.

Each way through the alternatives and optional groups of a pattern is a row. The grammar is that of RE2
(https://github.com/google/re2/wiki/Syntax) as far as patterns of tags use it. The evaluator decides whether a
pattern is valid and what it matches; rows only say where to look.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import Final, TypeAlias

from fluxmark.rules.ordering.characters import DIGITS, TAG_CHARACTERS
from fluxmark.rules.ordering.reader import Reader, UnknownSyntaxError

MAX_ROWS: Final = 64
_MAX_COPIES: Final = 8


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a pattern that matches one run of text.

    text: of a literal. chars, low, high: of a class, and how often it repeats (high None: without limit).
    options: of a choice between literals. groups, names: of the groups around it, the outermost first. start,
    end: its place in the pattern; -1 for what an unanchored end lets in. anchor: '^' or '$'; matches no text.
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

    @property
    def is_literal(self) -> bool:
        """Whether it is a fixed text."""
        return bool(self.text)

    @property
    def is_open(self) -> bool:
        """Whether it stands for what an unanchored end lets in."""
        return self.start < 0 and not self.text and not self.anchor

    @property
    def is_digits(self) -> bool:
        """Whether it matches nothing but digits."""
        return bool(self.chars) and self.chars <= DIGITS

    def fits(self, text: str) -> bool:
        """Tell whether the class can match a text."""
        return set(text) <= self.chars and self.low <= len(text) <= (len(text) if self.high is None else self.high)


Row: TypeAlias = tuple[Part, ...]
_MAX_DEPTH = 50
"""Groups within groups: far more than a pattern of tags needs, far less than the stack takes."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """The rows of a pattern; complete: whether they are all ways through it."""

    rows: tuple[Row, ...]
    complete: bool


@lru_cache(maxsize=256)
def grammar(pattern: str) -> Grammar:
    """Return the rows of a pattern. An unanchored end is a part of its own. Raises UnknownSyntaxError."""
    parser = _Parser(pattern)
    try:
        found = parser.alternatives()
    except (KeyError, ValueError, IndexError) as error:
        raise UnknownSyntaxError(str(error)) from None
    if parser.at < len(pattern):
        raise UnknownSyntaxError(pattern[parser.at :])
    return Grammar(tuple(dict.fromkeys(map(_close, found))), parser.complete)


def rows(pattern: str) -> tuple[Row, ...]:
    """Return the rows of a pattern; raises UnknownSyntaxError."""
    return grammar(pattern).rows


def _close(row: Row) -> Row:
    """Remove the anchors at the ends of a row, and add an open part where one is missing."""
    anything = Part(chars=TAG_CHARACTERS, low=0, high=None)
    parts = list(row)
    head = () if parts and parts[0].anchor == "^" else (anything,)
    tail = () if parts and parts[-1].anchor == "$" else (anything,)
    while parts and parts[0].anchor == "^":
        parts.pop(0)
    while parts and parts[-1].anchor == "$":
        parts.pop()
    if any(part.anchor for part in parts):
        raise UnknownSyntaxError("an anchor in the middle")
    return (*head, *_joined(parts), *tail)


def _joined(parts: list[Part]) -> list[Part]:
    """Join literals, and digits (`[1-9][0-9]*`), that are side by side in the same groups."""
    found: list[Part] = []
    for part in parts:
        last = found[-1] if found else None
        if last and last.is_literal and part.is_literal and last.groups == part.groups:
            found[-1] = replace(last, text=last.text + part.text, end=part.end)
        elif last and last.is_digits and part.is_digits and last.groups == part.groups:
            high = None if last.high is None or part.high is None else last.high + part.high
            chars = last.chars | part.chars
            found[-1] = replace(last, chars=chars, low=last.low + part.low, high=high, end=part.end)
        else:
            found.append(part)
    return found


class _Parser(Reader):
    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.count = 0
        self.groups: tuple[int, ...] = ()
        self.names: tuple[str, ...] = ()
        self.complete = True
        self.depth = 0

    def alternatives(self) -> list[Row]:
        found = self._sequence()
        while self.take("|"):
            found += self._sequence()
        if len(found) > 1 and all(all(part.is_literal for part in row) for row in found):
            options = tuple("".join(part.text for part in row) for row in found)
            starts = [part.start for row in found for part in row]
            ends = [part.end for row in found for part in row]
            if all(options):
                return [(self._part(options=options, start=min(starts), end=max(ends)),)]
        return self._limited(found)

    def _limited(self, found: list[Row]) -> list[Row]:
        if len(found) > MAX_ROWS:
            self.complete = False
        return found[:MAX_ROWS]

    def _sequence(self) -> list[Row]:
        found: list[Row] = [()]
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            more = self._repeated()
            found = self._limited([(*row, *added) for row, added in product(found, more)])
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
        if low > _MAX_COPIES:
            raise UnknownSyntaxError("a long repetition")
        if high is None or high > max(low, 1):
            self.complete = False
        # present first: what a pattern describes in full is what its author thought of
        repeated = [row * max(low, 1) for row in found]
        return repeated if low else [*repeated, ()]

    def _quantifier(self) -> tuple[int, int | None]:
        bounds: tuple[int, int | None] = (1, 1)
        if self.at < len(self.pattern):
            char = self.pattern[self.at]
            if char in "*+?":
                self.at += 1
                bounds = {"*": (0, None), "+": (1, None), "?": (0, 1)}[char]
            elif char == "{" and (counted := self._counted()):
                bounds = counted
            else:
                return bounds
            self.take("?")  # lazy: the same tags match
            if self.pattern[self.at : self.at + 1] in ("*", "+"):
                raise UnknownSyntaxError(self.pattern[self.at])
        return bounds

    def _counted(self) -> tuple[int, int | None] | None:
        end = self.pattern.find("}", self.at)
        low, comma, high = self.pattern[self.at + 1 : end].partition(",") if end > 0 else ("", "", "")
        if not low.isdecimal() or not (high.isdecimal() or not high):
            return None  # a brace that is not a count is a literal
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
                return [(self._part(chars=self.read_class(), start=start, end=self.at),)]
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
        if char == "Q":
            end = self.pattern.find("\\E", self.at)
            text = self.pattern[self.at + 1 : end if end >= 0 else None]
            self.at = end + 2 if end >= 0 else len(self.pattern)
            return [(self._part(text=text, start=start, end=self.at),)] if text else [()]
        if char and char in "bB":
            self.at += 1
            return [()]  # matches no text; the evaluator decides
        if char and char in "Az":
            self.at += 1
            return [(self._part(anchor="^" if char == "A" else "$", start=start, end=self.at),)]
        found = self.escaped()
        if isinstance(found, str):
            return [(self._part(text=found, start=start, end=self.at),)]
        return [(self._part(chars=found, start=start, end=self.at),)]

    def _group(self) -> list[Row]:
        groups, names, any_case = self.groups, self.names, self.any_case
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise UnknownSyntaxError("groups that are nested too deeply")
        if self.take("?"):
            self.take("P")
            if self.take("<"):
                end = self.pattern.index(">", self.at)
                self._open(self.pattern[self.at : end])
                self.at = end + 1
            elif self._flags():
                self.depth -= 1
                return [()]
        else:
            self._open("")
        found = self.alternatives()
        if not self.take(")"):
            raise UnknownSyntaxError("(")
        self.groups, self.names, self.any_case = groups, names, any_case
        self.depth -= 1
        return found

    def _flags(self) -> bool:
        """Read `i:` or `i)`; tell whether it is the whole group. Only `i` changes what tags match."""
        value = True
        while not self.take(":"):
            if self.take(")"):
                return True
            char = self.pattern[self.at]
            self.at += 1
            if char == "-":
                value = False
            elif char == "i":
                self.any_case = value
            elif char not in "msU":
                raise UnknownSyntaxError("(?")
        return False

    def _open(self, name: str) -> None:
        self.count += 1
        self.groups = (*self.groups, self.count)
        self.names = (*self.names, name) if name else self.names

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
