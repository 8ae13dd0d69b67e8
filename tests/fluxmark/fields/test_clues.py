"""Image fields that only another document explains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fluxmark.fields import Finder
from inject_helpers import CONFIG, injected, new_text, said, tree
from krmfn.yaml.parser import MapNode, parse

if TYPE_CHECKING:
    from pathlib import Path

TAG = ' # {"$imagepolicy": "flux-system:app:tag"}'
OCI = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: app, namespace: flux-system}
spec:
  url: oci://reg.io/app
  ref:
    tag: ${APP_VERSION}
"""
KUSTOMIZATION = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  path: ./apps
  postBuild:
    substitute:
      APP_VERSION: 1.2.3
      REGION: eu
"""
RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: web
  namespace: apps
spec:
"""


def test_a_variable_that_holds_a_tag_is_marked_where_it_is_set(tmp_path: Path) -> None:
    tree(tmp_path, {"app.yaml": OCI, "flux/apps.yaml": KUSTOMIZATION})
    assert new_text(tmp_path, "flux/apps.yaml") == KUSTOMIZATION.replace("1.2.3", f"1.2.3{TAG}")
    result = injected(tmp_path)
    assert "app.yaml" not in result.changes
    assert not said(result, "templated-image")


@pytest.mark.parametrize("default", ["${APP_VERSION:=1.0.0}", "${APP_VERSION:-1.0.0}", "${APP_VERSION=1}"])
def test_a_variable_may_have_a_default(default: str, tmp_path: Path) -> None:
    tree(tmp_path, {"app.yaml": OCI.replace("${APP_VERSION}", default), "flux/apps.yaml": KUSTOMIZATION})
    assert TAG in new_text(tmp_path, "flux/apps.yaml")


@pytest.mark.parametrize(
    "other",
    [
        OCI.replace("reg.io/app", "reg.io/other"),  # the tag of two images
        OCI.replace("${APP_VERSION}", "v${APP_VERSION}"),  # a part of a tag
    ],
)
def test_a_variable_that_is_not_just_the_tag_of_one_image_is_not_marked(other: str, tmp_path: Path) -> None:
    tree(tmp_path, {"app.yaml": OCI, "other.yaml": other, "flux/apps.yaml": KUSTOMIZATION})
    assert "flux/apps.yaml" not in injected(tmp_path).changes


def test_a_variable_of_a_config_map_is_marked_there(tmp_path: Path) -> None:
    kustomization = KUSTOMIZATION.partition("    substitute:")[0] + (
        "    substituteFrom:\n      - {kind: ConfigMap, name: settings}\n"
    )
    settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata:\n  APP_VERSION: 1.2.3\n"
    tree(tmp_path, {"app.yaml": OCI, "apps.yaml": kustomization, "settings.yaml": settings})
    assert new_text(tmp_path, "settings.yaml") == settings.replace("1.2.3", f"1.2.3{TAG}")


VALUES = "image:\n  repository: reg.io/app\n  tag: 1.0.0\n"


@pytest.mark.parametrize(
    "referring",
    [
        {"apps/Chart.yaml": "apiVersion: v2\nname: web\n"},
        {
            "apps/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
            "configMapGenerator:\n  - name: web\n    files: [values.yaml=values.yaml]\n"
        },
        {"release.yaml": f"{RELEASE}  chart:\n    spec:\n      chart: ./apps\n      valuesFiles: [values.yaml]\n"},
        {
            "apps/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
            "helmCharts:\n  - name: web\n    valuesFile: values.yaml\n"
        },
    ],
    ids=["chart", "generator", "release", "helmCharts"],
)
def test_a_file_of_values_is_marked_where_something_refers_to_it(
    referring: dict[str, str], tmp_path: Path
) -> None:
    tree(tmp_path, {"apps/values.yaml": VALUES, **referring})
    assert new_text(tmp_path, "apps/values.yaml") == VALUES.replace("1.0.0", f"1.0.0{TAG}")


def test_a_file_of_values_to_which_nothing_refers_is_not_marked(tmp_path: Path) -> None:
    tree(tmp_path, {"apps/values.yaml": VALUES})
    assert "apps/values.yaml" not in injected(tmp_path).changes


def test_a_patch_of_a_release_takes_the_repository_of_its_base(tmp_path: Path) -> None:
    base = f"{RELEASE}  values:\n    image:\n      repository: reg.io/app\n"
    patch = f"{RELEASE}  values:\n    image:\n      tag: 1.0.0\n"
    tree(tmp_path, {"base/release.yaml": base, "prod/release.yaml": patch})
    assert new_text(tmp_path, "prod/release.yaml") == patch.replace("1.0.0", f"1.0.0{TAG}")


def configured(field: str) -> str:
    return CONFIG.replace("  images:", f"  fields: [{field}]\n  images:")


@pytest.mark.parametrize(
    ("field", "old", "new"),
    [
        (
            "{kind: HelmRelease, path: spec.values.image.tag, image: reg.io/app, part: tag}",
            "  values:\n    image:\n      tag: 1.0.0\n",
            f"  values:\n    image:\n      tag: 1.0.0{TAG}\n",
        ),
        (
            "{file: 'a.*', path: 'spec.values.versions[]', image: reg.io/app, part: tag}",
            "  values:\n    versions:\n      - 1.0.0\n      - 1.1.0\n",
            f"  values:\n    versions:\n      - 1.0.0{TAG}\n      - 1.1.0{TAG}\n",
        ),
        (
            "{kind: HelmRelease, file: a.yaml, path: 'spec.values.*.tag', image: reg.io/app, part: tag}",
            "  values:\n    one:\n      tag: 1.0.0\n    two: 1.0.0\n",
            f"  values:\n    one:\n      tag: 1.0.0{TAG}\n    two: 1.0.0\n",
        ),
    ],
)
def test_a_field_that_the_configuration_names_is_marked(field: str, old: str, new: str, tmp_path: Path) -> None:
    tree(tmp_path, {"a.yaml": RELEASE + old}, configured(field))
    assert new_text(tmp_path, "a.yaml") == RELEASE + new


def test_a_bomb_of_aliases_is_walked_once() -> None:
    """Eleven levels of ten aliases each: what is visited more than once makes 10^11 visits."""
    lines = ["apiVersion: acme.io/v1", "kind: Robot", "x0: &a0 {image: reg.io/app:1}"]
    lines += [f"x{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    lines.append("services: &s {" + ", ".join(f"k{n}: *a11" for n in range(10)) + "}")
    (document,) = parse("\n".join(lines), "")
    assert isinstance(document.root, MapNode)
    found = Finder(lambda _: True).find(document.root, "acme.io/v1", "Robot")
    assert [field.node.value for field in found] == ["reg.io/app:1"]
