"""Findings for people, in colour on a terminal: one per line, or by file with their source lines."""

from __future__ import annotations

import os
import sys
from itertools import groupby
from typing import TYPE_CHECKING, TextIO

from krmfn.escape import harmless, printable
from krmfn.functions.streams import say
from krmfn.resources.result import Severity
from krmfn.yaml.text import Lines, may_hold_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from fluxmark.finding import Finding
    from fluxmark.output import Report

    Painter = Callable[[str, str], str]

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}
_BOLD, _DIM = "1", "2"
RULES_PAGE = "https://github.com/fluxmark/fluxmark/blob/main/docs/rules.md"
_SHOWN = 120
"""Columns of a source line that are shown."""
REPLACEMENT = "\ufffd"
"""Stands for a character that a terminal would obey."""


def write(findings: Iterable[Finding]) -> None:
    """Write `file:line:column: severity: message [rule]` to standard error, one per line."""
    paint = painter(sys.stderr)
    for finding in findings:
        severity = paint(str(finding.severity), _COLOURS[finding.severity])
        where = f"{printable(finding.where)}: " if finding.where else ""
        say(harmless(f"{where}{severity}: {printable(finding.message)} [{finding.rule}]"), escape=False)


def render(report: Report) -> str:
    """Return findings by file, with their source lines and a summary; empty if there are none."""
    findings = report.findings
    if not findings:
        return ""
    more = f"More about a rule: fluxmark explain {findings[0].rule}, or {RULES_PAGE}#{findings[0].rule}"
    return "\n".join([*_lines(report), summary(findings, report.scope), report.paint(more, _DIM), ""])


def _lines(report: Report) -> Iterator[str]:
    paint = report.paint
    for file, group in groupby(report.findings, lambda finding: finding.file):
        text = report.text_of(file)
        lines = None if text is None or may_hold_secrets(text) else Lines(text)
        yield paint(printable(file) or "(no file)", _BOLD)
        for finding in group:
            severity = paint(str(finding.severity), _COLOURS[finding.severity])
            place = f"{finding.line}:{finding.column}: " if finding.line else ""
            rule = _linked(f"[{finding.rule}]", f"{RULES_PAGE}#{finding.rule}", paint)
            yield f"  {place}{severity}: {printable(finding.message)} {rule}"
            if lines is not None and finding.line:
                for shown in _excerpt(finding, lines):
                    yield paint(shown, _DIM)
        yield ""


def summary(findings: Sequence[Finding], scope: str = "") -> str:
    """Return how many findings there are of each severity, in how many files, and how many can be fixed.

    scope: what was checked.
    """
    counts = [(severity, sum(one.severity is severity for one in findings)) for severity in Severity]
    told = ", ".join(_count(number, str(severity)) for severity, number in counts if number)
    files = _count(len({one.file for one in findings}), "file")
    fixable = sum(two.fix is not None for one in findings for two in (one, *one.also))
    fixes = f"{fixable} fixable with --fix" if fixable else ""
    return "; ".join(filter(None, (f"{told} in {files}", scope, fixes)))


def _excerpt(finding: Finding, lines: Lines) -> Iterator[str]:
    """Yield the source line, and what points at the faulty part of it."""
    line = lines.line(finding.line)
    if not line.strip():
        return
    start = finding.column - 1
    # a long line is cut around the part that matters
    cut = max(0, min(start - _SHOWN // 4, len(line) - _SHOWN)) if len(line) > _SHOWN else 0
    length = max(1, min(finding.length, cut + _SHOWN - start))
    # each character is one column, so that the pointer is below the part that it means
    shown = line[cut : cut + _SHOWN].replace("\t", " ")
    yield harmless(f"    | {''.join(char if char.isprintable() else REPLACEMENT for char in shown)}")
    yield f"    | {' ' * (start - cut)}^{'~' * (length - 1)}"


def _count(number: int, what: str) -> str:
    return f"{number} {what if number == 1 or what == 'info' else f'{what}s'}"


def _linked(text: str, target: str, paint: Painter) -> str:
    """Return dim text that is a link where the terminal shows links; as it is if there are no colours."""
    painted = paint(text, _DIM)
    return painted if painted == text else f"\x1b]8;;{target}\x1b\\{painted}\x1b]8;;\x1b\\"


def painter(stream: TextIO, when: str = "auto") -> Painter:
    """Return what paints text for a stream, in one of the colours of ANSI.

    when: `always`, `never` or `auto`: on a terminal, if NO_COLOR is not set, or if FORCE_COLOR is set.
    """
    forced = bool(os.environ.get("FORCE_COLOR"))
    wanted = forced or (stream.isatty() and not os.environ.get("NO_COLOR"))
    if when == "never" or (when == "auto" and not wanted):
        return lambda text, _: text
    return lambda text, colour: f"\x1b[{colour}m{text}\x1b[0m"
