"""Members of block collections, added and deleted, as splices."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from krmfn.errors import EditError
from krmfn.yaml import emit, layout, scalar
from krmfn.yaml.comment import head_comments
from krmfn.yaml.nodes import MapNode, ScalarNode, SeqNode
from krmfn.yaml.splices import LINES, TEXT_BREAKS, VALUE, Splice, final_break, fitting
from krmfn.yaml.text import BREAKS, break_end, break_start, line_end, line_start, next_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from krmfn.yaml.parsed_text import Source

QUOTES = ("'", '"')


def change(source: Source, parent: MapNode | SeqNode, added: Any, deleted: set[int]) -> Iterator[Splice]:
    """Yield the splices that delete members of a collection and add new ones at its end.

    added: a dict for a mapping, a list for a sequence.
    """
    count = len(parent.pairs if isinstance(parent, MapNode) else parent.items)
    if len(deleted) == count and not added:
        yield from _empty(source, parent)
        return
    if added and count - 1 not in deleted:
        yield from _append(source, parent, added)
    for first, last in runs(deleted):
        at_end = last == count - 1
        yield from _delete(source, parent, first, last, added if at_end else None, at_end=at_end)


def runs(numbers: set[int]) -> Iterator[tuple[int, int]]:
    """Yield first and last of every run of consecutive numbers."""
    for _, group in groupby(enumerate(sorted(numbers)), key=lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        yield run[0], run[-1]


def _lines(source: Source, parent: MapNode | SeqNode, added: Any, style: emit.Style) -> list[str]:
    column = layout.block_column(source.text, parent)
    if isinstance(parent, MapNode):
        return emit.mapping(added, column, style)
    last = parent.items[-1]
    quote = last.style if isinstance(last, ScalarNode) and last.style in QUOTES else ""
    lines: list[str] = []
    for value in added:
        if quote and isinstance(value, str) and emit.is_inline(value, style):
            lines.append(" " * column + "- " + scalar.quoted(value, quote))
        else:
            lines += emit.item(value, column, style)
    return lines


def _append(source: Source, parent: MapNode | SeqNode, added: Any) -> Iterator[Splice]:
    text = source.text
    offset = layout.last_line_end(text, parent)
    style = fitting(source, offset, layout.block_column(text, parent))
    lines = _lines(source, parent, added, style)
    own = text[offset : offset + 1] in TEXT_BREAKS or (text[offset - 1] == "\r" and source.newline == "\n")
    if own and source.follows_block_scalar(offset):
        # the break belongs to the text of the block scalar above, or would become another one
        offset = break_end(text, offset)
        yield Splice(offset, offset, LINES, -parent.start, "".join(line + source.newline for line in lines))
        return
    new = "".join(source.newline + line for line in lines)
    yield from closing(source, offset)
    yield Splice(offset, offset, LINES, -parent.start, new + final_break(source, offset, added, style))


def closing(source: Source, offset: int) -> Iterator[Splice]:
    """Let a block scalar at the very end of a text without a final break not get one: `|` becomes `|-`."""
    leaf = source.before(offset)
    if not isinstance(leaf, ScalarNode) or leaf.style not in layout.BLOCK_SCALARS:
        return
    if min(offset, leaf.end) < source.end:
        return
    head = layout.BLOCK_HEAD.match(source.text, layout.content_start(source.text, leaf))
    assert head
    if "-" not in head.group() and not leaf.value.endswith("\n") and source.text[offset - 1] not in BREAKS:
        yield Splice(head.start(), head.end(), VALUE, 0, head.group().replace("+", "") + "-")


def _delete(
    source: Source, parent: MapNode | SeqNode, first: int, last: int, added: Any, *, at_end: bool
) -> Iterator[Splice]:
    """Delete members first to last, with the comments that belong to them; what is added takes their place."""
    text = source.text
    column = layout.block_column(text, parent)
    start = layout.member_start(text, parent, first)
    end = layout.last_line_end(text, layout.member_end(parent, last))
    behind_dash = not layout.starts_line(text, start)
    if behind_dash and not at_end:
        yield _move_up(text, start, end, layout.member_start(text, parent, last + 1))
        return
    if not behind_dash:
        head = head_comments(text, start, after=source.floor(start)) if first else []
        start = line_start(text, head[0].start if head else start)
        end = _with_comments(source, start, end, column)
    if not added:
        yield _cut(source, start, end)
        return
    style = fitting(source, end, column)
    new = source.newline.join(_lines(source, parent, added, style))
    if behind_dash:
        new = new[column:]
    yield Splice(start, end, LINES, -parent.start, new + final_break(source, end, added, style))


def _move_up(text: str, start: int, end: int, following: int) -> Splice:
    """Delete the first members of `- key: value`: what is kept moves up after the dash.

    Where comments or blank lines are between, only the dash stays on its line.
    """
    if text[break_end(text, end) : following].strip(" ") == "":
        return Splice(start, following, LINES, 0, "")
    while text[start - 1] in " \t":
        start -= 1
    return Splice(start, end, LINES, 0, "")


def _with_comments(source: Source, start: int, end: int, column: int) -> int:
    """Return the end of the comments below a member that are indented deeper than it.

    After a block scalar blank lines go, too: once the member is gone they would be part of that.
    """
    text = source.text
    blank = source.follows_block_scalar(start)
    while (below := next_line(text, end)) < source.end:
        line = text[below : line_end(text, below)]
        content = line.lstrip(" \t")
        if not (content.startswith("#") and len(line) - len(content) > column) and not (blank and not content):
            break
        end = below + len(line)
    return end


def _cut(source: Source, start: int, end: int) -> Splice:
    """Delete whole lines; at the end of a text without a final break, the break above them."""
    after = next_line(source.text, end)
    if end == after and start > source.start and not source.follows_block_scalar(start):
        start = break_start(source.text, start)
    return Splice(start, after, LINES, 0, "")


def _empty(source: Source, parent: MapNode | SeqNode) -> Iterator[Splice]:
    """Delete all members: `{}` or `[]` is on the line of the key or the dash."""
    text = source.text
    empty = "{}" if isinstance(parent, MapNode) else "[]"
    start = layout.member_start(text, parent, 0)
    end = layout.last_line_end(text, parent)
    slot = source.slot(parent)
    if slot is not None and layout.starts_line(text, start):
        yield Splice(slot, slot, VALUE, 0, f" {empty}")
        yield _cut(source, line_start(text, start), end)
    elif slot is None and source.trail(parent):
        raise EditError("a key that is a block collection cannot lose all its members")
    else:
        yield Splice(start, end, LINES, 0, empty)
