"""Splices with an order: what an edit does to the text, and which comes first where two meet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from krmfn.yaml import emit
from krmfn.yaml.layout import skip_blank
from krmfn.yaml.text import BREAKS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from krmfn.yaml.parsed_text import Source
    from krmfn.yaml.text import Edit

# what is inserted at the same offset, in the order in which it must be there
VALUE, MEMBER, COMMENT, LINES = range(4)
# the line breaks that block scalars do not turn into line feeds
TEXT_BREAKS = ("\u2028", "\u2029")


class Splice(NamedTuple):
    """Replace `text[start:end]` by `new`; of those with the same span the lower rank comes first.

    inner: minus the offset at which the collection starts whose members are added: lines of an inner one precede
    those of the outer one.
    """

    start: int
    end: int
    rank: int
    inner: int
    new: str


def fitting(source: Source, offset: int, column: int) -> emit.Style:
    """Return the source's style for lines that are put before what follows an offset.

    A literal block would swallow comments and blanks below it that are deeper than this column, and take a
    line break that is not a line feed for a part of itself.
    """
    text = source.text
    following = min(skip_blank(text, offset), source.end)
    deeper = re.compile(f"[{BREAKS}] {{{column + 1}}}")
    if text[offset : offset + 1] in TEXT_BREAKS or deeper.search(text, offset, following):
        return source.style._replace(literals=False)
    return source.style


def final_break(source: Source, offset: int, data: object, style: emit.Style) -> str:
    """Return the break that a literal block needs at the end of a text that has none."""
    missing = offset == source.end and (offset == 0 or source.text[offset - 1] not in BREAKS)
    return source.newline if missing and emit.ends_in_literal(data, style) else ""


def closed(source: Source, edits: list[Edit], written: Iterable[Any]) -> list[Edit]:
    """Return edits (in order) that leave a new literal block at the end of a text the break that it needs.

    That is so where all that stood after it goes, and the last line had no break.
    """
    if len(edits) < 2 or edits[-1].new or edits[-1].end < source.end or edits[-2].end < edits[-1].start:
        return edits
    breaks = (final_break(source, source.end, data, source.style) for data in written)
    return [*edits[:-1], edits[-1]._replace(new=next(filter(None, breaks), ""))]
