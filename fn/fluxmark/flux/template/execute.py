"""Executes a parsed template on data: its text, its blocks, its loops.

Source: package text/template of Go 1.26 (exec.go).
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from fluxmark.flux.template.errors import LimitExceeded
from fluxmark.flux.template.evaluate import Evaluator
from fluxmark.flux.template.limits import MAX_DEPTH, budget, spend
from fluxmark.flux.template.nodes import Action, Break, Continue, If, Range, Template, Text, With
from fluxmark.flux.template.printing import Printer, show, sorted_items
from fluxmark.flux.template.types import INTEGERS, Kind
from fluxmark.flux.template.values import Value, concrete, indirect, integer, is_true, items, string
from fluxmark.golang.text import display, encode, quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fluxmark.flux.template.nodes import Node, Parsed, Pipe
    from fluxmark.flux.template.types import Function


class Flow(enum.Enum):
    """How a list of nodes ended before its end."""

    BREAK = enum.auto()
    CONTINUE = enum.auto()


class Machine(Evaluator):
    """One execution; `output` is the message so far."""

    def __init__(
        self, parsed: Parsed, function: Callable[[str], Function | None], *, shuffled: bool = False
    ) -> None:
        super().__init__(parsed, function, shuffled=shuffled)
        self.output = Printer()
        self.depth = 0

    def run(self, data: Value) -> bytes:
        """Return what the template writes; error: TemplateError."""
        self.variables = [("$", data)]
        try:
            with budget():
                self.walk(data, self.parsed.trees[self.name])
        except LimitExceeded as error:
            raise LimitExceeded(self.located(str(error))) from None
        return self.output.text()

    def walk(self, dot: Value | None, nodes: tuple[Node, ...]) -> Flow | None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise LimitExceeded(
                f"the template nests more than {MAX_DEPTH} blocks and template calls while it runs"
            )
        flow = None
        for node in nodes:
            self.at(node)
            match node:
                case Text():
                    self.output.write(node.text)
                case Action():
                    value = self.pipeline(dot, node.pipe)
                    if not node.pipe.variables:
                        self.output.print_arg(value or string(b"<no value>"), "v")
                case Range():
                    flow = self.range(dot, node)
                case If():
                    flow = self.branch(dot, node)
                case Template():
                    self.template(dot, node)
                case Break():
                    flow = Flow.BREAK
                case Continue():
                    flow = Flow.CONTINUE
            if flow:
                break
        self.depth -= 1
        return flow

    def branch(self, dot: Value | None, node: If) -> Flow | None:
        mark = len(self.variables)
        value = self.pipeline(dot, node.pipe)
        if is_true(concrete(value)):
            flow = self.walk(value if isinstance(node, With) else dot, node.body)
        else:
            flow = self.walk(dot, node.otherwise)
        del self.variables[mark:]
        return flow

    def range(self, dot: Value | None, node: Range) -> Flow | None:
        mark = len(self.variables)
        value, _ = indirect(self.pipeline(dot, node.pipe))
        body = len(self.variables)
        ran = False
        flow = None
        for index, elem in self.iterations(value, node.pipe):
            ran = True
            spend(1)
            self.bind(node.pipe, index, elem)
            if self.walk(elem, node.body) is Flow.BREAK:
                break
            del self.variables[body:]
        if not ran:
            flow = self.walk(dot, node.otherwise)
        del self.variables[mark:]
        return flow

    def iterations(self, value: Value | None, pipe: Pipe) -> Iterator[tuple[Value | None, Value | None]]:
        """Return the keys and elements of a value; an integer counts, and has no keys."""
        if value is None or value.is_nil:
            if value is not None and value.type.kind is Kind.POINTER:
                raise self.error(f"range can't iterate over {display(show(value))}")
            return iter(())
        kind = value.type.kind
        if kind in INTEGERS:
            if len(pipe.variables) > 1:
                raise self.error(f"can't use {display(show(value))} to iterate over more than one variable")
            return ((None, Value(value.type, count)) for count in range(value.data))
        if kind is Kind.SLICE:
            return ((integer(at), elem) for at, elem in enumerate(items(value)))
        if kind is Kind.MAP:
            return iter(sorted_items(value))
        raise self.error(f"range can't iterate over {display(show(value))}")

    def bind(self, pipe: Pipe, index: Value | None, elem: Value | None) -> None:
        """Give the variables of a range their values for one iteration: index and element, or the element."""
        names = [variable.name for variable in pipe.variables]
        values = [index, elem][-len(names) :] if names else []
        if pipe.is_assignment:
            for name, value in zip(names, values, strict=True):
                self.assign(name, value)
        elif names:
            self.variables[-len(names) :] = zip(names, values, strict=True)

    def template(self, dot: Value | None, node: Template) -> None:
        if node.name not in self.parsed.trees:
            raise self.error(f"template {quote(encode(node.name))} not defined")
        dot = self.pipeline(dot, node.pipe) if node.pipe else None
        kept = self.variables, self.name
        # no dynamic scoping: a template sees no variables but its own
        self.variables, self.name = [("$", dot)], node.name
        self.walk(dot, self.parsed.trees[node.name])
        self.variables, self.name = kept
