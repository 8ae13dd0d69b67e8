"""Faults whose cause neither Flux nor the API server names: kinds, comments, files, fields, registries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from check_packages import check
from fluxmark.cluster.read import read_directory
from fluxmark.rules.engine import run
from krmfn.packages.package import Package

if TYPE_CHECKING:
    from pathlib import Path

MARKER = '{"$imagepolicy": "flux-system:app"}'


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (
            "apiVersion: source.toolkit.fluxcd.io/v1\nkind: ImageRepository",
            "write apiVersion: image.toolkit.fluxcd.io/v1",
        ),
        ("apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImagePolicies", "write kind: ImagePolicy"),
        ("apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImageRepostory", "write kind: ImageRepository"),
        (
            "apiVersion: image.toolkits.fluxcd.io/v1\nkind: ImagePolicy",
            "write apiVersion: image.toolkit.fluxcd.io/v1",
        ),
        ("kind: ImagePolicy", "has no apiVersion; write apiVersion: image.toolkit.fluxcd.io/v1"),
        ("kind: ImagePolicies", "write apiVersion: image.toolkit.fluxcd.io/v1, kind: ImagePolicy"),
    ],
)
def test_a_resource_that_no_flux_serves(head: str, words: str) -> None:
    text = f"{head}\nmetadata: {{name: app, namespace: flux-system}}\nspec: {{}}\n"
    (finding,) = check({"flux.yaml": text}, "resource-kind")
    assert str(finding.severity) == "error"
    assert words in finding.message


@pytest.mark.parametrize(
    "head",
    [
        "apiVersion: config.openshift.io/v1\nkind: ImagePolicy",
        "apiVersion: policy.sigstore.dev/v1beta1\nkind: ClusterImagePolicy",
        "apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImagePolicy",
        "apiVersion: image.toolkit.fluxcd.io/v1beta1\nkind: ImageRepository",
    ],
)
def test_a_resource_of_another_project_is_not_meant(head: str) -> None:
    assert check({"other.yaml": f"{head}\nmetadata: {{name: app}}\n"}, "resource-kind") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"image: example.com/app:1.0.0# {MARKER}\n", "put a space before the '#'"),
        (f"image: example.com/app:1.0.0 // {MARKER}\n", "write '#' instead of '//'"),
    ],
)
def test_a_marker_that_is_not_a_comment(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "app.yaml").write_text(text)
    (finding,) = run(read_directory(Package(tmp_path)))
    assert finding.rule == "file-unreadable"
    assert words in finding.message


@pytest.mark.parametrize(
    ("name", "text", "advice"),
    [
        ("app.YAML", f"image: app:1 # {MARKER}\n", "rename it"),
        ("app.yaml.gotmpl", f"image: app:1 # {MARKER}\n", "mark the file that the template is filled in from"),
        (".env", f"IMAGE=app:1 # {MARKER}\n", "Flux updates YAML alone"),
        ("main.tfvars", f'image = "app:1" # {MARKER}\n', "Flux updates YAML alone"),
    ],
)
def test_a_file_that_flux_skips_by_its_name(tmp_path: Path, name: str, text: str, advice: str) -> None:
    (tmp_path / name).write_text(text)
    (finding,) = run(read_directory(Package(tmp_path)))
    assert finding.rule == "file-name"
    assert finding.message.endswith(advice) or advice in finding.message


@pytest.mark.parametrize(
    ("field", "meant"),
    [
        ("allowInsecure: true", "spec.insecure"),
        ("filterExtracts: $ts", "spec.filterTags.extract"),
        ("exclusions: []", "exclusionList"),
    ],
)
def test_an_unknown_field_names_the_one_that_is_meant(field: str, meant: str) -> None:
    kind, spec = "ImageRepository", "image: a/b, interval: 1m"
    if "filter" in field:
        kind, spec = "ImagePolicy", "imageRepositoryRef: {name: app}, policy: {semver: {range: '*'}}"
    head = f"apiVersion: image.toolkit.fluxcd.io/v1\nkind: {kind}\nmetadata: {{name: app, namespace: a}}\n"
    found = check({"flux.yaml": f"{head}spec: {{{spec}, {field}}}\n"}, "schema-invalid")
    assert any(f"did you mean {meant}?" in one.message for one in found)


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ("", True),
        (", secretRef: {name: s}", False),
        (", serviceAccountName: s", False),
        (", provider: aws", False),
    ],
)
def test_a_private_registry_needs_credentials(more: str, found: bool) -> None:
    image = "123456789012.dkr.ecr.eu-north-1.amazonaws.com/app"
    text = (
        "apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImageRepository\nmetadata: {name: app, namespace: a}\n"
        f"spec: {{image: {image}, interval: 5m{more}}}\n"
    )
    assert bool(check({"flux.yaml": text}, "repository-provider")) is found


LOGIN = '{"auths": {"KEY": {"auth": "bmFtZTpwYXNzd29yZA=="}}}'


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        ({"type": "kubernetes.io/dockerconfigjson", "key": "ghcr.io"}, ""),
        ({"type": "kubernetes.io/dockerconfigjson", "key": "https://ghcr.io/v1/"}, ""),
        ({"type": "kubernetes.io/dockerconfigjson", "key": "GHCR.io"}, 'write "ghcr.io"'),
        ({"type": "kubernetes.io/dockerconfigjson", "key": "quay.io"}, "finds no login for ghcr.io"),
        ({"type": "kubernetes.io/dockerconfigjson", "key": "ghcr.[io"}, "invalid IP-literal"),
        ({"type": "Opaque", "key": "ghcr.io"}, "write type: kubernetes.io/dockerconfigjson"),
        ({"type": "kubernetes.io/dockerconfigjson", "text": "{"}, "Flux cannot read this Secret"),
        ({"type": "kubernetes.io/dockerconfigjson", "text": "${REGISTRY_LOGIN}"}, ""),
        ({"type": "kubernetes.io/dockerconfigjson", "text": "ENC[AES256_GCM,data:x]"}, ""),
    ],
)
def test_a_secret_is_read_as_flux_reads_it(secret: dict[str, str], said: str) -> None:
    text = secret.get("text") or LOGIN.replace("KEY", secret["key"])
    repository = (
        "apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImageRepository\nmetadata: {name: app, namespace: a}\n"
        "spec: {image: ghcr.io/o/app, interval: 5m, secretRef: {name: login}}\n"
    )
    login = (
        f"apiVersion: v1\nkind: Secret\nmetadata: {{name: login, namespace: a}}\ntype: {secret['type']}\n"
        f"stringData: {{.dockerconfigjson: '{text}'}}\n"
    )
    found = check({"flux.yaml": repository, "login.yaml": login}, "repository-secret")
    assert [said in one.message for one in found] == [True] * bool(said)
    assert all("password" not in one.message for one in found)


@pytest.mark.parametrize(
    ("items", "where", "said"),
    [
        (
            "  - x # {M}\n",
            (4, 5),
            "an item fails every run of Flux: wrong node kind: expected MappingNode but got Scalar",
        ),
        ("  - - image: a # {M}\n", (4, 5), "an item fails every run of Flux: wrong node kind"),
        ("    a: b # {M}\n", (4, 5), "an item fails every run of Flux: wrong node kind: expected SequenceNode"),
        ("  - image: a # {M}\n", (4, 5), "every run of Flux that changes this file: missing Resource metadata"),
    ],
)
def test_an_item_of_a_list_that_fails_a_run(items: str, where: tuple[int, int], said: str) -> None:
    text = "apiVersion: v1\nkind: List\nitems:\n" + items.replace("{M}", MARKER)
    found = [one for one in check({"a.yaml": text}, "kind-list") if "an item fails" in one.message]
    assert [(one.line, one.column) for one in found] == [where]
    assert said in found[0].message


@pytest.mark.parametrize("name", ["ImageRepository", "ImagePolicy", "ImageUpdateAutomation"])
def test_a_misspelt_main_field_hides_no_other_fault(name: str) -> None:
    fields = {
        "ImageRepository": "{imgae: example.com/app, interval: 5m0s}",
        "ImagePolicy": "{imageRepositoryReff: {name: app}, policy: {semver: {range: 1.x}}}",
        "ImageUpdateAutomation": "{interval: 1m0s, sourceReff: {kind: GitRepository, name: a}}",
    }
    head = "apiVersion: image.toolkit.fluxcd.io/v1\nkind: {}\n"
    head += "metadata: {{name: app, namespace: flux-system}}\nspec: {}\n"
    other = head.format("ImageRepository", "{image: example.com/b, interval: often}").replace(
        "name: app", "name: b"
    )
    found = check({"flux.yaml": f"{head.format(name, fields[name])}---\n{other}"}, "schema-invalid")
    assert {one.line for one in found} == {4, 9}


def test_an_automation_of_v1alpha1_is_judged_by_its_own_fields() -> None:
    text = """\
apiVersion: image.toolkit.fluxcd.io/v1alpha1
kind: ImageUpdateAutomation
metadata: {name: all, namespace: flux-system}
spec:
  checkout: {gitRepositoryRef: {name: flux-system}, branch: main}
  interval: 1m0s
  update: {strategy: Setters}
  commit: {authorName: flux, authorEmail: flux@example.com}
"""
    assert [one.rule for one in check({"flux.yaml": text})] == ["api-version"]
    migrated = {one.message for one in check({"flux.yaml": text.replace("v1alpha1", "v1")}, "schema-invalid")}
    assert any("spec.sourceRef: is required" in one for one in migrated)
    assert any("spec.checkout: unknown field here" in one for one in migrated)
