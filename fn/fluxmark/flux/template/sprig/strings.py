"""Strings: cutting, joining, splitting, quoting. Source: sprig strings.go, and Go's package strings."""

from __future__ import annotations

from fluxmark.flux.template.errors import CallError
from fluxmark.flux.template.limits import check_items, check_size, spend
from fluxmark.flux.template.printing import show
from fluxmark.flux.template.types import ANY, BOOL, INT, STRING, STRING_MAP, STRINGS, Function, Kind
from fluxmark.flux.template.values import Slice, Value, concrete, items
from fluxmark.golang.text import SPACES, decode, encode, quote

Item = Value | None
_BYTES_SORTED_PER_STEP = 64


def text_list(value: Item) -> Slice:
    """Return a list's elements as strings, without those that are nil; anything else as a list of one."""
    if value is None:
        return Slice.of(())
    if value.type.kind is not Kind.SLICE:
        return Slice.of((show(value),))
    if value.type is STRINGS:
        return value.data or Slice.of(())  # itself: sortAlpha sorts it in place
    held = [concrete(item) for item in items(value)]
    texts = [show(item) for item in held if item is not None]
    return Slice.of(texts, grown=len(texts) < len(held))


def _sort(value: Item) -> Slice:
    if value is None or value.type.kind is not Kind.SLICE:
        return Slice.of((show(value),))
    texts = text_list(value)
    spend(sum(map(len, texts)) // _BYTES_SORTED_PER_STEP)
    texts.array[texts.start : texts.stop] = sorted(texts)
    return texts


def _join(separator: bytes, value: Item) -> bytes:
    texts = list(text_list(value))
    check_size(len(separator) * len(texts) + sum(map(len, texts)))
    return separator.join(texts)


def parts(text: bytes, separator: bytes, limit: int = -1) -> list[bytes]:
    """Return the parts of a text, at most `limit` (below 0: all); an empty separator parts all runes."""
    if limit == 0:
        return []
    if separator:
        return text.split(separator, limit - 1 if limit > 0 else -1)
    runes = decode(text)
    if 0 < limit < len(runes):
        return [*map(encode, runes[: limit - 1]), encode(runes[limit - 1 :])]
    return [*map(encode, runes)]


def _split_list(separator: bytes, text: bytes) -> Slice:
    check_items(len(text) // max(len(separator), 1))
    return Slice.of(parts(text, separator))


def _numbered(found: list[bytes]) -> dict[bytes, bytes]:
    return {f"_{at}".encode(): part for at, part in enumerate(found)}


def _split(separator: bytes, text: bytes) -> dict[bytes, bytes]:
    return _numbered(parts(text, separator))


def _splitn(separator: bytes, limit: int, text: bytes) -> dict[bytes, bytes]:
    return _numbered(parts(text, separator, limit))


def _cat(*values: Item) -> bytes:
    return b" ".join(show(value) for value in values if value is not None)


def _quote(*values: Item) -> bytes:
    return " ".join(quote(show(value)) for value in values if value is not None).encode()


def _squote(*values: Item) -> bytes:
    return b" ".join(b"'" + show(value) + b"'" for value in values if value is not None)


def _repeat(count: int, text: bytes) -> bytes:
    if count < 0:
        raise CallError("strings: negative Repeat count")
    check_size(count * len(text))
    return text * count


def _indent(spaces: int, text: bytes) -> bytes:
    pad = _repeat(spaces, b" ")
    check_size(len(text) + (text.count(b"\n") + 1) * len(pad))
    return pad + text.replace(b"\n", b"\n" + pad)


def _nindent(spaces: int, text: bytes) -> bytes:
    return b"\n" + _indent(spaces, text)


def _replace(old: bytes, new: bytes, text: bytes) -> bytes:
    count = text.count(old) if old else len(text) + 1
    check_size(len(text) + count * len(new))
    if old:
        return text.replace(old, new)
    return new + b"".join(encode(rune) + new for rune in decode(text))


def _trim(text: bytes) -> bytes:
    return encode(decode(text).strip(SPACES))


def _trim_all(cutset: bytes, text: bytes) -> bytes:
    return encode(decode(text).strip(decode(cutset)))


def _trim_prefix(prefix: bytes, text: bytes) -> bytes:
    return text.removeprefix(prefix)


def _trim_suffix(suffix: bytes, text: bytes) -> bytes:
    return text.removesuffix(suffix)


def _trunc(count: int, text: bytes) -> bytes:
    if count < 0:
        return text[count:] if len(text) + count > 0 else text
    return text[:count]


def _substr(start: int, end: int, text: bytes) -> bytes:
    length = len(text)
    if start < 0:
        if end < 0:
            raise CallError(f"runtime error: slice bounds out of range [:{end}]")
        if end > length:
            raise CallError(f"runtime error: slice bounds out of range [:{end}] with length {length}")
        return text[:end]
    if end < 0 or end > length:
        end = length
    if start > end:
        raise CallError(f"runtime error: slice bounds out of range [{start}:{end}]")
    return text[start:end]


def _plural(one: bytes, many: bytes, count: int) -> bytes:
    return one if count == 1 else many


def _contains(part: bytes, text: bytes) -> bool:
    return part in text


def _has_prefix(prefix: bytes, text: bytes) -> bool:
    return text.startswith(prefix)


def _has_suffix(suffix: bytes, text: bytes) -> bool:
    return text.endswith(suffix)


FUNCTIONS: tuple[Function, ...] = (
    Function("cat", (ANY,), STRING, _cat, variadic=True),
    Function("contains", (STRING, STRING), BOOL, _contains),
    Function("hasPrefix", (STRING, STRING), BOOL, _has_prefix),
    Function("hasSuffix", (STRING, STRING), BOOL, _has_suffix),
    Function("indent", (INT, STRING), STRING, _indent),
    Function("join", (STRING, ANY), STRING, _join),
    Function("nindent", (INT, STRING), STRING, _nindent),
    Function("plural", (STRING, STRING, INT), STRING, _plural),
    Function("quote", (ANY,), STRING, _quote, variadic=True),
    Function("repeat", (INT, STRING), STRING, _repeat),
    Function("replace", (STRING, STRING, STRING), STRING, _replace),
    Function("sortAlpha", (ANY,), STRINGS, _sort),
    Function("split", (STRING, STRING), STRING_MAP, _split),
    Function("splitList", (STRING, STRING), STRINGS, _split_list),
    Function("splitn", (STRING, INT, STRING), STRING_MAP, _splitn),
    Function("squote", (ANY,), STRING, _squote, variadic=True),
    Function("substr", (INT, INT, STRING), STRING, _substr),
    Function("toString", (ANY,), STRING, show),
    Function("toStrings", (ANY,), STRINGS, text_list),
    Function("trim", (STRING,), STRING, _trim),
    Function("trimAll", (STRING, STRING), STRING, _trim_all),
    Function("trimPrefix", (STRING, STRING), STRING, _trim_prefix),
    Function("trimSuffix", (STRING, STRING), STRING, _trim_suffix),
    Function("trimall", (STRING, STRING), STRING, _trim_all),
    Function("trunc", (INT, STRING), STRING, _trunc),
)
