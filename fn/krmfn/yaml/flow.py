"""Members of flow collections, added and deleted, as splices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from krmfn.errors import EditError
from krmfn.yaml import emit, layout, scalar
from krmfn.yaml.block import QUOTES, runs
from krmfn.yaml.comment import behind, comment_at
from krmfn.yaml.nodes import MapNode, ScalarNode, SeqNode
from krmfn.yaml.splices import LINES, MEMBER, Splice
from krmfn.yaml.text import line_end, line_start, next_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from krmfn.yaml.parsed_text import Source


def change(source: Source, parent: MapNode | SeqNode, added: Any, deleted: set[int]) -> Iterator[Splice]:
    """Yield the splices that delete members of a collection and add new ones at its end.

    added: a dict for a mapping, a list for a sequence.

    Raises EditError for the one pair of `[key: value]`, which has no braces to add to.
    """
    text = source.text
    opening = layout.content_start(text, parent)
    if not layout.has_brackets(text, parent):
        raise EditError("`[key: value]` has no braces; write `[{key: value}]` to change its members")
    count = len(parent.pairs if isinstance(parent, MapNode) else parent.items)
    new = _members(source, parent, added) if added else []
    if len(deleted) == count:
        closing = parent.end - 1
        # an empty collection keeps what is in it: there may be a comment
        yield Splice(opening + 1 if count else closing, closing, MEMBER, 0, ", ".join(new))
        return
    for first, last in runs(deleted):
        if last < count - 1:
            yield _delete(text, parent, first, last)
        else:
            yield from _delete_last(text, parent, first, last, new)
            new = []
    if new:
        yield from _append(source, parent, count - 1, new)


def _members(source: Source, parent: MapNode | SeqNode, added: Any) -> list[str]:
    """Return new members as text, quoted as the last one is."""
    if isinstance(parent, MapNode):
        return [emit.flow({key: value}, json=source.json)[1:-1] for key, value in added.items()]
    last = parent.items[-1] if parent.items else None
    quote = last.style if isinstance(last, ScalarNode) and last.style in QUOTES else ""
    return [
        scalar.quoted(value, quote)
        if quote and isinstance(value, str) and not source.json
        else emit.flow(value, json=source.json)
        for value in added
    ]


def _append(source: Source, parent: MapNode | SeqNode, last: int, new: list[str]) -> Iterator[Splice]:
    text = source.text
    end = layout.member_end(parent, last).end
    start = layout.member_start(text, parent, last)
    tail = behind(text, end)
    if tail is None or not layout.starts_line(text, start):
        blank = " " if text[end - 1] == ":" else ""  # `{a:` and a comma are read as one
        yield Splice(end, end, MEMBER, 0, "".join(f"{blank}, {member}" for member in new))
        return
    # every member on a line of its own
    indent = text[line_start(text, start) : start]
    comma = "," in text[end:tail]
    if not comma:
        yield Splice(end, end, MEMBER, 0, ",")
    lines = ",".join(source.newline + indent + member for member in new)
    at = line_end(text, tail)
    yield Splice(at, at, LINES, -parent.start, lines + "," * comma)


def _delete(text: str, parent: MapNode | SeqNode, first: int, last: int) -> Splice:
    """Delete members that others follow."""
    start = layout.member_start(text, parent, first)
    comma = layout.skip_blank(text, layout.member_end(parent, last).end)
    tail = behind(text, comma)
    if tail is not None and layout.starts_line(text, start):
        return Splice(line_start(text, start), next_line(text, tail), MEMBER, 0, "")
    return Splice(start, layout.member_start(text, parent, last + 1), MEMBER, 0, "")


def _delete_last(text: str, parent: MapNode | SeqNode, first: int, last: int, new: list[str]) -> Iterator[Splice]:
    """Delete members up to the last one, and the comma before them; what is added takes their place."""
    start = layout.member_start(text, parent, first)
    end = layout.member_end(parent, last).end
    before = layout.member_end(parent, first - 1).end
    if new:
        yield Splice(start, end, MEMBER, 0, ", ".join(new))
    elif "#" in text[before:start]:
        # a comment between belongs to the member that is kept
        comma = layout.skip_blank(text, before)
        yield Splice(comma, comma + 1, MEMBER, 0, "")
        yield Splice(start, end, MEMBER, 0, "")
    else:
        yield Splice(before, end, MEMBER, 0, "")
    tail = behind(text, end)
    if tail is not None and (found := comment_at(text, tail)):
        while text[tail - 1] in " \t":
            tail -= 1
        yield Splice(tail, found.end, MEMBER, 0, "")
