"""Checksums. Source: sprig crypto.go."""

from __future__ import annotations

import hashlib
import zlib

from fluxmark.flux.template.types import STRING, Function


def _sha1(text: bytes) -> bytes:
    return hashlib.sha1(text, usedforsecurity=False).hexdigest().encode()


def _sha256(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest().encode()


def _sha512(text: bytes) -> bytes:
    return hashlib.sha512(text).hexdigest().encode()


def _adler32(text: bytes) -> bytes:
    return str(zlib.adler32(text)).encode()


FUNCTIONS: tuple[Function, ...] = (
    Function("adler32sum", (STRING,), STRING, _adler32),
    Function("sha1sum", (STRING,), STRING, _sha1),
    Function("sha256sum", (STRING,), STRING, _sha256),
    Function("sha512sum", (STRING,), STRING, _sha512),
)
