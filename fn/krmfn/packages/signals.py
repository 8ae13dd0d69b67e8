"""Signals that end a run: they are exceptions, so that what is not finished is cleaned up."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(KeyboardInterrupt):
    """A signal ends this run; `number` says which."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def catch() -> None:
    """Let SIGTERM and SIGHUP raise Stopped, as SIGINT raises KeyboardInterrupt; one that is ignored stays so.

    `docker stop`, `timeout` and a cancelled job send SIGTERM, which the first process of a container does not even
    notice unless it asks for it. Does nothing in a thread, where signals cannot be caught.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for number in _ENDING:
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _stop)


def exit_status(error: KeyboardInterrupt) -> int:
    """Return the exit status of a run that a signal ended, as shells count: 128 and the number of the signal."""
    return 128 + (error.number if isinstance(error, Stopped) else signal.SIGINT)


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Let signals that end the process wait for the end of the block."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    for other in _ENDING:
        signal.signal(other, signal.SIG_IGN)  # one is enough: the next would interrupt the cleaning up
    raise Stopped(number)
