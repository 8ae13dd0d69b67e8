"""Files that a user names: their text, or one error that says which cannot be read and why."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from krmfn.errors import InputError
from krmfn.packages import limits
from krmfn.yaml.text import decode

if TYPE_CHECKING:
    from typing import BinaryIO


def text_of(file: Path | str, *, most: int | None = None) -> str:
    """Return a file's text. Raises InputError if it cannot be read, is too large or not UTF-8.

    most: bytes, where the limit is below that of all files.
    """
    try:
        with Path(file).open("rb") as stream:
            return decode(_all(stream, str(file), most), str(file))
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from None


def text_or_input(name: str) -> tuple[str, str]:
    """Return a file's text and its name for messages; `-` is standard input. Raises InputError, too."""
    if name != "-":
        return text_of(name), name
    if sys.stdin is None:
        raise InputError("stdin: is closed; a file is expected there")
    try:
        return decode(_all(sys.stdin.buffer, "stdin", None), "stdin"), "stdin"
    except OSError as error:
        raise InputError(f"stdin: cannot be read: {error.strerror}") from None


def _all(stream: BinaryIO, name: str, most: int | None) -> bytes:
    """Read a stream, which need not tell its size, up to the limit."""
    limit = limits.largest() if most is None else most
    data = stream.read(limit + 1)
    limits.check(name, len(data), most)
    return data
