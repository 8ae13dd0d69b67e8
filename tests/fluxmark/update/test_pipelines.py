"""examples/pipelines: of the form that their hosts want, with commands that exist and scripts that work."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from fluxmark.cli import main, parser
from update_helpers import MARKER, tree

PIPELINES = Path(__file__).resolve().parents[3] / "examples/pipelines"
GITHUB, GITLAB, TEKTON = (
    PIPELINES / name for name in ("github-actions.yaml", "gitlab-ci.yaml", "tekton-task.yaml")
)
CHECK = Path(sys.executable).with_name("check-jsonschema")


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def scripts(path: Path) -> list[str]:
    """Every script of a pipeline, with what its host fills in taken for text."""
    data = load(path)
    if path == GITHUB:
        return [step["run"] for step in data["jobs"]["update"]["steps"] if "run" in step]
    if path == GITLAB:
        return ["\n".join(job["script"]) for job in data.values() if isinstance(job, dict) and "script" in job]
    steps = data["spec"]["steps"]
    found = [step["script"] if "script" in step else shlex.join(step["command"] + step["args"]) for step in steps]
    return [re.sub(r"\$\((?:params|workspaces|results)\.[\w.]+\)", "text", script) for script in found]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--builtin-schema", "vendor.github-workflows", str(GITHUB)],
        ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", str(GITLAB)],
    ],
    ids=["github", "gitlab"],
)
@pytest.mark.skipif(not CHECK.exists(), reason="needs check-jsonschema, which brings the schemas of both hosts")
def test_the_hosts_schema_takes_it(arguments: list[str]) -> None:
    subprocess.run([CHECK, *arguments], check=True, capture_output=True)


def test_a_tekton_task_has_what_its_steps_refer_to() -> None:
    task = load(TEKTON)
    spec = task["spec"]
    declared = {
        *(f"params.{param['name']}" for param in spec["params"]),
        *(f"workspaces.{workspace['name']}.path" for workspace in spec["workspaces"]),
        *(f"results.{result['name']}.path" for result in spec["results"]),
    }

    used = set(re.findall(r"\$\(((?:params|workspaces|results)\.[\w.]+)\)", TEKTON.read_text(encoding="utf-8")))

    assert (task["apiVersion"], task["kind"]) == ("tekton.dev/v1", "Task")
    assert used == declared
    assert all(
        {"name", "image"} <= set(step) and ("script" in step) != ("command" in step) for step in spec["steps"]
    )


@pytest.mark.parametrize("path", [GITHUB, GITLAB, TEKTON], ids=lambda path: path.stem)
def test_scripts_are_shell(path: Path) -> None:
    for script in scripts(path):
        subprocess.run(["sh", "-n"], input=script.encode(), check=True)


@pytest.mark.parametrize("path", [GITHUB, GITLAB, TEKTON], ids=lambda path: path.stem)
def test_commands_exist(path: Path) -> None:
    found = []
    for script in scripts(path):
        for line in script.replace("\\\n", " ").splitlines():
            command = re.search(r"(?:^|ghcr\.io/)fluxmark(?:/fluxmark:v[\d.]+)?\s+([^>|&]+)", line.strip())
            if command:
                words = shlex.split(command[1])
                arguments = parser(words).parse_args(words)
                found.append((arguments.command, arguments.registry))

    assert {("select", True), ("update", True)} == set(found)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a value to update, and a remote to push to."""
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    root = tree(tmp_path / "root", {"a.yaml": f"image: x {MARKER}\n"})
    tree(tmp_path, {"latest.json": json.dumps({"flux-system:app": {"name": "reg.io/app", "tag": "2"}})})
    git(root, "init", "--quiet", "--initial-branch", "main")
    git(root, "remote", "add", "origin", str(tmp_path / "remote.git"))
    git(root, "add", ".")
    git(root, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "--message", "first")
    return root


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, text=True).stdout


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_the_workflow_commits_and_pushes_what_was_updated(
    checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = {step["name"]: step["run"] for step in load(GITHUB)["jobs"]["update"]["steps"] if "run" in step}
    runner = {"RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(tmp_path / "output")}
    runner |= {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary"), "BRANCH": "fluxmark/update-images"}
    commit = ["bash", "-e", "-o", "pipefail", "-c", steps["Commit"]]

    subprocess.run(commit, cwd=checkout, env={**os.environ, **runner}, check=True, capture_output=True)
    assert (tmp_path / "summary").read_text() == "Every image is the latest.\n"

    assert main(["update", str(checkout), "--latest", str(tmp_path / "latest.json"), "--message"]) == 0
    (tmp_path / "message").write_text(capsys.readouterr().out)
    subprocess.run(commit, cwd=checkout, env={**os.environ, **runner}, check=True, capture_output=True)

    assert (tmp_path / "output").read_text() == "pushed=true\n"
    pushed = git(tmp_path / "remote.git", "log", "-1", "--format=%an: %s", "fluxmark/update-images")
    assert pushed == "fluxcdbot: Update from image update automation\n"
    assert (
        git(tmp_path / "remote.git", "show", "fluxmark/update-images:a.yaml") == f"image: reg.io/app:2 {MARKER}\n"
    )


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_the_job_applies_the_patch_and_pushes(
    checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    latest = ["--latest", str(tmp_path / "latest.json")]
    assert main(["update", str(checkout), *latest, "--diff"]) == 0
    (checkout / "changes.patch").write_text(capsys.readouterr().out)
    assert main(["update", str(checkout), *latest, "--message", "--dry-run"]) == 0
    (checkout / "message.txt").write_text(capsys.readouterr().out)
    script = "\n".join(load(GITLAB)["request-update"]["script"])
    remote = str(tmp_path / "remote.git")
    script = re.sub(r'-o \S+ |"https://\S+"', lambda found: f"'{remote}' " if "://" in found[0] else "", script)

    subprocess.run(
        ["sh", "-e", "-c", script],
        cwd=checkout,
        env={**os.environ, "BRANCH": "updates"},
        check=True,
        capture_output=True,
    )

    assert git(tmp_path / "remote.git", "show", "updates:a.yaml") == f"image: reg.io/app:2 {MARKER}\n"
