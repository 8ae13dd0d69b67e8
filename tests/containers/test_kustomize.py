"""`kubectl kustomize` with the image, as a generator and as a transformer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from hosts.package import Done, replace, run, tree

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.client("kubectl", "container")
FIELDS = pytest.mark.parametrize("field", ["generators", "transformers"])


def build(directory: Path, field: str, image: str) -> Done:
    function = f'\n    config.kubernetes.io/function: |\n      container: {{image: "{image}"}}\n'
    local = '\n    config.kubernetes.io/local-config: "true"\n'
    replace(directory, "fluxmark.yaml", local, local + function.removeprefix("\n"))
    with (directory / "kustomization.yaml").open("a") as file:
        file.write(f"{field}:\n  - fluxmark.yaml\n")
    before = tree(directory)
    done = run("kubectl", "kustomize", ".", "--enable-alpha-plugins", cwd=directory)
    assert tree(directory) == before, "a build has no side effects"
    return done


@FIELDS
def test_kustomize_builds_the_resources(homelab: Path, injected: Path, image: str, field: str) -> None:
    done = build(homelab, field, image)
    assert done.status == 0, done.stderr
    with (injected / "kustomization.yaml").open("a") as file:
        file.write("  - flux/clusters/production/image-automation\n")
    reference = run("kubectl", "kustomize", ".", cwd=injected)
    here, there = (
        sorted(yaml.safe_load_all(one.stdout), key=lambda item: (item["kind"], item["metadata"]["name"]))
        for one in (done, reference)
    )
    assert here == there


@FIELDS
def test_kustomize_shows_results_on_standard_error(homelab: Path, image: str, field: str) -> None:
    """It shows no results of its own, so they are written where it lets them through."""
    done = build(homelab, field, image)
    assert "ImagePolicy flux-system/frontend is new [created]" in done.stderr
    assert "markers were not set" in done.stderr


@FIELDS
def test_kustomize_fails_on_an_invalid_configuration(homelab: Path, image: str, field: str) -> None:
    replace(homelab, "fluxmark.yaml", "  images:", "  imagse:")
    done = build(homelab, field, image)
    assert (done.status, done.stdout) == (1, "")
    assert "functionConfig.spec.imagse" in done.stderr


@FIELDS
def test_kustomize_fails_on_a_crash(homelab: Path, crashing_image: str, field: str) -> None:
    done = build(homelab, field, crashing_image)
    assert (done.status, done.stdout) == (1, "")
    assert "ZeroDivisionError" in done.stderr
