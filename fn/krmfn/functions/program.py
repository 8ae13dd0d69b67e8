"""A function as a program: standard input and output, or what its arguments name."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from krmfn.functions import streams
from krmfn.functions.run import BAD_ARGUMENTS, FAILED, own_stdout, run
from krmfn.packages import signals

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from krmfn.functions.function import Process


def main(
    process: Process,
    *,
    docs: Path | str | None = None,
    argv: Sequence[str] | None = None,
    prog: str = "",
) -> int:
    """Run a function as a program, `sys.exit(main(process))`; return the exit status.

    Without arguments it reads a list from standard input and prints one on standard output, as `run` does.
    `--help` and `--doc` print its documentation; files and directories are made into a list, see
    `krmfn.functions.arguments`.

    docs: the directory that holds README.md and metadata.yaml, or the documentation itself; without it the
    docstring of the function, or of its module. argv: the arguments, without the program's name; those of the
    process where they are not given. prog: the program's name, for messages and usage.

    While the function runs, what it prints, and what programs print that it starts, goes to standard error.
    """
    arguments = sys.argv[1:] if argv is None else argv
    prog = prog or (sys.argv[0].rpartition(os.sep)[2] if sys.argv else "") or "function"
    closed = streams.begin()
    try:
        if "stdout" in closed:
            streams.say_last(f"{prog}: standard output is closed; the ResourceList is printed there")
            return FAILED
        if arguments:
            from krmfn.functions.arguments import obey

            return obey(process, arguments, docs, prog)
        if sys.stdin is None or sys.stdin.isatty():
            what = "is a terminal" if sys.stdin else "is closed"
            streams.say_last(f"{prog}: standard input {what}; a ResourceList is expected there, see --help")
            return BAD_ARGUMENTS
        with own_stdout() as stdout:
            return run(process, stdout=stdout)
    except KeyboardInterrupt as error:
        streams.say_last(f"{prog}: interrupted; {streams.last_words()}")
        return signals.exit_status(error)
    except OSError as error:  # of reading, and of the function itself, `run` makes results and messages
        streams.say_last(f"{prog}: cannot write to standard output: {streams.explained(error)}")
        return FAILED
