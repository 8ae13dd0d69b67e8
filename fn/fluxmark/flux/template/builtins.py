"""The functions that text/template itself brings.

Source: package text/template of Go 1.26 (funcs.go). `and`, `or` and `call` are the executor's business: the first
two do not evaluate what they need not, the third wants its argument's source. `slice` is sprig's in Flux.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.flux.template.comparison import equal, less
from fluxmark.flux.template.errors import CallError
from fluxmark.flux.template.printing import sprint, sprintln
from fluxmark.flux.template.types import ANY, BOOL, INT, INTEGERS, REFLECTED, STRING, UINT8, Function, Kind, Type
from fluxmark.flux.template.values import Value, concrete, indirect, is_true, string, zero
from fluxmark.golang.numbers import INT_MAX
from fluxmark.golang.text import decode, encode, is_invalid, is_print

if TYPE_CHECKING:
    from collections.abc import Callable


def _index(item: Value | None, *indexes: Value | None) -> Value | None:
    item = concrete(item)
    if item is None:
        raise CallError("index of untyped nil")
    for raw in indexes:
        index = concrete(raw)
        item, is_nil = indirect(item)
        if is_nil or item is None:
            raise CallError("index of nil pointer")
        if item.type.kind in (Kind.SLICE, Kind.STRING):
            item = _element(item, index)
        elif item.type.kind is Kind.MAP:
            item = _entry(item, index)
        else:
            raise CallError(f"can't index item of type {item.type.name}")
    return item


def _element(item: Value, index: Value | None) -> Value:
    length = len(item.data or b"")
    at = _position(index, length)
    if at == length:  # upstream's check lets it pass, reflect does not
        raise CallError(f"reflect: {item.type.kind} index out of range")
    return Value(item.type.elem or UINT8, item.data[at])


def _position(index: Value | None, length: int) -> int:
    if index is None:
        raise CallError("cannot index slice/array with nil")
    if index.type.kind not in INTEGERS:
        raise CallError(f"cannot index slice/array with type {index.type.name}")
    at: int = index.data
    if at > INT_MAX:
        at -= 1 << 64
    if not 0 <= at <= length:
        raise CallError(f"index out of range: {at}")
    return at


def _entry(item: Value, index: Value | None) -> Value:
    key, elem = item.type.key, item.type.elem
    assert key is not None
    assert elem is not None
    if index is None:
        raise CallError(f"value is nil; should be of type {key.name}")
    if index.type is not key:
        raise CallError(f"value has type {index.type.name}; should be {key.name}")
    data = item.data or {}
    return Value(elem, data[index.data] if index.data in data else zero(elem))


def _len(item: Value | None) -> int:
    item, is_nil = indirect(item)
    if is_nil:
        raise CallError("len of nil pointer")
    if item is None:
        raise CallError("reflect: call of reflect.Value.Type on zero Value")
    if item.type.kind not in (Kind.MAP, Kind.SLICE, Kind.STRING):
        raise CallError(f"len of type {item.type.name}")
    return len(item.data or b"")


def _not(arg: Value | None) -> bool:
    return not is_true(concrete(arg))


def _operands(args: tuple[Value | None, ...]) -> bytes:
    """Return the text of operands as html, js and urlquery take it: as an action prints them."""
    return sprint([string(b"<no value>") if arg is None else arg for arg in args])


_HTML = str.maketrans({"\0": "\ufffd", '"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;"})
_JS = {"\\": "\\\\", "'": "\\'", '"': '\\"'} | {char: f"\\u{ord(char):04X}" for char in "<>&="}


def html_escape(text: bytes) -> bytes:
    """Return a text as it can be in HTML."""
    return encode(decode(text).translate(_HTML))


def _js_rune(rune: str) -> str:
    if rune in _JS:
        return _JS[rune]
    if rune >= " " and (rune == "\x7f" or is_print(rune)):
        return rune
    return f"\\u{ord(rune):04X}"


def _js(*args: Value | None) -> bytes:
    # a byte that is not UTF-8 counts as U+FFFD, which can be printed: Go keeps the byte
    return encode("".join(rune if is_invalid(rune) else _js_rune(rune) for rune in decode(_operands(args))))


def _html(*args: Value | None) -> bytes:
    return html_escape(_operands(args))


def _urlquery(*args: Value | None) -> bytes:
    from urllib.parse import quote_plus

    return quote_plus(_operands(args), safe="").encode()


def _print(*args: Value | None) -> bytes:
    return sprint(args)


def _println(*args: Value | None) -> bytes:
    return sprintln(args)


def _printf(template: bytes, *args: Value | None) -> bytes:
    from fluxmark.flux.template.verbs import sprintf

    return sprintf(template, args)


def _eq(first: Value | None, *others: Value | None) -> bool:
    if not others:
        raise CallError("missing argument for comparison")
    return any(equal(first, other) for other in others)


def _ge(left: Value | None, right: Value | None) -> bool:
    return not less(left, right)


def _le(left: Value | None, right: Value | None) -> bool:
    return less(left, right) or equal(left, right)


def _gt(left: Value | None, right: Value | None) -> bool:
    return not _le(left, right)


def _ne(left: Value | None, right: Value | None) -> bool:
    return not equal(left, right)


def _unreachable(*_: object) -> None:
    raise AssertionError("the executor evaluates these itself")


def _text(name: str, call: Callable[..., bytes], *fixed: Type) -> Function:
    return Function(name, (*fixed, ANY), STRING, call, variadic=True)


def _comparison(name: str, call: Callable[..., bool]) -> Function:
    return Function(name, (REFLECTED, REFLECTED), BOOL, call)


BUILTINS: tuple[Function, ...] = (
    Function("and", (REFLECTED, REFLECTED), REFLECTED, _unreachable, variadic=True),
    Function("call", (REFLECTED, REFLECTED), REFLECTED, _unreachable, variadic=True),
    Function("eq", (REFLECTED, REFLECTED), BOOL, _eq, variadic=True),
    _comparison("ge", _ge),
    _comparison("gt", _gt),
    _text("html", _html),
    Function("index", (REFLECTED, REFLECTED), REFLECTED, _index, variadic=True),
    _text("js", _js),
    _comparison("le", _le),
    Function("len", (REFLECTED,), INT, _len),
    _comparison("lt", less),
    _comparison("ne", _ne),
    Function("not", (REFLECTED,), BOOL, _not),
    Function("or", (REFLECTED, REFLECTED), REFLECTED, _unreachable, variadic=True),
    _text("print", _print),
    _text("printf", _printf, STRING),
    _text("println", _println),
    _text("urlquery", _urlquery),
)
