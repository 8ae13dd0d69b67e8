"""Slash-separated paths. Source: Go's package path; on the controller's Linux path/filepath is the same."""

from __future__ import annotations

from fluxmark.flux.template.types import BOOL, STRING, Function


def _clean(path: bytes) -> bytes:
    rooted = path.startswith(b"/")
    kept: list[bytes] = []
    for part in path.split(b"/"):
        if part in (b"", b"."):
            continue
        if part != b"..":
            kept.append(part)
        elif kept and kept[-1] != b"..":
            kept.pop()
        elif not rooted:
            kept.append(part)
    return (b"/" if rooted else b"") + b"/".join(kept) or b"."


def _base(path: bytes) -> bytes:
    if not path:
        return b"."
    return path.rstrip(b"/").rpartition(b"/")[2] or b"/"


def _dir(path: bytes) -> bytes:
    head, slash, _ = path.rpartition(b"/")
    return _clean(head + slash)


def _ext(path: bytes) -> bytes:
    _, dot, extension = path.rpartition(b"/")[2].rpartition(b".")
    return dot + extension if dot else b""


def _is_abs(path: bytes) -> bool:
    return path.startswith(b"/")


FUNCTIONS: tuple[Function, ...] = (
    Function("base", (STRING,), STRING, _base),
    Function("clean", (STRING,), STRING, _clean),
    Function("dir", (STRING,), STRING, _dir),
    Function("ext", (STRING,), STRING, _ext),
    Function("isAbs", (STRING,), BOOL, _is_abs),
    Function("osBase", (STRING,), STRING, _base),
    Function("osClean", (STRING,), STRING, _clean),
    Function("osDir", (STRING,), STRING, _dir),
    Function("osExt", (STRING,), STRING, _ext),
    Function("osIsAbs", (STRING,), BOOL, _is_abs),
)
