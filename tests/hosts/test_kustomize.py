"""`kubectl kustomize`: the resources, without comments; here as a legacy exec plugin, which needs no container."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from hosts.package import COMPOSE, DEPLOYMENT, FLUXMARK, ROOT, Done, copy, replace, run, tree

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.client("kubectl")
KINDS = ["ImagePolicy", "ImagePolicy", "ImageRepository", "ImageRepository", "ImageUpdateAutomation"]


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    """Where kustomize looks for plugins, with fluxmark in it."""
    return install(tmp_path / "config", FLUXMARK)


def install(home: Path, program: Path) -> Path:
    directory = home / "kustomize/plugin/fluxmark.io/v1alpha1/imageautomation"
    directory.mkdir(parents=True)
    (directory / "ImageAutomation").symlink_to(program)
    return home


def kustomization(directory: Path, field: str) -> None:
    """Name fluxmark's configuration as a generator or as a transformer."""
    with (directory / "kustomization.yaml").open("a") as file:
        file.write(f"{field}:\n  - fluxmark.yaml\n")


def build(directory: Path, plugins: Path, *arguments: str) -> Done:
    return run(
        "kubectl",
        "kustomize",
        ".",
        "--enable-alpha-plugins",
        *arguments,
        cwd=directory,
        XDG_CONFIG_HOME=str(plugins),
    )


def built(done: Done) -> list[dict[str, Any]]:
    assert done.status == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


