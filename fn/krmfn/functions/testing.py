"""Helpers for tests of functions: lists in and out, golden directories, what may change and what not.

They assert, and need no test framework; this is how pytest runs golden directories, with each case a test:

    @pytest.mark.parametrize("case", golden_cases(Path(__file__).parent / "testdata"))
    def test_golden(case: GoldenCase) -> None:
        check_golden(case, my_function)

With WRITE_GOLDEN_OUTPUT set, what a function gives is written down instead, to be read in a diff; the test fails
anyway, so that nobody leaves it set.

Source of the layout: https://github.com/kptdev/krm-functions-sdk/blob/main/go/fn/testhelpers/golden.go
"""

from __future__ import annotations

import difflib
import io
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from krmfn.errors import InputError, KrmError
from krmfn.functions.function import Function, as_function
from krmfn.functions.run import run
from krmfn.packages.text_file import TextFile
from krmfn.resources.resource_list import ResourceList
from krmfn.yaml.text import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator
    from pathlib import Path

    from krmfn.functions.function import Process
    from krmfn.resources.resource import Resource

WRITE = "WRITE_GOLDEN_OUTPUT"
CONFIG, EXPECTED = "_fnconfig.yaml", "_expected.yaml"
_ITEMS = (".yaml", ".yml")
_SHOWN = 100
Argument = TypeVar("Argument")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run gave: its exit status, what it printed, and what it said on standard error."""

    status: int
    text: str
    stderr: str

    @property
    def resources(self) -> ResourceList:
        """The list that was printed. Raises InputError if there is none."""
        return ResourceList.read(self.text, "output")


@dataclass(frozen=True, slots=True)
class GoldenCase:
    """A directory: the documents of its files are items, unless their names start with `_`."""

    directory: Path

    @property
    def __name__(self) -> str:
        """The name of the case, which pytest shows."""
        return self.directory.name

    def text(self) -> str:
        """Return the ResourceList of the case, without annotations for the files. Raises InputError."""
        items: list[Resource] = []
        for file in sorted(self.directory.iterdir(), key=lambda file: file.name):
            if not file.name.startswith("_") and (file.suffix in _ITEMS or file.name == "Kptfile"):
                items += _documents(file)
        file = self.directory / CONFIG
        configs = _documents(file) if file.exists() else []
        if len(configs) > 1:
            raise InputError(f"{file}: a functionConfig is one resource, and here are {len(configs)}")
        return ResourceList.of(items, configs[0] if configs else None).to_text()


def run_text(process: Process, text: str) -> Outcome:
    """Run a function over the text of a list, as an orchestrator would.

    An error that is a fault of the function, because it is not a FunctionError, InputError, ValueError or OSError,
    is raised here as it was there.
    """
    watched = _Watched(as_function(process))
    out, err = io.StringIO(), io.StringIO()
    status = run(watched, stdin=io.StringIO(text), stdout=out, stderr=err)
    if watched.error is not None:
        raise watched.error
    return Outcome(status, out.getvalue(), err.getvalue())


def golden_cases(directory: Path) -> list[GoldenCase]:
    """Return the cases of a directory, one for each directory in it, in the order of their names.

    Raises AssertionError if there is none, and where anything else is in it.
    """
    if not directory.is_dir():
        raise AssertionError(f"{directory}: there is no such directory of golden cases")
    found = sorted(directory.iterdir(), key=lambda entry: entry.name)
    if not found:
        raise AssertionError(f"{directory}: there is no case in it")
    if stray := [entry for entry in found if not entry.is_dir()]:
        raise AssertionError(f"{stray[0]}: expected a directory, which would be a case")
    return [GoldenCase(entry) for entry in found]


def check_golden(case: GoldenCase, process: Process) -> None:
    """Assert that a function makes of a case what its `_expected.yaml` holds: the whole list, with results.

    A function that fails is expected to leave the list as it was, with its results.
    """
    found = run_text(process, case.text()).text
    file = case.directory / EXPECTED
    expected = decode(file.read_bytes(), str(file)) if file.exists() else None
    if os.environ.get(WRITE) and expected != found:
        file.write_bytes(found.encode())
        raise AssertionError(f"wrote {file}; read it, and run the test without {WRITE}")
    if expected is None:
        raise AssertionError(f"{file}: is missing; {WRITE}=1 writes it")
    if expected != found:
        raise AssertionError(f"{file}: the function gives something else\n{_diff(expected, found)}")


def assert_idempotent(process: Process, text: str) -> Outcome:
    """Assert that a function changes nothing of what it has written; return what the first run gave.

    Results are not compared: a function may say in its second run that it had nothing to do. They are what a
    host takes out between two runs, so the second starts without them.
    """
    first = _succeeds(process, text, "first")
    before = _without_results(first.text)
    after = _without_results(_succeeds(process, before, "second").text)
    if before != after:
        raise AssertionError(f"the second run changes what the first has written\n{_diff(before, after)}")
    return first


def assert_only_lines_changed(before: str, after: str, lines: Container[int] | Callable[[str], bool]) -> None:
    """Assert that nothing but certain lines was changed, added or removed.

    lines: numbers of lines of `before`, from 1, of which one may be replaced by any number of lines, and lines may
    be added after it; or a predicate that holds for the text of every line that is changed, added or removed.
    """
    for removed, added in _changes(before, after):
        if callable(lines):
            wrong = [text for _, text in removed + added if not lines(text)]
        else:
            numbers = [number for number, _ in removed] or [added[0][0]]
            wrong = [f"line {number}" for number in numbers if number not in lines]
        if wrong:
            raise AssertionError(f"not expected to change: {_head(', '.join(wrong))}\n{_diff(before, after)}")


def _succeeds(process: Process, text: str, which: str) -> Outcome:
    outcome = run_text(process, text)
    if outcome.status != 0:
        said = "\n".join(map(str, outcome.resources.results)) if outcome.text else outcome.stderr
        raise AssertionError(f"the {which} run failed\n{_head(said)}")
    return outcome


def _changes(before: str, after: str) -> Iterator[tuple[list[tuple[int, str]], list[tuple[int, str]]]]:
    """Yield what was removed and added in each place, with the line of `before` that it was, or is behind."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind != "equal":
            removed = [(number + 1, old[number]) for number in range(start, end)]
            yield removed, [(start if not removed else start + 1, text) for text in new[new_start:new_end]]


