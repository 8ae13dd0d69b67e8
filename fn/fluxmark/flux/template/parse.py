"""Tokens to a parse tree.

Source: package text/template/parse of Go 1.26 (parse.go).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.flux.template.errors import LimitExceeded
from fluxmark.flux.template.lex import lex
from fluxmark.flux.template.limits import MAX_BLOCKS
from fluxmark.flux.template.nodes import Action, Break, Continue, If, Parsed, Range, Template, Text, With
from fluxmark.flux.template.pipelines import Pipelines
from fluxmark.flux.template.tokens import Kind, Token
from fluxmark.golang.text import SPACES, decode, encode, quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fluxmark.flux.template.nodes import Node

_BRANCHES: dict[Kind, type[If]] = {Kind.IF: If, Kind.RANGE: Range, Kind.WITH: With}


def parse(name: str, text: str, is_function: Callable[[str], bool]) -> Parsed:
    """Return the trees of a template's text; error: TemplateError, whose text is Go's.

    is_function: tells whether a name is a function's.
    """
    parsed = Parsed(text, name)
    _Tree(name, parsed, lex(text), is_function).parse_main()
    return parsed


def _is_empty(nodes: tuple[Node, ...]) -> bool:
    return all(isinstance(node, Text) and not decode(node.text).strip(SPACES) for node in nodes)


class _Tree(Pipelines):
    """The parser of one template: the main one, or one that `define` or `block` names.

    blocks: how many there are around what is being read; ranges: how many of them loop in this template.
    """

    def __init__(
        self,
        name: str,
        parsed: Parsed,
        tokens: Iterator[Token],
        is_function: Callable[[str], bool],
        blocks: int = 0,
    ) -> None:
        super().__init__(parsed.name, tokens, is_function)
        self.name = name
        self.parsed = parsed
        self.blocks = blocks
        self.ranges = 0

    def parse_main(self) -> None:
        nodes: list[Node] = []
        while self.peek().kind is not Kind.EOF:
            if self.peek().kind is Kind.LEFT_DELIM:
                delimiter, keyword = self.next(), self.next_non_space()
                if keyword.kind is Kind.DEFINE:
                    _Tree("", self.parsed, self.tokens, self.is_function).parse_definition()
                    continue
                self.back(keyword, delimiter)
            node, end = self.text_or_action()
            if end:
                raise self.error(f"unexpected {_shown(end)}")
            if node:
                nodes.append(node)
        self.add(tuple(nodes))

    def parse_definition(self) -> None:
        context = "define clause"
        self.name = decode(self.unquoted(self.expect(context, Kind.STRING, Kind.RAW_STRING)))
        self.expect(context, Kind.RIGHT_DELIM)
        nodes, end = self.items()
        if end.kind is not Kind.END:
            raise self.error(f"unexpected {_shown(end)} in {context}")
        self.add(nodes)

    def add(self, nodes: tuple[Node, ...]) -> None:
        """Add this template to the set; an empty one gives way to any other of its name."""
        known = self.parsed.trees.get(self.name, ())
        if _is_empty(known):
            self.parsed.trees[self.name] = nodes
        elif not _is_empty(nodes):
            raise self.error(f"template: multiple definition of template {quote(encode(self.name))}")

    def items(self) -> tuple[tuple[Node, ...], Token]:
        """Read to the `end` or `else` that closes the list; return its keyword too."""
        nodes: list[Node] = []
        while self.peek_non_space().kind is not Kind.EOF:
            node, end = self.text_or_action()
            if end:
                return tuple(nodes), end
            if node:
                nodes.append(node)
        raise self.error("unexpected EOF")

    def text_or_action(self) -> tuple[Node | None, Token | None]:
        """Read a node, or the `end` or `else` that closes a list of nodes."""
        token = self.next_non_space()
        if token.kind is Kind.TEXT:
            return Text(token.pos, token.text.encode("utf-8", "surrogatepass")), None
        if token.kind is not Kind.LEFT_DELIM:
            raise self.unexpected(token, "input")
        self.action_line = token.line
        result = self.action()
        self.action_line = 0
        return result

    def action(self) -> tuple[Node | None, Token | None]:
        token = self.next_non_space()
        kind = token.kind
        if kind is Kind.END:
            self.expect("end", Kind.RIGHT_DELIM)
            return None, token
        if kind is Kind.ELSE:
            if self.peek_non_space().kind not in (Kind.IF, Kind.WITH):
                self.expect("else", Kind.RIGHT_DELIM)
            return None, token
        if kind in (Kind.BREAK, Kind.CONTINUE):
            return self.loop_control(token), None
        if kind in _BRANCHES:
            return self.branch(token), None
        if kind is Kind.BLOCK:
            return self.block(), None
        if kind is Kind.TEMPLATE:
            return self.template(), None
        self.back(token)
        # variables declared here last until the next "end"
        return Action(token.pos, self.pipeline("command", Kind.RIGHT_DELIM)), None

    def loop_control(self, token: Token) -> Break | Continue:
        shown = _shown(token)
        if (after := self.next_non_space()).kind is not Kind.RIGHT_DELIM:
            raise self.unexpected(after, shown)
        if not self.ranges:
            raise self.error(f"{shown} outside {{{{range}}}}")
        return Break(token.pos) if token.kind is Kind.BREAK else Continue(token.pos)

    def branch(self, keyword: Token) -> If:
        """Read an if, range or with, to its end."""
        self.enter_block()
        known = len(self.variables)
        pipe = self.pipeline(keyword.text, Kind.RIGHT_DELIM)
        is_range = keyword.kind is Kind.RANGE
        self.ranges += is_range
        body, end = self.items()
        self.ranges -= is_range
        otherwise: tuple[Node, ...] = ()
        if end.kind is Kind.ELSE:
            if keyword.kind in (Kind.IF, Kind.WITH) and self.peek().kind is keyword.kind:
                # "{{else if b}}" is "{{else}}{{if b}}" whose "{{end}}" closes both
                otherwise = (self.branch(self.next()),)
            else:
                otherwise, end = self.items()
                if end.kind is not Kind.END:
                    raise self.error(f"expected end; found {_shown(end)}")
        del self.variables[known:]
        self.blocks -= 1
        return _BRANCHES[keyword.kind](keyword.pos, pipe, body, otherwise)

    def enter_block(self) -> None:
        self.blocks += 1
        if self.blocks > MAX_BLOCKS:
            raise LimitExceeded(f"the template nests more than {MAX_BLOCKS} blocks (line {self.last.line})")

    def block(self) -> Template:
        context = "block clause"
        self.enter_block()
        token = self.next_non_space()
        name = self.template_name(token, context)
        pipe = self.pipeline(context, Kind.RIGHT_DELIM)
        inner = _Tree(name, self.parsed, self.tokens, self.is_function, self.blocks)
        nodes, end = inner.items()
        if end.kind is not Kind.END:
            raise self.error(f"unexpected {_shown(end)} in {context}")
        inner.add(nodes)
        self.blocks -= 1
        return Template(token.pos, name, pipe)

    def template(self) -> Template:
        context = "template clause"
        token = self.next_non_space()
        name = self.template_name(token, context)
        pipe = None
        if (after := self.next_non_space()).kind is not Kind.RIGHT_DELIM:
            self.back(after)
            pipe = self.pipeline(context, Kind.RIGHT_DELIM)
        return Template(token.pos, name, pipe)

    def template_name(self, token: Token, context: str) -> str:
        if token.kind not in (Kind.STRING, Kind.RAW_STRING):
            raise self.unexpected(token, context)
        return decode(self.unquoted(token))


def _shown(token: Token) -> str:
    return f"{{{{{token.text}}}}}"
