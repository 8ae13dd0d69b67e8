"""Executes a parsed template on data.

Source: package text/template of Go 1.26 (exec.go). An error names the node that was evaluated last, as upstream's
does: each step says where it is (`at`) before it can fail.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from fluxmark.template.calls import Calls
from fluxmark.template.errors import LimitExceeded, TemplateError
from fluxmark.template.gotext import display, quote
from fluxmark.template.limits import MAX_DEPTH, MAX_STEPS
from fluxmark.template.nodes import (
    Action,
    Bool,
    Break,
    Chain,
    Continue,
    Dot,
    Field,
    Identifier,
    If,
    Nil,
    Number,
    Pipe,
    Range,
    String,
    Template,
    Text,
    Variable,
    With,
)
from fluxmark.template.printing import Printer, show, sorted_items
from fluxmark.template.types import COMPLEX128, FLOAT64, INTEGERS, Kind
from fluxmark.template.values import (
    Value,
    boolean,
    concrete,
    indirect,
    integer,
    is_true,
    items,
    string,
    struct_field,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fluxmark.template.nodes import Command, Located, Node, Operand, Parsed
    from fluxmark.template.types import Function


class Flow(enum.Enum):
    """How a list of nodes ended before its end."""

    BREAK = enum.auto()
    CONTINUE = enum.auto()


class Machine(Calls):
    """One execution: `node` is where it is, `name` the template at work, `variables` a stack."""

    def __init__(
        self, parsed: Parsed, function: Callable[[str], Function | None], *, shuffled: bool = False
    ) -> None:
        super().__init__(function, shuffled=shuffled)
        self.parsed = parsed
        self.name = parsed.name
        self.node: Located | None = None
        self.variables: list[tuple[str, Value | None]] = []
        self.output = Printer()
        self.steps = 0
        self.depth = 0

    def run(self, data: Value) -> bytes:
        """Return what the template writes; error: TemplateError."""
        self.variables = [("$", data)]
        try:
            self.walk(data, self.parsed.trees[self.name])
        except LimitExceeded as error:
            raise LimitExceeded(self.located(str(error))) from None
        return self.output.text()

    def at(self, node: Located) -> None:
        self.node = node
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise LimitExceeded(f"the template runs for more than {MAX_STEPS} steps")

    def error(self, message: str) -> TemplateError:
        return TemplateError(self.located(message))

    def located(self, message: str) -> str:
        """Return a message with the place of the node at work before it."""
        name = quote(self.name.encode("utf-8", "surrogateescape"))
        assert self.node is not None
        before = self.parsed.text[: self.node.pos]
        column = len(before[before.rfind("\n") + 1 :].encode("utf-8", "surrogatepass"))
        where = f"{self.parsed.name}:{1 + before.count(chr(10))}:{column}"
        return f"template: {where}: executing {name} at <{self.node}>: {message}"

    # Nodes

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
            self.at(node)
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
            raise self.error(f"template {quote(node.name.encode('utf-8', 'surrogateescape'))} not defined")
        dot = self.pipeline(dot, node.pipe) if node.pipe else None
        kept = self.variables, self.name
        # no dynamic scoping: a template sees no variables but its own
        self.variables, self.name = [("$", dot)], node.name
        self.walk(dot, self.parsed.trees[node.name])
        self.variables, self.name = kept

    # Variables

    def variable(self, name: str) -> Value | None:
        for known, value in reversed(self.variables):
            if known == name:
                return value
        raise self.error(f"undefined variable: {name}")

    def assign(self, name: str, value: Value | None) -> None:
        for at in range(len(self.variables) - 1, -1, -1):
            if self.variables[at][0] == name:
                self.variables[at] = (name, value)
                return
        raise self.error(f"undefined variable: {name}")

    # Pipelines

    def pipeline(self, dot: Value | None, pipe: Pipe) -> Value | None:
        """Return what the last command makes of the others; its variables stay for the caller to remove."""
        self.at(pipe)
        value: Value | None = None
        final: tuple[Value | None, ...] = ()
        for command in pipe.commands:
            value = concrete(self.command(dot, command, final))
            final = (value,)
        for variable in pipe.variables:
            if pipe.is_assignment:
                self.assign(variable.name, value)
            else:
                self.variables.append((variable.name, value))
        return value

    def command(self, dot: Value | None, command: Command, final: tuple[Value | None, ...]) -> Value | None:
        first, args = command.args[0], command.args
        match first:
            case Field():
                self.at(first)
                return self.chain(dot, dot, first, first.names, args, final)
            case Chain():
                return self.chain_node(dot, first, args, final)
            case Identifier():
                return self.function_call(dot, first, command, args, final)
            case Pipe():
                self.no_arguments(args, final)
                return self.pipeline(dot, first)
            case Variable():
                return self.variable_node(dot, first, args, final)
            case _:
                self.at(first)
                self.no_arguments(args, final)
                if isinstance(first, Nil):
                    raise self.error("nil is not a command")
                return self.constant(dot, first)

    def no_arguments(self, args: tuple[Operand, ...], final: tuple[Value | None, ...]) -> None:
        if len(args) > 1 or final:
            raise self.error(f"can't give argument to non-function {args[0]}")

    def constant(self, dot: Value | None, node: Operand) -> Value | None:
        """Return the value of a literal or the dot, where nothing asks for a type."""
        match node:
            case Bool():
                return boolean(node.value)
            case Dot():
                return dot
            case Number():
                return self.ideal(node)
            case String():
                return string(node.value)
            case _:
                raise AssertionError(node)

    def ideal(self, node: Number) -> Value:
        """Return a number of the type that its syntax suggests."""
        self.at(node)
        if node.as_complex is not None:
            return Value(COMPLEX128, node.as_complex)
        is_hex = node.text[:2].lower() == "0x" and not set(node.text) & set("pP")
        if node.as_float is not None and not is_hex and node.text[0] != "'" and set(node.text) & set(".eEpP"):
            return Value(FLOAT64, node.as_float)
        if node.as_int is None:
            raise self.error(f"{node.text} overflows int")
        return integer(node.as_int)

    def chain_node(
        self, dot: Value | None, node: Chain, args: tuple[Operand, ...], final: tuple[Value | None, ...]
    ) -> Value | None:
        self.at(node)
        receiver = self.argument(dot, None, node.node)
        return self.chain(dot, receiver, node, node.names, args, final)

    def variable_node(
        self, dot: Value | None, node: Variable, args: tuple[Operand, ...], final: tuple[Value | None, ...]
    ) -> Value | None:
        self.at(node)
        value = self.variable(node.name)
        if not node.names:
            self.no_arguments(args, final)
            return value
        return self.chain(dot, value, node, node.names, args, final)

    def chain(
        self,
        dot: Value | None,
        receiver: Value | None,
        node: Operand,
        names: tuple[str, ...],
        args: tuple[Operand, ...],
        final: tuple[Value | None, ...],
    ) -> Value | None:
        """Return `.X.Y.Z`; the last, where it is a method, gets the arguments."""
        for name in names[:-1]:
            receiver = self.field(dot, name, node, (), (), receiver)
        return self.field(dot, names[-1], node, args, final, receiver)

    def field(
        self,
        dot: Value | None,
        name: str,
        node: Operand,
        args: tuple[Operand, ...],
        final: tuple[Value | None, ...],
        receiver: Value | None,
    ) -> Value | None:
        """Return a method's result, a struct's field or a map's element."""
        if receiver is None:
            return None
        type_ = receiver.type
        methods = (concrete(receiver) or receiver).type.methods
        value, is_nil = indirect(receiver)
        assert value is not None
        if is_nil and value.type.kind is Kind.INTERFACE:
            raise self.error(f"nil pointer evaluating {type_.name}.{name}")
        if method := methods.get(name):
            return self.call(dot, method, node, args, final, receiver=value)
        has_args = len(args) > 1 or bool(final)
        if value.type.kind is Kind.STRUCT and (found := struct_field(value, name)):
            known, result = found
            if not known.is_exported:
                raise self.error(f"{name} is an unexported field of struct type {type_.name}")
            if has_args:
                raise self.error(f"{name} has arguments but cannot be invoked as function")
            return result
        key, elem = value.type.key, value.type.elem
        if value.type.kind is Kind.MAP and key is not None and key.kind is Kind.STRING and elem is not None:
            if has_args:
                raise self.error(f"{name} is not a method but has arguments")
            data, wanted = value.data or {}, name.encode()
            return Value(elem, data[wanted]) if wanted in data else None
        raise self.error(f"can't evaluate field {name} in type {type_.name}")

    # Arguments

    def evaluate(self, dot: Value | None, node: Operand) -> Value | None:
        """Return the value of an argument that is no literal."""
        match node:
            case Dot():
                return dot
            case Field():
                self.at(node)
                return self.chain(dot, dot, node, node.names, (node,), ())
            case Variable():
                return self.variable_node(dot, node, (), ())
            case Pipe():
                return self.pipeline(dot, node)
            case Identifier():
                return self.function_call(dot, node, node, (), ())
            case Chain():
                return self.chain_node(dot, node, (), ())
            case _:
                raise AssertionError(node)
