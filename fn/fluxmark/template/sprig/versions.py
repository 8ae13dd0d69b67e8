"""Semantic versions. Source: github.com/Masterminds/semver/v3 v3.5.0, which sprig calls.

`semver` makes a pointer to a struct whose methods a template can call; `semverCompare` reads a constraint.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NoReturn

from fluxmark.template.errors import CallError, Unsupported
from fluxmark.template.gotext import decode
from fluxmark.template.numbers import UINT_MAX, parse_uint
from fluxmark.template.sprig.panics import nil_dereference
from fluxmark.template.types import ANY, BOOL, BYTES, INT, STRING, UINT64, Function, Kind, StructField, Type
from fluxmark.template.values import Slice, Value, string

if TYPE_CHECKING:
    from collections.abc import Callable

# major, minor, patch, prerelease, metadata, original: the data of a semver.Version
Version = tuple[int, int, int, bytes, bytes, bytes]

_MAX_LENGTH = 256
_IDENTIFIERS = r"([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)"
_VERSION = re.compile(rf"v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-{_IDENTIFIERS})?(?:\+{_IDENTIFIERS})?")
_ALLOWED = re.compile(r"[0-9A-Za-z-]+")


def parse_version(text: bytes) -> Version:
    """Return a version, also one without minor or patch, or with a `v`; error: CallError."""
    if len(text) > _MAX_LENGTH:
        raise CallError(f"version string is too long (max {_MAX_LENGTH} bytes)")
    found = _VERSION.fullmatch(decode(text))
    if not found:
        raise CallError("invalid semantic version")
    major, minor, patch = (_segment(found[group] or "0") for group in (1, 2, 3))
    prerelease, metadata = (found[4] or "").encode(), (found[5] or "").encode()
    if prerelease:
        _check_prerelease(prerelease)
    return major, minor, patch, prerelease, metadata, text


def _segment(digits: str) -> int:
    number = parse_uint(digits, 10)
    if number is None:
        raise CallError(
            f'error parsing version segment: strconv.ParseUint: parsing "{digits}": value out of range'
        )
    return number


def _check_prerelease(text: bytes) -> None:
    for part in decode(text).split("."):
        if not _ALLOWED.fullmatch(part):
            raise CallError("invalid prerelease string")
        if part.isdigit() and len(part) > 1 and part[0] == "0":
            raise CallError("version segment starts with 0")


def _check_metadata(text: bytes) -> None:
    if not all(_ALLOWED.fullmatch(part) for part in decode(text).split(".")):
        raise CallError("invalid metadata string")


def show_version(version: Version) -> bytes:
    """Return a version in full, without its `v`."""
    major, minor, patch, prerelease, metadata, _ = version
    text = f"{major}.{minor}.{patch}".encode()
    return text + (b"-" + prerelease if prerelease else b"") + (b"+" + metadata if metadata else b"")


def _again(version: Version, *, like: Version) -> Version:
    """Return a version whose original text is its own, with the `v` of another's."""
    prefix = b"v" if like[5][:1] == b"v" else b""
    return (*version[:5], prefix + show_version(version))


def _inc_patch(version: Version) -> Version:
    major, minor, patch, prerelease, *_ = version
    return _again((major, minor, patch if prerelease else _next(patch, "patch"), b"", b"", b""), like=version)


def _inc_minor(version: Version) -> Version:
    return _again((version[0], _next(version[1], "minor"), 0, b"", b"", b""), like=version)


def _inc_major(version: Version) -> Version:
    return _again((_next(version[0], "major"), 0, 0, b"", b"", b""), like=version)


def _next(segment: int, name: str) -> int:
    if segment == UINT_MAX:
        raise CallError(f"{name} version increment would overflow uint64")
    return segment + 1


def _set_prerelease(version: Version, text: bytes) -> Version:
    if text:
        _check_prerelease(text)
    return _again((*version[:3], text, version[4], b""), like=version)


def _set_metadata(version: Version, text: bytes) -> Version:
    if text:
        _check_metadata(text)
    return _again((*version[:4], text, b""), like=version)


def compare(left: Version, right: Version | None) -> int:
    """Order two versions: -1, 0 or 1; metadata does not count."""
    if right is None:
        nil_dereference()
    if left[:3] != right[:3]:
        return 1 if left[:3] > right[:3] else -1
    return compare_prerelease(left[3], right[3])


