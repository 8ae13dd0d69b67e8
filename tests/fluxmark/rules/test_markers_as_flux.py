"""Which markers work: held to what image-automation-controller 1.2 wrote in the observed cases of setters.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from check_packages import check, repository_of

# outputs of the released controller, observed on inputs that were written for this project
DATA: dict[str, Any] = json.loads((Path(__file__).parents[3] / "fixtures/conformance/setters.json").read_text())

# cases in which Flux writes to other files, or in which something other than a marker says what is written
ELSEWHERE = ("List with ns", "ResourceList", "two dots file", "newest-kind List quoted")
# cases in which readers differ in what the file holds, so that fluxmark takes no marker for one that works
DISPUTED = ("newest-two byte order marks", "newest-metadata null then metadata")
NOT_BY_A_MARKER = (
    "policy bad tag",
    "$ref encoded",
    "long ref with token",
    "inline comment spacing",
    "x-kustomize",
)


CASES = [case for case in DATA["cases"] if case["name"] not in (*ELSEWHERE, *DISPUTED, *NOT_BY_A_MARKER)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_marker_works_where_flux_changes_a_value(case: dict[str, Any]) -> None:
    policies = DATA["default_policies"] if case["policies"] == "default" else case["policies"]
    namespaces = {"flux-system", "other"} if case["name"] == "other ns" else {"flux-system"}
    known = {f"{one['Namespace']}:{one['Name']}" for one in policies if one["Namespace"] in namespaces}
    repository = repository_of(case["before"])
    errors = check(
        case["before"], "file-name", "file-unreadable", "kind-list", "path-annotation", "marker-position",
        "marker-malformed", "marker-in-text",
    )  # fmt: skip
    unread = {finding.file for finding in errors if finding.rule in ("file-name", "file-unreadable", "kind-list")}
    for path in case["before"]:
        live = [
            marker
            for marker in repository.markers
            if marker.source.path == path
            and path not in unread
            and marker.works
            and marker.setter
            and marker.setter.key in known
        ]
        if case["error"]:
            assert any(finding.severity == "error" for finding in errors)
        else:
            assert bool(live) == (path in case["after"]), [marker.comment.text for marker in live]
