"""What builds of directories return, for small trees."""

from __future__ import annotations

from fluxmark.kustomize import Build, FluxSettings, build
from kustomize_trees import Texts

POLICY = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata:
  name: app
spec:
  imageRepositoryRef:
    name: app
  policy:
    semver:
      range: ">=1.0.0"
"""


def names(found: Build) -> list[str]:
    return sorted(f"{one.kind} {one.namespace}/{one.name}" for one in found.objects)


def test_resources_of_a_base_get_the_namespace_and_names_of_an_overlay() -> None:
    files = Texts(
        {
            "base/kustomization.yaml": "resources: [policy.yaml]\n",
            "base/policy.yaml": POLICY,
            "prod/kustomization.yaml": "resources: [../base]\nnamespace: prod\nnamePrefix: a-\nnameSuffix: -z\n",
        }
    )
    found = build(files, "prod")
    assert names(found) == ["ImagePolicy prod/a-app-z"]
    assert not found.problems
    assert found.files == {"base/policy.yaml"}
    assert found.directories == {"prod", "base"}
    one = found.objects[0]
    assert one.original_name == "app"
    # kustomize does not know the references of Flux
    assert one.data["spec"]["imageRepositoryRef"] == {"name": "app"}


def test_a_patched_field_is_written_in_the_patch() -> None:
    kustomization = """\
        resources: [policy.yaml]
        patches:
          - patch: |
              - op: replace
                path: /spec/policy/semver/range
                value: ">=2.0.0"
            target:
              kind: ImagePolicy
        """
    files = Texts({"kustomization.yaml": kustomization, "policy.yaml": POLICY})
    one = build(files, "").objects[0]
    origin = one.origin(("spec", "policy", "semver", "range"))
    assert one.data["spec"]["policy"]["semver"]["range"] == ">=2.0.0"
    assert origin.file == "kustomization.yaml"
    assert files.texts[origin.file][origin.start : origin.end] == '">=2.0.0"'
    below = one.origin(("spec", "imageRepositoryRef", "name"))
    assert files.texts[below.file][below.start : below.end] == "app"


def test_without_a_kustomization_only_flux_builds_a_directory() -> None:
    files = Texts({"apps/a.yaml": POLICY, "apps/deep/b.yaml": POLICY.replace("name: app", "name: b", 1)})
    assert "unable to find one of" in build(files, "apps").problems[0].message
    found = build(files, "apps", FluxSettings(namespace="flux"))
    assert names(found) == ["ImagePolicy flux/app", "ImagePolicy flux/b"]


def test_two_resources_of_one_identity_are_a_problem_with_both_places() -> None:
    files = Texts({"kustomization.yaml": "resources: [a.yaml, b.yaml]\n", "a.yaml": POLICY, "b.yaml": POLICY})
    problem = build(files, "").problems[0]
    assert problem.file == "b.yaml"
    assert problem.other is not None
    assert problem.other.file == "a.yaml"
    assert "already registered id: ImagePolicy.v1.image.toolkit.fluxcd.io/app.[noNs]" in problem.message


def test_what_is_remote_is_not_followed() -> None:
    files = Texts({"kustomization.yaml": "resources: [a.yaml, https://example.org/b]\n", "a.yaml": POLICY})
    found = build(files, "")
    assert names(found) == ["ImagePolicy /app"]
    assert [one.what for one in found.unfollowed] == ["the remote base https://example.org/b"]
