"""Tags that a pattern matches, made up from it: for what can be said without knowing the registry."""

from __future__ import annotations

import re
from itertools import islice, product
from typing import TYPE_CHECKING, Final

from fluxmark.golang.regexp import RegexpError, compile_pattern
from fluxmark.rules.ordering.characters import DIGITS, TAG_CHARACTERS
from fluxmark.rules.ordering.pattern import rows
from fluxmark.rules.ordering.reader import UnknownSyntaxError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fluxmark.rules.ordering.pattern import Part, Row

TAG: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_MOST: Final = 3000
_NUMBERS: Final = (
    "1",
    "0",
    "10",
    "20240101",
    "1700000000",
    "20240101123456",
    "20240101123456789",
    "120000",
    "2024",
)
_WORDS: Final = (
    "1.2.3",
    "1.2",
    "v1.2.3",
    "1.2.3-rc.1",
    "1.2.3-1",
    "main",
    "latest",
    "abc1234",
    "1",
    "rc",
    "a",
    "0",
)


def samples(
    pattern: str, words: Iterable[str] = (), numbers: Iterable[str] = (), *, open_ends: bool = True
) -> list[str] | None:
    """Return tags that a pattern matches; None if nothing is certain about it.

    words, numbers: tried where the pattern allows any, before the usual ones. open_ends: whether unanchored ends
    are filled, too. An empty list means that the pattern is understood and matches nothing that was tried.
    """
    try:
        found = rows(pattern)
        matches = compile_pattern(pattern).matches
    except (UnknownSyntaxError, RegexpError):
        return None
    if not open_ends:
        found = tuple(tuple(part for part in row if not part.is_open) for row in found)
    made = (tag for row in found for tag in _of_row(row, (*words, *_WORDS), (*numbers, *_NUMBERS)))
    return [tag for tag in dict.fromkeys(made) if TAG.fullmatch(tag) and matches(tag)]


def impossible(pattern: str) -> tuple[int, int, str] | None:
    """Return the piece of a pattern that no tag can match (index, length, text); None if some tag may match it."""
    try:
        found = rows(pattern)
    except UnknownSyntaxError:
        return None
    faults = [fault for row in found if (fault := _fault(row, pattern))]
    return faults[0] if faults and len(faults) == len(found) else None


def _fault(row: Row, pattern: str) -> tuple[int, int, str] | None:
    for part in row:
        wrong = next((char for char in part.text if char not in TAG_CHARACTERS), None)
        if wrong is not None:
            at = pattern.find(wrong, part.start, part.end)
            return (at, 1, wrong) if at >= 0 else (part.start, part.end - part.start, wrong)
        if not part.text and not part.options and not part.chars and part.low:
            return part.start, part.end - part.start, pattern[part.start : part.end]
    return None


def _of_row(row: Row, words: tuple[str, ...], numbers: tuple[str, ...]) -> Iterator[str]:
    choices = [tuple(_texts(part, words, numbers, first=at == 0)) for at, part in enumerate(row)]
    # the first choices of all parts first, so that a limit cuts what is unusual
    for texts in islice(product(*choices), _MOST):
        yield "".join(texts)
    for at, options in enumerate(choices):
        for option in options:
            yield "".join(option if index == at else texts[0] for index, texts in enumerate(choices) if texts)


def _texts(part: Part, words: tuple[str, ...], numbers: tuple[str, ...], *, first: bool) -> Iterator[str]:
    if part.text or part.options:
        yield from (part.text,) if part.text else part.options
        return
    if part.is_open:
        yield ""
        yield from words
        return
    candidates: Iterable[str] = words
    if part.chars <= DIGITS:
        candidates = sorted(numbers, key=lambda text: len(text) < part.low)  # without zeros in front first
    elif not part.low and not first:
        yield ""
    found = False
    for text in candidates:
        padded = text.zfill(part.low) if part.chars <= DIGITS else text
        if set(padded) <= part.chars and part.low <= len(padded) <= (part.high or len(padded)):
            found = True
            yield padded
    if not found or not part.low:
        char = min(part.chars & DIGITS or part.chars, default="")
        yield char * part.low
