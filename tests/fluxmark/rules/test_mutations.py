"""Faults put into a healthy package: each is found by the rule named for it, where it is, and by no other."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from check_packages import check
from fluxmark.rules.registry import RULES
from krmfn.yaml.text import Lines

HEALTHY = Path(__file__).parents[3] / "fixtures/check/healthy"
WEB, API, WORKER = "apps/web/deployment.yaml", "apps/api/kustomization.yaml", "apps/worker/compose.yaml"
REPOSITORIES, POLICIES = "flux/image-repositories.yaml", "flux/image-policies.yaml"
AUTOMATION = "flux/image-update-automation.yaml"
WEB_MARKER = '# {"$imagepolicy": "flux-system:web"}'
WEB_PATTERN = "^main-[a-f0-9]{7}-(?P<ts>[0-9]{10})$"
SECOND_AUTOMATION = """\
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata:
  name: second
  namespace: flux-system
spec:
  interval: 5m0s
  sourceRef:
    kind: GitRepository
    name: fleet
  git:
    checkout:
      ref:
        branch: main
    commit:
      author:
        email: flux@example.com
"""
SECOND_NUMERICAL = """\
numerical:
      order: asc
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata:
  name: worker"""
PROXY_POLICY = """\
    name: proxy
  digestReflectionPolicy: Never
  filterTags:
    pattern: ^1\\.[0-9]+\\.[0-9]+$
  policy:
    semver:
      range: 1.x
"""
PROXY_REPOSITORY = """\
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata:
  name: proxy
  namespace: infra
spec:
  image: registry.example.com/shop/proxy
  interval: 5m0s
"""


EXTRA_REPOSITORY = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata:
  name: extra
  namespace: flux-system
spec:
  image: registry.example.com/shop/wrker
  interval: 5m0s
---
"""


KUSTOMIZATION = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: all
  namespace: flux-system
spec:
  interval: 10m0s
  path: ./
  prune: true
  sourceRef:
    kind: GitRepository
    name: fleet
---
"""
CONFIGURATION = """\
apiVersion: fluxmark.io/v1alpha1
kind: ImageAutomation
metadata:
  name: all
