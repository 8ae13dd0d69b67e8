"""Semantic versions. Source: github.com/Masterminds/semver/v3 v3.5.0, which sprig calls.

`semver` makes a pointer to a struct whose methods a template can call; `semverCompare` reads a constraint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from fluxmark.flux.template.errors import CallError, Unsupported
from fluxmark.flux.template.sprig.panics import nil_dereference
from fluxmark.flux.template.types import ANY, BOOL, BYTES, INT, STRING, UINT64, Function, Kind, StructField, Type
from fluxmark.flux.template.values import Slice, Value, string
from fluxmark.golang import semver
from fluxmark.golang.numbers import UINT_MAX
from fluxmark.golang.ranges import Constraint, ConstraintError
from fluxmark.golang.text import decode

if TYPE_CHECKING:
    from collections.abc import Callable

# major, minor, patch, prerelease, metadata, original: the data of a semver.Version
Version = tuple[int, int, int, bytes, bytes, bytes]


def parse_version(text: bytes) -> Version:
    """Return a version, also one without minor or patch, or with a `v`; error: CallError."""
    found = semver.parse_version(decode(text))
    if found is None:
        raise CallError(semver.problem(decode(text)))
    return found.major, found.minor, found.patch, found.prerelease.encode(), found.metadata.encode(), text


def _require(problem: str) -> None:
    if problem:
        raise CallError(problem)


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
    _require(semver.prerelease_problem(decode(text)))
    return _again((*version[:3], text, version[4], b""), like=version)


def _set_metadata(version: Version, text: bytes) -> Version:
    _require(semver.metadata_problem(decode(text)))
    return _again((*version[:4], text, b""), like=version)


def compare(left: Version, right: Version | None) -> int:
    """Order two versions: -1, 0 or 1; metadata does not count."""
    if right is None:
        nil_dereference()
    keys = [semver.precedence(version[:3], version[3].decode()) for version in (left, right)]
    return (keys[0] > keys[1]) - (keys[0] < keys[1])


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
    try:
        parsed = Constraint.parse(decode(constraint))
    except ConstraintError as error:
        raise CallError(str(error)) from None
    found = semver.parse_version(decode(version))
    if found is None:
        raise CallError(semver.problem(decode(version)))
    return parsed.check(found)


FUNCTIONS: tuple[Function, ...] = (
    Function("semver", (STRING,), VERSION_POINTER, parse_version),
    Function("semverCompare", (STRING, STRING), BOOL, _semver_compare, is_slow=True),
)
