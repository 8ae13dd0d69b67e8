"""Resources are judged as the cluster gets them; what is not known is not judged."""

from __future__ import annotations

import pytest

from check_packages import check

REPOSITORY = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {name: app, namespace: flux-system}
spec: {image: example.com/app, interval: 5m0s}
"""
POLICY = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: app, namespace: flux-system}
spec:
  imageRepositoryRef: {name: app}
  filterTags: {pattern: '^main-[a-f0-9]+-[0-9]{10}$'}
  policy: {alphabetical: {order: asc}}
"""
AUTOMATION = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata: {name: all, namespace: flux-system}
spec:
  interval: 1m0s
  sourceRef: {kind: GitRepository, name: flux-system}
  git: {checkout: {ref: {branch: main}}, commit: {author: {email: flux@example.com}}}
  update: {path: ./clusters/a}
"""
MARKER = 'image: example.com/app:main-abc1234-1700000000 # {"$imagepolicy": "flux-system:app"}\n'
OTHER = 'image: example.com/web:1.0.0 # {"$imagepolicy": "flux-system:web"}\n'


def rules(texts: dict[str, str]) -> list[str]:
    return [finding.rule for finding in check(texts)]


def test_the_faults_are_found_where_all_is_known() -> None:
    assert rules({"base/policy.yaml": POLICY}) == ["policy-order"]
    assert rules({"a.yaml": OTHER, "b.yaml": POLICY}) == ["marker-policy-missing", "policy-unused", "policy-order"]


PATCHED = "kind: Kustomization\nresources: [../base]\npatches: [{path: app.yaml}]\n"
BASE = "kind: Kustomization\nresources: [policy.yaml]\n"
SOUND = (
    "kind: ImagePolicy\napiVersion: image.toolkit.fluxcd.io/v1\nmetadata: {name: app, namespace: flux-system}\n"
    "spec:\n  filterTags: {pattern: '^main-[a-f0-9]{7}-(?P<ts>[0-9]{10})$', extract: $ts}\n"
)


@pytest.mark.parametrize(
    "overlay",
    [
        # a patch in a file of its own
        {
            "overlay/kustomization.yaml": PATCHED,
            "overlay/app.yaml": SOUND,
        },
        # a patch within a kustomization
        {
            "overlay/kustomization.yaml": "kind: Kustomization\nresources: [../base]\npatches:\n  - patch: |\n"
            + "".join(f"      {line}\n" for line in SOUND.splitlines()),
        },
        # a patch within Flux's Kustomization
        {
            "clusters/a/app.yaml": "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
            "metadata: {name: a, namespace: flux-system}\nspec:\n  path: ./base\n  prune: true\n  interval: 1m\n"
            "  sourceRef: {kind: GitRepository, name: flux-system}\n"
            "  patches:\n    - target: {kind: ImagePolicy}\n      patch: |\n"
            + "".join(f"        {line}\n" for line in SOUND.splitlines()),
        },
    ],
)
def test_a_policy_is_judged_as_its_patches_leave_it(overlay: dict[str, str]) -> None:
    base = {"base/policy.yaml": POLICY, "base/kustomization.yaml": BASE}
    assert rules(base) == ["policy-order"]
    assert rules({**base, **overlay}) == []


def test_a_fault_of_a_patch_is_reported_in_the_patch() -> None:
    texts = {
        "base/policy.yaml": POLICY.replace("^main-[a-f0-9]+-[0-9]{10}$", "^main-(?P<ts>[0-9]{10})$"),
        "base/kustomization.yaml": BASE,
        "overlay/kustomization.yaml": "kind: Kustomization\nresources: [../base]\npatches: [{path: app.yaml}]\n",
        "overlay/app.yaml": SOUND.replace("$ts", "$time"),
    }
    (found,) = check(texts, "policy-extract")
    assert (found.file, found.line) == ("overlay/app.yaml", 5)


def test_a_file_that_no_kustomization_uses_as_a_patch_is_judged() -> None:
    partial = AUTOMATION.replace("  sourceRef: {kind: GitRepository, name: flux-system}\n", "")
    assert "schema-invalid" in rules({"values.yaml": partial})
    kustomization = "kind: Kustomization\nresources: [base.yaml]\npatches: [{path: values.yaml}]\n"
    texts = {"values.yaml": partial, "base.yaml": AUTOMATION, "kustomization.yaml": kustomization}
    assert "schema-invalid" not in rules(texts)


@pytest.mark.parametrize("pattern", ["^${prefix}-[a-f0-9]+-[0-9]+", "{{ .Values.pattern }}"])
def test_what_is_filled_in_later_is_not_judged(pattern: str) -> None:
    assert rules({"a.yaml": POLICY.replace("^main-[a-f0-9]+-[0-9]{10}$", pattern)}) == []


@pytest.mark.parametrize(
    "template",
    [
        POLICY.replace("name: app, names", "name: '${cluster}-app', names"),
        POLICY.replace("name: app, names", "name: {{ .Values.name }}, names"),
        POLICY.replace("{name: app, namespace: flux-system}", "{{ include .}}\n{{ if x }}"),
    ],
)
def test_policies_from_templates_may_be_any(template: str) -> None:
    found = rules({"a.yaml": OTHER, "charts/x/templates/policy.yaml": template})
    assert "marker-policy-missing" not in found


def test_a_prefix_makes_the_name() -> None:
    kustomization = {"kustomization.yaml": "kind: Kustomization\nnamePrefix: prod-\nresources: [b.yaml]\n"}
    marked = MARKER.replace("system:app", "system:prod-app")
    assert "marker-policy-missing" not in rules({"a.yaml": marked, "b.yaml": POLICY, **kustomization})
    assert "marker-policy-missing" in rules({"a.yaml": MARKER, "b.yaml": POLICY, **kustomization})


def test_markers_of_policies_that_are_kept_elsewhere_are_left_alone() -> None:
    assert rules({"a.yaml": OTHER}) == []
    assert rules({"clusters/a/a.yaml": OTHER, "clusters/a/b.yaml": AUTOMATION}) == []


@pytest.mark.parametrize("path", ["${CLUSTER}", "./clusters/${cluster}", "."])
def test_a_templated_path_may_be_any(path: str) -> None:
    texts = {"apps/a.yaml": MARKER, "clusters/a/b.yaml": AUTOMATION.replace("./clusters/a", path)}
    assert rules(texts) == []


def test_a_namespace_that_kustomize_sets_counts() -> None:
    bare = POLICY.replace(", namespace: flux-system", "").replace("[a-f0-9]+-[0-9]{10}$", "(?P<ts>[0-9]{10})$")
    texts = {
        "a.yaml": MARKER.replace("flux-system", "apps"),
        "flux/policy.yaml": bare,
        "flux/kustomization.yaml": "kind: Kustomization\nnamespace: flux-system\nresources: [policy.yaml]\n",
        "flux/automation.yaml": AUTOMATION.replace("./clusters/a", "."),
    }
    assert "marker-policy-missing" in rules(texts)
    del texts["flux/kustomization.yaml"]
    assert "marker-policy-missing" not in rules(texts)


def test_markers_in_templates_of_other_tools_are_theirs() -> None:
    text = 'kind: GitOpsTemplate\nspec:\n  content: |\n    image: a # {"$imagepolicy": "flux-system:app"}\n'
    assert rules({"a.yaml": text}) == []
    assert rules({"a.yaml": text.replace("GitOpsTemplate", "ConfigMap")}) == ["marker-in-text"]
    # a field that is commented out with its marker, and prose about markers
    assert rules({"a.yaml": f"a: 1\n# {MARKER}# the $imagepolicy comments are set by fluxmark\n"}) == []
