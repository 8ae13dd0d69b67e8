"""The verbs of a format: flags, argument indexes, widths and precisions, and what is wrong with them.

Source: package fmt of Go 1.26 (print.go, doPrintf), https://pkg.go.dev/fmt
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.flux.template.format import Flags
from fluxmark.flux.template.printing import Printer
from fluxmark.flux.template.types import INTEGERS
from fluxmark.flux.template.values import Value, concrete
from fluxmark.golang.text import decode, display, encode

if TYPE_CHECKING:
    from collections.abc import Sequence

_FLAGS = {"#": "sharp", "0": "zero", "+": "plus", "-": "minus", " ": "space"}
_TOO_LARGE = 1_000_000
_MAX_INDEX_DIGITS = 8  # more are not number to upstream


class Format:
    """A format being read: `at` is the place in it, `arg` the operand whose turn it is."""

    def __init__(self, template: bytes, args: Sequence[Value | None]) -> None:
        self.template = decode(template)
        self.args = [concrete(arg) for arg in args]
        self.printer = Printer()
        self.at = 0
        self.arg = 0
        self.after_index = False
        self.good_index = True
        self.reordered = False

    def run(self) -> bytes:
        while self.at < len(self.template):
            start = self.template.find("%", self.at)
            end = len(self.template) if start < 0 else start
            self.printer.write(encode(self.template[self.at : end]))
            self.at = end + 1
            if start >= 0 and not self.verb():
                break
        if not self.reordered and self.arg < len(self.args):
            self.extra()
        return self.printer.text()

    def peek(self) -> str:
        return self.template[self.at : self.at + 1]

    def verb(self) -> bool:
        """Read and print one verb; False: the format ends before it."""
        flags = self.printer.flags = Flags()
        self.good_index = True
        while (char := self.peek()) and char in _FLAGS:
            setattr(flags, _FLAGS[char], True)
            self.at += 1
        self.index()
        self.width(flags)
        if self.peek() == "." and self.at + 1 < len(self.template):
            self.precision(flags)
        if not self.after_index:
            self.index()
        if not (char := self.peek()):
            self.printer.write(b"%!(NOVERB)")
            return False
        self.at += 1
        self.after_index = False
        self.operand(display(encode(char)), flags)
        return True

    def operand(self, verb: str, flags: Flags) -> None:
        if verb == "%":
            self.printer.write(b"%")
        elif not self.good_index:
            self.printer.write(f"%!{verb}(BADINDEX)".encode())
        elif self.arg >= len(self.args):
            self.printer.write(f"%!{verb}(MISSING)".encode())
        else:
            if verb in ("v", "w"):
                flags.sharp_v, flags.sharp = flags.sharp, False
                flags.plus_v, flags.plus = flags.plus, False
            self.printer.print_arg(self.args[self.arg], verb)
            self.arg += 1

    def index(self) -> None:
        """Read an explicit argument index, `[3]`."""
        self.after_index = False
        if self.peek() != "[":
            return
        self.reordered = True
        end = self.template.find("]", self.at)
        if end < 0 or len(self.template) - self.at < len("[1]"):
            self.at += 1
            self.good_index = False
            return
        inner = self.template[self.at + 1 : end]
        self.at = end + 1
        if not _is_digits(inner) or len(inner.lstrip("0")) > _MAX_INDEX_DIGITS:
            self.good_index = False
        elif 0 < int(inner[-_MAX_INDEX_DIGITS:]) <= len(self.args):
            self.arg = int(inner[-_MAX_INDEX_DIGITS:]) - 1
            self.after_index = True
        else:
            self.good_index = False
            self.after_index = True

    def number(self) -> int | None:
        """Read digits, None if there are none; a crazily long number ends the format."""
        start = self.at
        number = 0
        while _is_digits(self.peek()):
            if number > _TOO_LARGE:
                self.at = len(self.template)
                return None
            number = number * 10 + int(self.peek())
            self.at += 1
        return number if self.at > start else None

    def star(self) -> int | None:
        """Take a width or precision from the operands."""
        self.at += 1
        self.after_index = False
        if self.arg >= len(self.args):
            return None
        value = self.args[self.arg]
        self.arg += 1
        if value is None or value.type.kind not in INTEGERS or abs(value.data) > _TOO_LARGE:
            return None
        number: int = value.data
        return number

    def width(self, flags: Flags) -> None:
        if self.peek() != "*":
            flags.width = self.number()
            if self.after_index and flags.width is not None:  # "%[3]2d"
                self.good_index = False
            return
        flags.width = self.star()
        if flags.width is None:
            self.printer.write(b"%!(BADWIDTH)")
        elif flags.width < 0:
            flags.width, flags.minus, flags.zero = -flags.width, True, False

    def precision(self, flags: Flags) -> None:
        self.at += 1
        if self.after_index:  # "%[3].2d"
            self.good_index = False
        self.index()
        if self.peek() != "*":
            flags.precision = self.number() or 0
            return
        flags.precision = self.star()
        if flags.precision is not None and flags.precision < 0:
            flags.precision = None
        if flags.precision is None:
            self.printer.write(b"%!(BADPREC)")

    def extra(self) -> None:
        """Name the operands that no verb used."""
        self.printer.flags = Flags()
        self.printer.write(b"%!(EXTRA ")
        for at, arg in enumerate(self.args[self.arg :]):
            if at:
                self.printer.write(b", ")
            if arg is None:
                self.printer.write(b"<nil>")
            else:
                self.printer.write(f"{arg.type.name}=".encode())
                self.printer.print_arg(arg, "v")
        self.printer.write(b")")


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def sprintf(template: bytes, args: Sequence[Value | None]) -> bytes:
    """Return a text in which each verb is replaced by an operand."""
    return Format(template, args).run()