def _diff(before: str, after: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), "expected", "found"
    )
    shown = [line if line.endswith("\n") else f"{line}\n\\ no line break at the end\n" for line in lines]
    return _head("".join(shown))


def _head(text: str) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(lines[:_SHOWN]) + (f"… and {len(lines) - _SHOWN} lines more" if len(lines) > _SHOWN else "")


def _documents(file: Path) -> list[Resource]:
    return TextFile(decode(file.read_bytes(), str(file)), str(file)).resources


def _without_results(text: str) -> str:
    resources = ResourceList.read(text, "output")
    resources.results = []
    return resources.to_text()


class _Watched(Function):
    """A function that remembers an error which is a fault of its own."""

    def __init__(self, process: Function) -> None:
        self._process = process
        self.error: Exception | None = None

    def configure(self, config: Resource | None) -> None:
        self._watch(self._process.configure, config)

    def wanted(self, api_version: str, kind: str) -> bool:
        return self._process.wanted(api_version, kind)

    def visit(self, resource: Resource) -> None:
        self._watch(self._process.visit, resource)

    def process(self, resource_list: ResourceList) -> None:
        self._watch(self._process.process, resource_list)

    def _watch(self, call: Callable[[Argument], None], argument: Argument) -> None:
        try:
            call(argument)
        except (KrmError, ValueError, OSError):
            raise
        except Exception as error:
            self.error = error
            raise
