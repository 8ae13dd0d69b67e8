"""Evaluates what is in actions: pipelines, commands, variables, chains of fields.

Source: package text/template of Go 1.26 (exec.go, evalPipeline to evalField).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.flux.template.calls import Calls
from fluxmark.flux.template.limits import spend
from fluxmark.flux.template.nodes import Bool, Chain, Dot, Field, Identifier, Nil, Number, Pipe, String, Variable
from fluxmark.flux.template.types import COMPLEX128, FLOAT64, Kind
from fluxmark.flux.template.values import Value, boolean, concrete, indirect, integer, string, struct_field

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmark.flux.template.nodes import Command, Operand, Parsed
    from fluxmark.flux.template.types import Function


_VARIABLES_PER_STEP = 16


class Evaluator(Calls):
    """The part of an execution that evaluates; `variables` is a stack of names and values."""

    def __init__(self, parsed: Parsed, function: Callable[[str], Function | None], *, shuffled: bool) -> None:
        super().__init__(parsed, function, shuffled=shuffled)
        self.variables: list[tuple[str, Value | None]] = []

    def variable(self, name: str) -> Value | None:
        for distance, (known, value) in enumerate(reversed(self.variables)):
            if known == name:
                spend(distance // _VARIABLES_PER_STEP)
                return value
        raise self.error(f"undefined variable: {name}")

    def assign(self, name: str, value: Value | None) -> None:
        for at in range(len(self.variables) - 1, -1, -1):
            if self.variables[at][0] == name:
                spend((len(self.variables) - at) // _VARIABLES_PER_STEP)
                self.variables[at] = (name, value)
                return
        raise self.error(f"undefined variable: {name}")

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

    def evaluate(self, dot: Value | None, node: Operand) -> Value | None:
        """Return the value of an argument that is not a literal."""
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
