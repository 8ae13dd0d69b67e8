"""A configuration with several automations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fluxmark.cli import main
from fluxmark.commands.load_config import load
from fluxmark.config import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
apiVersion: fluxmark.io/v1alpha1
kind: ImageAutomation
metadata: {name: all, annotations: {config.kubernetes.io/local-config: 'true'}}
spec:
  output: flux
  tagFormat: <semver>
  images: [{image: ghcr.io/acme/web}]
  automation:
    interval: 2m0s
    git: {checkout: {ref: {branch: main}}, push: {branch: main}}
  automations:
    - {name: web, update: {path: ./apps/web}}
    - {name: jobs, interval: 1h0m0s, update: {path: ./apps/jobs}}
"""
APP = """\
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
    - name: a
      image: ghcr.io/acme/web:1.0.0
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "fluxmark.yaml").write_text(CONFIG)
    for name in ("web", "jobs"):
        (tmp_path / "apps" / name).mkdir(parents=True)
        (tmp_path / "apps" / name / "app.yaml").write_text(APP)
    return tmp_path


def test_each_is_written_with_what_they_share(root: Path) -> None:
    assert main(["inject", str(root)]) == 0
    text = (root / "flux/image-update-automation.yaml").read_text()
    first, second = text.split("---\n")
    assert "name: web" in first
    assert "interval: 2m0s" in first
    assert "path: ./apps/web" in first
    assert "name: jobs" in second
    assert "interval: 1h0m0s" in second
    assert "branch: main" in second


def test_the_files_of_both_are_marked_and_a_second_run_changes_nothing(root: Path) -> None:
    assert main(["inject", str(root)]) == 0
    for name in ("web", "jobs"):
        assert '"$imagepolicy": "flux-system:web"' in (root / "apps" / name / "app.yaml").read_text()
    assert main(["inject", str(root), "--check"]) == 0
    assert main(["check", str(root)]) == 0


def test_two_of_one_name_are_an_error(root: Path) -> None:
    (root / "fluxmark.yaml").write_text(CONFIG.replace("name: jobs", "name: web"))
    with pytest.raises(ConfigError, match=r"has the name web of the automation at .*:12:7"):
        load(None, root)
