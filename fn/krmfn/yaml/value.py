"""New values for scalars, and for whole pairs, as splices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from krmfn.errors import EditError
from krmfn.yaml import comment, emit, layout, scalar
from krmfn.yaml.data import fits_tag
from krmfn.yaml.nodes import MapNode, Node, ScalarNode, SeqNode
from krmfn.yaml.splices import VALUE, Splice, final_break, fitting
from krmfn.yaml.text import BOM, BREAKS, line_end, next_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from krmfn.yaml.parsed_text import Source

LONGEST_KEY = 1000
"""libyaml reads no key longer than 1,024 characters without a `?`; quotes and escapes count."""


def check_key(key: str) -> None:
    """Raise EditError for a key that libyaml would not read."""
    if len(scalar.write_new(key)) > LONGEST_KEY:
        raise EditError(f"the key {key[:40]!r}… is longer than {LONGEST_KEY} characters")


def fits(source: Source, node: ScalarNode, data: Any) -> bool:
    """Tell whether data can take the place of a scalar without a line more: a block scalar takes any text."""
    if not fits_tag(node.tag, data):
        return False
    if node.style in layout.BLOCK_SCALARS:
        return isinstance(data, str)
    return scalar.is_value(data) and (emit.is_inline(data, emit.Style()) or source.in_flow(node))


def change(source: Source, node: ScalarNode, data: scalar.Value) -> Iterator[Splice]:
    """Yield the splices that give a scalar a new value in its own style.

    Raises EditError if there is no place for a value, and for what cannot be a key.
    """
    text = source.text
    around = source.trail(node)
    is_key = bool(around) and isinstance(parent := around[-1][0], MapNode) and _is_key(parent, around[-1][1], node)
    if is_key:
        _check_new_key(node, data)
    start = layout.content_start(text, node)
    if node.style in layout.BLOCK_SCALARS:
        yield _block(source, node, start, data, around[-1][0] if around else None)
        return
    if source.json:
        new = scalar.json(data)
    else:
        new = scalar.write(data, style=node.style, flow=any(parent.flow for parent, _ in around))
    if text.startswith("#", node.end):
        new += " "  # behind quotes libyaml takes this for a comment, behind plain text nobody does
    if start < node.end:
        before = text[start - 1 : start]
        yield Splice(start, node.end, VALUE, 0, new if before in (*" \t,[{", "", BOM, *BREAKS) else f" {new}")
    elif node.start < node.end:  # only an anchor or a tag is written
        yield Splice(node.end, node.end, VALUE, 0, f" {new}")
    else:
        yield _empty(text, node, new, around)


def replace(source: Source, parent: MapNode, pair: tuple[Node, Node], data: Any) -> Iterator[Splice]:
    """Yield the splices that write other data after a key, block or flow; comments on its lines stay.

    Raises EditError after a `? key` without a `:`.
    """
    text = source.text
    key, value = pair
    colon = layout.colon(text, key, value)
    if colon is None:
        yield _unwritten(text, parent, key, emit.flow(data, json=source.json))
    elif parent.flow:
        start, end = (colon + 1, colon + 1) if value.start == value.end else (value.start, value.end)
        blank = " " if start == colon + 1 else ""
        yield Splice(start, end, VALUE, 0, blank + emit.flow(data, json=source.json))
    else:
        end = layout.last_line_end(text, value)
        column = layout.block_column(text, parent)
        style = fitting(source, end, column)
        head, *lines = emit.pair("", data, column, style)
        head = head[column + len("'':") :]
        comments = _comments(text, colon + 1, value)
        if above := _comments_above(text, colon + 1, value):
            pad = " " * (column + source.style.step)
            lines = [*(pad + line for line in (*above, head.lstrip(" ")) if line), *lines]
            head = ""
        new = source.newline.join([head + comments, *lines]) + final_break(source, end, data, style)
        yield Splice(colon + 1, end, VALUE, 0, new)


def _comments(text: str, start: int, value: Node) -> str:
    """Return the comments on the lines of a key and of its value, as one."""
    found = []
    for offset in (start, layout.properties_end(text, value)):
        slot = comment.behind(text, offset)
        found.append(comment.comment_at(text, slot) if slot is not None else None)
    found.append(comment.line_comment(text, value))
    texts = {one.start: one.text for one in found if one is not None}
    return "".join(f" {text}" for text in texts.values())


def _comments_above(text: str, start: int, value: Node) -> list[str]:
    """Return the comment lines between a key and its value; a block collection's belong to its first member."""
    if layout.is_block(value):
        return []
    end = layout.content_start(text, value)
    found = []
    while (start := next_line(text, start)) < end:
        line = text[start : line_end(text, start)].strip(" \t")
        if line.startswith("#"):
            found.append(line)
    return found


