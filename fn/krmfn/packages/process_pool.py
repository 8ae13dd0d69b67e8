"""Work in forked processes: a function over many items, on up to four processors, or one ahead."""

from __future__ import annotations

import os
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Item = TypeVar("Item")
Result = TypeVar("Result")
_MOST = 4
"""Processes at once: each has memory of its own, and a container's share of the processors is often smaller."""


def each(function: Callable[[Item], Result], items: Sequence[Item], *, share: int) -> list[Result]:
    """Return what a function makes of each item, in order.

    share: how many items are worth a process. The function runs in a copy of this process: what it changes stays
    there, and what it returns is pickled. A share whose process fails, for whatever reason, is computed here, so
    an exception is raised as it would be without processes.
    """
    count = len(items) // share
    if count > 1:
        count = min(count, _processors())
    if count < 2:
        return [function(item) for item in items]
    bounds = [len(items) * number // count for number in range(count + 1)]
    shares = [items[start:end] for start, end in pairwise(bounds)]
    children = [_start(function, some) for some in shares[1:]]
    try:
        results = [function(item) for item in shares[0]]
        for some in shares[1:]:
            child = children.pop(0)
            done: list[Result] | None = _finish(*child) if child else None
            results += [function(item) for item in some] if done is None else done
    finally:
        for process, reading in filter(None, children):
            os.close(reading)  # what a child still has to say ends it
            os.waitpid(process, 0)
    return results


def ahead(function: Callable[[], Result]) -> Callable[[], Result]:
    """Start a function in a process, so that this one can do something else; return what waits for its result.

    As with `each`, the function runs in a copy of this process, and a process that fails is made up for here.
    """
    if _processors() < 2:
        return function
    child = _start(lambda _: function(), (None,))
    if child is None:
        return function

    def finish() -> Result:
        done: list[Result] | None = _finish(*child)
        return function() if done is None else done[0]

    return finish


def _processors() -> int:
    """Return how many processes can run at once; 1 where a fork is not to be had, or not safe."""
    import threading

    if not hasattr(os, "fork") or threading.active_count() > 1:
        return 1
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(count, _MOST)


def _start(function: Callable[[Item], Result], items: Sequence[Item]) -> tuple[int, int] | None:
    """Start a process; return its number, and the end of the pipe from which its results can be read.

    None if there may be no more processes, or files.
    """
    try:
        reading, writing = os.pipe()
    except OSError:
        return None
    try:
        child = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        return None
    if child:
        os.close(writing)
        return child, reading
    status = 1
    try:
        import pickle

        os.close(reading)
        with os.fdopen(writing, "wb") as file:
            pickle.dump([function(item) for item in items], file, pickle.HIGHEST_PROTOCOL)
        status = 0
    finally:
        os._exit(status)  # nothing of what this process inherited is to be flushed, or cleaned up, twice


def _finish(child: int, reading: int) -> Any:
    """Return the results of a process, once it has ended; None where it failed."""
    import pickle

    with os.fdopen(reading, "rb") as file:
        data = file.read()
    _, status = os.waitpid(child, 0)
    return pickle.loads(data) if status == 0 else None  # noqa: S301  (our own process wrote it)
