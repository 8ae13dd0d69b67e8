"""What inject makes of resources that are there already, and of images that are not configured any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from fluxmark.commands.load_config import load
from fluxmark.inject.directory import inject
from inject_helpers import CONFIG, injected, new_text, said, tree
from krmfn.packages.package import Package

if TYPE_CHECKING:
    from pathlib import Path

COMPOSE = "services:\n  web:\n    image: reg.io/app:1\n  api:\n    image: reg.io/api:1\n"
REPOSITORY = """\
apiVersion: image.toolkit.fluxcd.io/{version}
kind: ImageRepository
metadata: {{name: {name}, namespace: flux-system}}
spec: {{image: reg.io/app, interval: 5m}}
"""
POLICY = """\
apiVersion: image.toolkit.fluxcd.io/{version}
kind: ImagePolicy
metadata: {{name: app, namespace: flux-system}}
spec:
  imageRepositoryRef: {{name: {repository}}}
  policy: {{semver: {{range: '*'}}}}
"""


def images(*entries: str) -> str:
    return CONFIG.replace("[{image: reg.io/app}]", f"[{', '.join(entries)}]")


def made(root: Path) -> list[tuple[str, str, str]]:
    """Return kind, name and what the spec refers to of the resources in the output directory."""
    changes = injected(root).changes
    documents = [
        one
        for path, (_, new) in changes.items()
        if path.startswith("flux/image")
        for one in yaml.safe_load_all(new)
    ]
    return [
        (one["kind"], one["metadata"]["name"], one["spec"].get("imageRepositoryRef", {}).get("name", ""))
        for one in documents
        if one["kind"] != "ImageUpdateAutomation"
    ]


def test_a_repository_that_scans_the_image_already_is_used(tmp_path: Path) -> None:
    tree(tmp_path, {"compose.yaml": COMPOSE, "own.yaml": REPOSITORY.format(version="v1", name="acme-app")})
    assert made(tmp_path) == [("ImagePolicy", "app", "acme-app")]
    assert "image-repositories.yaml" not in new_text(tmp_path, "flux/kustomization.yaml")


def test_a_repository_that_the_configuration_names_is_used(tmp_path: Path) -> None:
    config = images("{image: reg.io/app, policy: {imageRepositoryRef: {name: shared}}}")
    tree(tmp_path, {"compose.yaml": COMPOSE, "own.yaml": REPOSITORY.format(version="v1", name="shared")}, config)
    assert made(tmp_path) == [("ImagePolicy", "app", "shared")]


def test_a_policy_keeps_its_repository(tmp_path: Path) -> None:
    own = REPOSITORY.format(version="v1", name="acme-app") + "---\n" + REPOSITORY.format(version="v1", name="app")
    policy = POLICY.format(version="v1", repository="acme-app")
    tree(tmp_path, {"compose.yaml": COMPOSE, "own.yaml": f"{own}---\n{policy}"})
    assert "imageRepositoryRef: {name: acme-app}" in new_text(tmp_path, "own.yaml")
    assert made(tmp_path) == []


def test_two_policies_for_an_image_share_a_repository(tmp_path: Path) -> None:
    config = images("{image: reg.io/app}", "{image: reg.io/app, name: next, tagFormat: '<semver>'}")
    tree(tmp_path, {"compose.yaml": COMPOSE}, config)
    assert made(tmp_path) == [
        ("ImageRepository", "app", ""),
        ("ImagePolicy", "app", "app"),
        ("ImagePolicy", "next", "app"),
    ]


def test_versions_that_flux_serves_stay(tmp_path: Path) -> None:
    config = CONFIG.replace("spec:\n", "spec:\n  fluxVersion: '2.6'\n", 1)
    own = REPOSITORY.format(version="v1beta2", name="app")
    tree(tmp_path, {"compose.yaml": COMPOSE, "own.yaml": own}, config)
    assert "v1beta2" in new_text(tmp_path, "own.yaml")


def test_a_version_that_flux_does_not_serve_moves_with_its_siblings(tmp_path: Path) -> None:
    own = REPOSITORY.format(version="v1beta1", name="app")
    other = own.replace("name: app", "name: other").replace("reg.io/app", "reg.io/other")
    tree(tmp_path, {"compose.yaml": COMPOSE, "own.yaml": f"{own}---\n{other}"})
    new = new_text(tmp_path, "own.yaml")
    assert "v1beta1" not in new
    assert new.count("image.toolkit.fluxcd.io/v1\n") == 2


def test_several_clusters_are_marked_without_a_configuration(tmp_path: Path) -> None:
    own = REPOSITORY.format(version="v1", name="app") + "---\n" + POLICY.format(version="v1", repository="app")
    tree(tmp_path, {"a/flux/own.yaml": own, "b/flux/own.yaml": own, "compose.yaml": COMPOSE})
    (tmp_path / "fluxmark.yaml").unlink()
    changes = injected(tmp_path).changes
    assert list(changes) == ["compose.yaml"]
    assert '"flux-system:app"' in changes["compose.yaml"][1]


@pytest.fixture
def both(tmp_path: Path) -> Path:
    """Return a tree with two images, of which the configuration then has one."""
    root = tree(tmp_path, {"compose.yaml": COMPOSE}, images("{image: reg.io/app}", "{image: reg.io/api}"))
    Package(root).write({path: new for path, (_, new) in injected(root).changes.items()})
    (root / "fluxmark.yaml").write_text(CONFIG)
    return root


def test_an_image_that_is_not_configured_any_more_is_reported(both: Path) -> None:
    result = injected(both)
    assert result.changes == {}
    first, second = said(result, "not-configured")
    assert "ImageRepository flux-system/api" in first
    assert "ImagePolicy flux-system/api is no longer in the configuration, and 1 marker names it" in second


def test_prune_removes_its_resources_and_markers(both: Path) -> None:
    result = inject(Package(both), load(None, both), prune=True)
    Package(both).write({path: new for path, (_, new) in result.changes.items()})
    assert (both / "compose.yaml").read_text() == COMPOSE.replace(
        "reg.io/app:1", 'reg.io/app:1 # {"$imagepolicy": "flux-system:app"}'
    )
    texts = [path.read_text() for path in (both / "flux").iterdir()]
    assert not any("api" in yaml.safe_load(text).get("metadata", {}).get("name", "") for text in texts)
    again = injected(both)
    assert (again.changes, said(again, "not-configured")) == ({}, [])
