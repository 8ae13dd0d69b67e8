"""Files that a user names: their text, or one error that says which cannot be read and why."""

from __future__ import annotations

import sys
from pathlib import Path

from krmfn.errors import InputError
from krmfn.yaml.text import decode


def text_of(file: Path | str) -> str:
    """Return a file's text. Raises InputError if it cannot be read, or is not UTF-8."""
    try:
        return decode(Path(file).read_bytes(), str(file))
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from None


def text_or_input(name: str) -> tuple[str, str]:
    """Return a file's text and its name for messages; `-` is standard input. Raises InputError, too."""
    if name != "-":
        return text_of(name), name
    if sys.stdin is None:
        raise InputError("stdin: is closed; a file is expected there")
    try:
        return decode(sys.stdin.buffer.read(), "stdin"), "stdin"
    except OSError as error:
        raise InputError(f"stdin: cannot be read: {error.strerror}") from None
