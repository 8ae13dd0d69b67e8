"""Runs a function: standard input to standard output, results, exit status.

Source: the KRM Functions Specification; what kpt and kustomize make of a failing function is measured:
an exit status other than 0 with the unchanged list on standard output loses nothing, and empty standard
output with exit status 0 makes kpt delete every file.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from typing import TYPE_CHECKING, BinaryIO, TextIO, cast

from krmfn.function import Function, FunctionError
from krmfn.resource_list import ResourceList
from krmfn.result import Result, Severity
from krmfn.text import InputError, decode

if TYPE_CHECKING:
    from collections.abc import Callable


OK, FAILED = 0, 1
LOG_TO_STDERR = "LOG_TO_STDERR"
"""Set by kustomize, which shows a function's standard error and never its results."""


def run(
    process: Callable[[ResourceList], None] | Function,
    *,
    stdin: TextIO | BinaryIO | None = None,
    stdout: TextIO | BinaryIO | None = None,
    stderr: TextIO | None = None,
) -> int:
    """Read a ResourceList, process it, print it; return the exit status.

    process: changes items, results and nothing else. It fails by raising FunctionError (or InputError, or any
    ValueError), or by adding a result of severity error. Then the list is printed as it was read, with the
    results, and the status is 1. Input that is no ResourceList gives a message on `stderr`, nothing on `stdout`
    and status 1. The streams default to the process's own.
    """
    stdin = sys.stdin.buffer if stdin is None else stdin
    stdout = sys.stdout.buffer if stdout is None else stdout
    stderr = sys.stderr if stderr is None else stderr
    try:
        data = stdin.read()
        text = data if isinstance(data, str) else decode(data, "stdin")
    except InputError as error:
        print(error, file=stderr)
        return FAILED
    collecting = gc.isenabled()
    gc.disable()  # trees hold no cycles, and collecting them costs three times the parse
    try:
        return _run(process, text, stdout, stderr)
    finally:
        if collecting:
            gc.enable()


def _run(
    process: Callable[[ResourceList], None] | Function, text: str, stdout: TextIO | BinaryIO, stderr: TextIO
) -> int:
    function = process if isinstance(process, Function) else _Plain(process)
    failure: Exception | None = None
    try:
        resources = ResourceList.read(text, function=function)
    except Exception as error:  # noqa: BLE001  (whatever happens, the list has to be printed)
        failure = error
        try:
            resources = ResourceList.read(text)
        except InputError as unreadable:
            print(unreadable, file=stderr)
            return FAILED
    if failure is None:
        try:
            function.process(resources)
        except Exception as error:  # noqa: BLE001  (as above)
            failure = error
    if failure is not None:
        explain(failure, resources, stderr)
    failed = any(result.severity is Severity.ERROR for result in resources.results)
    if failed:
        resources.restore()
    _write(stdout, resources.to_text())
    if os.environ.get(LOG_TO_STDERR):
        for result in resources.results:
            print(result, file=stderr)
    return FAILED if failed else OK


def explain(error: Exception, resources: ResourceList, stderr: TextIO) -> None:
    """Turn what a function raised into results; an error that is nobody's fault but ours is traced."""
    if isinstance(error, FunctionError):
        resources.results += error.results
    elif isinstance(error, InputError | ValueError | OSError):
        resources.results.append(Result(str(error), Severity.ERROR))
    else:
        import traceback

        traceback.print_exception(error, file=stderr)
        message = f"internal error, please report it with the trace on standard error: {error!r}"
        resources.results.append(Result(message, Severity.ERROR))


def _write(stdout: TextIO | BinaryIO, text: str) -> None:
    if isinstance(stdout, io.TextIOBase):
        stdout.write(text)
    else:
        cast("BinaryIO", stdout).write(text.encode())
    stdout.flush()


class _Plain(Function):
    """A callable as a function that visits nothing."""

    def __init__(self, process: Callable[[ResourceList], None]) -> None:
        self._process = process

    def wanted(self, api_version: str, kind: str) -> bool:
        del api_version, kind
        return False

    def process(self, resource_list: ResourceList) -> None:
        self._process(resource_list)
