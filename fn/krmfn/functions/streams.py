"""Standard streams that are closed, and the last words of a run."""

from __future__ import annotations

import contextlib
import functools
import os
import sys

from krmfn.escape import printable, printable_lines
from krmfn.packages import signals
from krmfn.packages.atomic_write import WRITTEN, WriteError, reason

_NAMES = ("stdin", "stdout", "stderr")
_MOST_NAMES = 20


def begin() -> frozenset[str]:
    """Prepare a program for the ways in which it can end; return the names of its closed standard streams.

    Signals become exceptions, and what is written from now on counts for the last words.
    """
    WRITTEN.clear()
    signals.catch()
    return _open_closed()


@functools.cache
def _open_closed() -> frozenset[str]:
    """Open /dev/null where a standard stream is closed; return the names of those that were.

    Without that, the next file that is opened would get the number of the closed stream, and with it whatever a
    library prints. What is written to a closed stream is dropped; standard input stays None in `sys`.
    """
    closed = []
    for number, name in enumerate(_NAMES):
        try:
            os.fstat(number)
        except OSError:
            # the lowest free number is taken, and those below are in use
            os.open(os.devnull, os.O_WRONLY if number else os.O_RDONLY)
            os.set_inheritable(number, True)
            closed.append(name)
            if number:
                setattr(sys, name, os.fdopen(number, "w", encoding="utf-8", closefd=False))
    return frozenset(closed)


def say(text: str, *, escape: bool = True) -> None:
    """Print lines to standard error at once; a reader that has gone does not stop the run.

    escape: whether foreign text in them is still to be escaped. Raises OSError if they are lost for another
    reason.
    """
    with contextlib.suppress(BrokenPipeError):
        print(printable_lines(text) if escape else text, file=sys.stderr, flush=True)


def say_last(text: str) -> None:
    """Print lines to standard error; where that is impossible, the exit status has to do."""
    with contextlib.suppress(OSError, ValueError):
        print(printable_lines(text), file=sys.stderr, flush=True)


def explained(error: Exception) -> str:
    """Return the message of an error that ends the run, with the files that were written before it."""
    if isinstance(error, WriteError) or not WRITTEN:  # which says itself what was written
        return reason(error) if isinstance(error, OSError) else str(error)
    return f"{reason(error) if isinstance(error, OSError) else error}; {last_words()}"


def last_words(since: int = 0) -> str:
    """Return which files this process has written, for a run that ends early. since: how many to leave out."""
    names = list(dict.fromkeys(WRITTEN[since:]))
    if not names:
        return "nothing was written"
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"these files were written: {', '.join(map(printable, names[:_MOST_NAMES]))}{more}"
