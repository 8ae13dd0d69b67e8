"""Findings as SARIF 2.1.0, which code-scanning services read.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html and
https://docs.github.com/en/code-security/reference/code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from fluxmark import __version__
from fluxmark.output.baseline import fingerprint
from fluxmark.output.rule_docs import documentation
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fluxmark.finding import Finding
    from fluxmark.output import Report
    from fluxmark.rules import Rule

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
PROJECT: Final = "https://github.com/fluxmark/fluxmark"

_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render(report: Report) -> str:
    """Return a log of one run, with the documentation of all rules.

    The fingerprint of a finding is made from its source line, so that services recognise it when it moves.
    """
    from fluxmark.output.json import dumps
    from fluxmark.rules.registry import RULES

    names = [rule.ID for rule in RULES]
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "fluxmark",
                        "version": __version__,
                        "informationUri": PROJECT,
                        "rules": list(map(_rule, RULES)),
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": list(_results(report.findings, names, report.line_of)),
            }
        ],
    }
    return dumps(log)


def _rule(rule: Rule) -> dict[str, Any]:
    name, documented = rule.ID, documentation(rule)
    return {
        "id": name,
        "name": name.title().replace("-", ""),
        "shortDescription": {"text": documented.summary},
        "fullDescription": {"text": documented.why},
        "help": {"text": documented.plain, "markdown": documented.markdown},
        "helpUri": f"{PROJECT}/blob/main/docs/rules.md#{name}",
        "defaultConfiguration": {"level": _LEVELS[rule.SEVERITY]},
    }


def _results(
    findings: Sequence[Finding], names: list[str], line_of: Callable[[Finding], str]
) -> Sequence[dict[str, Any]]:
    results = []
    seen: dict[str, int] = {}
    for finding in findings:
        mark = fingerprint(finding, line_of(finding))
        seen[mark] = seen.get(mark, 0) + 1
        result = {
            "ruleId": finding.rule,
            "ruleIndex": names.index(finding.rule),
            "level": _LEVELS[finding.severity],
            "message": {"text": finding.message},
            "partialFingerprints": {"fluxmark/v1": f"{mark}:{seen[mark]}"},
        }
        if finding.file:
            result["locations"] = [{"physicalLocation": _location(finding)}]
        results.append(result)
    return results


def _location(finding: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {
        "artifactLocation": {"uri": quote(os.fsencode(finding.file)), "uriBaseId": "%SRCROOT%"}
    }
    if finding.line:
        location["region"] = {"startLine": finding.line, "startColumn": finding.column}
        if finding.length:
            location["region"]["endColumn"] = finding.column + finding.length
    return location
