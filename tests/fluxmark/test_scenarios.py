"""Whole repositories, as the real controllers ran them: what `select` and `update --strict-flux` say of each.

`fixtures/conformance/scenarios.json` holds what image-reflector-controller 1.2.0 and image-automation-controller
1.2.1 did on a real API server; the repositories were written for this project.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fluxmark.cli import main
from fluxmark.errors import FluxmarkError

CASES = json.loads(
    (Path(__file__).resolve().parents[2] / "fixtures/conformance/scenarios.json").read_text(encoding="utf-8")
)["cases"]

NO_DIGEST = "a file of tags has no digests, and the policy wants one"
OTHER_NAME = "the registry has the tags under another name of its host"
IN_PLACE = "the controller takes the List apart into new files; fluxmark updates it where it is"
DIFFERENT = {"f16": IN_PLACE, "g17": NO_DIGEST, "g23": NO_DIGEST, "g35": NO_DIGEST, "g37": OTHER_NAME}

OTHER_TAGS = {"f29": "the policy is suspended, and `select` shows what it would select", "g37": OTHER_NAME}


@pytest.fixture
def repository(case: dict[str, Any], tmp_path: Path) -> tuple[str, str]:
    """The repository and the file of its tags."""
    root = tmp_path / "repository"
    for path, text in case["files"].items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    tags = tmp_path / "tags.json"
    tags.write_text(json.dumps(case["tags"]))
    return str(root), str(tags)


def changed(changes: list[dict[str, Any]]) -> set[tuple[str, int, str, str]]:
    """What changes where; the controller counts a value once for each alias of it."""
    return {(change["file"], change["line"], change["old"], change["new"]) for change in changes}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_tags_are_those_that_flux_selected(
    case: dict[str, Any], repository: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    root, tags = repository

    main(["select", root, "--tags", tags, "--format", "json"])

    selected = {one["policy"]: one["latest"] for one in json.loads(capsys.readouterr().out)["policies"]}
    flux = {
        ":".join(identity.split("/")[1:]): state["tag"]
        for identity, state in case["objects"].items()
        if identity.startswith("ImagePolicy/") and state["ready"] == "True"
    }
    ours = {policy: tag for policy, tag in selected.items() if tag is not None}
    assert (ours != flux) == (case["name"] in OTHER_TAGS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_commits_are_those_that_flux_made(
    case: dict[str, Any], repository: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    root, tags = repository
    arguments = ["update", root, "--tags", tags, "--strict-flux", "--dry-run", "--format", "json"]
    failed = [
        state
        for identity, state in case["objects"].items()
        if identity.startswith("ImageUpdateAutomation/") and state["ready"] != "True"
    ]
    if failed and not case["commits"]:
        with pytest.raises(FluxmarkError):
            main(arguments)
        return

    assert main(arguments) == 0

    update = json.loads(capsys.readouterr().out)
    ours = changed(update["changes"]), sorted(commit["message"] for commit in update["commits"])
    flux = changed(case["changes"]), sorted(case["messages"])
    assert (ours != flux) == (case["name"] in DIFFERENT)
