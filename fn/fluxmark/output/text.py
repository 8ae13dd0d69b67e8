"""Findings for people, in colour on a terminal: a line each, or by file with the lines that they are about."""

from __future__ import annotations

import os
import sys
from itertools import groupby
from typing import TYPE_CHECKING, TextIO

from krmfn.functions.streams import say
from krmfn.resources.result import Severity
from krmfn.yaml.text import Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from fluxmark.finding import Finding
    from fluxmark.output import Report

    Painter = Callable[[str, str], str]

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}
_BOLD, _DIM = "1", "2"
_SHOWN = 120
"""Columns of a source line that are shown."""


def write(findings: Iterable[Finding]) -> None:
    """Write `file:line:column: severity: message [rule]` to standard error, a line each."""
    paint = painter(sys.stderr)
    for finding in findings:
        severity = paint(str(finding.severity), _COLOURS[finding.severity])
        where = f"{finding.where}: " if finding.where else ""
        say(f"{where}{severity}: {finding.message} [{finding.rule}]")


def render(report: Report) -> str:
    """Return findings by file, with their source lines and a summary; empty if there are none."""
    findings = report.findings
    return "\n".join([*_lines(report), summary(findings), ""]) if findings else ""


def _lines(report: Report) -> Iterator[str]:
    paint = report.paint
    for file, group in groupby(report.findings, lambda finding: finding.file):
        text = report.text_of(file)
        lines = Lines(text) if text is not None else None
        yield paint(file or "(no file)", _BOLD)
        for finding in group:
            severity = paint(str(finding.severity), _COLOURS[finding.severity])
            place = f"{finding.line}:{finding.column}: " if finding.line else ""
            yield f"  {place}{severity}: {finding.message} {paint(f'[{finding.rule}]', _DIM)}"
            if lines is not None and finding.line:
                for shown in _excerpt(finding, lines):
                    yield paint(shown, _DIM)
        yield ""


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


def painter(stream: TextIO) -> Painter:
    """Return what paints text for a stream, in one of the colours of ANSI; without a terminal, nothing."""
    if not stream.isatty() or os.environ.get("NO_COLOR"):
        return lambda text, _: text
    return lambda text, colour: f"\x1b[{colour}m{text}\x1b[0m"
