"""Runs a function: standard input to standard output, results, exit status.

Source: the KRM Functions Specification; what kpt and kustomize make of a failing function is measured:
an exit status other than 0 with the unchanged list on standard output loses nothing, and empty standard
output with exit status 0 makes kpt delete every file. Text on standard output that is not a list hides the error.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import sys
from typing import TYPE_CHECKING, BinaryIO, TextIO, cast

from krmfn.errors import InputError, KrmError
from krmfn.escape import printable_lines
from krmfn.functions import streams
from krmfn.functions.function import as_function
from krmfn.functions.host import Host, is_kustomize, is_validator
from krmfn.packages.atomic_write import WRITTEN, WriteError, reason
from krmfn.resources.function_error import FunctionError
from krmfn.resources.resource_list import ResourceList
from krmfn.resources.result import Result, Severity
from krmfn.yaml.text import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from krmfn.functions.function import Process


OK, FAILED, BAD_ARGUMENTS = 0, 1, 2


def run(
    process: Process,
    *,
    stdin: TextIO | BinaryIO | None = None,
    stdout: TextIO | BinaryIO | None = None,
    stderr: TextIO | None = None,
) -> int:
    """Read a ResourceList, process it, print it; return the exit status.

    process: changes items, results and nothing else. It fails by raising FunctionError (or InputError, or any
    ValueError), or by adding a result of severity error. Then the list is printed as it was read, with the
    results, and the status is 1. Input that is not a ResourceList gives a message on `stderr`, nothing on `stdout`
    and status 1. The streams default to the process's own; what the function prints goes to `stderr`. Errors go
    there, too, as the specification wants it; under kustomize, which shows no results, all results do.
    """
    stdin = sys.stdin.buffer if stdin is None else stdin
    stdout = sys.stdout.buffer if stdout is None else stdout
    stderr = sys.stderr if stderr is None else stderr
    try:
        data = _read(stdin)
        text = data if isinstance(data, str) else decode(data, "stdin")
    except InputError as error:
        print(printable_lines(str(error)), file=stderr)
        return FAILED
    collecting = gc.isenabled()
    gc.disable()  # trees hold no cycles, and collecting them costs three times the parse
    try:
        return _run(process, text, stdout, stderr)
    finally:
        if collecting:
            gc.enable()


def _run(process: Process, text: str, stdout: TextIO | BinaryIO, stderr: TextIO) -> int:
    function = as_function(process)
    failure: BaseException | None = None
    written = len(WRITTEN)
    with contextlib.redirect_stdout(stderr):
        try:
            resources = ResourceList.read(text, function=function)
        except (Exception, SystemExit) as error:  # noqa: BLE001  (whatever happens, the list must be printed)
            failure = error
            try:
                resources = ResourceList.read(text)
            except InputError as unreadable:
                print(printable_lines(str(unreadable)), file=stderr)
                return FAILED
        before = list(resources.results)
        if failure is None:
            try:
                function.process(resources)
            except (Exception, SystemExit) as error:  # noqa: BLE001  (as above)
                failure = error
        if failure is not None:
            explain(failure, resources, stderr)
        if _has_failed(resources) and len(WRITTEN) > written and not isinstance(failure, WriteError):
            said = f"the list is unchanged, but {streams.last_words(written)}"
            resources.results.append(Result(said, Severity.WARNING))
        output = _output(resources, before, stderr)
    _write(stdout, output)
    for result in _shown(resources, before):
        print(printable_lines(str(result)), file=stderr)
    return FAILED if _has_failed(resources) else OK


def _read(stdin: TextIO | BinaryIO) -> str | bytes:
    try:
        return stdin.read()
    except OSError as error:
        raise InputError(f"stdin: cannot be read: {reason(error)}") from None


def explain(error: BaseException, resources: ResourceList, stderr: TextIO) -> None:
    """Turn what a function raised into results; an error that is nobody's fault but ours is traced."""
    if isinstance(error, FunctionError):
        resources.results += error.results
    elif isinstance(error, KrmError | ValueError | OSError):
        resources.results.append(Result(str(error), Severity.ERROR))
    elif isinstance(error, SystemExit):
        # a status of 0 with nothing on standard output would make kpt delete every file
        said = error.code if isinstance(error.code, str) else f"the function called sys.exit({error.code!r})"
        resources.results.append(Result(said, Severity.ERROR))
    else:
        import traceback

        traceback.print_exception(error, file=stderr)
        message = f"internal error, please report it with the trace on standard error: {error!r}"
        resources.results.append(Result(message, Severity.ERROR))


@contextlib.contextmanager
def own_stdout() -> Iterator[BinaryIO]:
    """Keep standard output for the list: what is printed meanwhile, also by children, goes to standard error."""
    try:
        number, other = sys.stdout.fileno(), sys.stderr.fileno()
    except (AttributeError, OSError, ValueError):  # closed, or replaced by what is not a file
        yield sys.stdout.buffer
        return
    sys.stdout.flush()
    kept = os.dup(number)
    try:
        os.dup2(other, number)
        with open(kept, "wb", closefd=False) as stdout:
            yield stdout
    finally:
        sys.stdout.flush()
        os.dup2(kept, number)
        os.close(kept)


def _shown(resources: ResourceList, before: list[Result]) -> Iterator[Result]:
    """Yield the results that go to standard error: new errors, and under kustomize all new results."""
    everything = is_kustomize(resources.function_config)
    for result in resources.results:
        if (everything or result.severity is Severity.ERROR) and result not in before:
            yield result


def _has_failed(resources: ResourceList) -> bool:
    return any(result.severity is Severity.ERROR for result in resources.results)


def _output(resources: ResourceList, before: list[Result], stderr: TextIO) -> str:
    """Return the list as it is to be printed: unchanged but for its results where the function failed.

    before: the results that were read. What cannot be written is a failure, too.
    """
    try:
        if not _has_failed(resources):
            if (
                not resources.is_changed
                and Host.of(resources) is Host.BUILD
                and is_validator(resources.function_config)
            ):
                resources.items = []
            return _text(resources)
    except Exception as error:  # noqa: BLE001  (the list must be printed)
        explain(error, resources, stderr)
    resources.restore()
    try:
        return _text(resources)
    except Exception as error:  # noqa: BLE001  (it is a result that cannot be written)
        resources.results = before
        explain(error, resources, stderr)
        return _text(resources)


def _prints_no_items(resources: ResourceList) -> bool:
    """Tell whether the function is a validator of kustomize that kept to its part, see `is_validator`."""
    is_build = not resources.is_changed and Host.of(resources) is Host.BUILD
    return is_build and is_validator(resources.function_config)


def _text(resources: ResourceList) -> str:
    text = resources.to_text()
    text.encode()  # half of a surrogate pair: a file name that is not UTF-8 in a message, say
    return text


def _write(stdout: TextIO | BinaryIO, text: str) -> None:
    if isinstance(stdout, io.TextIOBase):
        stdout.write(text)
    else:
        cast("BinaryIO", stdout).write(text.encode())
    stdout.flush()
