"""Which comments Flux sees at which scalar.

Flux reads YAML with go-yaml v3 (kyaml 0.21), which hands comments to nodes in its own way. What is described here
was read in its scanner and parser (`scannerc.go`, `parserc.go`) and compared with it with random texts:

- A *line comment* belongs to the token before it; behind `:` in a block, and behind `,`, to the token before that.
  Behind `-` there is none.
- All other comments in the gap between two tokens are *head comments* of the second, or *feet* of the first: a
  foot is what is directly below the first and above an empty line, what is further left than the block
  that follows requires, and what is last in `[…]` and `{…}`.
- Comments wait for the next node that takes any: a scalar, an alias, the start or the end of a flow collection,
  the end of a block mapping. Empty values take none, so a comment can reach the node after them. Before `- - x`
  and `- key: x` what is above the first `-` goes to the inner collection.

Only texts with markers in unusual positions need this; `markers.py` deals with the others by itself.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml
from yaml._yaml import CParser
from yaml.tokens import (
    AliasToken,
    BlockEndToken,
    BlockEntryToken,
    BlockMappingStartToken,
    BlockSequenceStartToken,
    DocumentStartToken,
    FlowEntryToken,
    FlowMappingEndToken,
    FlowMappingStartToken,
    FlowSequenceEndToken,
    FlowSequenceStartToken,
    ScalarToken,
    StreamStartToken,
    ValueToken,
)

from krmfn.yaml.text import BOM, BREAKS, Lines, line_end

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOK_AHEAD = 512
"""How far, in characters, go-yaml looks for a comment; what it finds later is the head of something else."""

_BLOCK_STARTS = (BlockMappingStartToken, BlockSequenceStartToken)
_FLOW_STARTS = (FlowMappingStartToken, FlowSequenceStartToken)
_FLOW_ENDS = (FlowMappingEndToken, FlowSequenceEndToken)
_TAKERS = (ScalarToken, AliasToken, *_FLOW_STARTS, *_FLOW_ENDS)
# what these hold together with a comment on their line is not a line comment
_WITHOUT_LINE_COMMENT = (BlockEntryToken, DocumentStartToken, StreamStartToken)


@dataclass(frozen=True, slots=True)
class Comments:
    """The comments of one scalar, each with its `#`s; lines are joined by line feeds."""

    line: str
    head: str

    @property
    def read(self) -> str:
        """The one that Flux looks at."""
        return self.line or self.head


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A comment, and the offset of the first token that may take it."""

    text: str
    offset: int
    head: bool


def attached(text: str) -> dict[int, Comments]:
    """Return the comments of scalars that have any, by the offset at which a scalar's own text starts.

    text: one document, which has been parsed before.
    """
    shift = len(BOM) if text.startswith(BOM) else 0
    text = text[shift:]
    tokens = list(_tokens(text))
    waiting = list(_Gaps(text).read(tokens))
    found = _hand_out(tokens, waiting)
    return {offset + shift: comments for offset, comments in found.items()} if shift else found


def _tokens(text: str) -> Iterator[Any]:
    scanner: Any = CParser(text)
    try:
        while (token := scanner.get_token()) is not None:
            yield token
    except yaml.YAMLError:
        return  # behind `...` another document may be broken: Flux never reads it


def _hand_out(tokens: list[Any], waiting: list[_Waiting]) -> dict[int, Comments]:
    """Walk over the tokens as a parser does and give each scalar the comments that reached it."""
    found: dict[int, Comments] = {}
    heads: list[str] = []
    lines: list[str] = []
    blocks: list[type] = []
    stem = 0  # how many of `heads` stood above the dash before this token
    done = 0
    for token in tokens:
        kind = type(token)
        start = token.start_mark.index
        while done < len(waiting) and waiting[done].offset <= start:
            comment = waiting[done]
            if comment.head and kind is BlockEndToken:
                break
            (heads if comment.head else lines).append(comment.text)
            done += 1
        if stem and kind in _BLOCK_STARTS:
            del heads[:stem]
        stem = len(heads) if kind is BlockEntryToken else 0
        if kind in _BLOCK_STARTS:
            blocks.append(kind)
        if kind is ScalarToken and (heads or lines):
            found[start] = Comments("\n".join(lines), "\n".join(heads))
        if kind in _TAKERS or (kind is BlockEndToken and blocks.pop() is BlockMappingStartToken):
            heads.clear()
            lines.clear()
    return found


