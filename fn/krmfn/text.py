"""Source text: where lines end, where an offset is, and splices.

Offsets are code points into the text, as libyaml's marks are; lines and columns count from 1.
"""

from __future__ import annotations

import bisect
import codecs
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

BOM = "\ufeff"
# What libyaml takes for a line break: YAML 1.1, section 5.4 (a lone CR, NEL, LS and PS are breaks, too).
BREAKS = "\n\r\x85\u2028\u2029"
_BREAK = re.compile(f"\r\n|[{BREAKS}]")
_TO_BREAK = re.compile(f"[^{BREAKS}]*")
_SHOWN_COLUMNS = 160


class InputError(Exception):
    """The input cannot be read; the text says what, where (`name:line:column`) and what to do."""


class OverlapError(ValueError):
    """Two edits want the same piece of text."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a text, both parts from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `text[start:end]` by `new`; start == end inserts."""

    start: int
    end: int
    new: str


class Lines:
    """Finds line and column of offsets; building it reads the text once."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def starts(self) -> list[int]:
        """The offset of every line's first character."""
        return [0, *(found.end() for found in _BREAK.finditer(self.text))]

    def position(self, offset: int) -> Position:
        """Return line and column of an offset."""
        line = bisect.bisect_right(self.starts, offset)
        return Position(line, offset - self.starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """Return the text of a line (from 1), without its break."""
        start = self.starts[number - 1]
        return self.text[start : line_end(self.text, start)]


def line_end(text: str, offset: int) -> int:
    """Return the offset of the break that ends the line of `offset`, or the length of the text."""
    found = _TO_BREAK.match(text, offset)
    assert found
    return found.end()


def next_line(text: str, offset: int) -> int:
    """Return the offset of the first character of the next line, or the length of the text."""
    end = line_end(text, offset)
    return end + 2 if text.startswith("\r\n", end) else min(end + 1, len(text))


def line_start(text: str, offset: int) -> int:
    """Return the offset of the first character of the line of `offset`."""
    start = text.rfind("\n", 0, offset) + 1
    if text.isascii() and "\r" not in text[start:offset]:
        return start
    while offset > start and text[offset - 1] not in BREAKS:
        offset -= 1
    return offset


def newline(text: str) -> str:
    """Return the line break that the text uses first; a text without one gets a line feed."""
    found = _BREAK.search(text)
    return found.group() if found and found.group() in ("\r\n", "\r") else "\n"


def splice(text: str, edits: Iterable[Edit], *, start: int = 0, end: int | None = None) -> str:
    """Apply the edits to `text[start:end]` and return the new piece.

    Edits at the same offset keep the order in which they are given.

    Raises OverlapError where two edits want the same text, ValueError where one lies outside.
    """
    end = len(text) if end is None else end
    pieces: list[str] = []
    done = start
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if edit.start < done:
            if edit.start < start:
                raise ValueError(f"edit at {edit.start} lies outside {start}:{end}")
            raise OverlapError(f"two edits overlap at offset {edit.start}")
        if edit.end > end:
            raise ValueError(f"edit at {edit.start} lies outside {start}:{end}")
        pieces += text[done : edit.start], edit.new
        done = edit.end
    pieces.append(text[done:end])
    return "".join(pieces)


def decode(data: bytes, name: str) -> str:
    """Decode a file's bytes; the byte order mark, which libyaml does not count, stays in the text.

    Raises InputError for UTF-16, UTF-32 and bytes that are not UTF-8, with line and column of the first one.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in data[:4]:
        raise InputError(f"{name}:1:1: the text is UTF-16 or UTF-32; save it as UTF-8")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        good = data[: error.start].decode()
        place = Lines(good).position(len(good))
        byte = data[error.start]
        raise InputError(
            f"{name}:{place.line}:{place.column}: byte 0x{byte:02x} is not UTF-8; save the file as UTF-8"
        ) from None


def show(text: str, position: Position) -> str:
    """Return the line with a caret below the column, for an error; long lines are cut around the column."""
    line = Lines(text).line(position.line).replace("\t", " ")
    column = position.column - 1
    first = max(0, column - _SHOWN_COLUMNS // 2)
    return f"    {line[first : first + _SHOWN_COLUMNS]}\n    {' ' * (column - first)}^"