def compare_prerelease(left: bytes, right: bytes) -> int:
    """Order two prereleases; none at all is above any."""
    if not left or not right:
        return bool(right) - bool(left)
    keys = [[_part_key(part) for part in text.split(b".")] for text in (left, right)]
    return (keys[0] > keys[1]) - (keys[0] < keys[1])


def _part_key(part: bytes) -> tuple[bool, int, bytes]:
    number = parse_uint(part.decode(), 10)
    return (False, number, b"") if number is not None else (True, 0, part)


def _json(version: Version) -> Slice:
    return Slice.of(b'"' + show_version(version) + b'"')


def _text(version: Version) -> Slice:
    return Slice.of(show_version(version))


def _value(version: Version) -> Value:
    return string(show_version(version))


def _part(index: int) -> Callable[[Version], Any]:
    return lambda version: version[index]


def _ordered(test: Callable[[int], bool]) -> Callable[[Version, Version | None], bool]:
    return lambda version, other: test(compare(version, other))


def _equal(version: Version, other: Version | None) -> bool:
    return other is not None and compare(version, other) == 0


def _no_writing(*_: object) -> NoReturn:
    raise Unsupported("it changes a version in place")


_METHODS: dict[str, Function] = {}
_POINTER_METHODS: dict[str, Function] = {}
VERSION = Type(
    "semver.Version",
    Kind.STRUCT,
    fields=(
        StructField("major", UINT64),
        StructField("minor", UINT64),
        StructField("patch", UINT64),
        StructField("pre", STRING),
        StructField("metadata", STRING),
        StructField("original", STRING),
    ),
    methods=_METHODS,
    stringer=show_version,
)
VERSION_POINTER = Type(
    "*semver.Version", Kind.POINTER, elem=VERSION, methods=_POINTER_METHODS, stringer=show_version
)
for _method in (
    Function("IncMajor", (), VERSION, _inc_major),
    Function("IncMinor", (), VERSION, _inc_minor),
    Function("IncPatch", (), VERSION, _inc_patch),
    Function("Major", (), UINT64, _part(0)),
    Function("MarshalJSON", (), BYTES, _json),
    Function("MarshalText", (), BYTES, _text),
    Function("Metadata", (), STRING, _part(4)),
    Function("Minor", (), UINT64, _part(1)),
    Function("Patch", (), UINT64, _part(2)),
    Function("Prerelease", (), STRING, _part(3)),
    Function("SetMetadata", (STRING,), VERSION, _set_metadata),
    Function("SetPrerelease", (STRING,), VERSION, _set_prerelease),
    Function("String", (), STRING, show_version),
    Function("Value", (), ANY, _value),
):
    _METHODS[_method.name] = _POINTER_METHODS[_method.name] = _method
for _method in (
    Function("Compare", (VERSION_POINTER,), INT, compare),
    Function("Equal", (VERSION_POINTER,), BOOL, _equal),
    Function("GreaterThan", (VERSION_POINTER,), BOOL, _ordered(lambda order: order > 0)),
    Function("GreaterThanEqual", (VERSION_POINTER,), BOOL, _ordered(lambda order: order >= 0)),
    Function("LessThan", (VERSION_POINTER,), BOOL, _ordered(lambda order: order < 0)),
    Function("LessThanEqual", (VERSION_POINTER,), BOOL, _ordered(lambda order: order <= 0)),
    Function("Original", (), STRING, _part(5)),
    Function("Scan", (ANY,), ANY, _no_writing),
    Function("UnmarshalJSON", (BYTES,), ANY, _no_writing),
    Function("UnmarshalText", (BYTES,), ANY, _no_writing),
):
    _POINTER_METHODS[_method.name] = _method


def _semver_compare(constraint: bytes, version: bytes) -> bool:
    from fluxmark.template.sprig.constraints import parse_constraints

    constraints = parse_constraints(decode(constraint))
    return constraints(parse_version(version))


FUNCTIONS: tuple[Function, ...] = (
    Function("semver", (STRING,), VERSION_POINTER, parse_version),
    Function("semverCompare", (STRING, STRING), BOOL, _semver_compare),
)
