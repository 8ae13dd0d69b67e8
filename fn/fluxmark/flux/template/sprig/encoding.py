"""base64 and base32. Source: Go's packages of these names: strict, but line breaks are skipped.

sprig's decoders return the text of an error as if it were the decoded text.
"""

from __future__ import annotations

import base64
import re

from fluxmark.flux.template.types import STRING, Function

_BAD_64 = re.compile(rb"[^A-Za-z0-9+/\r\n]")
_NOT_64 = re.compile(rb"[^A-Za-z0-9+/]")
_BAD_32 = re.compile(rb"[^A-Z2-7]")
_BREAKS = re.compile(rb"[\r\n]*")


def _b64enc(text: bytes) -> bytes:
    return base64.b64encode(text)


def _b64dec(text: bytes) -> bytes:
    corrupt = _corrupt_64(text)
    if corrupt is not None:
        return f"illegal base64 data at input byte {corrupt}".encode()
    digits = _NOT_64.split(text.replace(b"\r", b"").replace(b"\n", b""), maxsplit=1)[0]
    return base64.b64decode(digits + b"=" * (-len(digits) % 4))


def _corrupt_64(text: bytes) -> int | None:
    """Return the place at which Go finds fault, None if it does not."""
    found = _BAD_64.search(text)
    end = found.start() if found else len(text)
    digits = end - text.count(b"\n", 0, end) - text.count(b"\r", 0, end)
    group = digits % 4
    if found is None:
        return None if group == 0 else len(text) - group
    if found[0] != b"=" or group < 2:
        return end
    at = end + 1
    if group == 2:
        at = _after_breaks(text, at)
        if at == len(text):
            return at
        if text[at : at + 1] != b"=":
            return at - 1
        at += 1
    at = _after_breaks(text, at)
    return at if at < len(text) else None


def _after_breaks(text: bytes, at: int) -> int:
    found = _BREAKS.match(text, at)
    assert found
    return found.end()


def _b32enc(text: bytes) -> bytes:
    return base64.b32encode(text)


def _b32dec(text: bytes) -> bytes:
    joined = text.replace(b"\r", b"").replace(b"\n", b"")
    corrupt = _corrupt_32(joined)
    if corrupt is not None:
        return f"illegal base32 data at input byte {corrupt}".encode()
    digits = _BAD_32.split(joined, maxsplit=1)[0]
    return base64.b32decode(digits + b"=" * (-len(digits) % 8))


def _corrupt_32(text: bytes) -> int | None:
    found = _BAD_32.search(text)
    end = found.start() if found else len(text)
    group = end % 8
    if found is None:
        return None if group == 0 else end - group
    left = len(text) - end - 1
    if found[0] != b"=" or group < 2 or left >= 8:
        return end
    if left + group < 7:
        return len(text)
    padding = text[end + 1 : end + 8 - group]
    for at, char in enumerate(padding):
        if char != ord("="):
            return end + at
    return end if group in (3, 6) else None


FUNCTIONS: tuple[Function, ...] = (
    Function("b32dec", (STRING,), STRING, _b32dec),
    Function("b32enc", (STRING,), STRING, _b32enc),
    Function("b64dec", (STRING,), STRING, _b64dec),
    Function("b64enc", (STRING,), STRING, _b64enc),
)
