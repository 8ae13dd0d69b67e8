"""What inject never marks, because Flux would break it, and what it says of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inject_helpers import CONFIG, injected, new_text, said, tree

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = f"sha256:{'4f' * 32}"
TAG_MARKER = '# {"$imagepolicy": "flux-system:app:tag"}'
DIGEST_MARKER = '# {"$imagepolicy": "flux-system:app:digest"}'
RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: apps}
spec:
  values:
"""
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
"""
REFLECTING = CONFIG.replace(
    "  output: flux\n", "  output: flux\n  policy: {digestReflectionPolicy: IfNotPresent}\n"
)


@pytest.mark.parametrize("key", ["tag", "imageTag", "image_tag", "imageVersion", "version", "appVersion"])
def test_a_name_next_to_its_tag_is_not_marked(key: str, tmp_path: Path) -> None:
    text = f'{RELEASE}    image: reg.io/app\n    {key}: "1.0.0"\n'
    tree(tmp_path, {"a.yaml": text})
    assert new_text(tmp_path, "a.yaml") == text.replace('"1.0.0"', f'"1.0.0" {TAG_MARKER}')


def test_a_right_pair_of_name_and_tag_stays(tmp_path: Path) -> None:
    name = '# {"$imagepolicy": "flux-system:app:name"}'
    text = f"{RELEASE}    image: reg.io/app {name}\n    tag: 1.0.0 {TAG_MARKER}\n"
    tree(tmp_path, {"a.yaml": text})
    assert "a.yaml" not in injected(tmp_path).changes


def test_names_are_marked_when_that_is_asked(tmp_path: Path) -> None:
    text = f"{RELEASE}    image: reg.io/app\n    tag: 1.0.0\n"
    tree(tmp_path, {"a.yaml": text}, CONFIG.replace("  output: flux\n", "  output: flux\n  markNames: true\n"))
    new = new_text(tmp_path, "a.yaml")
    assert 'image: reg.io/app # {"$imagepolicy": "flux-system:app:name"}\n' in new
    assert f"tag: 1.0.0 {TAG_MARKER}\n" in new


def test_a_name_after_its_registry_is_never_marked(tmp_path: Path) -> None:
    text = f"{RELEASE}    image:\n      registry: reg.io\n      repository: app\n      tag: 1.0.0\n"
    tree(tmp_path, {"a.yaml": text}, CONFIG.replace("  output: flux\n", "  output: flux\n  markNames: true\n"))
    assert new_text(tmp_path, "a.yaml") == text.replace("1.0.0", f"1.0.0 {TAG_MARKER}")


def test_a_name_without_a_tag_in_values_is_reported(tmp_path: Path) -> None:
    tree(tmp_path, {"a.yaml": f"{RELEASE}    image: reg.io/app\n"})
    result = injected(tmp_path)
    assert "a.yaml" not in result.changes
    assert said(result, "no-tag")


KUSTOMIZATION = f"""\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
images:
  - name: reg.io/app
    newTag: 1.0.0
    digest: {DIGEST}
