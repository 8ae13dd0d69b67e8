"""Go's fmt on Go's values: Sprint, Sprintln, Sprintf.

Source: package fmt of Go 1.26 (print.go), with its forms for mistakes: `%!d(string=hi)`, `%!(EXTRA …)`.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from fluxmark.flux.template import format as layout
from fluxmark.flux.template.errors import Unsupported
from fluxmark.flux.template.format import Flags
from fluxmark.flux.template.limits import check_size, spend
from fluxmark.flux.template.types import BYTES, FLOAT64, INTEGERS, NILABLE, UNSIGNED, Kind, Type
from fluxmark.flux.template.values import Value, concrete, element, items

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_STRING_VERBS = "vsxXq"
_BYTES_PER_STEP = 64
_BASES = {"d": 10, "b": 2, "o": 8, "O": 8, "x": 16, "X": 16}


def sprint(args: Sequence[Value | None]) -> bytes:
    """Return the operands in a row, with a space between two that are not strings."""
    printer = Printer()
    previous_string = True
    for arg in args:
        is_string = arg is not None and arg.type.kind is Kind.STRING
        if not is_string and not previous_string:
            printer.write(b" ")
        printer.print_arg(arg, "v")
        previous_string = is_string
    return printer.text() if args else b""


def sprintln(args: Sequence[Value | None]) -> bytes:
    """Return the operands with spaces between them, and a line break."""
    return b" ".join(sprint([arg]) for arg in args) + b"\n"


def show(value: Value | None) -> bytes:
    """Return what `%v` prints."""
    return sprint([value])


def compare_keys(key: Type, left: Any, right: Any) -> int:
    """Order two keys of a map as fmt and `range` do: -1, 0 or 1; source: internal/fmtsort."""
    if key.kind is Kind.STRUCT:
        for field, one, other in zip(key.fields, left, right, strict=True):
            if order := compare_keys(field.type, one, other):
                return order
        return 0
    return int(left > right) - int(left < right)


def sorted_items(value: Value) -> list[tuple[Value, Value]]:
    """Return the keys and values of a map, sorted by key."""
    key, elem = value.type.key, value.type.elem
    assert key is not None
    assert elem is not None
    spend(len(value.data or ()))
    order = functools.cmp_to_key(functools.partial(compare_keys, key))
    data: dict[Any, Any] = value.data or {}
    return [(Value(key, name), Value(elem, data[name])) for name in sorted(data, key=order)]


class Printer:
    """A text being printed, and the flags of the verb at work."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0
        self.flags = Flags()
        self.erroring = False  # within a %! form: no methods

    def write(self, text: bytes) -> None:
        self.size += len(text)
        check_size(self.size)
        self.parts.append(text)

    def text(self) -> bytes:
        spend(self.size // _BYTES_PER_STEP)
        return b"".join(self.parts)

    def bad_verb(self, verb: str, value: Value | None) -> None:
        self.erroring = True
        self.write(f"%!{verb}(".encode())
        if value is None:
            self.write(b"<nil>")
        else:
            self.write(f"{value.type.name}=".encode())
            self.print_arg(value, "v")
        self.write(b")")
        self.erroring = False

    def print_arg(self, arg: Value | None, verb: str) -> None:
        """Print an operand."""
        arg = concrete(arg)
        if arg is None:
            if verb in ("T", "v"):
                self.write(self.flags.pad(b"<nil>"))
            else:
                self.bad_verb(verb, None)
        elif verb == "T":
            self.write(layout.text(self.flags, arg.type.name.encode()))
        elif verb == "p":
            self.pointer(arg, verb)
        elif not self.handle_methods(arg, verb):
            self.print_value(arg, verb, 0)

    def handle_methods(self, value: Value, verb: str) -> bool:
        """Print what a value's own String method says, where the verb asks for text."""
        if self.erroring:
            return False
        if verb == "w":  # for Errorf only
            self.bad_verb(verb, value)
            return True
        if value.type.stringer is None or self.flags.sharp_v or verb not in _STRING_VERBS:
            return False
        if value.data is None:
            self.write(b"<nil>")
        else:
            self.string(value, value.type.stringer(value.data), verb)
        return True

    def print_value(self, value: Value, verb: str, depth: int) -> None:
        """Print a value of any kind, by its structure."""
        spend(1)
        if depth > 0 and value.type.kind is not Kind.INTERFACE and self.handle_methods(value, verb):
            return
        kind = value.type.kind
        if kind is Kind.BOOL:
            if verb in "tv":
                self.write(self.flags.pad(b"true" if value.data else b"false"))
            else:
                self.bad_verb(verb, value)
        elif kind in INTEGERS:
            self.integer(value, verb)
        elif kind is Kind.FLOAT64:
            self.floating(value, value.data, verb)
        elif kind is Kind.COMPLEX128:
            self.complex(value, verb)
        elif kind is Kind.STRING:
            self.string(value, value.data, verb)
        elif kind is Kind.INTERFACE:
            self.interface(value, verb, depth)
        elif kind is Kind.POINTER:
            held = element(value)
            if depth == 0 and value.data is not None and held is not None:
                self.write(b"&")
                self.print_value(held, verb, depth + 1)
            else:
                self.pointer(value, verb)
        elif (
            kind is Kind.SLICE
            and value.type.elem is not None
            and value.type.elem.kind is Kind.UINT8
            and verb in "sqxX"
        ):
            self.string(value, bytes(value.data or ()), verb)
        else:
            self.composite(value, verb, depth)

    def interface(self, value: Value, verb: str, depth: int) -> None:
        held = element(value)
        if held is not None:
            self.print_value(held, verb, depth + 1)
        elif self.flags.sharp_v:
            self.write(f"{value.type.name}(nil)".encode())
        else:
            self.write(b"<nil>")

    def integer(self, value: Value, verb: str) -> None:
        number: int = value.data
        unsigned = number & 0xFFFFFFFFFFFFFFFF
        flags = self.flags
        if verb == "v" and flags.sharp_v and value.type.kind in UNSIGNED:
            kept, flags.sharp = flags.sharp, True
            self.write(layout.integer(flags, number, verb, 16))
            flags.sharp = kept
        elif verb == "v":
            self.write(layout.integer(flags, number, verb, 10))
        elif verb in _BASES:
            self.write(layout.integer(flags, number, verb, _BASES[verb], upper=verb == "X"))
        elif verb == "c":
            self.write(layout.character(flags, unsigned))
        elif verb == "q":
            self.write(layout.quoted_character(flags, unsigned))
        elif verb == "U":
            self.write(layout.unicode_point(flags, unsigned))
        else:
            self.bad_verb(verb, value)

    def floating(self, value: Value, number: float, verb: str) -> None:
        if verb == "v":
            self.write(layout.floating(self.flags, number, "g", -1))
        elif verb in "bgGxX":
            self.write(layout.floating(self.flags, number, verb, -1))
        elif verb in "feEF":
            self.write(layout.floating(self.flags, number, "f" if verb == "F" else verb, 6))
        else:
            self.bad_verb(verb, value)

    def complex(self, value: Value, verb: str) -> None:
        if verb not in "vbgGxXfFeE":
            self.bad_verb(verb, value)
            return
        plus = self.flags.plus
        self.write(b"(")
        self.floating(Value(FLOAT64, value.data.real), value.data.real, verb)
        self.flags.plus = True
        self.floating(Value(FLOAT64, value.data.imag), value.data.imag, verb)
        self.write(b"i)")
        self.flags.plus = plus

    def string(self, value: Value, data: bytes, verb: str) -> None:
        flags = self.flags
        if verb == "q" or (verb == "v" and flags.sharp_v):
            self.write(layout.quoted(flags, data))
        elif verb in "vs":
            self.write(layout.text(flags, data))
        elif verb in "xX":
            self.write(layout.hexadecimal(flags, data, upper=verb == "X"))
        else:
            self.bad_verb(verb, value)

    def pointer(self, value: Value, verb: str) -> None:
        """Print an address, which only nil has one here: others depend on where Go's runtime put them."""
        if value.type.kind not in NILABLE - {Kind.INTERFACE}:
            self.bad_verb(verb, value)
        elif value.data is not None and verb in "vpbodxX":
            raise Unsupported("the address of a pointer differs in each run of the controller")
        elif verb == "v":
            shown = f"({value.type.name})(nil)".encode()
            self.write(shown if self.flags.sharp_v else self.flags.pad(b"<nil>"))
        elif verb == "p":
            kept, self.flags.sharp = self.flags.sharp, not self.flags.sharp
            self.write(layout.integer(self.flags, 0, "v", 16))
            self.flags.sharp = kept
        elif verb in "bodxX":
            self.write(layout.integer(self.flags, 0, verb, _BASES[verb], upper=verb == "X"))
        else:
            self.bad_verb(verb, value)

    def composite(self, value: Value, verb: str, depth: int) -> None:
        """Print a map, a struct or a slice, and what is in it."""
        kind, sharp = value.type.kind, self.flags.sharp_v
        if sharp:
            self.write(b"[]byte" if value.type is BYTES and depth == 0 else value.type.name.encode())
            if value.data is None:
                self.write(b"(nil)")
                return
        opening, closing = (b"{", b"}") if sharp or kind is Kind.STRUCT else (b"[", b"]")
        self.write(b"map[" if kind is Kind.MAP and not sharp else opening)
        for at, (prefix, elem) in enumerate(_members(value)):
            if at:
                self.write(b", " if sharp else b" ")
            if isinstance(prefix, Value):
                self.print_value(prefix, verb, depth + 1)
                self.write(b":")
            elif prefix and (sharp or self.flags.plus_v):
                self.write(f"{prefix}:".encode())
            self.print_value(elem, verb, depth + 1)
        self.write(closing)


def _members(value: Value) -> Iterable[tuple[Value | str, Value]]:
    """Return the elements of a composite value, each with its key or its field's name."""
    if value.type.kind is Kind.MAP:
        return sorted_items(value)
    if value.type.kind is Kind.STRUCT:
        fields = zip(value.type.fields, value.data, strict=True)
        return [(field.name, Value(field.type, data)) for field, data in fields]
    return [("", elem) for elem in items(value)]
