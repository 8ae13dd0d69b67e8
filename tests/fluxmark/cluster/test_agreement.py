"""Every command and every mode of the function sees the same clusters in a repository."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING

import pytest

from cluster_scenarios import IMAGE, SCENARIOS, Scenario
from fluxmark.cli import main
from fluxmark.cluster.read import read_directory, read_items
from fluxmark.function import Fluxmark
from krmfn.functions.host import Host
from krmfn.functions.run import run
from krmfn.packages.package import Package
from krmfn.packages.text_file import TextFile
from krmfn.resources.resource_list import ResourceList

if TYPE_CHECKING:
    from pathlib import Path

MARKER = re.compile(r" # \{\"\$imagepolicy\": .*")


@pytest.fixture(params=SCENARIOS)
def scenario(request: pytest.FixtureRequest) -> Scenario:
    return SCENARIOS[request.param]


@pytest.fixture
def root(scenario: Scenario, tmp_path: Path) -> Path:
    """The scenario's files, and the tags next to them."""
    for path, text in scenario.files.items():
        file = tmp_path / "tree" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (tmp_path / "tags.json").write_text(json.dumps({IMAGE: scenario.tags}))
    return tmp_path / "tree"


def contents(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text() for path in sorted(root.rglob("*")) if path.is_file()
    }


def expected(scenario: Scenario) -> dict[str, str]:
    """Return the files after an update."""
    return {
        path: text.replace(f"{IMAGE}:1.0.0", f"{IMAGE}:{scenario.written[path]}")
        if path in scenario.written
        else text
        for path, text in scenario.files.items()
    }


def items(scenario: Scenario, mode: str) -> str:
    """Return the ResourceList that an orchestrator hands over."""
    found = [
        "apiVersion: config.kubernetes.io/v1",
        "kind: ResourceList",
        "functionConfig:",
        "  apiVersion: fluxmark.io/v1alpha1",
        "  kind: ImageAutomation",
        "  metadata: {name: all}",
        f"  spec: {{mode: {mode}}}",
        "items:",
    ]
    for path, text in scenario.files.items():
        for index, document in enumerate(TextFile(text, path).resources):
            prefix = "internal.config.kubernetes.io/"
            document.set_annotations({f"{prefix}path": path, f"{prefix}index": str(index)})
            lines = document.text.removeprefix("---\n").strip("\n").split("\n")
            found.append("- " + "\n  ".join(lines))
    return "\n".join([*found, ""])


def call(scenario: Scenario, mode: str, root: Path) -> tuple[int, ResourceList]:
    out, err = io.StringIO(), io.StringIO()
    function = Fluxmark(host=Host.FILES, root=str(root))
    status = run(function, stdin=io.StringIO(items(scenario, mode)), stdout=out, stderr=err)
    return status, ResourceList.read(out.getvalue())


def images(resource_list: ResourceList) -> dict[str, str]:
    """Return the tag at the marker of each file."""
    return {
        item.path: found[1]
        for item in resource_list.items
        if (found := re.search(rf"{re.escape(IMAGE)}:(\S+) # ", item.text))
    }


def test_select_and_the_model(scenario: Scenario, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["select", str(root), "--tags", str(root.parent / "tags.json"), "--format", "json"])
    selected: dict[str, dict[str, str]] = {}
    for entry in json.loads(capsys.readouterr().out)["policies"]:
        selected.setdefault(entry["cluster"], {})[entry["policy"]] = entry["latest"]
    assert selected == scenario.selected
    repositories = [read_directory(Package(root))]
    if scenario.as_items:
        repositories.append(read_items(ResourceList.read(items(scenario, "Check")).items))
    for repository in repositories:
        model = {one.name: {policy.id for policy in one.policies} for one in repository.clusters if one.policies}
        assert model == {name: set(policies) for name, policies in scenario.selected.items()}


@pytest.mark.parametrize("source", ["tags", "status"])
def test_update(scenario: Scenario, root: Path, source: str) -> None:
    arguments = ["--tags", str(root.parent / "tags.json")] if source == "tags" else []
    assert main(["update", str(root), *arguments]) == 0
    assert contents(root) == expected(scenario)


def test_each_change_names_its_cluster(scenario: Scenario, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["update", str(root), "--tags", str(root.parent / "tags.json"), "--format", "json", "--dry-run"])
    printed = json.loads(capsys.readouterr().out)
    changes = {(one["cluster"], one["file"]): one["new"].rpartition(":")[2] for one in printed["changes"]}
    assert {file: tag for (_, file), tag in changes.items()} == dict(scenario.written)
    for (cluster, _), tag in changes.items():
        assert tag in scenario.selected[cluster].values()
    assert [one for commit in printed["commits"] for one in commit["changes"]] == printed["changes"]


def test_check_has_nothing_to_report(scenario: Scenario, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", str(root), "--format", "json", "--ignore", "kind-list,schema-invalid"])
    found = json.loads(capsys.readouterr().out)["findings"]
    assert [one for one in found if one["severity"] != "info"] == []
    if not scenario.as_items:
        return
    status, resource_list = call(scenario, "Check", root)
    results = [one for one in resource_list.results if one.tags.get("rule") not in ("kind-list", "schema-invalid")]
    assert [str(one.message) for one in results if one.severity.value != "info"] == []
    assert status == 0


def test_inject_makes_the_markers_again(scenario: Scenario, root: Path) -> None:
    if not scenario.written:
        pytest.skip("no automation updates a file of this repository")
    assert main(["inject", str(root), "--dry-run"]) == 0
    for path in scenario.written:
        (root / path).write_text(MARKER.sub("", scenario.files[path]))
    main(["inject", str(root)])
    assert contents(root) == dict(scenario.files)


def test_the_function_updates_as_the_command_does(scenario: Scenario, root: Path) -> None:
    if not scenario.as_items:
        pytest.skip("orchestrators take a List apart")
    status, resource_list = call(scenario, "Update", root)
    assert status == 0
    before = {path: "1.0.0" for path, text in scenario.files.items() if f"{IMAGE}:1.0.0 # " in text}
    assert images(resource_list) == {**before, **scenario.written}


def test_the_function_makes_the_markers_again(scenario: Scenario, root: Path) -> None:
    if not scenario.written or not scenario.as_items:
        pytest.skip("no automation updates a file of this repository, or orchestrators take it apart")
    stripped = Scenario(
        {path: MARKER.sub("", text) for path, text in scenario.files.items()}, scenario.selected, scenario.written
    )
    status, resource_list = call(stripped, "Inject", root)
    assert status == 0
    for path in scenario.written:
        (item,) = resource_list.at(path)
        (marker,) = MARKER.findall(scenario.files[path])
        assert MARKER.findall(item.text) == [marker]
