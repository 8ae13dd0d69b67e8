"""Entry point: `fluxmark`, `python -m fluxmark`."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import NoReturn


def run() -> NoReturn:
    """Run, and leave: to take down what the process holds, object by object, costs a tenth of a short run."""
    status = main()
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.flush()
    os._exit(status)


def main() -> int:
    """Run, and turn what went wrong into one message and an exit status; all output has been flushed then."""
    import gc

    from krmfn.errors import KrmError
    from krmfn.functions import streams
    from krmfn.packages import signals

    gc.disable()  # one job and out: trees hold no cycles, and collecting would cost more than parsing
    streams.begin()
    try:
        if len(sys.argv) == 1 and _is_terminal():
            from fluxmark.cli import main as command

            status = command(["--help"])
        elif len(sys.argv) == 1:
            from fluxmark.function import main as function  # hosts start it for every run: no parser of arguments

            status = function()
        else:
            from fluxmark.cli import main as command

            status = command(sys.argv[1:])
        with contextlib.suppress(BrokenPipeError):
            sys.stdout.flush()
    except (KrmError, OSError) as error:
        streams.say_last(streams.explained(error))
        return 2
    except KeyboardInterrupt as error:
        streams.say_last(f"interrupted; {streams.last_words()}")
        return signals.exit_status(error)
    except Exception:  # noqa: BLE001  (the last resort: a trace and what to do with it)
        import traceback

        streams.say_last(traceback.format_exc().rstrip())
        streams.say_last(f"internal error; {streams.last_words()}; please report it with the trace above")
        return 3
    return status


def _is_terminal() -> bool:
    """Tell whether a person started the command without anything to do."""
    return sys.stdin is not None and sys.stdin.isatty()


if __name__ == "__main__":
    run()
