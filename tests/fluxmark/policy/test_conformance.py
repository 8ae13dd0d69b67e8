"""What the released upstream code selects, input by input.

fixtures/conformance/policy.json holds observed outputs of image-reflector-controller 1.2 (internal/policy); its
inputs were written for this project.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fluxmark.flux.policy import PolicyError, latest

FIXTURE = Path(__file__).resolve().parents[3] / "fixtures/conformance/policy.json"
INVALID_PATTERN = "failed to filter tags: invalid regular expression pattern "


def load() -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads(FIXTURE.read_text(encoding="utf-8"))["cases"]
    return cases


def spec_of(case: dict[str, Any]) -> dict[str, Any]:
    field = "range" if case["kind"] == "semver" else "order"
    spec: dict[str, Any] = {"policy": {case["kind"]: {field: case["arg"]}}}
    if "pattern" in case:
        spec["filterTags"] = {"pattern": case["pattern"], "extract": case["extract"]}
    return spec


def select(case: dict[str, Any]) -> dict[str, Any]:
    """The outcome in the wording of the fixture, and the ties."""
    try:
        selection = latest(spec_of(case), case["tags"])
    except PolicyError as error:
        return {"error": str(error)}
    outcome: dict[str, Any] = {"latest": selection.tag, "ties": selection.ties}
    if "pattern" in case:
        outcome["extracted"] = selection.extracted
    return outcome


def comparable(case: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    """What follows the pattern in its error comes from the regular-expression library."""
    if result.get("error", "").startswith(INVALID_PATTERN):
        return {"error": result["error"][: len(f"{INVALID_PATTERN}'{case['pattern']}'")]}
    return {key: value for key, value in result.items() if key != "ties"}


def test_every_selection_and_every_error_text_is_that_of_the_controller() -> None:
    differences = []
    for case in load():
        got = comparable(case, select(case))
        expected = [comparable(case, result) for result in case["results"]]
        if got not in expected:
            differences.append((case, got))
    assert differences == []


def test_the_ties_are_all_the_tags_that_were_observed() -> None:
    for case in load():
        got = select(case)
        if "latest" in got:
            observed = {result["latest"] for result in case["results"]}
            assert set(got["ties"] or (got["latest"],)) == observed, case


@pytest.mark.parametrize("seed", ["0", "1", "4294967295"])
def test_nothing_depends_on_the_order_of_hashes(seed: str) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    run = subprocess.run([sys.executable, __file__], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == json.loads(json.dumps([select(case) for case in load()]))


if __name__ == "__main__":
    json.dump([select(case) for case in load()], sys.stdout)
