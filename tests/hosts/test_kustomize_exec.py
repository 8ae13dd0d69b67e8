"""Standalone kustomize: `build` with fluxmark as a program (exec) and as a plugin, `fn run`, `localize`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hosts.modes import ERROR, misspell
from hosts.package import (
    BACKEND,
    COMPOSE,
    DEPLOYMENT,
    FLUXMARK,
    FRONTEND,
    GENERATED,
    Done,
    copy,
    inject,
    replace,
    run,
    tree,
)
from hosts.test_kustomize import KINDS, built, by_kind, function, install, kustomization

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.client("kustomize")
MODES = ["Inject", "Check", "Update"]


def build(directory: Path, *arguments: str, **env: str) -> Done:
    return run(
        "kustomize", "build", ".", "--enable-alpha-plugins", "--enable-exec", *arguments, cwd=directory, **env
    )


def set_mode(directory: Path, mode: str) -> None:
    replace(directory, "fluxmark.yaml", "spec:\n", f"spec:\n  mode: {mode}\n")


def names(resources: list[dict[str, Any]]) -> list[str]:
    return sorted(one["kind"] for one in resources)


@pytest.mark.parametrize("field", ["generators", "transformers"])
def test_a_program_builds_the_resources(homelab: Path, injected: Path, field: str) -> None:
    kustomization(homelab, field)
    function(homelab)
    with (injected / "kustomization.yaml").open("a") as file:
        file.write("  - flux/clusters/production/image-automation\n")
    assert by_kind(built(build(homelab))) == by_kind(built(build(injected)))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("field", ["generators", "transformers", "validators"])
def test_a_build_edits_no_file(homelab: Path, field: str, mode: str) -> None:
    """The compose file of `files` lies in the directory in which kustomize starts the program."""
    inject(homelab)
    replace(homelab, COMPOSE, BACKEND, BACKEND.split(" #", maxsplit=1)[0])
    set_mode(homelab, mode)
    kustomization(homelab, field)
    function(homelab)
    before = tree(homelab)
    build(homelab)
    assert tree(homelab) == before


@pytest.mark.parametrize("field", ["generators", "transformers"])
def test_results_reach_standard_error(homelab: Path, field: str) -> None:
    kustomization(homelab, field)
    function(homelab)
    done = build(homelab)
    assert done.status == 0
    assert "[no-comments]" in done.stderr


def test_a_transformer_after_another_function_is_still_in_a_build(homelab: Path, tmp_path: Path) -> None:
    """kustomize puts made-up paths on what the first function printed."""
    (tmp_path / "cat").write_text("#!/bin/sh\nexec cat\n")
    (tmp_path / "cat").chmod(0o755)
    head = "apiVersion: example.org/v1\nkind: Cat\nmetadata:\n  name: cat\n  annotations:\n"
    text = f"{head}    config.kubernetes.io/function: |\n      exec: {{path: {tmp_path / 'cat'}}}\n"
    (homelab / "cat.yaml").write_text(text)
    kustomization(homelab, "transformers")
    replace(homelab, "kustomization.yaml", "transformers:\n", "transformers:\n  - cat.yaml\n")
    function(homelab)
    before = tree(homelab)
    done = build(homelab)
    assert names(built(done)) == sorted(["Deployment", "Service", *KINDS])
    assert "[no-comments]" in done.stderr
    assert tree(homelab) == before


def validating(directory: Path, how: str) -> dict[str, str]:
    """Make fluxmark a validator in mode Check; return the variables to run kustomize with."""
    set_mode(directory, "Check")
    resources = "resources:\n  - flux/clusters/production/image-automation\n"
    replace(directory, "kustomization.yaml", "resources:\n", resources)
    kustomization(directory, "validators")
    if how == "plugin":
        return {"XDG_CONFIG_HOME": str(install(directory.parent / "config", FLUXMARK))}
    function(directory)
    return {}


@pytest.mark.parametrize("how", ["program", "plugin"])
def test_a_validator_in_mode_check_lets_a_build_pass(injected: Path, how: str) -> None:
    env = validating(injected, how)
    done = build(injected, **env)
    assert names(built(done)) == sorted(["Deployment", "Service", *KINDS])


@pytest.mark.parametrize("how", ["program", "plugin"])
def test_a_validator_in_mode_check_fails_on_an_error(injected: Path, how: str) -> None:
    env = validating(injected, how)
    replace(injected, GENERATED[2], "kind: ImageUpdateAutomation", "kind: ImageUpdateAutomation\nspecc: {}")
    done = build(injected, **env)
    assert (done.status, done.stdout) == (1, "")
    assert "specc" in done.stderr
    assert "shouldn't modify" not in done.stderr


def test_a_validator_that_would_inject_fails(homelab: Path) -> None:
    kustomization(homelab, "validators")
    function(homelab)
    done = build(homelab)
    assert (done.status, done.stdout) == (1, "")
    assert "validator shouldn't modify" in done.stderr


def test_a_transformer_in_mode_check_hands_on_all_items(injected: Path) -> None:
    set_mode(injected, "Check")
    kustomization(injected, "transformers")
    function(injected)
    assert names(built(build(injected))) == ["Deployment", "Service"]


def test_a_remote_base_is_not_edited_and_a_component_is_run(homelab: Path, tmp_path: Path) -> None:
    """The base comes from a Git repository, as a remote one does, and the function is in a component."""
    for command in (
        ("git", "init", "--quiet", "--initial-branch", "main"),
        ("git", "add", "."),
        ("git", "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "--message", "first"),
    ):
        assert run(*command, cwd=homelab).status == 0
    component = copy(homelab, tmp_path / "overlay" / "component")
    (component / "kustomization.yaml").write_text(
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ntransformers: [fluxmark.yaml]\n"
    )
    function(component)
    overlay = component.parent
    (overlay / "kustomization.yaml").write_text(
        f"resources: ['file://{homelab}//flux/clusters/production/frontend?ref=main']\ncomponents: [component]\n"
    )
    before = tree(tmp_path)
    done = build(overlay)
    assert names(built(done)) == sorted(["Deployment", "Service", *KINDS])
    assert tree(tmp_path) == before


def test_localize_loads_no_functions(homelab: Path, tmp_path: Path) -> None:
    """It has no flag for them; what it says is kustomize's."""
    kustomization(homelab, "generators")
    function(homelab)
    before = tree(homelab)
    done = run("kustomize", "localize", ".", tmp_path / "local", "--scope", ".", cwd=homelab)
    assert (done.status, tree(homelab)) == (1, before)
    assert "external plugins disabled" in done.stderr


