"""Calls of functions and methods: which arguments they take, and how an argument becomes one.

Source: package text/template of Go 1.26 (exec.go, evalCall to evalEmptyInterface).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from fluxmark.flux.template.errors import CallError, TemplateError, Unsupported, UnsupportedFunction
from fluxmark.flux.template.limits import check_items, check_size, spend
from fluxmark.flux.template.nodes import Bool, Chain, Dot, Field, Identifier, Nil, Number, Pipe, String, Variable
from fluxmark.flux.template.place import Place
from fluxmark.flux.template.types import (
    ANY,
    COMPLEX128,
    FLOAT64,
    NILABLE,
    REFLECTED,
    SIGNED,
    STRING,
    UNSIGNED,
    Kind,
    Type,
)
from fluxmark.flux.template.values import Slice, Value, boolean, concrete, is_true, string, zero
from fluxmark.golang.numbers import wrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmark.flux.template.nodes import Command, Operand, Parsed
    from fluxmark.flux.template.types import Function


# of a text that is read, of one that is read rune by rune and word by word, and of one that is made; measured
_BYTES_PER_STEP, _BYTES_MADE_PER_STEP = 4, 64
_ITEMS_MADE_PER_STEP = 8


class Calls(Place, ABC):
    """The part of an execution that calls.

    shuffled: use the other order of functions that have two; `random_order` says that one has been called.
    """

    def __init__(self, parsed: Parsed, function: Callable[[str], Function | None], *, shuffled: bool) -> None:
        super().__init__(parsed)
        self.function = function
        self.shuffled = shuffled
        self.random_order = False

    @abstractmethod
    def evaluate(self, dot: Value | None, node: Operand) -> Value | None: ...

    @abstractmethod
    def constant(self, dot: Value | None, node: Operand) -> Value | None: ...

    def function_call(
        self,
        dot: Value | None,
        node: Identifier,
        whole: Operand | Command,
        args: tuple[Operand, ...],
        final: tuple[Value | None, ...],
    ) -> Value | None:
        self.at(node)
        function = self.function(node.name)
        if function is None:
            raise self.error(f'"{node.name}" is not a defined function')
        return self.call(dot, function, whole, args, final)

    def call(
        self,
        dot: Value | None,
        function: Function,
        node: Operand | Command,
        args: tuple[Operand, ...],
        final: tuple[Value | None, ...],
        receiver: Value | None = None,
    ) -> Value | None:
        """Call a function; args: with its own node first, final: what the pipeline adds, if anything."""
        args = args[1:]
        self.check_count(function, len(args), len(final))
        if function.name in ("and", "or") and function.params[0] is REFLECTED:
            return self.short_circuit(dot, function, args, final)
        params = function.params
        count = len(args) + len(final)
        types = (*params, *params[-1:] * (count - len(params)))[:count] if params else ()
        values = [self.argument(dot, type_, arg) for type_, arg in zip(types, args, strict=False)]
        values += [self.checked(value, types[-1]) for value in final]
        data = [_data(value, type_) for value, type_ in zip(values, types, strict=True)]
        if function.name == "call":
            callee = str(args[0]) if args else _reflect_string(final[0])
            raise self.not_callable(node, callee, data[0])
        result = self.invoke(function, node, data if receiver is None else [receiver.data, *data])
        if function.result is REFLECTED:
            reflected: Value | None = result
            return reflected
        return Value(function.result, result)

    def check_count(self, function: Function, count: int, piped: int) -> None:
        wanted = len(function.params) - function.variadic
        if function.variadic:
            if count + piped < wanted:
                raise self.error(f"wrong number of args for {function.name}: want at least {wanted} got {count}")
        elif count + piped != wanted:
            raise self.error(f"wrong number of args for {function.name}: want {wanted} got {count + piped}")

    def short_circuit(
        self, dot: Value | None, function: Function, args: tuple[Operand, ...], final: tuple[Value | None, ...]
    ) -> Value | None:
        """Return the first argument that decides, or the last."""
        value: Value | None = None
        for arg in args:
            value = self.argument(dot, REFLECTED, arg)
            if is_true(concrete(value)) == (function.name == "or"):
                return value
        return final[0] if final else value

    def invoke(self, function: Function, node: Operand | Command, data: list[Any]) -> Any:
        call = function.call
        if function.shuffled:
            self.random_order = True
            call = function.shuffled if self.shuffled else call
        bytes_per_step = 1 if function.is_slow else _BYTES_PER_STEP
        spend(sum(_size(argument, bytes_per_step) for argument in data))
        try:
            result = call(*data)
        except CallError as error:
            self.at(node)
            raise self.error(f"error calling {function.name}: {error}") from None
        except Unsupported as error:
            self.at(node)
            raise UnsupportedFunction(
                self.located(f"fluxmark does not support {function.name} here: {error}")
            ) from None
        if isinstance(result, bytes):
            check_size(len(result))
            spend(len(result) // _BYTES_MADE_PER_STEP)
        elif isinstance(result, Slice):
            check_items(len(result))
            spend(len(result) // _ITEMS_MADE_PER_STEP)
        elif type(result) is int:
            return wrap(result) if function.result.kind in SIGNED else result
        return result

    def not_callable(self, node: Operand | Command, callee: str, value: Value | None) -> TemplateError:
        """Return what `call` says: no data that Flux gives is a function."""
        held = concrete(value)
        reason = "call of nil" if held is None else f"non-function {callee} of type {held.type.name}"
        self.at(node)
        return self.error(f"error calling call: {reason}")

    # Arguments

    def argument(self, dot: Value | None, type_: Type | None, node: Operand) -> Value | None:
        """Return an argument of a type (None: any), as far as Go converts to it."""
        self.at(node)
        if isinstance(node, Nil):
            assert type_ is not None  # the parser refuses a field of nil
            if type_ is not REFLECTED and type_.kind not in NILABLE:
                raise self.error(f"cannot assign nil to {type_.name}")
            return None if type_ is REFLECTED else Value(type_, None)
        if isinstance(node, Dot | Field | Variable | Pipe | Identifier | Chain):
            return self.checked(self.evaluate(dot, node), type_)
        assert type_ is not None
        if type_ in (ANY, REFLECTED):
            return self.constant(dot, node)
        return self.literal(type_, node)

    def literal(self, type_: Type, node: Bool | Number | String) -> Value:
        """Return a literal as a value of a basic type."""
        kind = type_.kind
        number = node if isinstance(node, Number) else None
        value: Value | None = None
        wanted = ""
        if kind is Kind.BOOL:
            wanted, value = "bool", boolean(node.value) if isinstance(node, Bool) else None
        elif kind is Kind.STRING:
            wanted, value = "string", string(node.value) if isinstance(node, String) else None
        elif kind in SIGNED:
            wanted = "integer"
            value = Value(type_, number.as_int) if number and number.as_int is not None else None
        elif kind in UNSIGNED:
            wanted = "unsigned integer"
            value = Value(type_, number.as_uint) if number and number.as_uint is not None else None
        elif kind is Kind.FLOAT64:
            wanted = "float"
            value = Value(FLOAT64, number.as_float) if number and number.as_float is not None else None
        elif kind is Kind.COMPLEX128:
            wanted = "complex"
            value = Value(COMPLEX128, number.as_complex) if number and number.as_complex is not None else None
        else:
            raise self.error(f"can't handle {node} for arg of type {type_.name}")
        if value is None:
            self.at(node)
            raise self.error(f"expected {wanted}; found {node}")
        return value

    def checked(self, value: Value | None, type_: Type | None) -> Value | None:
        """Return a value that can be assigned to a type, after one indirection at most."""
        if type_ is None or type_ is REFLECTED:
            return value
        if value is None:
            if type_.kind not in NILABLE:
                raise self.error(f"invalid value; expected {type_.name}")
            return Value(type_, zero(type_))
        if type_ is ANY or value.type is type_:
            return value
        if value.type is ANY and value.data is not None:
            value = concrete(value)
            assert value is not None
            if value.type is type_:
                return value
        if value.type.kind is Kind.POINTER and value.type.elem is type_:
            if value.data is None:
                raise self.error(f"dereference of nil pointer of type {type_.name}")
            return Value(type_, value.data)
        raise self.error(f"wrong type for value; expected {type_.name}; got {value.type.name}")


def _size(data: Any, bytes_per_step: int) -> int:
    """Return how much work an argument may make: the elements of a list, and a share of a text's bytes.

    What looks into lists within lists counts their elements itself.
    """
    held = data.data if isinstance(data, Value) else data
    if isinstance(held, Slice | dict):
        return len(held)
    return len(held) // bytes_per_step if isinstance(held, bytes) else 0


def _data(value: Value | None, type_: Type) -> Any:
    """Return what a function's implementation gets: data, or a Value where the type does not say which."""
    if type_ is REFLECTED:
        return value
    return concrete(value) if type_ is ANY else None if value is None else value.data


def _reflect_string(value: Value | None) -> str:
    """Return what String() of a reflect.Value says."""
    if value is None:
        return "<invalid Value>"
    if value.type is STRING:
        return str(value.data, "utf-8", "replace")
    return f"<{value.type.name} Value>"
