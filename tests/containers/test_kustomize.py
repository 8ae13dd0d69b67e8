"""kustomize with the image: builds of kubectl and of the standalone program, and `fn run`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from hosts.package import BACKEND, COMPOSE, DEPLOYMENT, FRONTEND, GENERATED, Done, replace, run, tree

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.client("kubectl", "kustomize", "container")
FIELDS = pytest.mark.parametrize("field", ["generators", "transformers"])
PROGRAMS = pytest.mark.parametrize("program", ["kubectl kustomize", "kustomize build"])


def function(directory: Path, image: str) -> None:
    """Make the configuration a KRM function that is an image."""
    text = f'\n    config.kubernetes.io/function: |\n      container: {{image: "{image}"}}\n'
    local = '\n    config.kubernetes.io/local-config: "true"\n'
    replace(directory, "fluxmark.yaml", local, local + text.removeprefix("\n"))


def build(directory: Path, field: str, image: str, program: str = "kubectl kustomize") -> Done:
    function(directory, image)
    with (directory / "kustomization.yaml").open("a") as file:
        file.write(f"{field}:\n  - fluxmark.yaml\n")
    before = tree(directory)
    done = run(*program.split(), ".", "--enable-alpha-plugins", cwd=directory)
    assert tree(directory) == before, "a build has no side effects"
    return done


@PROGRAMS
@FIELDS
def test_kustomize_builds_the_resources(
    homelab: Path, injected: Path, image: str, field: str, program: str
) -> None:
    done = build(homelab, field, image, program)
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


def test_a_validator_of_an_image_fails_in_kustomize_itself(injected: Path, image: str) -> None:
    """The image does not see the kustomization: kustomize fails on any list with items, and reports it."""
    replace(injected, "fluxmark.yaml", "\nspec:\n", "\nspec:\n  mode: Check\n")
    done = build(injected, "validators", image)
    assert (done.status, done.stdout) == (1, "")
    assert "validator shouldn't modify" in done.stderr


def test_fn_run_writes_resources_and_markers(homelab: Path, image: str) -> None:
    function(homelab, image)
    done = run("kustomize", "fn", "run", ".", cwd=homelab)
    assert done.status == 0, done.stderr
    assert FRONTEND in (homelab / DEPLOYMENT).read_text()
    # .krmignore keeps the compose file from the function, and nothing is mounted
    assert BACKEND not in (homelab / COMPOSE).read_text()
    assert "[no-mount]" in done.stderr
    assert set(GENERATED) <= tree(homelab).keys()


def test_fn_run_of_an_image_without_a_configuration_marks_what_policies_select(injected: Path, image: str) -> None:
    replace(injected, DEPLOYMENT, ' # {"$imagepolicy": "flux-system:frontend"}', "")
    done = run("kustomize", "fn", "run", "--image", image, ".", cwd=injected)
    assert done.status == 0, done.stderr
    assert FRONTEND in (injected / DEPLOYMENT).read_text()
