"""A patch that `git apply` takes, with the changes that would be written."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from krmfn.packages.package import Package

_NO_NEWLINE = "\\ No newline at end of file\n"
_CONTEXT = 3
_LARGEST_SEARCH = 1 << 22
"""Pairs of lines that are compared to find a short diff; beyond that, what differs is one block."""
_ESCAPES = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}


class _Change(NamedTuple):
    """Lines `old[old_start:old_end]` become `new[new_start:new_end]`."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def diff(package: Package, changes: Mapping[str, tuple[str, str]], *, prefix: str = "") -> str:
    """Return the changes, old and new text by path, as a patch; paths in lexical order.

    A change through a symbolic link is shown for the file that it leads to, once. Lines end at line feeds only,
    as for Git. Raises InputError for two texts of one file, as writing them does.

    prefix: what paths are shown without: the directory in the package from which the patch is applied.
    """
    files = package.by_file(changes)
    return "".join(
        line
        for path in sorted(files)
        for line in _file(path.removeprefix(prefix), package.exists(path), *files[path])
    )


def _file(path: str, exists: bool, old: str, new: str) -> Iterator[str]:
    yield f"diff --git {_quoted(f'a/{path}')} {_quoted(f'b/{path}')}\n"
    if not exists:
        yield "new file mode 100644\n"
    if old == new:
        return
    end = "\t" if " " in path else ""  # so Git writes names with blanks
    yield f"--- {_quoted(f'a/{path}') + end if exists else '/dev/null'}\n"
    yield f"+++ {_quoted(f'b/{path}')}{end}\n"
    before, after = _lines(old), _lines(new)
    for hunk in _hunks(_changes(before, after)):
        yield from _hunk(hunk, before, after)


def _quoted(path: str) -> str:
    """Return a path as Git writes it: in quotes where it has other bytes than those of printable ASCII."""
    data = os.fsencode(path)
    if all(0x20 <= byte < 0x7F and byte not in b'"\\' for byte in data):
        return path
    return f'"{"".join(map(_quoted_byte, data))}"'


def _quoted_byte(byte: int) -> str:
    if byte in _ESCAPES:
        return f"\\{_ESCAPES[byte]}"
    return chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}"


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _changes(old: Sequence[str], new: Sequence[str]) -> list[_Change]:
    """Return the lines that differ. Most changes replace lines one by one, which is found without a search."""
    if len(old) == len(new):
        found: list[_Change] = []
        for number in (number for number, (one, other) in enumerate(zip(old, new, strict=True)) if one != other):
            start = found.pop().old_start if found and found[-1].old_end == number else number
            found.append(_Change(start, number + 1, start, number + 1))
        return found
    start, end = 0, 0
    shorter = min(len(old), len(new))
    while start < shorter and old[start] == new[start]:
        start += 1
    while end < shorter - start and old[-1 - end] == new[-1 - end]:
        end += 1
    whole = _Change(start, len(old) - end, start, len(new) - end)
    if (whole.old_end - start) * (whole.new_end - start) > _LARGEST_SEARCH:
        return [whole]
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, old[start : whole.old_end], new[start : whole.new_end])
    return [
        _Change(start + i1, start + i2, start + j1, start + j2)
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
    ]


def _hunks(changes: Sequence[_Change]) -> Iterator[list[_Change]]:
    """Yield the changes that share their context."""
    hunk: list[_Change] = []
    for change in changes:
        if hunk and change.old_start - hunk[-1].old_end > 2 * _CONTEXT:
            yield hunk
            hunk = []
        hunk.append(change)
    if hunk:
        yield hunk


def _hunk(changes: Sequence[_Change], old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    first, last = changes[0], changes[-1]
    before = min(_CONTEXT, first.old_start)
    after = min(_CONTEXT, len(old) - last.old_end)
    span = (
        _span(first.old_start - before, last.old_end + after),
        _span(first.new_start - before, last.new_end + after),
    )
    yield f"@@ -{span[0]} +{span[1]} @@\n"
    at = first.old_start - before
    for change in changes:
        yield from _marked(" ", old[at : change.old_start])
        yield from _marked("-", old[change.old_start : change.old_end])
        yield from _marked("+", new[change.new_start : change.new_end])
        at = change.old_end
    yield from _marked(" ", old[at : last.old_end + after])


def _span(start: int, end: int) -> str:
    """Return a range of lines as a hunk's header has it; an empty one names the line before it."""
    count = end - start
    return f"{start + 1 if count else start},{count}" if count != 1 else f"{start + 1}"


def _marked(sign: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield f"{sign}{line}" if line.endswith("\n") else f"{sign}{line}\n{_NO_NEWLINE}"
