"""Everything in the README is executed here, as it is written.

A code block is preceded by `<!-- run: PROGRAMS -->` (what it needs) or `<!-- file: NAME -->`; `.ci/run` runs the
two `make` commands on a clean clone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"<!-- (run|file): ([\w. ]+) -->\n```\w+\n(.*?)```", TEXT, re.DOTALL)
RUNS = [(programs.split(), script) for what, programs, script in BLOCKS if what == "run"]
ORDINARY = {
    ".github/workflows/ci.yaml": "on: push\njobs: {}\n",
    ".gitlab-ci.yml": "stages: []\n",
    ".pre-commit-config.yaml": "repos: []\n",
    ".sops.yaml": "creation_rules: []\n",
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\n",
    "charts/web/templates/web.yaml": "name: {{ .Release.Name }}\n",
    "charts/web/values.yaml": "replicas: 1\n",
    "docker-compose.yml": "services: {}\n",
    "mkdocs.yml": "site_name: acme\n",
}
"""What an ordinary repository holds that kpt fails on."""
IMAGE = re.compile(r"ghcr\.io/fluxmark/fluxmark:v[\d.]+")


@pytest.fixture
def homelab(tmp_path: Path) -> Path:
    """The seed case, with the README's configuration."""
    root = shutil.copytree(ROOT / "fixtures" / "homelab", tmp_path / "homelab")
    (root / "kustomization.yaml").unlink()
    for name, text in [(name, text) for what, name, text in BLOCKS if what == "file"]:
        (root / name).write_text(text)
    for name, text in ORDINARY.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def run(script: str, directory: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    if os.environ.get("FLUXMARK_IMAGE"):
        for image in set(IMAGE.findall(script)):
            subprocess.run(["docker", "tag", os.environ["FLUXMARK_IMAGE"], image], check=True)
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=directory,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def scripts() -> list[object]:
    return [
        pytest.param(
            script,
            marks=[pytest.mark.client(name) for name in programs if name not in ("command", "docker")],
            id=f"{number}-{'-'.join(programs)}",
        )
        for number, (programs, script) in enumerate(RUNS)
    ]


@pytest.mark.parametrize("script", scripts())
def test_a_block_of_the_readme_works(script: str, homelab: Path) -> None:
    done = run(script, homelab)
    assert done.returncode == 0, done.stderr
    shows = done.stdout + done.stderr + "".join(path.read_text() for path in homelab.rglob("*.yaml"))
    assert "image.toolkit.fluxcd.io/v1" in shows


def test_the_readmes_configuration_yields_the_seed_case(homelab: Path) -> None:
    command = next(script for programs, script in RUNS if programs == ["command"])
    done = run(command, homelab)
    assert done.stderr.endswith("nothing to do\n")
    expected = ROOT / "fixtures" / "homelab.expected"
    for path in sorted((homelab / "flux").rglob("*")):
        if path.is_file():
            assert path.read_bytes() == (expected / path.relative_to(homelab)).read_bytes(), path


def test_every_block_and_every_link_is_accounted_for() -> None:
    blocks = re.findall(r"^```\w+$", TEXT, re.MULTILINE)
    assert len(blocks) == len(BLOCKS) + 1  # and the two commands
    links = re.findall(r"\]\(([^)#]+)\)", TEXT)
    assert [link for link in links if not (ROOT / link).exists()] == []
