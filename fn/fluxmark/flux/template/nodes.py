"""The parse tree. `str()` of a node is its source as upstream's errors show it; of a block only its beginning."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from fluxmark.golang.text import encode, quote


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text."""

    pos: int
    text: bytes

    def __str__(self) -> str:
        return "text"


@dataclass(frozen=True, slots=True)
class Bool:
    """`true` or `false`."""

    pos: int
    value: bool

    def __str__(self) -> str:
        return "true" if self.value else "false"


@dataclass(frozen=True, slots=True)
class Dot:
    """`.`, the cursor."""

    pos: int

    def __str__(self) -> str:
        return "."


@dataclass(frozen=True, slots=True)
class Nil:
    """`nil`, an untyped constant."""

    pos: int

    def __str__(self) -> str:
        return "nil"


@dataclass(frozen=True, slots=True)
class Number:
    """A number, with its value under each type that can represent it (None: it cannot)."""

    pos: int
    text: str
    as_int: int | None
    as_uint: int | None
    as_float: float | None
    as_complex: complex | None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class String:
    """A string constant: its literal, and what that stands for."""

    pos: int
    literal: str
    value: bytes

    def __str__(self) -> str:
        return self.literal


@dataclass(frozen=True, slots=True)
class Field:
    """`.A.B`: a chain of fields, methods or keys, from the cursor."""

    pos: int
    names: tuple[str, ...]

    def __str__(self) -> str:
        return "." + ".".join(self.names)


@dataclass(frozen=True, slots=True)
class Variable:
    """`$x.A.B`: a variable, and a chain from it."""

    pos: int
    name: str
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ".".join((self.name, *self.names))


@dataclass(frozen=True, slots=True)
class Identifier:
    """A function's name."""

    pos: int
    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Chain:
    """`(pipeline).A.B` or `function.A`: a chain from any other term."""

    pos: int
    node: Operand
    names: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join((_grouped(self.node), *self.names))


@dataclass(frozen=True, slots=True)
class Command:
    """A function, method or value with its arguments."""

    pos: int
    args: tuple[Operand, ...]

    def __str__(self) -> str:
        return " ".join(map(_grouped, self.args))


@dataclass(frozen=True, slots=True)
class Pipe:
    """Commands, each the last argument of the next, and the variables that get the result."""

    pos: int
    commands: tuple[Command, ...]
    variables: tuple[Variable, ...] = ()
    is_assignment: bool = False

    def __str__(self) -> str:
        declared = ", ".join(map(str, self.variables))
        sign = "=" if self.is_assignment else ":="
        commands = " | ".join(map(str, self.commands))
        return f"{declared} {sign} {commands}" if declared else commands


def _grouped(node: Operand) -> str:
    return f"({node})" if isinstance(node, Pipe) else str(node)


@dataclass(frozen=True, slots=True)
class Action:
    """`{{pipeline}}`."""

    pos: int
    pipe: Pipe

    def __str__(self) -> str:
        return f"{{{{{self.pipe}}}}}"


@dataclass(frozen=True, slots=True)
class Break:
    """`{{break}}`."""

    pos: int

    def __str__(self) -> str:
        return "{{break}}"


@dataclass(frozen=True, slots=True)
class Continue:
    """`{{continue}}`."""

    pos: int

    def __str__(self) -> str:
        return "{{continue}}"


@dataclass(frozen=True, slots=True)
class Template:
    """`{{template "name" pipeline}}`."""

    pos: int
    name: str
    pipe: Pipe | None

    def __str__(self) -> str:
        name = quote(encode(self.name))
        return f"{{{{template {name} {self.pipe}}}}}" if self.pipe else f"{{{{template {name}}}}}"


@dataclass(frozen=True, slots=True)
class If:
    """`{{if pipeline}} body {{else}} otherwise {{end}}`."""

    pos: int
    pipe: Pipe
    body: tuple[Node, ...]
    otherwise: tuple[Node, ...] = ()

    def __str__(self) -> str:
        return f"{{{{{type(self).__name__.lower()} {self.pipe}}}}}"


@dataclass(frozen=True, slots=True)
class With(If):
    """`{{with pipeline}} body {{else}} otherwise {{end}}`: an `if` that moves the cursor."""


@dataclass(frozen=True, slots=True)
class Range(If):
    """`{{range pipeline}} body {{else}} otherwise {{end}}`."""


Operand: TypeAlias = Bool | Dot | Nil | Number | String | Field | Variable | Identifier | Chain | Pipe
Node: TypeAlias = Text | Action | Break | Continue | Template | If
Located: TypeAlias = Operand | Command | Node


@dataclass(frozen=True, slots=True)
class Parsed:
    """A template's text, what it does, and the templates that it defines (itself among them)."""

    text: str
    name: str
    trees: dict[str, tuple[Node, ...]] = field(default_factory=dict)
