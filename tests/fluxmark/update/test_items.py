"""`mode: Update`: the function writes the latest images that the policies among its items hold."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import yaml

from fluxmark.function import Fluxmark
from krmfn.functions.host import Host
from krmfn.functions.run import run
from update_helpers import MARKER, tree

if TYPE_CHECKING:
    from pathlib import Path

LIST = f"""\
apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: v1
  kind: Pod
  metadata:
    name: web # the name
    annotations:
      internal.config.kubernetes.io/path: 'apps/pod.yaml'
  spec:
    containers:
    -   image: 'x'   {MARKER}
    - args:
      {MARKER.replace(':app"', ':app:tag"')}
      - 1.0
- apiVersion: v1
  kind: Pod
  metadata:
    name: elsewhere
    annotations:
      internal.config.kubernetes.io/path: 'other/pod.yaml'
  spec:
    image: x {MARKER}
- apiVersion: image.toolkit.fluxcd.io/v1
  kind: ImagePolicy
  metadata: {{name: app, namespace: flux-system}}
  status: {{latestRef: {{name: reg.io/app, tag: 1.2.0}}}}
- apiVersion: image.toolkit.fluxcd.io/v1
  kind: ImageUpdateAutomation
  metadata: {{name: flux, namespace: flux-system}}
  spec: {{update: {{path: ./apps}}}}
functionConfig:
  apiVersion: fluxmark.io/v1alpha1
  kind: ImageAutomation
  metadata: {{name: update}}
  spec:
    mode: Update
"""


def call(text: str, root: Path, *, kustomize: bool = False) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    status = run(
        Fluxmark(host=Host.BUILD if kustomize else None, root=str(root)),
        stdin=io.StringIO(text),
        stdout=out,
        stderr=err,
    )
    assert err.getvalue() == ""
    return status, out.getvalue()


def test_items_are_updated_and_nothing_next_to_them(tmp_path: Path) -> None:
    status, out = call(LIST, tmp_path)

    expected = LIST.replace("'x'", "'reg.io/app:1.2.0'").replace("- 1.0", "- 1.2.0")
    assert status == 0
    assert out.partition("results:")[0] == expected
    results = yaml.safe_load(out)["results"]
    messages = [result["message"] for result in results if result["tags"]["rule"] == "updated"]
    assert messages == [
        "apps/pod.yaml: x -> reg.io/app:1.2.0 (flux-system:app) [updated]",
        "apps/pod.yaml: 1.0 -> 1.2.0 (flux-system:app:tag) [updated]",
    ]


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    first = call(LIST, tmp_path)[1].partition("results:")[0]

    assert call(first, tmp_path) == (0, first)


def test_files_next_to_the_items_are_updated_too(tmp_path: Path) -> None:
    root = tree(tmp_path, {"apps/compose.yaml": f"services:\n  web:\n\n    image: x  {MARKER}\n"})

    status, out = call(f"{LIST}    files: [apps/compose.yaml]\n", root)

    assert status == 0
    assert (
        root / "apps/compose.yaml"
    ).read_text() == f"services:\n  web:\n\n    image: reg.io/app:1.2.0  {MARKER}\n"
    assert "apps/compose.yaml:4:1: x -> reg.io/app:1.2.0" in out


def test_one_bad_latest_image_does_not_fail_the_others(tmp_path: Path) -> None:
    bad = """\
- apiVersion: image.toolkit.fluxcd.io/v1
  kind: ImagePolicy
  metadata: {name: bad, namespace: flux-system}
  status: {latestRef: {name: reg.io/Bad, tag: '1'}}
"""

    status, out = call(LIST.replace("functionConfig:", f"{bad}functionConfig:"), tmp_path)

    assert status == 0
    assert "reg.io/app:1.2.0" in out
    assert "invalid-image" in out


def test_kustomize_keeps_no_comments_so_nothing_is_done(tmp_path: Path) -> None:
    status, out = call(LIST, tmp_path, kustomize=True)

    assert status == 0
    assert out.startswith(LIST)
    assert "no-comments" in out
