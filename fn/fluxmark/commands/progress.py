"""How far a run is: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from typing import Final, Self

from krmfn.functions.streams import say

PATIENCE: Final = 1.0
"""Seconds between two lines where nobody watches a bar; a shorter run says nothing."""

WIDTH: Final = 30
"""Columns of the bar."""


class Progress:
    """Shows how many of some things are done. Use with `with`; then call it with both numbers."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._terminal = sys.stderr is not None and sys.stderr.isatty()
        self._said = time.monotonic()
        self._shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._clear()

    def __call__(self, done: int, total: int) -> None:
        """Show that `done` of `total` things are done."""
        if self._terminal:
            full = WIDTH * done // max(total, 1)
            self._write(f"\r[{'#' * full}{'.' * (WIDTH - full)}] {done} of {total} {self._what}")
            self._shown = True
            if done == total:
                self._clear()
        elif time.monotonic() - self._said > PATIENCE and done < total:
            self._said = time.monotonic()
            say(f"{done} of {total} {self._what}")

    def _clear(self) -> None:
        if self._shown:
            self._write("\r\x1b[K")
            self._shown = False

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except (OSError, ValueError):
            self._terminal = False  # it was closed
