"""Findings in the forms that other programs read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from check_packages import check
from fluxmark.finding import Finding
from fluxmark.output import Report, render, text
from fluxmark.rules.registry import RULES
from krmfn.resources.result import Severity

SCHEMA = os.environ.get("FLUXMARK_SARIF_SCHEMA", "")
FINDINGS = [
    Finding("marker-value", Severity.ERROR, "100%: write it\nso", "a b/ä,1.yaml", 3, 5, length=4),
    Finding("reformat", Severity.INFO, "noise", "a b/ä,1.yaml", 7, 1),
    Finding("marker-value", Severity.WARNING, "no position", "list.yaml"),
    Finding("policy-order", Severity.WARNING, "no file"),
]


def log(findings: list[Finding], lines: dict[int, str] | None = None) -> dict[str, Any]:
    text = "\n".join((lines or {}).get(number, "") for number in range(1, 20))
    found: dict[str, Any] = json.loads(render("sarif", Report(findings, lambda _: text)))
    return found


def test_github_annotations_are_escaped() -> None:
    assert render("github", Report(FINDINGS)) == (
        "::error title=fluxmark marker-value,file=a b/ä%2C1.yaml,line=3,col=5,endColumn=9::100%25: write it%0Aso\n"
        "::notice title=fluxmark reformat,file=a b/ä%2C1.yaml,line=7,col=1::noise\n"
        "::warning title=fluxmark marker-value,file=list.yaml::no position\n"
        "::warning title=fluxmark policy-order::no file\n"
    )


def test_json_has_the_members_that_were_promised() -> None:
    data = json.loads(render("json", Report(FINDINGS)))
    assert list(data) == ["version", "findings"]
    assert all(list(one) == ["rule", "severity", "file", "line", "column", "message"] for one in data["findings"])


def test_sarif_places_and_levels() -> None:
    results = log(FINDINGS)["runs"][0]["results"]
    assert [one["level"] for one in results] == ["error", "note", "warning", "warning"]
    assert results[0]["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "a%20b/%C3%A4%2C1.yaml", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 3, "startColumn": 5, "endColumn": 9},
            }
        }
    ]
    assert "region" not in results[2]["locations"][0]["physicalLocation"]
    assert "locations" not in results[3]


def test_sarif_rules_have_their_documentation() -> None:
    (run,) = log(FINDINGS)["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.ID for rule in RULES]
    assert all(rule["help"]["markdown"] and rule["helpUri"].endswith(f"#{rule['id']}") for rule in rules)
    assert all(rules[one["ruleIndex"]]["id"] == one["ruleId"] for one in run["results"])


def test_a_finding_is_known_again_when_its_line_moves() -> None:
    one = Finding("marker-value", Severity.ERROR, "m", "a.yaml", 3, 5)
    moved = Finding("marker-value", Severity.ERROR, "m", "a.yaml", 9, 7)
    marks = [
        log([finding], {finding.line: line})["runs"][0]["results"][0]["partialFingerprints"]
        for finding, line in ((one, "  tag: 1"), (moved, "    tag:  1"), (one, "  tag: 2"))
    ]
    assert marks[0] == marks[1] != marks[2]


def test_equal_findings_have_marks_of_their_own() -> None:
    one = Finding("marker-value", Severity.ERROR, "m", "a.yaml", 3, 5)
    results = log([one, one])["runs"][0]["results"]
    assert results[0]["partialFingerprints"] != results[1]["partialFingerprints"]


@pytest.mark.skipif(not SCHEMA, reason="FLUXMARK_SARIF_SCHEMA names no schema; its terms keep it out of here")
def test_sarif_is_valid() -> None:
    import jsonschema

    schema = json.loads(Path(SCHEMA).read_text(encoding="utf-8"))
    found = check({"app.yaml": 'image: a:1 # {"$imagePolicy": "flux-system:app"}\n'})
    jsonschema.validate(log([*FINDINGS, *found]), schema)


def test_long_lines_are_cut_around_the_fault() -> None:
    line = "x" * 300 + "HERE" + "y" * 300
    finding = Finding("reformat", Severity.INFO, "m", "a.yaml", 1, 301, length=4)
    report = render("text", Report([finding], lambda _: line))
    shown, caret = (one.removeprefix("    | ") for one in report.splitlines()[2:4])
    assert len(shown) == 120
    assert shown[caret.index("^") : caret.index("^") + 4] == "HERE"
    assert caret.endswith("^~~~")


def test_a_summary_counts() -> None:
    assert text.summary(FINDINGS) == "1 error, 2 warnings, 1 info in 3 files"
