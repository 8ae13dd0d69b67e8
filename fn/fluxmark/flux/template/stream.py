"""The tokens of a template as a parser reads them, with steps back and with upstream's errors.

Source: package text/template/parse of Go 1.26 (parse.go). Upstream reports an error at the line of the token read
last, which is not always the one at fault; so does this parser, to say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.flux.template.errors import TemplateError
from fluxmark.flux.template.tokens import Kind, Token
from fluxmark.golang.text import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator


class Stream:
    """Tokens that several parsers may share; each knows those that it has read itself and may go back in.

    name: of the template in errors; action_line: where the action begins that is being read, 0 for none.
    """

    def __init__(self, name: str, tokens: Iterator[Token]) -> None:
        self.parse_name = name
        self.tokens = tokens
        self.pending: list[Token] = []  # read, and given back; the next one last
        self.last = Token(Kind.EOF, 0, "", 0)  # the token read last
        self.action_line = 0

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

    def error(self, message: str) -> TemplateError:
        return TemplateError(f"template: {self.parse_name}:{self.last.line}: {message}")

    def unexpected(self, token: Token, context: str) -> TemplateError:
        if token.kind is not Kind.ERROR:
            return self.error(f"unexpected {token} in {context}")
        extra = ""
        if self.action_line not in (0, token.line):
            extra = f" in action started at {self.parse_name}:{self.action_line}"
            if token.text.endswith(" action"):
                extra = extra.removeprefix(" in action")
        return self.error(f"{token}{extra}")

    def unquoted(self, token: Token) -> bytes:
        value = unquote(token.text)
        if value is None:
            raise self.error("invalid syntax")
        return value
