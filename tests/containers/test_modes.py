"""`mode: Check` and `mode: Update` with the image."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from containers.test_kpt import evaluate, mount, render
from containers.test_kustomize import build
from hosts.modes import ERROR, checking, is_updated, misspell, updating
from hosts.package import OUTPUT, replace, run, tree

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.client("kpt", "container")
def test_eval_checks(injected: Path, image: str) -> None:
    assert evaluate(checking(injected), image).status == 0
    before = tree(misspell(injected))
    done = evaluate(injected, image)
    assert (done.status, tree(injected)) == (1, before)
    assert ERROR in done.stderr


@pytest.mark.client("kpt", "container")
@pytest.mark.parametrize("into", ["mutators", "validators"])
def test_render_checks(injected: Path, image: str, into: str) -> None:
    assert render(checking(injected), image, into).status == 0
    done = render(misspell(injected), image, into)
    assert done.status == 1
    assert ERROR in done.stderr


@pytest.mark.client("kubectl", "container")
def test_kustomize_checks_resources(injected: Path, image: str) -> None:
    with (checking(injected) / "kustomization.yaml").open("a") as file:
        file.write(f"  - {OUTPUT}\n")
    replace(injected, f"{OUTPUT}/image-policies.yaml", "order: asc", "order: up")
    done = build(injected, "transformers", image)
    assert (done.status, done.stdout) == (1, "")
    assert "[schema-invalid]" in done.stderr


@pytest.mark.client("kpt", "container")
def test_eval_updates(injected: Path, image: str) -> None:
    done = evaluate(updating(injected), image, *mount(injected))
    assert done.status == 0, done.stderr
    assert is_updated(injected) == (True, True)


@pytest.mark.client("kpt", "container")
def test_render_updates_items(injected: Path, image: str) -> None:
    replace(updating(injected), "fluxmark.yaml", "  files:", "  # files:")
    done = render(injected, image, "mutators")
    assert done.status == 0, done.stderr
    assert is_updated(injected) == (True, False)


@pytest.mark.client("container")
def test_the_command_checks(injected: Path, image: str) -> None:
    def check() -> tuple[int, str]:
        volume = f"{injected}:/src:ro"
        done = run("docker", "run", "--rm", "--volume", volume, "--user", "0:0", image, "check", cwd=injected)
        return done.status, done.stdout

    assert check()[0] == 0
    misspell(injected)
    status, said = check()
    assert status == 1
    assert ERROR.partition(";")[0] in said


@pytest.mark.client("kubectl", "container")
def test_kustomize_updates_nothing_and_says_so(injected: Path, image: str) -> None:
    done = build(updating(injected), "transformers", image)
    assert done.status == 0, done.stderr
    assert "[no-comments]" in done.stderr
    assert is_updated(injected) == (False, False)
