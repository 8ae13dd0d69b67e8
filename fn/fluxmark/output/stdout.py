"""Standard output of the command."""

from __future__ import annotations

import os
import sys

from krmfn.packages.atomic_write import reason


class OutputError(OSError):
    """Standard output cannot be written; the message says why."""


def _write(text: str) -> None:
    """Write text; a lone surrogate of U+DC80..U+DCFF is a byte that is not UTF-8, and written as that."""
    try:
        sys.stdout.write(text)
    except UnicodeEncodeError:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))


def put(text: str) -> None:
    """Print to standard output at once.

    A reader that has gone, as in `fluxmark … | head`, has what it wants: the run goes on, and its exit status is
    that of its work. Raises OutputError if the output is lost for another reason.
    """
    try:
        _write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
    except OSError as error:
        raise OutputError(f"cannot write to standard output: {reason(error)}") from None
