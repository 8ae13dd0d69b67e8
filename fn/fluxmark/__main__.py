"""Entry point: `fluxmark`, `python -m fluxmark`."""

from __future__ import annotations

import os
import sys
from typing import NoReturn


def run() -> NoReturn:
    """Run, and leave: to take down what the process holds, object by object, costs a tenth of a short run."""
    status = main()
    if sys.stderr is not None:
        sys.stderr.flush()
    os._exit(status)


def main() -> int:
    """Run, and turn what went wrong into one message and an exit status; all output has been flushed then."""
    import gc

    from krmfn.function import FunctionError
    from krmfn.text import InputError

    gc.disable()  # one job and out: trees hold no cycles, and collecting would cost more than parsing
    try:
        if len(sys.argv) == 1:
            from fluxmark.function import main as function  # hosts start it for every run: no parser of arguments

            status = function()
        else:
            from fluxmark.cli import main as command

            status = command(sys.argv[1:])
        if sys.stdout is not None:  # closed by who started this
            sys.stdout.flush()
    except BrokenPipeError:
        # the reader of standard output has gone: `fluxmark … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (FunctionError, InputError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; nothing was written", file=sys.stderr)
        return 130
    except Exception:  # noqa: BLE001  (the last resort: a trace and what to do with it)
        import traceback

        traceback.print_exc()
        print("internal error: nothing was written; please report it with the trace above", file=sys.stderr)
        return 3
    return status


if __name__ == "__main__":
    run()
