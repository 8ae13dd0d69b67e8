"""The hooks of .pre-commit-hooks.yaml, run by the real pre-commit on a repository of someone else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from hosts.modes import ERROR, misspell
from hosts.package import ROOT, Done, run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.client("git", "pre-commit")]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Where pre-commit keeps its environments: made once for all tests."""
    return {
        "PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit")),
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@example.org",
    }


def try_hook(directory: Path, hook: str, environment: dict[str, str]) -> Done:
    """Commit what is in a directory, and run a hook of this repository over it."""
    for command in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "--message", "first")):
        assert run("git", *command, cwd=directory, **environment).status == 0
    config = f"repos: [{{repo: {ROOT}, rev: {revision()}, hooks: [{{id: {hook}}}]}}]\n"
    (directory.parent / "pre-commit.yaml").write_text(config)
    return run(
        "pre-commit",
        "run",
        "--all-files",
        "--config",
        directory.parent / "pre-commit.yaml",
        cwd=directory,
        **environment,
    )


def revision() -> str:
    """Return the commit that is checked out: pre-commit clones it."""
    names = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE")
    assert not any(name in os.environ for name in names)
    return run("git", "rev-parse", "HEAD", cwd=ROOT).stdout.strip()


def test_check_passes_a_healthy_repository(injected: Path, environment: dict[str, str]) -> None:
    done = try_hook(injected, "fluxmark-check", environment)
    assert done.status == 0, done.stdout + done.stderr
    assert "Passed" in done.stdout


def test_check_fails_on_an_error(injected: Path, environment: dict[str, str]) -> None:
    done = try_hook(misspell(injected), "fluxmark-check", environment)
    assert done.status == 1
    assert ERROR in done.stdout


def test_inject_passes_what_was_injected_and_fails_on_what_was_not(
    injected: Path, homelab: Path, environment: dict[str, str]
) -> None:
    done = try_hook(injected, "fluxmark-inject", environment)
    assert done.status == 0, done.stdout + done.stderr
    before = (homelab / "fluxmark.yaml").read_text()
    done = try_hook(homelab, "fluxmark-inject", environment)
    assert (done.status, (homelab / "fluxmark.yaml").read_text()) == (1, before)
    assert "ImagePolicy flux-system/frontend" in done.stdout