---
"""


class Fault(NamedTuple):
    """A text that is put in place of another, what finds it, and the text at whose start the finding is.

    file: that the fault is in; renamed: what the file is called then; copied: where it is as well. also: rules
    that have to speak, too, because the one fault has a second effect.
    """

    rule: str
    file: str
    old: str
    new: str
    at: str
    renamed: str = ""
    also: tuple[str, ...] = ()
    copied: str = ""


FAULTS = (
    # markers that Flux does not read
    Fault(
        "marker-malformed",
        WEB,
        '"$imagepolicy": "flux-system:web"',
        '"$imagePolicy": "flux-system:web"',
        "$imagePol",
    ),
    Fault("marker-malformed", WEB, WEB_MARKER, '# {"$imagepolicy": "web"}', 'web"}'),
    Fault("marker-malformed", WEB, WEB_MARKER, WEB_MARKER + " # keep", "# keep"),
    Fault("marker-malformed", WEB, WEB_MARKER, "# {'$imagepolicy': 'flux-system:web'}", "'$imagepolicy'"),
    Fault("marker-malformed", WEB, WEB_MARKER, WEB_MARKER.replace('web"', 'web:tags"'), "flux-system:web:tags"),
    Fault(
        "marker-position",
        WORKER,
        "    image: registry.example.com/shop/worker:1.0.0 # {",
        "    # {",
        '# {"$imagepolicy',
    ),
    Fault(
        "marker-position",
        API,
        '    newTag: "142" # {"$imagepolicy": "flux-system:api:tag"}',
        '    # {"$imagepolicy": "flux-system:api:tag"}\n    newTag: "142"',
        '# {"$imagepolicy": "flux-system:api:tag"}',
    ),
    Fault(
        "marker-position",
        API,
        '"142" # {',
        '# {"$imagepolicy": "flux-system:api:tag"}\n      "142" # {',
        '# {"$imagepolicy": "flux-system:api:tag"}\n      "',
    ),
    Fault(
        "marker-in-text",
        WORKER,
        "      TAGS: 1.0.0",
        '      TAGS: |\n        1.0.0 # {"$imagepolicy": "flux-system:worker:tag"}',
        '# {"$imagepolicy": "flux-system:worker:tag"}',
    ),
    # what a cluster does not get
    Fault("kustomize-build", API, "  - deployment.yaml", "  - deploy.yaml", "deploy.yaml"),
    Fault(
        "resource-twice",
        POLICIES,
        "  name: worker\n  namespace: flux-system\n  labels",
        "  name: api\n  namespace: flux-system\n  labels",
        "api\n  namespace: flux-system\n  labels",
        also=("marker-policy-missing",),
    ),
    Fault(
        "marker-whole-value",
        WEB,
        "image: registry.example.com/shop/proxy",
        "argument: --image=registry.example.com/shop/proxy",
        "--image",
    ),
    Fault(
        "marker-template",
        WEB,
        "name: web\n",
        "name: web\n  labels: {{ .Values.labels }}\n",
        "{{ .Values",
        also=("reformat",),
    ),
    Fault("marker-sops", WEB, "kind: Deployment\n", "kind: Deployment\nsops: {mac: x}\n", WEB_MARKER),
    # markers and policies that do not meet
    Fault(
        "marker-policy-missing",
        WEB,
        "flux-system:web",
        "flux-system:wbe",
        "flux-system:wbe",
        also=("policy-unused",),
    ),
    Fault("marker-policy-missing", WEB, "flux-system:proxy", "flux:proxy", "flux:proxy", also=("policy-unused",)),
    Fault(
        "marker-namespace",
        AUTOMATION,
        "  name: fleet\n  namespace: flux-system\nspec:\n  interval: 5m0s\n  sourceRef",
        "  name: fleet\n  namespace: other\nspec:\n  interval: 5m0s\n  sourceRef",
        "",
        also=("git-repository-missing",),
    ),
    Fault(
        "policy-not-selected",
        AUTOMATION,
        "  update:\n",
        "  policySelector:\n    matchLabels:\n      team: shop\n  update:\n",
        "",
    ),
    Fault(
        "suspended", POLICIES, "    name: worker\n  policy", "    name: worker\n  suspend: true\n  policy", "true"
    ),
    Fault("outside-update-path", AUTOMATION, "./apps", "./apps/web", ""),
    Fault("file-name", WORKER, "TAGS: 1.0.0", "TAGS: 1.0.0", '# {"$imagepolicy', "apps/worker/compose.YAML"),
    Fault("file-name", WORKER, "TAGS: 1.0.0", "TAGS: 1.0.0", '# {"$imagepolicy', "apps/worker/compose..yaml"),
    Fault("file-unreadable", WEB, "kind: Deployment", "kind:\tDeployment\n\tx: 1", "\tx", also=()),
    Fault("file-unreadable", WORKER, "services:", "%YAML 1.1\n---\nservices:", "%YAML"),
    Fault("file-unreadable", WORKER, "services:", "a: 1\n--- {b: 1}\n---\nservices:", " {b: 1}"),
    Fault("file-unreadable", WORKER, "services:", "metadata: none\nservices:", "none"),
    Fault("file-unreadable", WORKER, "services:", "a: 1\n...\nservices:", "services:"),
    Fault("file-unreadable", WORKER, "services:", "metadata: [none]\nservices:", "[none]"),
    Fault("file-unreadable", WORKER, "services:", "metadata: {annotations: [none]}\nservices:", "[none]"),
    Fault("file-unreadable", WORKER, "services:", "none: *none\nservices:", "*none"),
    Fault("file-unreadable", WORKER, "services:", "none\n---\nservices:", "none"),
    Fault("file-unreadable", WORKER, "services:", 'none: "\\/"\nservices:', '"\\/"'),
    Fault("file-unreadable", WORKER, "services:", "---\n- a\n---\nservices:", "- a", also=("reformat",)),
    Fault("kind-list", WEB, "apiVersion: apps/v1\nkind: Deployment", "apiVersion: v1\nkind: List", "List"),
    Fault(
        "path-annotation",
        WEB,
        "  namespace: shop\n",
        "  namespace: shop\n  annotations:\n    config.kubernetes.io/path: web.yaml\n",
        "web.yaml",
    ),
    # values at markers
    Fault("marker-suffix", API, "api:tag", "api", 'flux-system:api"}\n'),
    Fault("marker-suffix", WEB, "flux-system:web", "flux-system:web:tag", "flux-system:web:tag"),
    Fault("marker-value", API, '"142"', "142", "142"),
    Fault("marker-image", WEB, "shop/web:main", "shop/site:main", "registry.example.com/shop/site"),
    Fault("marker-tag", WEB, "main-abc1234-1700000000", "dev-abc1234-1700000000", "dev-abc1234"),
    Fault("marker-tag", WORKER, "worker:1.0.0", "worker:2.1.0", "2.1.0"),
    Fault("marker-digest", API, "api:tag", "api:digest", "flux-system:api:digest", also=("marker-suffix",)),
    Fault(
        "unmarked-image",
        WEB,
        ' # {"$imagepolicy": "flux-system:proxy"}',
        "",
        "registry.example.com/shop/proxy",
        also=("policy-unused",),
    ),
    Fault(
        "shared-policy",
        WORKER,
        "services",
        "services",
        "flux-system:worker",
        "apps/staging/compose.yaml",
        copied="apps/production/compose.yaml",
    ),
    Fault("reformat", WEB, "spec:\n  template", "\nspec:\n  template", "\nspec:\n  template"),
    Fault("reformat", WORKER, "services:\n", "---\nservices:\n", "---"),
    # policies
    Fault(
        "policy-order",
        POLICIES,
        "extract: $ts\n  policy:\n    numerical",
        "extract: $0\n  policy:\n    alphabetical",
        "$0",
    ),
    Fault(
        "policy-order",
        POLICIES,
        "$ts\n  policy:\n    numerical:\n      order: asc",
        "$ts\n  policy:\n    numerical:\n      order: desc",
        "desc",
    ),
    Fault(
        "policy-order",
        POLICIES,
        "pattern: ^[0-9]+$\n  policy:\n    numerical",
        "pattern: ^[0-9]+\\.[0-9]+$\n  policy:\n    numerical",
        "^[0-9]+\\.",
        also=("marker-tag",),
    ),
    Fault("policy-extract", POLICIES, "extract: $ts", "extract: $ts_", "$ts_"),
    Fault("policy-extract", POLICIES, "extract: $ts", "extract: $1x", "$1x"),
    Fault("policy-pattern", POLICIES, "(?P<ts>[0-9]{10})", "(?P<ts>[0-9]{10}", "^main"),
    Fault("policy-pattern", POLICIES, "^main-", "^main:", ":[a-f", also=("marker-tag",)),
    Fault("policy-anchors", POLICIES, "pattern: ^main-[a-f", "pattern: main-[a-f", "main-[a-f"),
    Fault("policy-number", POLICIES, "extract: $ts", "extract: n$ts", "n$ts"),
    Fault(
        "policy-number",
        POLICIES,
        "  filterTags:\n    pattern: ^[0-9]+$\n",
        "",
        SECOND_NUMERICAL,
    ),
    Fault("policy-range", POLICIES, '">=1.0.0 <2.0.0"', "latest", "latest"),
    Fault("policy-range", POLICIES, '">=1.0.0 <2.0.0"', '">=1.0.0-0 <2.0.0"', '">=1.0.0-0'),
    Fault("policy-range", POLICIES, "range: 1.x", "range: 2.x", "2.x", also=("marker-tag",)),
    Fault("policy-choice", POLICIES, "    semver:\n      range: 1.x", "    {}", "policy:\n    {}"),
    Fault("policy-ties", POLICIES, "[0-9]{10})$", "[0-9]{8})$", "$ts", also=("marker-tag",)),
    Fault(
        "policy-unused",
        POLICIES,
        "  name: proxy\n  namespace",
        "  name: gateway\n  namespace",
        "gateway",
        also=("marker-policy-missing",),
    ),
    # repositories
    Fault("repository-missing", POLICIES, "    name: proxy\n  digest", "    name: poxy\n  digest", "poxy"),
    Fault(
        "repository-access",
        POLICIES,
        PROXY_POLICY,
        PROXY_POLICY.replace("name: proxy", "name: proxy\n    namespace: infra") + PROXY_REPOSITORY,
        "infra\n  digest",
    ),
    Fault(
        "repository-image",
        REPOSITORIES,
        "image: registry.example.com/shop/web",
        "image: https://registry.example.com/shop/web",
        "https://",
    ),
    Fault(
        "repository-image",
        REPOSITORIES,
        "image: registry.example.com/shop/web",
        "image: registry.example.com/shop/web:1.0",
        ":1.0",
    ),
    Fault("repository-exclusion", REPOSITORIES, "^nightly", "^nightly(", "^nightly("),
    Fault("repository-provider", REPOSITORIES, "  timeout: 60s", "  provider: gcp", "gcp"),
    Fault(
        "repository-provider",
        REPOSITORIES,
        "registry.example.com/shop/api",
        "123456789012.dkr.ecr.eu-north-1.amazonaws.com/api",
        "123456789012.dkr",
        also=("marker-image",),
    ),
    Fault(
        "repository-secret",
        REPOSITORIES,
        "  timeout: 60s",
        """  secretRef:
    name: login
