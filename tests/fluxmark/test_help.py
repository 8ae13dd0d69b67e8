"""What fluxmark says of itself, to a person, to `kpt fn doc` and to the catalog."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from fluxmark.cli import main
from fluxmark.commands import COMMANDS
from fluxmark.function import main as function
from krmfn.resources.resource_list import ResourceList

ROOT = Path(__file__).resolve().parents[2]


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_documents_the_function_and_the_verbs(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, option)
    assert "kpt fn eval DIR --image ghcr.io/fluxmark/fluxmark" in text
    for verb in ("inject", "check", "select", "update"):
        assert re.search(rf"^    {verb} ", text, re.MULTILINE)
    assert "exit status" in text


def test_doc_is_what_go_functions_print_with_the_metadata_of_the_catalog(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = json.loads(said(capsys, "--doc"))
    metadata = yaml.safe_load((ROOT / "metadata.yaml").read_text())
    assert {key: found[key] for key in metadata} == metadata
    assert found["short"] in said(capsys, "--help")


def test_the_package_carries_the_metadata_of_the_catalog() -> None:
    """It is read from there once it is installed."""
    assert (ROOT / "fn/fluxmark/metadata.yaml").read_bytes() == (ROOT / "metadata.yaml").read_bytes()


def test_the_fields_that_help_names_are_those_of_the_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    named = re.findall(r"^ *(spec\.\w+) ", said(capsys, "--help"), re.MULTILINE)
    documented = (ROOT / "docs/configuration.md").read_text()
    assert len(named) > 5
    assert [name for name in named if f"`{name}" not in documented] == []


def test_the_function_takes_files_and_writes_no_item_back(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - image: reg.io/app:1.0.0\n"
    Path("pod.yaml").write_text(pod)
    status = function(["pod.yaml", "--", "images=reg.io/app", "semver=1.x"])
    items = ResourceList.read(capfd.readouterr().out).items
    assert status == 0
    assert '# {"$imagepolicy": "flux-system:app"}' in items[0].text
    assert "ImagePolicy" in {item.kind for item in items}
    assert Path("pod.yaml").read_text() == pod
    assert main(["fn", "--frobnicate"]) == 2
    assert "fluxmark fn: unknown option --frobnicate" in capfd.readouterr().err


def test_the_function_over_files_edits_those_of_its_configuration_as_under_kpt(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("k8s").mkdir()
    compose = "services:\n  app:\n    image: reg.io/app:1.0.0\n"
    Path("compose.yaml").write_text(compose)
    status = function(["k8s", "--", "images=reg.io/app", "semver=1.x", "files=compose.yaml"])
    assert status == 0
    assert "ImagePolicy" in capfd.readouterr().out
    marked = compose.replace("1.0.0\n", '1.0.0 # {"$imagepolicy": "flux-system:app"}\n')
    assert Path("compose.yaml").read_text() == marked


def test_every_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        if command == "fn":
            assert main(["fn", "--help"]) == 0
        else:
            assert f"usage: fluxmark {command} [-h]" in said(capsys, command, "--help")
