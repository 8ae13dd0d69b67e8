"""Regular expressions. Source: Go's package regexp; RE2, which it descends from, finds the matches.

The text of an error for a pattern that does not compile is Go's where RE2 has a word for the same fault.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from fluxmark.golang.text import can_backquote, decode, display, encode, quote
from fluxmark.template.errors import CallError, Unsupported
from fluxmark.template.lex import is_alphanumeric
from fluxmark.template.limits import check_items, check_size
from fluxmark.template.types import BOOL, INT, STRING, STRINGS, Function
from fluxmark.template.values import Slice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Span = tuple[int, int]
_REASONS = {
    "missing ]": "missing closing ]",
    "missing )": "missing closing )",
    "trailing \\": "trailing backslash at end of expression",
    "no argument for repetition operator": "missing argument to repetition operator",
    "invalid repetition size": "invalid repeat count",
    "bad repetition operator": "invalid nested repetition operator",
    "invalid perl operator": "invalid or unsupported Perl syntax",
    "invalid named capture group": "invalid named capture",
}
_META = re.compile(rb"[\\.+*?()|\[\]{}^$]")
_COUNT = re.compile(r"\{([0-9]{1,9})(?:,([0-9]{1,9}))?\}(?=\??\Z)")
_MAX_COUNT = 1000
_NUMBER = re.compile("0|[1-9][0-9]{0,8}")  # what is longer is the name of a group


class _BadPatternError(Exception):
    """A pattern that does not compile; `str()` is Go's error."""


@functools.lru_cache(maxsize=64)
def _compiled(pattern: bytes) -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        said: bytes | str = error.args[0]
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        reason, _, fault = text.partition(": ")
        raise _BadPatternError(_complaint(reason, fault or display(pattern))) from None


def _complaint(reason: str, fault: str) -> str:
    """Return Go's words for RE2's: reasons differ, and which of two Go reports."""
    count = _COUNT.search(fault)
    if reason == "bad repetition operator" and count and _is_bad_count(int(count[1]), int(count[2] or count[1])):
        reason, fault = "invalid repetition size", count[0]
    elif reason == "invalid repetition size":
        fault = fault.removesuffix("?")
    elif reason == "trailing \\":
        fault = ""
    return f"error parsing regexp: {_REASONS.get(reason, reason)}: `{fault}`"


def _is_bad_count(least: int, most: int) -> bool:
    return most < least or most > _MAX_COUNT


def _must(pattern: bytes) -> Any:
    """Compile as the functions that return an error do."""
    try:
        return _compiled(pattern)
    except _BadPatternError as error:
        raise CallError(str(error)) from None


def _plain(pattern: bytes) -> Any:
    """Compile as the functions that panic do."""
    try:
        return _compiled(pattern)
    except _BadPatternError as error:
        shown = f"`{display(pattern)}`" if can_backquote(pattern) else quote(pattern)
        raise CallError(f"regexp: Compile({shown}): {error}") from None


def _checked(text: bytes) -> bytes:
    """Return a text that RE2 and Go match alike; error: Unsupported."""
    try:
        text.decode()
    except UnicodeDecodeError:
        raise Unsupported("the text is no UTF-8, which RE2 and Go match in different ways") from None
    return text


def _width(text: bytes, at: int) -> int:
    """Return the bytes of the rune that begins here, 0 at the end."""
    first = text[at : at + 1]
    if not first:
        return 0
    return 1 if first < b"\xc0" else 2 if first < b"\xe0" else 3 if first < b"\xf0" else 4


def _spans(compiled: Any, text: bytes, limit: int) -> Iterator[Span]:
    """Yield successive matches; an empty one right after another does not count."""
    at, previous_end, count = 0, -1, 0
    _checked(text)
    while at <= len(text) and (limit < 0 or count < limit):
        found = compiled.search(text, at)
        if not found:
            return
        start, end = found.span()
        accepted = True
        if end == at:
            accepted = start != previous_end
            at += _width(text, at) or 1
        else:
            at = end
        previous_end = end
        if accepted:
            count += 1
            check_items(count)
            yield start, end


def _match(pattern: bytes, text: bytes) -> bool:
    try:
        return bool(_compiled(pattern).search(_checked(text)))
    except _BadPatternError:
        return False


def _must_match(pattern: bytes, text: bytes) -> bool:
    return bool(_must(pattern).search(_checked(text)))


def _find(compile_: Callable[[bytes], Any], pattern: bytes, text: bytes) -> bytes:
    found = compile_(pattern).search(_checked(text))
    return text[slice(*found.span())] if found else b""


