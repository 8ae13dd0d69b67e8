"""What a cluster applies after inject: all that it applied before, and what is new where it can be reached."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from fluxmark.cluster.read import read_directory
from inject_helpers import CONFIG, injected, said, tree
from krmfn.packages.package import Package

if TYPE_CHECKING:
    from pathlib import Path

KUSTOMIZATION = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: {name}, namespace: flux-system}}
spec:
  interval: 10m
  path: ./{path}
  prune: true
  sourceRef: {{kind: GitRepository, name: flux-system}}
"""
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: reg.io/app:1
"""
SETTINGS = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n"
SYNC = KUSTOMIZATION.format(name="flux-system", path="clusters/home")


def listing(*resources: str) -> str:
    data = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": list(resources)}
    return yaml.safe_dump(data)


LAYOUTS = {
    "generated": {},
    "kustomization that lists files": {"clusters/home/kustomization.yaml": listing("sync.yaml", "pod.yaml")},
    "kustomization that lists the output": {
        "clusters/home/kustomization.yaml": listing("sync.yaml", "pod.yaml", "images"),
        "clusters/home/images/kustomization.yaml": listing("settings.yaml"),
        "clusters/home/images/settings.yaml": SETTINGS,
    },
    "files in the output": {"clusters/home/images/settings.yaml": SETTINGS},
    "files in the output that are listed one by one": {
        "clusters/home/kustomization.yaml": listing("sync.yaml", "pod.yaml", "images/settings.yaml"),
        "clusters/home/images/settings.yaml": SETTINGS,
    },
    "directory below the output": {"clusters/home/images/more/settings.yaml": SETTINGS},
}
OUTPUTS = ("clusters/home/images", "clusters/home", "images", ".")


def config(output: str, *, link: bool) -> str:
    return CONFIG.replace("  output: flux\n", f"  output: {output}\n  link: {str(link).lower()}\n").replace(
        "metadata: {name: test}",
        'metadata: {name: test, annotations: {config.kubernetes.io/local-config: "true"}}',
    )


def applied(root: Path) -> dict[str, frozenset[str]]:
    """Return the files that each cluster applies."""
    return {one.name: one.files for one in read_directory(Package(root)).clusters if one.is_root}


def objects(root: Path) -> set[tuple[str, str]]:
    """Return kind and name of what `kubectl kustomize` builds of the cluster."""
    built = subprocess.run(
        ["kubectl", "kustomize", str(root / "clusters/home")], check=True, capture_output=True, text=True
    )
    return {(one["kind"], one["metadata"]["name"]) for one in yaml.safe_load_all(built.stdout)}


@pytest.mark.parametrize("link", [False, True], ids=["", "link"])
@pytest.mark.parametrize(("layout", "output"), [*itertools.product(LAYOUTS, OUTPUTS)])
def test_nothing_that_a_cluster_applies_is_lost(layout: str, output: str, link: bool, tmp_path: Path) -> None:
    files = {"clusters/home/sync.yaml": SYNC, "clusters/home/pod.yaml": POD, **LAYOUTS[layout]}
    root = tree(tmp_path, files, config(output, link=link))
    before = applied(root)
    has_kustomization = "clusters/home/kustomization.yaml" in files
    built = objects(root) if has_kustomization and shutil.which("kubectl") else set()
    result = injected(root)
    Package(root).write({path: new for path, (_, new) in result.changes.items()})
    after = applied(root)
    for name, paths in before.items():
        assert paths <= after[name]
    if built:
        assert built <= objects(root)
    new = {
        path for path, (old, _) in result.changes.items() if not old and not path.endswith("/kustomization.yaml")
    }
    reached = new - {"kustomization.yaml"} <= after["clusters/home"]
    assert reached is not bool(said(result, "not-applied"))
    if link and output.startswith("clusters/home"):
        assert reached
    assert injected(root).changes == {}


def test_a_kustomization_above_that_does_not_list_the_output_is_named(tmp_path: Path) -> None:
    files = {"clusters/home/sync.yaml": SYNC, "clusters/home/kustomization.yaml": listing("sync.yaml")}
    root = tree(tmp_path, files, config("clusters/home/images", link=False))
    (message,) = said(injected(root), "not-applied")
    assert "add images to the resources of clusters/home/kustomization.yaml, or set `link: true`" in message


def test_a_directory_that_flux_builds_as_a_whole_gets_no_kustomization(tmp_path: Path) -> None:
    files = {"clusters/home/sync.yaml": SYNC, "clusters/home/pod.yaml": POD}
    root = tree(tmp_path, files, config("clusters/home", link=False))
    result = injected(root)
    assert "clusters/home/kustomization.yaml" not in result.changes
    assert said(result, "no-kustomization")


def test_an_image_that_kustomize_sets_is_marked_where_it_is_set(tmp_path: Path) -> None:
    images = "images:\n  - name: reg.io/app\n    newTag: 1.0.0\n"
    files = {"apps/kustomization.yaml": listing("pod.yaml") + images, "apps/pod.yaml": POD}
    root = tree(tmp_path, files)
    changes = injected(root).changes
    assert "apps/pod.yaml" not in changes
    assert 'newTag: 1.0.0 # {"$imagepolicy": "flux-system:app:tag"}' in changes["apps/kustomization.yaml"][1]


def test_an_image_that_only_one_of_two_kustomizations_sets_is_marked_as_well(tmp_path: Path) -> None:
    images = "images:\n  - name: reg.io/app\n    newTag: 1.0.0\n"
    files = {
        "base/kustomization.yaml": listing("pod.yaml"),
        "base/pod.yaml": POD,
        "one/kustomization.yaml": listing("../base") + images,
        "two/kustomization.yaml": listing("../base"),
    }
    assert {"base/pod.yaml", "one/kustomization.yaml"} <= injected(tree(tmp_path, files)).changes.keys()