def by_kind(resources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(resources, key=lambda one: (one["kind"], one["metadata"]["name"]))


@pytest.mark.parametrize("field", ["generators", "transformers"])
def test_kustomize_builds_the_resources(homelab: Path, injected: Path, plugins: Path, field: str) -> None:
    kustomization(homelab, field)
    with (injected / "kustomization.yaml").open("a") as file:
        file.write("  - flux/clusters/production/image-automation\n")
    here, there = built(build(homelab, plugins)), built(build(injected, plugins))
    assert by_kind(here) == by_kind(there)
    assert sorted(one["kind"] for one in here) == sorted(["Deployment", "Service", *KINDS])


@pytest.mark.parametrize("field", ["generators", "transformers"])
def test_kustomize_shows_nothing_of_what_only_files_need(homelab: Path, plugins: Path, field: str) -> None:
    kustomization(homelab, field)
    done = build(homelab, plugins)
    assert "annotations" not in done.stdout
    assert "$imagepolicy" not in done.stdout


def test_a_transformer_updates_resources_that_are_there(injected: Path, plugins: Path) -> None:
    """No resource is made twice, and what nobody configured stays."""
    with (injected / "kustomization.yaml").open("a") as file:
        file.write("  - flux/clusters/production/image-automation\n")
    before = built(build(injected, plugins))
    kustomization(injected, "transformers")
    assert built(build(injected, plugins)) == before
    replace(injected, "fluxmark.yaml", "interval: 1m0s\n    secretRef", "interval: 5m0s\n    secretRef")
    after = built(build(injected, plugins))
    repositories = [one["spec"]["interval"] for one in after if one["kind"] == "ImageRepository"]
    assert repositories == ["5m0s", "5m0s"]
    assert [one["metadata"] for one in after] == [one["metadata"] for one in before]


def test_a_generator_fails_on_resources_that_are_there(injected: Path, plugins: Path) -> None:
    with (injected / "kustomization.yaml").open("a") as file:
        file.write("  - flux/clusters/production/image-automation\n")
    kustomization(injected, "generators")
    done = build(injected, plugins)
    assert (done.status, done.stdout) == (1, "")
    assert "exists; behavior must be merge or replace" in done.stderr


def function(directory: Path) -> None:
    """Make the configuration a KRM function that is a program."""
    local = '    config.kubernetes.io/local-config: "true"\n'
    replace(
        directory,
        "fluxmark.yaml",
        local,
        f"{local}    config.kubernetes.io/function: |\n      exec: {{path: {FLUXMARK}}}\n",
    )


def test_kubectl_runs_no_exec_function(homelab: Path, tmp_path: Path) -> None:
    """Nobody says so: the build succeeds without it, which is why there is a plugin."""
    kustomization(homelab, "generators")
    function(homelab)
    done = build(homelab, tmp_path)
    assert sorted(one["kind"] for one in built(done)) == ["Deployment", "Service"]


def test_a_validator_that_hands_on_its_list_fails(homelab: Path, tmp_path: Path) -> None:
    (tmp_path / "validator").write_text("#!/bin/sh\ncat\n")
    (tmp_path / "validator").chmod(0o755)
    kustomization(homelab, "validators")
    done = build(homelab, install(tmp_path / "validating", tmp_path / "validator"))
    assert done.status == 1
    assert "validator shouldn't modify the resource map" in done.stderr


def test_kustomize_never_edits_files(homelab: Path, plugins: Path) -> None:
    """A build has no side effects: the compose file in `files` is left to `inject` and to kpt."""
    kustomization(homelab, "generators")
    before = tree(homelab)
    built(build(homelab, plugins))
    assert tree(homelab) == before
    assert "$imagepolicy" not in before[COMPOSE].decode()


@pytest.mark.parametrize("field", ["generators", "transformers"])
def test_kustomize_fails_on_an_invalid_configuration(homelab: Path, plugins: Path, field: str) -> None:
    kustomization(homelab, field)
    replace(homelab, "fluxmark.yaml", "  images:", "  imagse:")
    before = tree(homelab)
    done = build(homelab, plugins)
    assert (done.status, done.stdout, tree(homelab)) == (1, "", before)
    assert "functionConfig.spec.imagse: " in done.stderr
    assert "did you mean images?" in done.stderr


def test_kustomize_fails_on_a_crash(homelab: Path, crash: Path, tmp_path: Path) -> None:
    kustomization(homelab, "transformers")
    before = tree(homelab)
    done = build(homelab, install(tmp_path / "crashing", crash))
    assert (done.status, done.stdout, tree(homelab)) == (1, "", before)
    assert "internal error, please report it" in done.stderr
    assert "ZeroDivisionError" in done.stderr


def test_kustomize_without_alpha_plugins_says_so(homelab: Path, plugins: Path) -> None:
    kustomization(homelab, "generators")
    done = run("kubectl", "kustomize", ".", cwd=homelab, XDG_CONFIG_HOME=str(plugins))
    assert done.status == 1
    assert "external plugins disabled" in done.stderr


def test_kustomize_drops_markers_from_what_it_builds(injected: Path) -> None:
    """They belong in Git, where Flux reads them; a build is for the cluster."""
    assert "$imagepolicy" in (injected / DEPLOYMENT).read_text()
    done = run("kubectl", "kustomize", ".", cwd=injected)
    assert (done.status, "$imagepolicy" in done.stdout) == (0, False)


def test_origin_annotations_name_the_file_of_a_resource(homelab: Path) -> None:
    with (homelab / "kustomization.yaml").open("a") as file:
        file.write("buildMetadata: [originAnnotations]\n")
    done = run("kubectl", "kustomize", ".", cwd=homelab)
    assert f"path: {DEPLOYMENT}" in done.stdout


def test_the_repository_builds_the_resources_of_the_seed_case(tmp_path: Path) -> None:
    """`kubectl kustomize .` at the top of the repository."""
    done = run("kubectl", "kustomize", ".", cwd=ROOT)
    resources = built(done)
    assert sorted(one["kind"] for one in resources) == KINDS
    expected = ROOT / "fixtures/homelab.expected/flux/clusters/production/image-automation"
    alone = run("kubectl", "kustomize", ".", cwd=copy(expected, tmp_path / "alone"))
    assert done.stdout == alone.stdout


def plugin(directory: Path, stdin: bytes, config: str) -> subprocess.CompletedProcess[bytes]:
    """Run the program as kustomize does, for what kustomize itself would never send."""
    return subprocess.run(
        [FLUXMARK, directory / config],
        input=stdin,
        env={"KUSTOMIZE_PLUGIN_CONFIG_ROOT": str(directory)},
        cwd=directory,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("stdin", "message"),
    [(b"a: [1\n", "stdin:2:1: "), (b"a: \xff\n", "stdin:1:4: byte 0xff")],
    ids=["no YAML", "no UTF-8"],
)
def test_a_plugin_refuses_what_is_not_yaml(homelab: Path, stdin: bytes, message: str) -> None:
    done = plugin(homelab, stdin, "fluxmark.yaml")
    assert (done.returncode, done.stdout) == (1, b"")
    assert message in done.stderr.decode()


def test_a_plugin_keeps_the_documents_it_does_not_change(homelab: Path) -> None:
    text = b'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  n: "0644"\n  t: |\n    x\n\n    y\n'
    done = plugin(homelab, text + b"---\n" + text.replace(b"name: a", b"name: b"), "fluxmark.yaml")
    assert done.returncode == 0
    assert done.stdout.startswith(text + b"---\n" + text.replace(b"name: a", b"name: b") + b"---\n")


def test_a_verb_under_a_plugin_is_still_a_verb(homelab: Path) -> None:
    """Another plugin may call fluxmark as a command, and its variables are inherited."""
    done = run(FLUXMARK, "--version", cwd=homelab, KUSTOMIZE_PLUGIN_CONFIG_ROOT=str(homelab))
    assert (done.status, done.stdout.split()[0]) == (0, "fluxmark")