"""
VALUES = f"{RELEASE}    image:\n      repository: reg.io/app\n      tag: 1.0.0\n      digest: {DIGEST}\n"


@pytest.mark.parametrize("text", [KUSTOMIZATION, VALUES], ids=["kustomize", "Helm"])
def test_a_tag_next_to_a_digest_is_marked_with_it_or_not_at_all(text: str, tmp_path: Path) -> None:
    tree(tmp_path, {"a.yaml": text})
    result = injected(tmp_path)
    assert "a.yaml" not in result.changes
    (message,) = said(result, "digest-beside-tag")
    assert "digestReflectionPolicy" in message
    tree(tmp_path, {"a.yaml": text}, REFLECTING)
    marked = text.replace("1.0.0", f"1.0.0 {TAG_MARKER}").replace(DIGEST, f"{DIGEST} {DIGEST_MARKER}")
    assert new_text(tmp_path, "a.yaml") == marked


@pytest.mark.parametrize("config", [CONFIG, REFLECTING], ids=["no reflection", "reflection"])
@pytest.mark.parametrize(
    ("values", "rule"),
    [
        (f"tag: 1.0.0@{DIGEST}", "digest-within-tag"),
        (f'tag: 1.0.0\n      sha: "{"4f" * 32}"', "digest-beside-tag"),
    ],
)
def test_a_pin_that_flux_cannot_write_keeps_the_tag_unmarked(
    values: str, rule: str, config: str, tmp_path: Path
) -> None:
    tree(tmp_path, {"a.yaml": f"{RELEASE}    image:\n      repository: reg.io/app\n      {values}\n"}, config)
    result = injected(tmp_path)
    assert "a.yaml" not in result.changes
    assert said(result, rule)


def test_a_template_that_happens_to_be_yaml_is_not_marked(tmp_path: Path) -> None:
    text = (
        POD.replace("metadata: {name: web}", "metadata:\n  name: {{ .Values.name }}")
        + "      image: reg.io/app:1\n"
    )
    tree(tmp_path, {"a.yaml": text})
    result = injected(tmp_path)
    assert "a.yaml" not in result.changes
    assert said(result, "template")


def test_a_template_within_quotes_is_text(tmp_path: Path) -> None:
    text = POD.replace("metadata: {name: web}", 'metadata:\n  name: "{{ .Values.name }}"')
    tree(tmp_path, {"a.yaml": f"{text}      image: reg.io/app:1\n"})
    assert "a.yaml" in injected(tmp_path).changes


@pytest.mark.parametrize(
    ("comment", "tool"),
    [
        ("# kpt-set: ${image}", "kpt"),
        ('# {"$kpt-set":"image"}', "kpt"),
        ('# {"$openapi":"image"}', "kpt"),
        ("# x-release-please-version", "release-please"),
        ("# renovate: datasource=docker depName=reg.io/app", "Renovate"),
    ],
)
def test_a_line_that_another_tool_reads_is_not_marked(comment: str, tool: str, tmp_path: Path) -> None:
    tree(tmp_path, {"a.yaml": f"{POD}      image: reg.io/app:1 {comment}\n"})
    result = injected(tmp_path)
    assert "a.yaml" not in result.changes
    (message,) = said(result, "other-tool")
    assert tool in message
    assert "Flux" in message


@pytest.mark.parametrize("only", ["false", "true"])
def test_sops_signs_what_it_does_not_encrypt(only: str, tmp_path: Path) -> None:
    sops = f"sops:\n  mac: ENC[AES256_GCM,data:x]\n  mac_only_encrypted: {only}\n"
    tree(tmp_path, {"a.yaml": f"{POD}      image: reg.io/app:1\n{sops}"})
    result = injected(tmp_path)
    assert ("a.yaml" in result.changes) is (only == "true")
    assert bool(said(result, "sops-mac")) is (only == "false")


def test_a_list_that_flux_would_take_apart_is_not_marked(tmp_path: Path) -> None:
    pod = (POD + "      image: reg.io/app:1\n").replace("\n", "\n    ").rstrip()
    text = f"apiVersion: v1\nkind: List\nitems:\n  - {pod}\n"
    tree(tmp_path, {"a.yaml": text})
    result = injected(tmp_path)
    assert "a.yaml" not in result.changes
    assert said(result, "kind-list")
    tree(tmp_path, {"a.yaml": f"{text}---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: x}}\n"})
    assert new_text(tmp_path, "a.yaml").count("$imagepolicy") == 1


def test_a_json_patch_is_not_marked(tmp_path: Path) -> None:
    patch = "- op: replace\n  path: /spec/containers/0/image\n  value: reg.io/app:1\n"
    tree(tmp_path, {"patch.yaml": patch})
    result = injected(tmp_path)
    assert "patch.yaml" not in result.changes
    (message,) = said(result, "list-file")
    assert message.startswith("patch.yaml:3:10: ")


OWNERS = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata:
  name: flux-system
  namespace: flux-system
spec:
  git:
    commit:
      messageTemplate: "{{ .Updated.Images }}"
"""


def test_the_owners_message_template_that_fails_is_reported_and_replaced_only_with_force(tmp_path: Path) -> None:
    tree(tmp_path, {"flux/image-update-automation.yaml": OWNERS})
    result = injected(tmp_path)
    (message,) = said(result, "message-template")
    assert ".Updated" in message
    assert "{{ .Updated.Images }}" in new_text(tmp_path, "flux/image-update-automation.yaml")
    tree(tmp_path, {}, CONFIG.replace("  output: flux\n", "  output: flux\n  force: true\n"))
    assert "{{ .Updated.Images }}" not in new_text(tmp_path, "flux/image-update-automation.yaml")
