"""Findings for people: one line each, in colour on a terminal."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TextIO

from krmfn.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fluxmark.finding import Finding

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}


def write(findings: Iterable[Finding], stream: TextIO) -> None:
    """Write `file:line:column: severity: message [rule]`, a line each."""
    coloured = stream.isatty() and not os.environ.get("NO_COLOR")
    for finding in findings:
        severity = str(finding.severity)
        if coloured:
            severity = f"\x1b[{_COLOURS[finding.severity]}m{severity}\x1b[0m"
        where = f"{finding.where}: " if finding.where else ""
        print(f"{where}{severity}: {finding.message} [{finding.rule}]", file=stream)
