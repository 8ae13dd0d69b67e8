"""Regular expressions, by `fluxmark.golang.regexp`. Source: github.com/Masterminds/sprig/v3, regex.go."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from fluxmark.flux.template.errors import CallError, Unsupported
from fluxmark.flux.template.limits import check_items, check_size, spend
from fluxmark.flux.template.types import BOOL, INT, STRING, STRINGS, Function
from fluxmark.flux.template.values import Slice
from fluxmark.golang.expand import parse_template
from fluxmark.golang.regexp import RegexpError, compile_pattern, quote_meta
from fluxmark.golang.text import can_backquote, decode, display, encode, quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fluxmark.golang.expand import Match
    from fluxmark.golang.regexp import Regexp

_WORK_PER_STEP, _STEPS_PER_MATCH, _STEPS_PER_CALL = 1024, 4, 16


def _must(pattern: bytes) -> Regexp:
    """Compile as the functions that return an error do."""
    try:
        return compile_pattern(decode(pattern))
    except RegexpError as error:
        raise CallError(str(error)) from None


def _plain(pattern: bytes) -> Regexp:
    """Compile as the functions that panic do."""
    try:
        return compile_pattern(decode(pattern))
    except RegexpError as error:
        shown = f"`{display(pattern)}`" if can_backquote(pattern) else quote(pattern)
        raise CallError(f"regexp: Compile({shown}): {error}") from None


def _checked(regexp: Regexp, text: bytes) -> bytes:
    """Return a text that RE2 and Go match alike; error: Unsupported."""
    # RE2 takes a time in proportion to this product at most
    spend(_STEPS_PER_CALL + len(regexp.pattern) * len(text) // _WORK_PER_STEP)
    try:
        text.decode()
    except UnicodeDecodeError:
        raise Unsupported("the text is not UTF-8, which RE2 and Go match in different ways") from None
    return text


def _spans(regexp: Regexp, text: bytes, limit: int) -> Iterator[tuple[int, int]]:
    for count, span in enumerate(regexp.spans(_checked(regexp, text), limit), 1):
        check_items(count)
        # each match may be looked for up to the end
        spend(_STEPS_PER_MATCH + (len(text) - span[0]) // _WORK_PER_STEP)
        yield span


def _match(pattern: bytes, text: bytes) -> bool:
    try:
        regexp = compile_pattern(decode(pattern))
        return regexp.matches(_checked(regexp, text).decode())
    except RegexpError:
        return False


def _must_match(pattern: bytes, text: bytes) -> bool:
    regexp = _must(pattern)
    return regexp.matches(_checked(regexp, text).decode())


def _find(compile_: Callable[[bytes], Regexp], pattern: bytes, text: bytes) -> bytes:
    regexp = compile_(pattern)
    return regexp.find(_checked(regexp, text))


def _find_all(compile_: Callable[[bytes], Regexp], pattern: bytes, text: bytes, limit: int) -> Slice | None:
    found = [text[start:end] for start, end in _spans(compile_(pattern), text, limit)]
    return Slice.of(found, grown=True) if found else None


def _replace(compile_: Callable[[bytes], Regexp], pattern: bytes, text: bytes, template: bytes) -> bytes:
    regexp = compile_(pattern)
    expansion = parse_template(decode(template)).bind(regexp.names)
    return _replaced(regexp, text, lambda match: encode(expansion.expand(match)))


def _replace_literal(
    compile_: Callable[[bytes], Regexp], pattern: bytes, text: bytes, replacement: bytes
) -> bytes:
    return _replaced(compile_(pattern), text, lambda _: replacement)


def _replaced(regexp: Regexp, text: bytes, replacement: Callable[[Match], bytes]) -> bytes:
    size = 0

    def limited(match: Match) -> bytes:
        nonlocal size
        part = replacement(match)
        size += len(part)
        check_size(size)
        spend(_STEPS_PER_MATCH + len(text) // _WORK_PER_STEP)
        return part

    return regexp.replace_all(_checked(regexp, text), limited)


def _split(compile_: Callable[[bytes], Regexp], pattern: bytes, text: bytes, limit: int) -> Slice | None:
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
    Function("regexQuoteMeta", (STRING,), STRING, quote_meta),
    *_both("regexReplaceAll", _replace, (STRING, STRING, STRING), STRING),
    *_both("regexReplaceAllLiteral", _replace_literal, (STRING, STRING, STRING), STRING),
    *_both("regexSplit", _split, (STRING, STRING, INT), STRINGS),
)
