"""Findings for programs. The format is versioned: members may be added, none is removed or changes its meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fluxmark.finding import Finding
    from fluxmark.output import Report

VERSION = 1


def render(report: Report) -> str:
    """Return `{"version": 1, "findings": [{"rule", "severity", "file", "line", "column", "message", …}]}`.

    line and column are 0 if they are unknown; fix says what `--fix` would do; also lists other places of the
    same cause.
    """
    data = {"version": VERSION, "findings": [entry(finding) for finding in report.findings]}
    return dumps(data)


def entry(finding: Finding) -> dict[str, Any]:
    """Return a finding as data."""
    data: dict[str, Any] = {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "message": finding.message,
    }
    if finding.fix is not None:
        data["fix"] = finding.fix.description
    if finding.also:
        data["also"] = [{"file": one.file, "line": one.line, "column": one.column} for one in finding.also]
    return data


def dumps(data: object) -> str:
    """Return data as JSON for programs and for people: what no terminal or runner should obey is escaped."""
    import json

    text = json.dumps(data, indent=2, ensure_ascii=False)
    if not text.replace("\n", "").isprintable():
        text = "".join(char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in text)
    return text.replace("##[", "##\\u005b") + "\n"
