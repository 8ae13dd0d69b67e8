"""Source text: where lines end, where an offset is, and splices.

Offsets are code points into the text; lines and columns count from 1. A byte order mark at the start of a text
has an offset, and no column: it is not part of the first line.
"""

from __future__ import annotations

import bisect
import re
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from krmfn.errors import EditError, InputError, OverlapError

if TYPE_CHECKING:
    from collections.abc import Iterable

BOM = "\ufeff"
# What libyaml takes for a line break: YAML 1.1, section 5.4 (a lone CR, NEL, LS and PS are breaks, too).
BREAKS = "\n\r\x85\u2028\u2029"
BREAK = re.compile(f"\r\n|[{BREAKS}]")
_USUAL_BREAK = re.compile("\r\n?|\n")
_TO_BREAK = re.compile(f"[^{BREAKS}]*")
_SHOWN_COLUMNS = 160
_SECRET = re.compile(
    r"kind['\"]?[ \t]{0,8}:[ \t]{0,8}['\"]?Secret\b|\bstringData\b|\.?dockerconfigjson\b|\"auths\""
)
_WINDOW = 256


class Position(NamedTuple):
    """A place in a text, both parts from 1."""

    line: int
    column: int


class Edit(NamedTuple):
    """Replace `text[start:end]` by `new`; start == end inserts."""

    start: int
    end: int
    new: str


class Lines:
    """Finds line and column of offsets; building it reads the text once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._asked = False

    @cached_property
    def starts(self) -> list[int]:
        """The offset of every line's first character."""
        if self._is_usual:
            return list(accumulate((len(line) + 1 for line in self.text.split("\n")[:-1]), initial=0))
        return [_first(self.text), *(found.end() for found in BREAK.finditer(self.text))]

    @property
    def _is_usual(self) -> bool:
        """Whether all breaks are line feeds."""
        return self.text.isascii() and "\r" not in self.text

    def position(self, offset: int) -> Position:
        """Return line and column of an offset; one after the end of the text counts as its end."""
        offset = max(_first(self.text), min(offset, len(self.text)))
        if not self._asked and self._is_usual:
            self._asked = True  # most texts are asked once, and counting is faster than to find all lines
            return Position(self.text.count("\n", 0, offset) + 1, offset - self.text.rfind("\n", 0, offset))
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
    return break_end(text, line_end(text, offset))


def break_end(text: str, offset: int) -> int:
    """Return the offset after the line break that is at `offset`, or the length of the text."""
    return offset + 2 if text.startswith("\r\n", offset) else min(offset + 1, len(text))


def break_start(text: str, offset: int) -> int:
    """Return the offset of the line break that ends at `offset`."""
    return offset - 2 if text.startswith("\r\n", offset - 2) else offset - 1


def line_start(text: str, offset: int) -> int:
    """Return the offset of the first character of the line of `offset`."""
    breaks = "\n\r" if text.isascii() else BREAKS
    window, end = _WINDOW, offset
    while end > 0:  # backwards window by window: a search back to the first line would make many edits quadratic
        begin = max(0, end - window)
        start = begin
        for char in breaks:
            start = text.rfind(char, start, end) + 1 or start
        if start > begin:
            return start
        end, window = begin, window * 4
    return min(_first(text), offset)


def _first(text: str) -> int:
    """Return the offset of the first character that is not a byte order mark."""
    return len(BOM) if text.startswith(BOM) else 0


def without_bom(text: str, name: str) -> str:
    """Return a text without its byte order mark.

    Raises InputError for a second one: libyaml would drop it and count what follows from there.
    """
    text = text.removeprefix(BOM)
    if text.startswith(BOM):
        raise located(name, text, Position(1, 1), "a second byte order mark, which nobody sees; remove it")
    return text


def newline(text: str) -> str:
    """Return the line break that the text uses first, of those that every reader knows; a line feed else."""
    found = _USUAL_BREAK.search(text)
    return found.group() if found else "\n"


def splice(text: str, edits: Iterable[Edit], *, start: int = 0, end: int | None = None) -> str:
    """Apply the edits to `text[start:end]` and return the new piece.

    Edits at the same offset keep the order in which they are given.

    Raises OverlapError if two edits want the same text, EditError where one lies outside.
    """
    end = len(text) if end is None else end
    pieces: list[str] = []
    done = start
    for edit in sorted(edits, key=lambda edit: edit[:2]):
        if edit.start < done:
            if edit.start < start:
                raise EditError(f"edit at {edit.start} lies outside {start}:{end}")
            raise OverlapError(f"two edits overlap at offset {edit.start}")
        if edit.end > end:
            raise EditError(f"edit at {edit.start} lies outside {start}:{end}")
        pieces += text[done : edit.start], edit.new
        done = edit.end
    pieces.append(text[done:end])
    return "".join(pieces)


def decode(data: bytes, name: str) -> str:
    """Decode a file's bytes; the byte order mark stays in the text.

    Raises InputError for UTF-16, UTF-32 and bytes that are not UTF-8, with line and column of the first one.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:4]:
        raise InputError(f"{name}:1:1: the text is UTF-16 or UTF-32; save it as UTF-8")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        good = data[: error.start].decode()
        byte = data[error.start]
        what = f"byte 0x{byte:02x} is not UTF-8; save the file as UTF-8"
        rest = data[error.start : error.start + _SHOWN_COLUMNS].decode(errors="replace")
        raise located(name, good + rest, Lines(good).position(len(good)), what) from None


def located(name: str, text: str, place: Position, what: str) -> InputError:
    """Return an InputError for a place in a text: `name:line:column: what`, and the line with a caret.

    The line is left out if the text may hold a Kubernetes Secret: messages end up in logs.
    """
    where = f"{name}:{place.line}:{place.column}: {what}"
    return InputError(where if may_hold_secrets(text) else f"{where}\n{show(text, place)}")


def may_hold_secrets(text: str) -> bool:
    """Tell whether lines of a text are not to be shown, because a Secret is in it, or a login of Docker."""
    return _SECRET.search(text) is not None


def show(text: str, position: Position) -> str:
    """Return the line with a caret below the column, for an error; long lines are cut around the column.

    Characters that a terminal would obey are shown as U+FFFD.
    """
    line = Lines(text).line(position.line).replace("\t", " ")
    column = position.column - 1
    first = max(0, column - _SHOWN_COLUMNS // 2)
    shown = "".join(char if char.isprintable() else "\ufffd" for char in line[first : first + _SHOWN_COLUMNS])
    return f"    {shown}\n    {' ' * (column - first)}^"
