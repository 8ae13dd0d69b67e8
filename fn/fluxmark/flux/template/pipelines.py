"""The parser of what is in an action: pipelines, commands, operands.

Source: package text/template/parse of Go 1.26 (parse.go).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.flux.template.errors import LimitExceeded
from fluxmark.flux.template.limits import MAX_PARENTHESES
from fluxmark.flux.template.literals import BadLiteral, number
from fluxmark.flux.template.nodes import (
    Bool,
    Chain,
    Command,
    Dot,
    Field,
    Identifier,
    Nil,
    Number,
    Pipe,
    String,
    Variable,
)
from fluxmark.flux.template.stream import Stream
from fluxmark.flux.template.tokens import Kind, Token
from fluxmark.golang.text import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fluxmark.flux.template.nodes import Operand

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


class Pipelines(Stream):
    """A parser that knows the variables declared so far, and which names are functions'."""

    def __init__(self, name: str, tokens: Iterator[Token], is_function: Callable[[str], bool]) -> None:
        super().__init__(name, tokens)
        self.is_function = is_function
        self.variables = ["$"]
        self.parentheses = 0

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
        """Read a term and the fields after it, None if none is here."""
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