class _Gaps:
    """Reads the comments between tokens."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = Lines(text).starts
        self.indents = [-1]
        self.flows = 0

    def read(self, tokens: list[Any]) -> Iterator[_Waiting]:
        """Yield line and head comments in the order of the text."""
        end = 0
        for number, token in enumerate(tokens):
            start = token.start_mark.index
            if self.text.find("#", end, start) >= 0:
                yield from self._gap(tokens, number, end)
            end = max(end, start)
            self._follow(token)
            if type(token) is ScalarToken and token.style in ("|", ">"):
                yield from self._header(token)
            end = max(end, token.end_mark.index)

    def _follow(self, token: Any) -> None:
        kind = type(token)
        if kind in _BLOCK_STARTS:
            self.indents.append(token.start_mark.column)
        elif kind is BlockEndToken:
            self.indents.pop()
        elif kind in _FLOW_STARTS:
            self.flows += 1
        elif kind in _FLOW_ENDS:
            self.flows -= 1

    def _header(self, token: Any) -> Iterator[_Waiting]:
        """The comment behind `|` or `>`."""
        start = token.start_mark.index
        line = self.text[start : line_end(self.text, start)]
        if "#" in line:
            yield _Waiting(line[line.index("#") :], start, head=False)

    def _gap(self, tokens: list[Any], number: int, end: int) -> Iterator[_Waiting]:
        """The comments between the token before `number`, which ends at `end`, and the next."""
        before = tokens[number - 1]
        offset = self._next(end)
        plain = type(before) is ScalarToken and before.plain
        block = type(before) is ScalarToken and before.style in ("|", ">")  # its text ends where a line starts
        same_line = not block and self._line(offset) == self._line(end)
        in_sight = plain or offset - end < LOOK_AHEAD
        if same_line and in_sight and type(before) not in _WITHOUT_LINE_COMMENT:
            owner = before
            if type(before) is FlowEntryToken or (type(before) is ValueToken and not self.flows):
                owner = tokens[number - 2]
            stop = line_end(self.text, offset)
            yield _Waiting(self.text[offset:stop], owner.start_mark.index, head=False)
            offset = self._next(stop)
        if self.text.startswith("#", offset):
            # go-yaml reads plain and block scalars together with the breaks after them: it is past their line
            past = block or (plain and not same_line)
            yield from self._heads(tokens, number, offset, self._content_line(end), past or self._line(end) > 0)

    def _heads(
        self, tokens: list[Any], number: int, offset: int, content: int, feet_below: bool
    ) -> Iterator[_Waiting]:
        """The head comments among those from the `#` at `offset` on.

        content: the line of what is before; feet_below: whether a comment directly below can be its foot.
        """
        before = tokens[number - 1]
        close = self.flows > 0 and type(tokens[number]) in _FLOW_ENDS
        if type(before) is FlowEntryToken:
            before = tokens[number - 2]
        indent = max(self.indents[-1], 0)
        line = self._line(offset)
        foot_line = -1
        if feet_below:
            foot_line = content + (2 if line == content and self._column(offset) > 1 else 1)
        first_empty = line - content <= 1
        text = ""
        start = start_line = start_column = 0
        while True:
            if self.text.startswith("#", offset):
                column = self._column(offset)
                if text and column < indent and column != start_column:
                    text = ""  # a foot of what is before
                if text:
                    text += "\n"
                else:
                    start, start_line, start_column = offset, line, column
                stop = line_end(self.text, offset)
                text += self.text[offset:stop]
                # go-yaml counts the lines of the comments that follow from this one on
                line = self._line(offset)
                offset = self._next(stop)
                empty_lines = self._line(offset) - line - 1
                if offset - stop >= LOOK_AHEAD:
                    break
                if empty_lines > 0 and offset < len(self.text):
                    at_foot = start_line == foot_line and type(before) is not ValueToken
                    if first_empty and (at_foot or start_column < indent):
                        text = ""
                    else:
                        text += "\n"
                    first_empty = False
                    line += empty_lines
                continue
            column = self._column(offset)
            if text and (close or (column < indent and column != start_column)):
                text = ""
            break
        if text:
            yield _Waiting(text, start, head=True)

    def _next(self, offset: int) -> int:
        """Return the offset of the next character that is neither blank nor a break."""
        text = self.text
        while offset < len(text) and (text[offset] in " \t" or text[offset] in BREAKS):
            offset += 1
        return offset

    def _content_line(self, end: int) -> int:
        """Return the line, from 0, of the last character before `end` that is neither blank nor a break."""
        while end > 0 and (self.text[end - 1] in " \t" or self.text[end - 1] in BREAKS):
            end -= 1
        return self._line(max(end - 1, 0))

    def _line(self, offset: int) -> int:
        return bisect_right(self.starts, offset) - 1

    def _column(self, offset: int) -> int:
        return offset - self.starts[self._line(offset)]