---
apiVersion: v1
kind: Secret
metadata:
  name: login
  namespace: flux-system
type: Opaque
stringData:
  .dockerconfigjson: '{"auths": {"registry.example.com": {"auth": "bmFtZTpwYXNzd29yZA=="}}}'
""",
        "login\n---",
    ),
    Fault(
        "repository-plain-http",
        REPOSITORIES,
        "registry.example.com/shop/api",
        "192.168.0.40:5000/shop/api",
        "192.168.0.40",
        also=("marker-image",),
    ),
    Fault(
        "repository-duplicate",
        REPOSITORIES,
        "/shop/proxy",
        "/shop/worker",
        "registry.example.com/shop/worker\n  interval: 1h",
        also=("marker-image",),
    ),
    # automations
    Fault(
        "automation-template",
        AUTOMATION,
        "range $changes := $objects",
        "range $objects.Items",
        "{{ range $objects.Items",
        also=(),
    ),
    Fault("automation-template", AUTOMATION, "{{ .OldValue }}", "{{ .Old }}", ".Old }}"),
    Fault(
        "automation-branch", AUTOMATION, "    push:\n      branch: main\n", "    push:\n      branch: bot\n", "bot"
    ),
    Fault("automation-path", AUTOMATION, "./apps", "./aps", "./aps"),
    Fault(
        "automation-overlap",
        AUTOMATION,
        "    strategy: Setters\n",
        "    strategy: Setters\n" + SECOND_AUTOMATION,
        "second",
    ),
    Fault("git-repository-missing", AUTOMATION, "    name: fleet\n  git", "    name: flet\n  git", "flet\n"),
    Fault(
        "image-nowhere",
        REPOSITORIES,
        "apiVersion",
        EXTRA_REPOSITORY + "apiVersion",
        "registry.example.com/shop/wrker",
    ),
    Fault(
        "resource-unreached",
        WEB,
        "apiVersion",
        KUSTOMIZATION.replace("./", "./apps") + "apiVersion",
        "",
        also=("kustomize-build",),  # a compose file is there, too
    ),
    Fault(
        "config-applied",
        AUTOMATION,
        "apiVersion",
        KUSTOMIZATION + CONFIGURATION + "apiVersion",
        "ImageAutomation\n",
        also=("kustomize-build",),
    ),
    # resources
    Fault(
        "api-version",
        REPOSITORIES,
        "fluxcd.io/v1\nkind: ImageRepository\nmetadata:\n  name: web",
        "fluxcd.io/v1beta1\nkind: ImageRepository\nmetadata:\n  name: web",
        "image.toolkit.fluxcd.io/v1beta1",
    ),
    Fault(
        "resource-kind",
        REPOSITORIES,
        "kind: ImageRepository\nmetadata:\n  name: web",
        "kind: ImageRepositories\nmetadata:\n  name: web",
        "ImageRepositories",
        also=("repository-missing",),
    ),
    Fault("schema-invalid", REPOSITORIES, "timeout: 60s", "timeout: 1h", "1h"),
    Fault("schema-invalid", REPOSITORIES, "timeout: 60s", "allowInsecure: true", "true"),
    Fault("schema-invalid", REPOSITORIES, "timeout: 60s", "timout: 60s", "60s"),
    Fault("silence-unknown", WEB, "# served to the world", "# fluxmark: ignore[markers]", "markers"),
)


def healthy() -> dict[str, str]:
    return {str(path.relative_to(HEALTHY)): path.read_text() for path in sorted(HEALTHY.rglob("*.yaml"))}


def test_a_healthy_package_has_no_findings() -> None:
    assert check(healthy()) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.rule}: {fault.new[:40]!r}")
def test_a_fault_is_found_by_its_rule_alone(fault: Fault) -> None:
    texts = healthy()
    assert texts[fault.file].count(fault.old) >= 1
    text = texts.pop(fault.file).replace(fault.old, fault.new, 1)
    path = fault.renamed or fault.file
    texts |= {fault.copied: text, path: text} if fault.copied else {path: text}
    found = check(texts)
    assert {finding.rule for finding in found} == {fault.rule, *fault.also}, [one.message for one in found]
    if fault.at:
        place = Lines(text).position(text.index(fault.at))
        places = [(one.file, one.line, one.column) for one in found if one.rule == fault.rule]
        assert places == [(path, place.line, place.column)]


def test_every_rule_has_a_fault() -> None:
    # `variable-undefined` needs a cluster with variables: tests/fluxmark/rules/test_variables.py
    assert {fault.rule for fault in FAULTS} == {rule.ID for rule in RULES} - {"variable-undefined"}
