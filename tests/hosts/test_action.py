"""action.yml: its steps run as GitHub runs them, but for the actions of others."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from hosts.modes import ERROR, misspell
from hosts.package import FLUXMARK, ROOT, replace, run

ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS = ACTION["runs"]["steps"]


def evaluated(text: str, context: dict[str, str]) -> str:
    """Fill in the expressions of a text; each must be known."""
    return re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda found: context[found[1]], text)


class Runner:
    """What GitHub gives the steps of a composite action."""

    def __init__(self, directory: Path, temp: Path, **inputs: str) -> None:
        self.directory = directory
        self.temp = temp
        defaults = {name: one.get("default", "") for name, one in ACTION["inputs"].items()}
        self.context = {f"inputs.{name}": value for name, value in (defaults | inputs).items()}
        self.context |= {"github.action_path": str(ROOT), "runner.temp": str(temp)}
        self.log = ""
        self.uploads: list[str] = []

    def run(self, *, install: bool = False) -> int:
        """Run the steps until one fails; return its status. install: also the step that installs fluxmark."""
        for step in STEPS:
            if step.get("name") == "Install fluxmark" and not install:
                (self.temp / "fluxmark/bin").mkdir(parents=True, exist_ok=True)
                if not (self.temp / "fluxmark/bin/fluxmark").exists():
                    (self.temp / "fluxmark/bin/fluxmark").symlink_to(FLUXMARK)
            elif "uses" in step:
                self._use(step)
            elif status := self._step(step):
                return status
        return 0

    def _use(self, step: dict[str, Any]) -> None:
        assert re.fullmatch(r"[\w/.-]+@[0-9a-f]{40}", step["uses"])
        conditions = step.get("if", "").split(" && ") if "if" in step else []
        pairs = [re.fullmatch(r"(\S+) == '(.*)'", one) for one in conditions]
        if all(pair and self.context[pair[1]] == pair[2] for pair in pairs) and "sarif_file" in step["with"]:
            self.uploads.append(evaluated(step["with"]["sarif_file"], self.context))

    def _step(self, step: dict[str, Any]) -> int:
        files = {name: self.temp / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.touch()
        env = {name: evaluated(value, self.context) for name, value in step.get("env", {}).items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.directory,
            env={**os.environ, "RUNNER_TEMP": str(self.temp), **{k: str(v) for k, v in files.items()}, **env},
            capture_output=True,
            text=True,
            check=False,
        )
        self.log += done.stdout + done.stderr
        for line in files["GITHUB_OUTPUT"].read_text().splitlines():
            name, _, value = line.partition("=")
            self.context[f"steps.{step.get('id')}.outputs.{name}"] = value
        files["GITHUB_OUTPUT"].write_text("")
        return done.returncode

    @property
    def summary(self) -> str:
        return (self.temp / "github_step_summary").read_text()


@pytest.fixture
def temp(tmp_path: Path) -> Path:
    (tmp_path / "temp").mkdir()
    return tmp_path / "temp"


def test_check_annotates_and_passes_a_healthy_repository(injected: Path, temp: Path) -> None:
    runner = Runner(injected, temp)
    assert runner.run() == 0, runner.log
    assert runner.summary.startswith("## fluxmark check\n")
    assert runner.uploads == []


def test_check_annotates_an_error_and_fails(injected: Path, temp: Path) -> None:
    runner = Runner(misspell(injected), temp, sarif="true")
    assert runner.run() == 1
    assert re.search(r"^::error .*file=.*fronted", runner.log, re.MULTILINE)
    assert ERROR in runner.summary
    (sarif,) = runner.uploads
    rules = {result["ruleId"] for one in json.loads(Path(sarif).read_text())["runs"] for result in one["results"]}
    assert "marker-policy-missing" in rules


def test_arguments_are_taken_as_a_shell_takes_them_and_not_run(injected: Path, temp: Path) -> None:
    runner = Runner(injected, temp, arguments="'no such directory $(touch hit)' `touch hit`")
    assert runner.run() == 2
    assert "no such directory $(touch hit)" in runner.log or "unknown arguments" in runner.log
    assert not (injected / "hit").exists()


def test_inject_shows_its_diff_in_the_summary(homelab: Path, temp: Path) -> None:
    runner = Runner(homelab, temp, command="inject", arguments=". --diff")
    assert runner.run() == 0, runner.log
    assert "+++ b/flux/clusters/production/image-automation/image-policies.yaml" in runner.summary


def test_a_wrong_configuration_fails(homelab: Path, temp: Path) -> None:
    replace(homelab, "fluxmark.yaml", "images:", "imagse:")
    runner = Runner(homelab, temp, command="inject", arguments=". --diff")
    assert runner.run() == 2
    assert "imagse" in runner.summary


@pytest.mark.slow
def test_the_action_installs_locked_versions(injected: Path, temp: Path) -> None:
    runner = Runner(injected, temp)
    assert runner.run(install=True) == 0, runner.log
    done = run(temp / "fluxmark/bin/fluxmark", "docs", "hosts", cwd=temp)
    assert done.stdout.startswith("# ")
