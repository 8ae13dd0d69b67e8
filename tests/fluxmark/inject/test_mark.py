"""Which places get a marker, and what is reported about the others. Each case is a file before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path
from inject_helpers import CONFIG, injected, new_text, said, tree

MARKER = '# {"$imagepolicy": "flux-system:app"}'
IMAGE = "reg.io/app:main-abc1234-1707300000"


POD = f"""\
apiVersion: v1
kind: Pod
metadata: {{name: web}}
spec:
  containers:
    - name: web
      image: {IMAGE}
"""

# compose files are the shortest documents with image fields
MARKED = {
    "plain": ("image: reg.io/app:1", f"image: reg.io/app:1 {MARKER}"),
    "single quotes": ("image: 'reg.io/app:1'", f"image: 'reg.io/app:1' {MARKER}"),
    "double quotes": ('image: "reg.io/app:1"', f'image: "reg.io/app:1" {MARKER}'),
    "no tag": ("image: reg.io/app", f"image: reg.io/app {MARKER}"),
    "trailing blanks": ("image: reg.io/app:1   ", f"image: reg.io/app:1   {MARKER}"),
    "tag of its own": ("image: !!str reg.io/app:1", f"image: !!str reg.io/app:1 {MARKER}"),
    "anchor": ("image: &image reg.io/app:1", f"image: &image reg.io/app:1 {MARKER}"),
    "quoted key": ('"image": reg.io/app:1', f'"image": reg.io/app:1 {MARKER}'),
    "another comment": ("image: reg.io/app:1 # pinned", f"# pinned\n    image: reg.io/app:1 {MARKER}"),
    "two comments": ("image: reg.io/app:1   # a # b", f"# a # b\n    image: reg.io/app:1   {MARKER}"),
    "text after a marker": (
        f"image: reg.io/app:1 {MARKER} # pinned",
        f"# pinned\n    image: reg.io/app:1 {MARKER}",
    ),
    "single quotes in the marker": (
        "image: reg.io/app:1 # {'$imagepolicy': 'flux-system:app'}",
        f"image: reg.io/app:1 {MARKER}",
    ),
    "suffix that does not suit": (
        'image: reg.io/app:1 # {"$imagepolicy": "flux-system:app:tag"}',
        f"image: reg.io/app:1 {MARKER}",
    ),
    "already marked": (f"image: reg.io/app:1 {MARKER}", f"image: reg.io/app:1 {MARKER}"),
    "marked without a blank": (
        'image: reg.io/app:1 #{"$imagepolicy":"flux-system:app"}',
        'image: reg.io/app:1 #{"$imagepolicy":"flux-system:app"}',
    ),
    "another image": ("image: reg.io/other:1 # x", "image: reg.io/other:1 # x"),
    "another registry": ("image: app:1", "image: app:1"),
    "longer name": ("image: reg.io/app/sub:1", "image: reg.io/app/sub:1"),
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("case", MARKED)
def test_a_place_is_marked_at_the_end_of_its_line(case: str, newline: str, tmp_path: Path) -> None:
    before, after = (f"services:\n  web:\n    {line}\n    ports: []" for line in MARKED[case])
    tree(tmp_path, {"compose.yaml": ""})
    (tmp_path / "compose.yaml").write_bytes(before.replace("\n", newline).encode())
    changes = injected(tmp_path).changes
    new = changes["compose.yaml"][1] if "compose.yaml" in changes else before.replace("\n", newline)
    assert new == after.replace("\n", newline)
    (tmp_path / "compose.yaml").write_bytes(new.encode())
    assert "compose.yaml" not in injected(tmp_path).changes


LEFT = {
    "flow-collection": "{image: reg.io/app:1, ports: []}",
    "block-scalar": "image: |\n      reg.io/app:1",
    "several-lines": 'image: "reg.io/\\\n      app:1"',
    "value-below-key": "image:\n      reg.io/app:1",
    "templated-image": "image: ${REGISTRY}/app:${TAG:-1}",
    "digest-without-reflection": f"image: reg.io/app:1@sha256:{'0' * 64}",
    "other-policy": 'image: reg.io/app:1 # {"$imagepolicy": "flux-system:other"}',
}


@pytest.mark.parametrize("rule", LEFT)
def test_a_place_where_a_marker_would_do_harm_is_left_and_the_reason_said(rule: str, tmp_path: Path) -> None:
    value = LEFT[rule]
    text = f"services:\n  web: {value}\n" if value.startswith("{") else f"services:\n  web:\n    {value}\n"
    tree(tmp_path, {"compose.yaml": text})
    result = injected(tmp_path)
    assert "compose.yaml" not in result.changes
    (message,) = said(result, rule)
    assert message.startswith("compose.yaml:")


def test_positions_are_those_of_the_value(tmp_path: Path) -> None:
    tree(tmp_path, {"compose.yaml": "# head\nservices:\n  web:\n    image: |\n      reg.io/app:1\n"})
    (message,) = said(injected(tmp_path), "block-scalar")
    assert message.startswith("compose.yaml:4:12: ")


def test_an_alias_is_marked_at_its_anchor_and_once(tmp_path: Path) -> None:
    before = "x-image: &app reg.io/app:1\nservices:\n  a: {image: *app}\n  b:\n    image: *app\n"
    tree(tmp_path, {"compose.yaml": before})
    assert new_text(tmp_path, "compose.yaml") == before.replace("reg.io/app:1", f"reg.io/app:1 {MARKER}")


def test_an_image_that_is_merged_into_services_is_marked_where_it_stands(tmp_path: Path) -> None:
    before = """\
        x-base: &base
          image: reg.io/app:1
        services:
          a:
            <<: *base
          b:
            <<: [*base]
            image: reg.io/app:2
        """
    tree(tmp_path, {"compose.yaml": before})
    new = new_text(tmp_path, "compose.yaml")
    assert f"  image: reg.io/app:1 {MARKER}\n" in new
    assert f"    image: reg.io/app:2 {MARKER}\n" in new


def test_force_replaces_another_policys_marker(tmp_path: Path) -> None:
    before = 'services:\n  web:\n    image: reg.io/app:1 # {"$imagepolicy": "flux-system:other"}\n'
    tree(tmp_path, {"compose.yaml": before}, CONFIG.replace("  output: flux\n", "  output: flux\n  force: true\n"))
    assert new_text(tmp_path, "compose.yaml") == before.replace("flux-system:other", "flux-system:app")


def test_a_file_outside_the_update_path_is_left_and_said(tmp_path: Path) -> None:
    compose = "services:\n  web:\n    image: reg.io/app:1\n"
    tree(tmp_path, {"in/a.yaml": compose, "out/a.yaml": compose}, CONFIG.replace("path: .", "path: ./in"))
    result = injected(tmp_path)
    assert "in/a.yaml" in result.changes
    assert "out/a.yaml" not in result.changes
    (message,) = said(result, "outside-update-path")
    assert message.startswith("out/a.yaml:3:12: ")


@pytest.mark.parametrize(
    ("where", "marked"),
    [
        ("paths: ['prod/']", ["prod/a.yaml"]),
        ("paths: ['**/a.yaml']", ["dev/a.yaml", "prod/a.yaml"]),
        ("paths: ['prod/*.yml']", []),
        ("kinds: [Pod]", ["dev/a.yaml", "prod/a.yaml"]),
        ("kinds: [Job]", []),
        ("namespaces: [prod]", ["prod/a.yaml"]),
    ],
)
def test_where_limits_what_is_marked(where: str, marked: list[str], tmp_path: Path) -> None:
    files = {f"{name}/a.yaml": POD.replace("web}", f"web, namespace: {name}}}") for name in ("dev", "prod")}
    config = CONFIG.replace("{image: reg.io/app}", f"{{image: reg.io/app, where: {{{where}}}}}")
    tree(tmp_path, files, config)
    assert sorted(path for path in injected(tmp_path).changes if path.endswith("a.yaml")) == marked


def test_docker_hubs_short_names_are_one_repository(tmp_path: Path) -> None:
    tree(
        tmp_path,
        {"c.yaml": "services:\n  a:\n    image: nginx:1\n  b:\n    image: docker.io/library/nginx:1\n"},
        CONFIG.replace("reg.io/app", "index.docker.io/nginx"),
    )
    assert new_text(tmp_path, "c.yaml").count("flux-system:nginx") == 2


def test_without_configuration_the_packages_own_policies_say_what_to_mark(tmp_path: Path) -> None:
    flux = """\
        apiVersion: image.toolkit.fluxcd.io/v1beta2
        kind: ImageRepository
        metadata: {name: app, namespace: apps}
        spec: {image: reg.io/app, interval: 1m}
        ---
        apiVersion: image.toolkit.fluxcd.io/v1beta2
        kind: ImagePolicy
        metadata: {name: stable, namespace: apps}
        spec: {imageRepositoryRef: {name: app}, policy: {semver: {range: 1.x}}}
        """
    compose = "services:\n  web:\n    image: reg.io/app:1.0.0\n"
    tree(tmp_path, {"flux.yaml": flux, "compose.yaml": compose})
    (tmp_path / "fluxmark.yaml").unlink()
    changes = injected(tmp_path).changes
    assert list(changes) == ["compose.yaml"]
    assert changes["compose.yaml"][1] == compose.replace(":1.0.0", ':1.0.0 # {"$imagepolicy": "apps:stable"}')


def test_two_policies_of_one_repository_that_both_refuse_the_tag_are_reported(tmp_path: Path) -> None:
    images = "[{image: reg.io/app}, {image: reg.io/app, name: next, tagFormat: '<semver>'}]"
    compose = "services:\n  web:\n    image: reg.io/app:1\n"
    tree(tmp_path, {"compose.yaml": compose}, CONFIG.replace("[{image: reg.io/app}]", images))
    result = injected(tmp_path)
    assert "compose.yaml" not in result.changes
    (message,) = said(result, "several-policies")
    assert "flux-system:app and flux-system:next" in message


def test_a_template_for_another_tool_is_left_and_said(tmp_path: Path) -> None:
    tree(tmp_path, {"chart/t.yaml": "services: {{ .Values.x }}\n{{- if }}\nimage: reg.io/app:1\n"})
    result = injected(tmp_path)
    assert "chart/t.yaml" not in result.changes
    assert said(result, "template")


KUSTOMIZATIONS = [
    ("kustomize.config.k8s.io/v1beta1", "Kustomization", ""),
    ("kustomize.config.k8s.io/v1alpha1", "Component", ""),
    ("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "spec:\n"),
]


@pytest.mark.parametrize(("api_version", "kind", "spec"), KUSTOMIZATIONS)
def test_the_tags_of_a_kustomization_are_marked(api_version: str, kind: str, spec: str, tmp_path: Path) -> None:
    head = f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: k}}\n{spec}"
    pad = "  " if spec else ""
    images = [
        "images:",
        "- name: reg.io/app",
        '  newTag: "1"',
        "- name: app",
        "  newName: reg.io/app",
        "  newTag: main-abc",
        "- name: reg.io/other",
        "  newTag: '1'",
        "- name: reg.io/app",
        "  newTag: 1.20",
    ]
    text = head + "".join(f"{pad}{line}\n" for line in images)
    tree(tmp_path, {"k.yaml": text})
    marker = '# {"$imagepolicy": "flux-system:app:tag"}'
    new = text.replace('newTag: "1"\n', f'newTag: "1" {marker}\n').replace("main-abc\n", f"main-abc {marker}\n")
    assert new_text(tmp_path, "k.yaml") == new
    (message,) = said(injected(tmp_path), "not-text")
    assert message.startswith(f"k.yaml:{13 + bool(spec)}:{11 + len(pad)}: 1.20: ")


def test_images_in_the_values_of_a_helm_release_are_marked(tmp_path: Path) -> None:
    before = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: app}
spec:
  values:
    image:
      repository: reg.io/app
      tag: main-abc-1
      digest: ""
    sidecars:
      - image: reg.io/app:main-abc-1
      - image: {repository: reg.io/app, tag: x}
    split:
      registry: reg.io
      repository: app
      tag: main-abc-2
    other:
      repository: app
      tag: main-abc-3
"""
    tree(tmp_path, {"h.yaml": before})
    after = before.replace("abc-1\n      digest", f"abc-1 {MARKER.replace('app', 'app:tag')}\n      digest")
    after = after.replace("app:main-abc-1\n", f"app:main-abc-1 {MARKER}\n")
    after = after.replace("abc-2\n", f"abc-2 {MARKER.replace('app', 'app:tag')}\n")
    assert new_text(tmp_path, "h.yaml") == after
    assert len(said(injected(tmp_path), "flow-collection")) == 1