def _is_key(parent: MapNode, number: int, node: Node) -> bool:
    return parent.pairs[number][0] is node


def _check_new_key(node: ScalarNode, data: scalar.Value) -> None:
    if not isinstance(data, str):
        raise EditError(f"the key {data!r} is not a string; keys are")
    if node.style in layout.BLOCK_SCALARS or node.start == node.end:
        raise EditError("a key that is a block of text, or empty, cannot be renamed")
    check_key(data)


def _empty(text: str, node: ScalarNode, new: str, around: list[tuple[MapNode | SeqNode, int]]) -> Splice:
    """Write a value where none is written: after the colon or the dash."""
    parent, number = around[-1]
    if isinstance(parent, SeqNode):
        if parent.flow:
            raise EditError("an empty item of `[…]` has no place for a value")
        dash = layout.dash(text, parent, number)
        return Splice(dash + 1, dash + 1, VALUE, 0, f" {new}")
    key, _ = parent.pairs[number]
    colon = layout.colon(text, key, node)
    if colon is not None:
        return Splice(colon + 1, colon + 1, VALUE, 0, f" {new}")
    return _unwritten(text, parent, key, new)


def _unwritten(text: str, parent: MapNode, key: Node, new: str) -> Splice:
    """Write a value after a key that has not even a colon: `{key}`."""
    if not parent.flow:
        raise EditError("`? key` has no `:` after which a value could be")
    if any(char in text[key.start : key.end] for char in BREAKS) or key.end - key.start > LONGEST_KEY:
        raise EditError("a key of several lines, or of this length, can have no value")
    # `!:` would be another tag
    blank = " " if key.start < layout.properties_end(text, key) == key.end else ""
    return Splice(key.end, key.end, VALUE, 0, f"{blank}: {new}")


def _block(
    source: Source, node: ScalarNode, start: int, data: scalar.Value, parent: MapNode | SeqNode | None
) -> Splice:
    """Give a block scalar a new value: one of several lines stays a block, with the indentation it had."""
    text = source.text
    behind = comment.line_comment(text, node)
    end = layout.last_line_end(text, node)
    indent = _indent(text, start, end)
    if indent is None:
        indent = (layout.block_column(text, parent) if parent else 0) + source.style.step
    style = fitting(source, end, indent - 1)
    if isinstance(data, str) and not emit.is_inline(data, style):
        head, *lines = emit.literal(data, indent)
    else:
        head, lines = scalar.write_new(data), []
        if parent and layout.starts_line(text, start):
            # libyaml takes a block, and nothing else, in the column of its key on a line below
            missing = layout.block_column(text, parent) + 1 - layout.column(text, start)
            head = " " * missing + head
    first = f"{head} {behind.text}" if behind else head
    new = source.newline.join([first, *lines]) + final_break(source, end, data, style)
    return Splice(start, end, VALUE, 0, new)


def _indent(text: str, start: int, end: int) -> int | None:
    """Return how far the first line of a block scalar's text is indented; None if it has no text."""
    while (start := next_line(text, start)) < end:
        line = text[start : line_end(text, start)]
        if content := line.lstrip(" "):
            return len(line) - len(content)
    return None
