"""Values of charts: the shapes in which widely used charts hold an image, each with what is marked."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from inject_helpers import injected, new_text, said, tree

if TYPE_CHECKING:
    from pathlib import Path

MARKERS = {
    "@W": ' # {"$imagepolicy": "flux-system:app"}',
    "@T": ' # {"$imagepolicy": "flux-system:app:tag"}',
}
RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: apps}
spec:
  values:
"""
# `@W` is where the marker of a whole image is set, `@T` where that of a tag is
SHAPES = {
    "a whole reference": "image: reg.io/app:1.0.0@W",
    "repository and tag": "image:\n  repository: reg.io/app\n  tag: 1.0.0@T",
    "tag before repository": "image:\n  tag: 1.0.0@T\n  repository: reg.io/app",
    "an empty digest": 'image:\n  repository: reg.io/app\n  tag: 1.0.0@T\n  digest: ""',
    "registry, repository and tag (Bitnami)": "image:\n  registry: reg.io\n  repository: app\n  tag: 1.0.0@T",
    "registry in repository, too": "image:\n  registry: other.io\n  repository: reg.io/app\n  tag: 1.0.0@T",
    "registry, image and tag (ingress-nginx)": "controller:\n  image:\n    registry: reg.io\n    image: app\n"
    "    tag: 1.0.0@T",
    "name and tag (JupyterHub)": "singleuser:\n  image:\n    name: reg.io/app\n    tag: 1.0.0@T",
    "registry with a path (democratic-csi)": "driver:\n  image:\n    registry: reg.io/app\n    tag: 1.0.0@T",
    "repository of a group and image (Harbor's sub-charts)": "repository: reg.io\nimage: app\nimageTag: 1.0.0@T",
    "image and imageTag": "image: reg.io/app\nimageTag: 1.0.0@T",
    "imageRepository and imageTag": "imageRepository: reg.io/app\nimageTag: 1.0.0@T",
    "snake case": "image_repository: reg.io/app\nimage_tag: 1.0.0@T",
    "the same prefix": "serverImage: reg.io/app\nserverImageTag: 1.0.0@T\nagentImage: reg.io/x\n"
    "agentImageTag: 2.0.0",
    "other words than image": "frontend:\n  repository: reg.io/app\n  tag: 1.0.0@T",
    "a list (extra containers)": "extraContainers:\n  - name: app\n    image: reg.io/app:1.0.0@W",
    "a list of images": "images:\n  - reg.io/app:1.0.0@W\n  - reg.io/other:1.0.0",
    "app-template": "controllers:\n  main:\n    containers:\n      main:\n        image:\n"
    "          repository: reg.io/app\n          tag: 1.0.0@T",
    "app-template with aliases as keys": "controllers:\n  &name web:\n    containers:\n      *name :\n"
    "        image:\n          repository: reg.io/app\n          tag: 1.0.0@T",
    "an anchor for several uses": "a:\n  image: &image\n    repository: reg.io/app\n    tag: 1.0.0@T\n"
    "b:\n  image: *image",
    "a merged mapping": "base: &base\n  repository: reg.io/app\n  tag: 1.0.0@T\n"
    "b:\n  <<: *base\n  pullPolicy: Always",
    "Grafana's sidecar": "sidecar:\n  image:\n    registry: reg.io\n    repository: app\n    tag: 1.0.0@T\n"
    "    sha: ''",
    "a quoted version": "image: reg.io/app\nimageVersion: '1.0.0'@T",
    "an environment variable": "env:\n  - name: WORKER\n    value: reg.io/app:1.0.0@W",
    "an argument": "args:\n  - --image\n  - reg.io/app:1.0.0@W",
}
NONE = {
    "the tag alone": "image:\n  tag: 1.0.0",
    "another repository": "image:\n  repository: reg.io/other\n  tag: 1.0.0",
    "text that holds the image": "note: uses reg.io/app:1.0.0",
    "a flag": "args:\n  - --image=reg.io/app:1.0.0",
    "a block of text": "config: |\n  image: reg.io/app:1.0.0",
    "a range next to a name": "name: reg.io/app\nversion: '>=1.0.0'",
    "a name that is short, next to a version": "name: app\nversion: 1.0.0",
    "a host and port": "host: app:8080",
}


def release(values: str) -> str:
    return RELEASE + textwrap.indent(values, "    ") + "\n"


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_of_values_is_marked_once(shape: str, tmp_path: Path) -> None:
    plain = marked = release(SHAPES[shape])
    for sign, marker in MARKERS.items():
        plain, marked = plain.replace(sign, ""), marked.replace(sign, marker)
    tree(tmp_path, {"a.yaml": plain})
    assert new_text(tmp_path, "a.yaml") == marked
    (tmp_path / "a.yaml").write_text(marked)
    assert "a.yaml" not in injected(tmp_path).changes


@pytest.mark.parametrize("shape", NONE)
def test_what_is_not_an_image_of_a_policy_is_not_marked(shape: str, tmp_path: Path) -> None:
    tree(tmp_path, {"a.yaml": release(NONE[shape])})
    assert "a.yaml" not in injected(tmp_path).changes


CUSTOM = """\
apiVersion: acme.io/v1
kind: Robot
metadata: {name: web}
spec:
"""


@pytest.mark.parametrize(
    "spec",
    [
        "template:\n  image: reg.io/app:1.0.0@W",
        "runtime: {}\nsteps:\n  - uses: reg.io/app:1.0.0@W",
        "driver:\n  repository: reg.io/app\n  version: 1.0.0@T",
        "driver:\n  registry: reg.io\n  repository: app\n  tag: 1.0.0@T",
    ],
)
def test_a_kind_that_is_not_known_is_marked_where_the_repository_is_exact(spec: str, tmp_path: Path) -> None:
    plain = marked = CUSTOM + textwrap.indent(spec, "  ") + "\n"
    for sign, marker in MARKERS.items():
        plain, marked = plain.replace(sign, ""), marked.replace(sign, marker)
    tree(tmp_path, {"a.yaml": plain})
    assert new_text(tmp_path, "a.yaml") == marked


@pytest.mark.parametrize("kind", ["CustomResourceDefinition", "ImagePolicy"])
def test_kinds_that_only_speak_of_images_are_not_marked(kind: str, tmp_path: Path) -> None:
    group = "apiextensions.k8s.io" if kind.startswith("Custom") else "image.toolkit.fluxcd.io"
    head = f"apiVersion: {group}/v1\nkind: {kind}\nmetadata: {{name: x, namespace: y}}\n"
    text = f"{head}spec:\n  default: reg.io/app:1.0\n"
    tree(tmp_path, {"a.yaml": text})
    assert "a.yaml" not in injected(tmp_path).changes


def test_a_tag_that_is_filled_in_is_not_overwritten(tmp_path: Path) -> None:
    tree(tmp_path, {"a.yaml": release("image:\n  repository: reg.io/app\n  tag: ${TAG}")})
    result = injected(tmp_path)
    assert "a.yaml" not in result.changes
    assert said(result, "templated-image")