def _find_all(compile_: Callable[[bytes], Any], pattern: bytes, text: bytes, limit: int) -> Slice | None:
    found = [text[start:end] for start, end in _spans(compile_(pattern), text, limit)]
    return Slice.of(found, grown=True) if found else None


def _replace(compile_: Callable[[bytes], Any], pattern: bytes, text: bytes, template: bytes) -> bytes:
    compiled = compile_(pattern)
    parts = list(_template_parts(template, dict(compiled.groupindex), compiled.groups))
    return _replaced(compiled, text, lambda found: b"".join(_part(part, found) for part in parts))


def _replace_literal(compile_: Callable[[bytes], Any], pattern: bytes, text: bytes, replacement: bytes) -> bytes:
    return _replaced(compile_(pattern), text, lambda _: replacement)


def _part(part: bytes | int, found: Any) -> bytes:
    if isinstance(part, bytes):
        return part
    matched: bytes | None = found.group(part)
    return matched or b""


def _replaced(compiled: Any, text: bytes, replacement: Callable[[Any], bytes]) -> bytes:
    out: list[bytes] = []
    at = last = size = 0
    _checked(text)
    while at <= len(text):
        found = compiled.search(text, at)
        if not found:
            break
        start, end = found.span()
        out.append(text[last:start])
        if end > last or start == 0:  # not for an empty match right after another
            out.append(replacement(found))
            size += len(out[-1])
            check_size(size)
        last = end
        at = max(end, at + (_width(text, at) or 1))
    return b"".join((*out, text[last:]))


def _template_parts(template: bytes, names: dict[Any, int], groups: int) -> Iterator[bytes | int]:
    """Yield what a replacement consists of: text, and the numbers of groups; source: Regexp.Expand."""
    text = decode(template)
    at = 0
    while (dollar := text.find("$", at)) >= 0:
        yield encode(text[at:dollar])
        name, at = _reference(text, dollar + 1)
        if name is None:
            yield b"$"
        elif _NUMBER.fullmatch(name):
            if int(name) <= groups:
                yield int(name)
        else:
            number = names.get(name, names.get(name.encode()))
            if number is not None:
                yield number
    yield encode(text[at:])


def _reference(text: str, at: int) -> tuple[str | None, int]:
    """Read what follows a `$`: the name of a group, or None for the sign itself; and where it ends."""
    if text[at : at + 1] == "$":
        return None, at + 1
    brace = text[at : at + 1] == "{"
    start = end = at + brace
    while is_alphanumeric(text[end : end + 1]):
        end += 1
    if end == start or (brace and text[end : end + 1] != "}"):
        return None, at
    return text[start:end], end + brace


def _split(compile_: Callable[[bytes], Any], pattern: bytes, text: bytes, limit: int) -> Slice | None:
    compiled = compile_(pattern)
    if limit == 0:
        return None
    if pattern and not text:
        return Slice.of([b""])
    parts: list[bytes] = []
    begin = end = 0
    for start, stop in _spans(compiled, text, limit):
        if 0 < limit == len(parts) + 1:
            break
        end = start
        if stop:
            parts.append(text[begin:end])
        begin = stop
    if end != len(text):
        parts.append(text[begin:])
    return Slice.of(parts, grown=True)


def _quote_meta(text: bytes) -> bytes:
    return _META.sub(rb"\\\g<0>", text)


def _both(name: str, call: Callable[..., Any], params: tuple[Any, ...], result: Any) -> tuple[Function, Function]:
    """Return the function that panics and the one that returns an error."""
    return (
        Function(name, params, result, functools.partial(call, _plain)),
        Function(f"must{name[0].upper()}{name[1:]}", params, result, functools.partial(call, _must)),
    )


FUNCTIONS: tuple[Function, ...] = (
    Function("mustRegexMatch", (STRING, STRING), BOOL, _must_match),
    *_both("regexFind", _find, (STRING, STRING), STRING),
    *_both("regexFindAll", _find_all, (STRING, STRING, INT), STRINGS),
    Function("regexMatch", (STRING, STRING), BOOL, _match),
    Function("regexQuoteMeta", (STRING,), STRING, _quote_meta),
    *_both("regexReplaceAll", _replace, (STRING, STRING, STRING), STRING),
    *_both("regexReplaceAllLiteral", _replace_literal, (STRING, STRING, STRING), STRING),
    *_both("regexSplit", _split, (STRING, STRING, INT), STRINGS),
)
