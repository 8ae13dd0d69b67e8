"""Findings as annotations of a GitHub Actions run.

Source: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from krmfn.escape import printable_lines
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from fluxmark.finding import Finding
    from fluxmark.output import Report

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report) -> str:
    """Return one workflow command per line."""
    return "".join(f"{_command(finding)}\n" for finding in report.findings)


def _command(finding: Finding) -> str:
    fields = {"title": f"fluxmark {finding.rule}"}
    if finding.file:
        fields["file"] = finding.file
    if finding.file and finding.line:
        fields |= {"line": str(finding.line), "col": str(finding.column)}
        if finding.length:
            fields["endColumn"] = str(finding.column + finding.length)
    said = ",".join(f"{name}={_property(value)}" for name, value in fields.items())
    return f"::{_COMMANDS[finding.severity]} {said}::{_data(finding.message)}"


def _data(text: str) -> str:
    """Return a text as the data of a command: its lines are kept, what cannot be printed in them is not."""
    return printable_lines(text).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
