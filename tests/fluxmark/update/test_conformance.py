"""What image-automation-controller writes, on the vectors of fixtures/conformance/setters.json.

Those are observed outputs of the released controller; the inputs were written for this project. The controller
re-encodes files, so data are compared: every scalar with its tag, every key in its order. Where fluxmark is
another on purpose, the case is below with the reason.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from fluxmark.errors import FluxmarkError
from fluxmark.flux.latest_image import LatestImage
from krmfn.yaml.text import Lines
from update_helpers import tree, updated

VECTORS = json.loads(
    (Path(__file__).resolve().parents[3] / "fixtures/conformance/setters.json").read_text(encoding="utf-8")
)

KEPT = "nothing but values at markers changes, so what the controller takes for its own stays"
TAGGED = "the controller leaves the tag of the old value, which no reader takes with the new one"
IN_PLACE = "the controller takes the list apart into new files; the marker's value is set where it is"
ALONE = "what fails the controller's whole run is said, and everything else is updated (--strict-flux fails, too)"
TWICE = "what is twice is not written: readers differ in which of the two counts"
DIFFERENT = {
    "annotations empty map": KEPT,
    "annotations null": KEPT,
    "legacy id": KEPT,
    "legacy index differ": KEPT,
    "legacy path + index equal": KEPT,
    "legacy path equal": KEPT,
    "seqindent annotation": KEPT,
    "helm template that parses as yaml": "the controller writes a template that is none any more",
    "null literal": TAGGED,
    "tag chars": TAGGED,
    "suffixes": f"{TAGGED}; and a field is not blanked because there is no digest",
    "List with ns": IN_PLACE,
    "ResourceList": IN_PLACE,
    "newest-kind List quoted": IN_PLACE,
    "newest-metadata null then metadata": TWICE,
    "newest-two byte order marks": TWICE,
    "newest-List of lists": ALONE,
    "newest-List with scalar item, marker in a comment": ALONE,
    "config.kubernetes.io/index annotation present": ALONE,
    "internal path differ": ALONE,
    "internal path differ 2": ALONE,
    "mismatch but marker-only in file not updated": ALONE,
    "policy bad tag": ALONE,
    "two dots file": ALONE,
}


def latest(case: dict[str, Any]) -> dict[str, LatestImage]:
    policies = VECTORS["default_policies"] if case["policies"] == "default" else case["policies"]
    return {
        f"{policy['Namespace']}:{policy['Name']}": LatestImage(
            policy["Image"], policy["Tag"], policy.get("Digest", "")
        )
        for policy in policies
    }


def data(text: str) -> list[Any]:
    """The documents of a text that are not empty: scalars with their tags, mappings as lists of pairs."""

    def convert(node: yaml.Node) -> Any:
        if isinstance(node, yaml.MappingNode):
            return [(convert(key), convert(value)) for key, value in node.value]
        if isinstance(node, yaml.SequenceNode):
            return ["list", *map(convert, node.value)]
        return (node.tag, node.value)

    roots: list[Any] = list(yaml.compose_all(text, yaml.SafeLoader))
    return [convert(root) for root in roots if root is not None and root.tag != "tag:yaml.org,2002:null"]


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_the_same_values_at_the_same_markers(case: dict[str, Any], tmp_path: Path) -> None:
    outcome = updated(tree(tmp_path, case["before"]), latest(case))

    ours = {path: data(new) for path, (_, new) in outcome.texts.items()}
    theirs = {path: data(text) for path, text in (case.get("after") or {}).items()}
    assert (ours != theirs) == (case["name"] in DIFFERENT)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_nothing_else_changes(case: dict[str, Any], tmp_path: Path) -> None:
    outcome = updated(tree(tmp_path, case["before"]), latest(case))

    lines = {(change.file, change.line) for change in outcome.changes}
    for path, (old, new) in outcome.texts.items():
        before, after = Lines(old), Lines(new)
        if len(before.starts) != len(after.starts):
            assert "block" in case["name"] or "multi-line" in case["name"]  # a value of several lines becomes one
            continue
        for number in range(1, len(before.starts) + 1):
            assert (before.line(number) == after.line(number)) == ((path, number) not in lines)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_a_second_run_changes_nothing(case: dict[str, Any], tmp_path: Path) -> None:
    first = updated(tree(tmp_path, case["before"]), latest(case))

    again = updated(tree(tmp_path, {path: new for path, (_, new) in first.texts.items()}), latest(case))

    assert again.texts == {}


@pytest.mark.parametrize(
    "case", [case for case in VECTORS["cases"] if case["error"]], ids=lambda case: case["name"]
)
def test_a_strict_run_fails_where_the_controllers_does(case: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(FluxmarkError) as failure:
        updated(tree(tmp_path, case["before"]), latest(case), strict=True)

    assert str(failure.value).replace(str(tmp_path), "<root>").endswith(case["error"])


def test_every_difference_is_a_case() -> None:
    assert set(DIFFERENT) <= {case["name"] for case in VECTORS["cases"]}
