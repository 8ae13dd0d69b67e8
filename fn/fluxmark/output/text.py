"""Findings for people, in colour on a terminal: a line each, or by file with the lines that they are about."""

from __future__ import annotations

import os
from itertools import groupby
from typing import TYPE_CHECKING, TextIO

from krmfn.result import Severity
from krmfn.text import Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from fluxmark.finding import Finding

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}
_BOLD, _DIM = "1", "2"
_SHOWN = 120
"""Columns of a source line that are shown."""


def write(findings: Iterable[Finding], stream: TextIO) -> None:
    """Write `file:line:column: severity: message [rule]`, a line each."""
    paint = _painter(stream)
    for finding in findings:
        severity = paint(str(finding.severity), _COLOURS[finding.severity])
        where = f"{finding.where}: " if finding.where else ""
        print(f"{where}{severity}: {finding.message} [{finding.rule}]", file=stream)


def report(findings: Sequence[Finding], text_of: Callable[[str], str | None], stream: TextIO) -> None:
    """Write findings, sorted by file, with their source lines and a summary; nothing where there are none.

    text_of: the text of a file, None where it is unknown.
    """
    paint = _painter(stream)
    for file, group in groupby(findings, lambda finding: finding.file):
        text = text_of(file)
        lines = Lines(text) if text is not None else None
        print(paint(file or "(no file)", _BOLD), file=stream)
        for finding in group:
            severity = paint(str(finding.severity), _COLOURS[finding.severity])
            place = f"{finding.line}:{finding.column}: " if finding.line else ""
            print(f"  {place}{severity}: {finding.message} {paint(f'[{finding.rule}]', _DIM)}", file=stream)
            if lines is not None and finding.line:
                for shown in _excerpt(finding, lines):
                    print(paint(shown, _DIM), file=stream)
        print(file=stream)
    if findings:
        print(summary(findings), file=stream)


def summary(findings: Sequence[Finding]) -> str:
    """Return how many findings there are of each severity, in how many files, and how many can be fixed."""
    counts = [(severity, sum(one.severity is severity for one in findings)) for severity in Severity]
    told = ", ".join(_count(number, str(severity)) for severity, number in counts if number)
    files = _count(len({one.file for one in findings}), "file")
    fixable = sum(one.fix is not None for one in findings)
    return f"{told} in {files}" + (f"; --fix can mend {fixable}" if fixable else "")


def _excerpt(finding: Finding, lines: Lines) -> Iterator[str]:
    """Yield the source line, and what points at the faulty part of it."""
    line = lines.line(finding.line).replace("\t", " ")
    if not line.strip():
        return
    start = finding.column - 1
    # a long line is cut around the part that matters
    cut = max(0, min(start - _SHOWN // 4, len(line) - _SHOWN)) if len(line) > _SHOWN else 0
    length = max(1, min(finding.length, cut + _SHOWN - start))
    yield f"    | {line[cut : cut + _SHOWN]}"
    yield f"    | {' ' * (start - cut)}^{'~' * (length - 1)}"


def _count(number: int, what: str) -> str:
    return f"{number} {what if number == 1 or what == 'info' else f'{what}s'}"


def _painter(stream: TextIO) -> Callable[[str, str], str]:
    if not stream.isatty() or os.environ.get("NO_COLOR"):
        return lambda text, _: text
    return lambda text, colour: f"\x1b[{colour}m{text}\x1b[0m"
