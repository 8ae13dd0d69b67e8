"""The case fluxmark was born from, exactly. FLUXMARK_UPDATE_GOLDEN=1 rewrites the expected tree."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from fluxmark.__main__ import main
from fluxmark.flux.policy import latest
from fluxmark.flux.template import TemplateError, render
from fluxmark.flux.value_change import Change
from inject_helpers import injected, tree
from krmfn.resources.result import ResourceRef

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
HOMELAB = FIXTURES / "homelab"
EXPECTED = FIXTURES / "homelab.expected"
PATCH = HOMELAB / ".expected" / "diff.patch"
OUTPUT = "flux/clusters/production/image-automation"


@pytest.fixture
def homelab(tmp_path: Path) -> Path:
    return shutil.copytree(HOMELAB, tmp_path / "homelab", ignore=shutil.ignore_patterns(".expected"))


def run(monkeypatch: pytest.MonkeyPatch, *argv: str) -> int:
    monkeypatch.setattr("sys.argv", ["fluxmark", *argv])
    return main()


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def resources(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((EXPECTED / OUTPUT / name).read_text()))


def test_inject_yields_the_expected_tree(homelab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, "inject", str(homelab)) == 0
    if os.environ.get("FLUXMARK_UPDATE_GOLDEN"):
        shutil.rmtree(EXPECTED, ignore_errors=True)
        shutil.copytree(homelab, EXPECTED)
    assert files(homelab) == files(EXPECTED)


def test_a_second_run_changes_nothing(
    homelab: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, "inject", str(homelab))
    before = {path: path.stat().st_mtime_ns for path in homelab.rglob("*")}
    capsys.readouterr()
    assert run(monkeypatch, "inject", str(homelab)) == 0
    assert {path: path.stat().st_mtime_ns for path in homelab.rglob("*")} == before
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("0 marked, 2 already right, 0 not marked; nothing to do")


def test_the_diff_is_the_expected_one_and_writes_nothing(
    homelab: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(homelab)
    assert run(monkeypatch, "inject", str(homelab), "--diff") == 0
    out = capsys.readouterr().out
    if os.environ.get("FLUXMARK_UPDATE_GOLDEN"):
        PATCH.write_text(out)
    assert out == PATCH.read_text()
    assert files(homelab) == before


def test_git_applies_the_diff_to_the_same_tree(homelab: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=homelab, check=True)
    subprocess.run(["git", "apply", PATCH], cwd=homelab, check=True)
    shutil.rmtree(homelab / ".git")
    assert files(homelab) == files(EXPECTED)


def test_only_the_two_image_lines_of_the_owners_files_change() -> None:
    for name, image in (
        ("frontend/deployment.yaml", "frontend"),
        ("backend/docker-compose.backend.yml", "backend"),
    ):
        path = f"flux/clusters/production/{name}"
        old = (HOMELAB / path).read_text().splitlines(keepends=True)
        new = (EXPECTED / path).read_text().splitlines(keepends=True)
        ((before, after),) = [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]]
        assert after == before.rstrip("\n") + f' # {{"$imagepolicy": "flux-system:{image}"}}\n'


def test_the_repositories_are_polled_over_plain_http_with_the_secret() -> None:
    for resource, image in zip(resources("image-repositories.yaml"), ("frontend", "backend"), strict=True):
        assert resource["apiVersion"] == "image.toolkit.fluxcd.io/v1"
        assert resource["kind"] == "ImageRepository"
        assert resource["metadata"] == {"name": image, "namespace": "flux-system"}
        assert resource["spec"] == {
            "image": f"192.168.0.40:5000/{image}",
            "interval": "1m0s",
            "secretRef": {"name": "harbor-credentials"},
            "insecure": True,
        }


def test_the_policies_select_the_newest_build_and_ignore_other_tags() -> None:
    tags = ["main-fffffff-1707300000", "main-0000000-1707300001", "latest", "dev-abc1234-1999999999"]
    for resource, image in zip(resources("image-policies.yaml"), ("frontend", "backend"), strict=True):
        assert resource["metadata"] == {"name": image, "namespace": "flux-system"}
        assert resource["spec"]["imageRepositoryRef"] == {"name": image}
        assert resource["spec"]["policy"] == {"alphabetical": {"order": "asc"}}
        assert latest(resource["spec"], tags).tag == "main-0000000-1707300001"


def test_the_automation_commits_to_master_as_fluxcdbot() -> None:
    (resource,) = resources("image-update-automation.yaml")
    assert resource["metadata"] == {"name": "flux-system", "namespace": "flux-system"}
    spec = resource["spec"]
    assert spec["interval"] == "1m0s"
    assert spec["sourceRef"] == {"kind": "GitRepository", "name": "flux-system"}
    assert spec["git"]["checkout"] == {"ref": {"branch": "master"}}
    assert spec["git"]["push"] == {"branch": "master"}
    author = {"name": "fluxcdbot", "email": "fluxcdbot@users.noreply.github.com"}
    assert spec["git"]["commit"]["author"] == author
    assert spec["update"] == {"path": "./flux/clusters/production", "strategy": "Setters"}


def test_flux_executes_the_message_template_and_it_lists_every_change() -> None:
    (resource,) = resources("image-update-automation.yaml")
    template = resource["spec"]["git"]["commit"]["messageTemplate"]
    deployment = ResourceRef("apps/v1", "Deployment", "frontend", "production")
    changes = [
        Change("backend/compose.yml", 3, "flux-system:backend", "r/b:1", "r/b:2"),
        Change("frontend/deployment.yaml", 9, "flux-system:frontend", "r/f:1", "r/f:2", deployment),
    ]
    assert render(template, changes, automation=("flux-system", "flux-system"), values={}) == (
        "chore(flux): update image tags\n\n"
        "- backend/compose.yml: r/b:1 -> r/b:2\n"
        "- frontend/deployment.yaml: r/f:1 -> r/f:2\n"
    )


def test_the_kustomization_lists_exactly_the_three_files() -> None:
    (resource,) = resources("kustomization.yaml")
    listed = ["image-repositories.yaml", "image-policies.yaml", "image-update-automation.yaml"]
    assert resource["resources"] == listed
    assert sorted(path.name for path in (EXPECTED / OUTPUT).iterdir()) == sorted([*listed, "kustomization.yaml"])


def test_every_generated_file_says_at_its_head_what_it_holds() -> None:
    for path in (EXPECTED / OUTPUT).iterdir():
        first, second = path.read_text().splitlines()[:2]
        assert first.startswith("# ")
        assert second.startswith("apiVersion: ")


AS_WRITTEN = {
    "image-policies.yaml": """\
        # selects the latest tag
        ---
        apiVersion: image.toolkit.fluxcd.io/v1beta2
        kind: ImagePolicy
        metadata:
          name: frontend
          namespace: flux-system
        spec:
          imageRepositoryRef:
            name: frontend
          policy:
            alphabetical:
              order: asc
          filterTags:
            pattern: '^main-[a-f0-9]{7}-[0-9]{10}$'  # seven digits of the commit, then the time
            extract: '$0'
        """,
    "image-update-automation.yaml": """\
        apiVersion: image.toolkit.fluxcd.io/v1beta2
        kind: ImageUpdateAutomation
        metadata:
          name: flux-system
          namespace: flux-system
        spec:
          interval: 1m0s
          sourceRef:
            kind: GitRepository
            name: flux-system
          git:
            commit:
              author:
                email: fluxcdbot@users.noreply.github.com
                name: fluxcdbot
              messageTemplate: |
                chore(flux): update image tags

                {{ range .Changed.Objects }}{{ .Key.Name }}: {{ .NewValue }}
                {{ end }}
            push:
              branch: master
          update:
            path: ./flux/clusters/production
            strategy: Setters
        """,
}


def test_what_was_first_written_is_mended_where_it_is_and_said(tmp_path: Path) -> None:
    config = (HOMELAB / "fluxmark.yaml").read_text()
    config = config.replace("spec:\n", "spec:\n  force: true\n", 1)
    root = tree(tmp_path, {f"{OUTPUT}/{name}": text for name, text in AS_WRITTEN.items()}, config)
    (root / "flux/clusters/production/backend").mkdir()
    compose = "flux/clusters/production/backend/docker-compose.backend.yml"
    shutil.copy(HOMELAB / compose, root / compose)
    result = injected(root)
    policies = result.changes[f"{OUTPUT}/image-policies.yaml"][1]
    first = yaml.safe_load(policies.split("---")[1])
    assert first == resources("image-policies.yaml")[0]
    assert policies.startswith("# selects the latest tag\n---\n")
    assert "  # seven digits of the commit, then the time\n" in policies
    automation = yaml.safe_load(result.changes[f"{OUTPUT}/image-update-automation.yaml"][1])
    assert automation == resources("image-update-automation.yaml")[0]
    said = "\n".join(one.message for one in result.findings if one.rule == "updated")
    assert "Flux 2.9 does not serve image.toolkit.fluxcd.io/v1beta2" in said
    assert "spec.filterTags.extract was '$0', is '$ts'" in said
    assert "can't evaluate field Key in type []update.Change" in said


def test_what_was_first_written_could_not_work() -> None:
    """The reason to exist: were this to pass in Flux, fluxmark would be of no use."""
    spec = yaml.safe_load(AS_WRITTEN["image-policies.yaml"].split("---\n")[1])["spec"]
    tags = ["main-fffffff-1700000000", "main-0000000-1800000000"]
    assert latest(spec, tags).tag == "main-fffffff-1700000000"
    template = yaml.safe_load(AS_WRITTEN["image-update-automation.yaml"])["spec"]["git"]["commit"]
    with pytest.raises(TemplateError, match=r"can't evaluate field Key in type \[\]update.Change"):
        render(
            template["messageTemplate"],
            [Change("a.yaml", 1, "flux-system:frontend", "r/f:1", "r/f:2")],
            automation=("flux-system", "flux-system"),
            values={},
        )
