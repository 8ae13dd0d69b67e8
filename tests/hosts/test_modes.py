"""`mode: Check` and `mode: Update` with kpt and kustomize."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from hosts.modes import ERROR, NEW_BACKEND, NEW_FRONTEND, checking, is_updated, misspell, updating
from hosts.package import COMPOSE, DEPLOYMENT, FLUXMARK, OUTPUT, Done, replace, run, through_kpt, tree
from hosts.test_kpt_render import kptfile, render
from hosts.test_kustomize import build, install, kustomization

if TYPE_CHECKING:
    from pathlib import Path


def evaluate(directory: Path) -> Done:
    arguments = ("--exec", FLUXMARK, "--fn-config", "fluxmark.yaml", "--truncate-output=false")
    return run("kpt", "fn", "eval", ".", *arguments, cwd=directory)


def pipe(directory: Path) -> Done:
    items = run("kpt", "fn", "source", ".", "--fn-config", "fluxmark.yaml", cwd=directory)
    return run(FLUXMARK, cwd=directory, stdin=items.stdout)


@pytest.mark.client("kpt")
def test_eval_checks(injected: Path) -> None:
    passing = through_kpt(checking(injected))
    done = evaluate(injected)
    assert (done.status, "[error]" in done.stderr, tree(injected)) == (0, False, passing)
    before = tree(misspell(injected))
    done = evaluate(injected)
    assert (done.status, tree(injected)) == (1, before)
    assert ERROR in done.stderr


@pytest.mark.client("kpt")
@pytest.mark.parametrize("into", ["mutators", "validators"])
def test_render_checks(injected: Path, into: str) -> None:
    kptfile(checking(injected), FLUXMARK, into=into)
    assert render(injected).status == 0
    before = tree(misspell(injected))
    done = render(injected)
    assert (done.status, tree(injected)) == (1, before)
    assert ERROR in done.stderr


@pytest.mark.client("kpt")
def test_a_pipe_checks(injected: Path) -> None:
    assert pipe(checking(injected)).status == 0
    done = pipe(misspell(injected))
    assert done.status == 1
    assert ERROR in done.stdout


@pytest.mark.client("kubectl")
def test_kustomize_checks_resources(injected: Path, tmp_path: Path) -> None:
    """As a transformer, which sees the resources; of markers it sees nothing."""
    plugins = install(tmp_path / "config", FLUXMARK)
    with (checking(injected) / "kustomization.yaml").open("a") as file:
        file.write(f"  - {OUTPUT}\n")
    before = run("kubectl", "kustomize", ".", cwd=injected).stdout
    kustomization(misspell(injected), "transformers")
    done = build(injected, plugins)
    assert (done.status, done.stdout) == (0, before)
    replace(injected, f"{OUTPUT}/image-policies.yaml", "order: asc", "order: up")
    done = build(injected, plugins)
    assert (done.status, done.stdout) == (1, "")
    assert "[schema-invalid]" in done.stderr


@pytest.mark.client("kpt")
def test_eval_updates(injected: Path) -> None:
    done = evaluate(updating(injected))
    assert done.status == 0, done.stderr
    assert is_updated(injected) == (True, True)
    once = tree(injected)
    again = evaluate(injected)
    assert (again.status, tree(injected)) == (0, once)


@pytest.mark.client("kpt")
def test_render_updates(injected: Path) -> None:
    kptfile(updating(injected), FLUXMARK)
    done = render(injected)
    assert done.status == 0, done.stderr
    assert is_updated(injected) == (True, True)


@pytest.mark.client("kpt")
def test_a_pipe_updates(injected: Path) -> None:
    (injected / ".krmignore").unlink()
    done = pipe(updating(injected))
    assert done.status == 0, done.stderr
    assert NEW_FRONTEND in done.stdout
    assert NEW_BACKEND in done.stdout
    assert is_updated(injected) == (False, False)


@pytest.mark.client("kubectl")
def test_kustomize_updates_nothing_and_says_so(injected: Path, tmp_path: Path) -> None:
    """There are no markers in a build."""
    before = list(yaml.safe_load_all(run("kubectl", "kustomize", ".", cwd=injected).stdout))
    kustomization(updating(injected), "transformers")
    done = build(injected, install(tmp_path / "config", FLUXMARK))
    assert done.status == 0, done.stderr
    assert list(yaml.safe_load_all(done.stdout)) == before
    assert is_updated(injected) == (False, False)


def in_place(directory: Path) -> Done:
    replace(directory, "fluxmark.yaml", f"[{COMPOSE}]", "[.]")
    arguments = ("-", "--exec", FLUXMARK, "--fn-config", "fluxmark.yaml", "--truncate-output=false")
    return run("kpt", "fn", "eval", *arguments, cwd=directory)


@pytest.mark.client("kpt")
def test_in_place_checks_the_tree(injected: Path) -> None:
    before = tree(misspell(checking(injected)))
    done = in_place(injected)
    after = {path: data for path, data in tree(injected).items() if path != "fluxmark.yaml"}
    assert (done.status, after) == (1, {path: data for path, data in before.items() if path != "fluxmark.yaml"})
    assert ERROR in done.stderr


@pytest.mark.client("kpt")
def test_in_place_updates_the_tree_byte_for_byte(injected: Path) -> None:
    before = tree(updating(injected))
    done = in_place(injected)
    assert done.status == 0, done.stderr
    assert is_updated(injected) == (True, True)
    changed = {path for path, data in tree(injected).items() if data != before[path]}
    assert changed == {DEPLOYMENT, COMPOSE, "fluxmark.yaml"}