@pytest.fixture
def package(homelab: Path) -> Path:
    """A package that `kustomize fn run` can read: it takes files with several documents, and no .krmignore."""
    function(homelab)
    return homelab


@pytest.mark.parametrize("log", ["", "true"], ids=["program", "container"])
def test_fn_run_writes_resources_and_markers(package: Path, log: str) -> None:
    """A container gets LOG_TO_STDERR from kustomize, and is given the same list."""
    done = run("kustomize", "fn", "run", "--enable-exec", ".", cwd=package, LOG_TO_STDERR=log)
    assert done.status == 0, done.stderr
    assert FRONTEND in (package / DEPLOYMENT).read_text()
    assert BACKEND in (package / COMPOSE).read_text()
    assert set(GENERATED) <= tree(package).keys()
    assert "marked for flux-system:frontend" in done.stderr


def test_fn_run_without_a_configuration_file_marks_what_policies_select(injected: Path) -> None:
    """kustomize makes up a ConfigMap, which has no path as those of a build have none."""
    replace(injected, DEPLOYMENT, ' # {"$imagepolicy": "flux-system:frontend"}', "")
    done = run("kustomize", "fn", "run", "--enable-exec", "--exec-path", FLUXMARK, ".", cwd=injected)
    assert done.status == 0, done.stderr
    assert FRONTEND in (injected / DEPLOYMENT).read_text()


def test_fn_run_fails_on_an_error_and_shows_it(package: Path) -> None:
    inject(package)
    set_mode(misspell(package), "Check")
    before = tree(package)
    done = run("kustomize", "fn", "run", "--enable-exec", ".", cwd=package)
    assert done.status == 1
    assert ERROR in done.stderr
    assert tree(package) == before
