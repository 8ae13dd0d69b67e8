"""Tokens to a parse tree.

Source: package text/template/parse of Go 1.26 (parse.go). Upstream reports an error at the line of the token read
last, which is not always the one at fault; so does this parser, to say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.template.errors import LimitExceeded, TemplateError
from fluxmark.template.gotext import decode, quote, unquote
from fluxmark.template.lex import Kind, Token, lex
from fluxmark.template.limits import MAX_BLOCKS, MAX_PARENTHESES
from fluxmark.template.literals import BadLiteral, number
from fluxmark.template.nodes import (
    Action,
    Bool,
    Break,
    Chain,
    Command,
    Continue,
    Dot,
    Field,
    Identifier,
    If,
    Nil,
    Number,
    Parsed,
    Pipe,
    Range,
    String,
    Template,
    Text,
    Variable,
    With,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fluxmark.template.nodes import Node, Operand

_TERMS = frozenset(
    {
        Kind.BOOL,
        Kind.CHAR_CONSTANT,
        Kind.COMPLEX,
        Kind.DOT,
        Kind.FIELD,
        Kind.IDENTIFIER,
        Kind.NUMBER,
        Kind.NIL,
        Kind.RAW_STRING,
        Kind.STRING,
        Kind.VARIABLE,
        Kind.LEFT_PAREN,
    }
)
_BRANCHES: dict[Kind, type[If]] = {Kind.IF: If, Kind.RANGE: Range, Kind.WITH: With}


def parse(name: str, text: str, is_function: Callable[[str], bool]) -> Parsed:
    """Return the trees of a template's text; error: TemplateError, whose text is Go's.

    is_function: tells whether a name is a function's.
    """
    parsed = Parsed(text, name)
    _Tree(name, parsed, lex(text), is_function).parse_main()
    return parsed


def _is_empty(nodes: tuple[Node, ...]) -> bool:
    return all(isinstance(node, Text) and not decode(node.text).strip() for node in nodes)


class _Tree:
    """The parser of one template: the main one, or one that `define` or `block` names.

    All read from the same tokens; each knows the tokens that it has read itself and may go back in.
    """

    def __init__(
        self,
        name: str,
        parsed: Parsed,
        tokens: Iterator[Token],
        is_function: Callable[[str], bool],
        blocks: int = 0,
    ) -> None:
        self.name = name
        self.parsed = parsed
        self.tokens = tokens
        self.is_function = is_function
        self.pending: list[Token] = []  # read, and given back; the next one last
        self.last = Token(Kind.EOF, 0, "", 0)  # the token read last
        self.variables = ["$"]
        self.action_line = 0
        self.ranges = 0
        self.parentheses = 0
        self.blocks = blocks

    # Tokens

    def next(self) -> Token:
        if self.pending:
            return self.pending.pop()
        self.last = next(self.tokens, self.last)
        return self.last

    def next_non_space(self) -> Token:
        while (token := self.next()).kind is Kind.SPACE:
            pass
        return token

    def back(self, *tokens: Token) -> None:
        """Give tokens back, the one to be read next last."""
        self.pending.extend(tokens)

    def peek(self) -> Token:
        token = self.next()
        self.back(token)
        return token

    def peek_non_space(self) -> Token:
        token = self.next_non_space()
        self.back(token)
        return token

    def expect(self, context: str, *kinds: Kind) -> Token:
        token = self.next_non_space()
        if token.kind not in kinds:
            raise self.unexpected(token, context)
        return token

    # Errors

    def error(self, message: str) -> TemplateError:
        return TemplateError(f"template: {self.parsed.name}:{self.last.line}: {message}")

    def unexpected(self, token: Token, context: str) -> TemplateError:
        if token.kind is not Kind.ERROR:
            return self.error(f"unexpected {token} in {context}")
        extra = ""
        if self.action_line not in (0, token.line):
            extra = f" in action started at {self.parsed.name}:{self.action_line}"
            if token.text.endswith(" action"):
                extra = extra.removeprefix(" in action")
        return self.error(f"{token}{extra}")

    def unquoted(self, token: Token) -> bytes:
        value = unquote(token.text)
        if value is None:
            raise self.error("invalid syntax")
        return value

    # Templates

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
            raise self.error(
                f"template: multiple definition of template {quote(self.name.encode('utf-8', 'surrogateescape'))}"
            )

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

    # Pipelines

    def pipeline(self, context: str, end: Kind) -> Pipe:
        pos = self.peek_non_space().pos
        variables, is_assignment = self.declarations(context)
        commands: list[Command] = []
        while (token := self.next_non_space()).kind is not end:
            if token.kind not in _TERMS:
                raise self.unexpected(token, context)
            self.back(token)
            commands.append(self.command())
        if not commands:
            raise self.error(f"missing value for {context}")
        for stage, command in enumerate(commands[1:], start=2):
            # only the first command of a pipeline may be a value that takes no argument
            if isinstance(command.args[0], Bool | Dot | Nil | Number | String):
                raise self.error(f"non executable command in pipeline stage {stage}")
        return Pipe(pos, tuple(commands), variables, is_assignment)

    def declarations(self, context: str) -> tuple[tuple[Variable, ...], bool]:
        """Read `$x :=`, `$x =` or, in a range, `$k, $v :=`; `$x` alone is an operand, and stays."""
        variables: list[Variable] = []
        while (token := self.peek_non_space()).kind is Kind.VARIABLE:
            self.next()
            adjacent = self.peek()
            following = self.peek_non_space()
            if following.kind in (Kind.ASSIGN, Kind.DECLARE):
                self.next_non_space()
                self.declare(token, variables)
                return tuple(variables), following.kind is Kind.ASSIGN
            if following.kind is not Kind.CHAR or following.text != ",":
                if adjacent.kind is Kind.SPACE:
                    self.back(adjacent)
                self.back(token)
                break
            self.next_non_space()
            self.declare(token, variables)
            if context != "range" or len(variables) > 1:
                raise self.error(f"too many declarations in {context}")
            if self.peek_non_space().kind not in (Kind.VARIABLE, Kind.RIGHT_DELIM, Kind.RIGHT_PAREN):
                raise self.error("range can only initialize variables")
        return tuple(variables), False

    def declare(self, token: Token, variables: list[Variable]) -> None:
        variables.append(Variable(token.pos, token.text))
        self.variables.append(token.text)

    def command(self) -> Command:
        """Read operands up to a pipe, which is read too, or a delimiter, which is not."""
        pos = self.peek_non_space().pos
        args: list[Operand] = []
        while True:
            self.peek_non_space()
            if (operand := self.operand()) is not None:
                args.append(operand)
            token = self.next()
            if token.kind is Kind.SPACE:
                continue
            if token.kind in (Kind.RIGHT_DELIM, Kind.RIGHT_PAREN):
                self.back(token)
            elif token.kind is not Kind.PIPE:
                raise self.unexpected(token, "operand")
            break
        if not args:
            raise self.error("empty command")
        return Command(pos, tuple(args))

    def operand(self) -> Operand | None:
        """Read a term and the fields after it, None where none stands here."""
        node = self.term()
        if node is None or (first := self.peek()).kind is not Kind.FIELD:
            return node
        names: list[str] = []
        while self.peek().kind is Kind.FIELD:
            names.append(self.next().text[1:])
        if isinstance(node, Field):
            return Field(first.pos, (*node.names, *names))
        if isinstance(node, Variable):
            return Variable(first.pos, node.name, (*node.names, *names))
        if isinstance(node, Bool | String | Number | Nil | Dot):
            raise self.error(f"unexpected . after term {quote(str(node).encode('utf-8', 'surrogatepass'))}")
        return Chain(first.pos, node, tuple(names))

    def term(self) -> Operand | None:
        token = self.next_non_space()
        pos, text = token.pos, token.text
        match token.kind:
            case Kind.IDENTIFIER:
                if not self.is_function(text):
                    raise self.error(f'function "{text}" not defined')
                return Identifier(pos, text)
            case Kind.DOT:
                return Dot(pos)
            case Kind.NIL:
                return Nil(pos)
            case Kind.VARIABLE:
                if text not in self.variables:
                    raise self.error(f'undefined variable "{text}"')
                return Variable(pos, text)
            case Kind.FIELD:
                return Field(pos, (text[1:],))
            case Kind.BOOL:
                return Bool(pos, text == "true")
            case Kind.CHAR_CONSTANT | Kind.COMPLEX | Kind.NUMBER:
                try:
                    return number(token)
                except BadLiteral as error:
                    raise self.error(str(error)) from None
            case Kind.LEFT_PAREN:
                return self.parenthesised()
            case Kind.STRING | Kind.RAW_STRING:
                return String(pos, text, self.unquoted(token))
            case _:
                self.back(token)
                return None

    def parenthesised(self) -> Pipe:
        if self.parentheses >= MAX_PARENTHESES:
            raise LimitExceeded(
                f"the template nests more than {MAX_PARENTHESES} parentheses (line {self.last.line})"
            )
        self.parentheses += 1
        pipe = self.pipeline("parenthesized pipeline", Kind.RIGHT_PAREN)
        self.parentheses -= 1
        return pipe


def _shown(token: Token) -> str:
    return f"{{{{{token.text}}}}}"
