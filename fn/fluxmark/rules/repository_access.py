"""A policy refers to an ImageRepository of another namespace that does not grant it access.

Such a reference needs `accessFrom` in the repository, with a selector for the labels of the policy's namespace;
otherwise: `access denied: … can't be accessed due to missing ACL labels on 'accessFrom'`.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: apps}
    spec:
      imageRepositoryRef: {name: app, namespace: flux-system}
      policy: {semver: {range: '>=1.0.0'}}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: apps}
    spec:
      imageRepositoryRef: {name: app, namespace: flux-system}
      policy: {semver: {range: '>=1.0.0'}}
    ---
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageRepository
    metadata: {name: app, namespace: flux-system}
    spec:
      image: example.com/app
      interval: 5m0s
      accessFrom: {namespaceSelectors: [{matchLabels: {kubernetes.io/metadata.name: apps}}]}

Fix: add `accessFrom` to the repository, or put both into one namespace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.cluster import obstacles
from fluxmark.cluster.manifest import is_templated
from fluxmark.rules.policies import final_policies
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding

ID: Final = "repository-access"
SEVERITY: Final = Severity.ERROR

_NAME: Final = "kubernetes.io/metadata.name"


def check(world: Repository) -> Iterator[Finding]:
    """Yield the references to repositories of other namespaces that have no, or another, access rule."""
    for policy in final_policies(world):
        there = policy.text("spec", "imageRepositoryRef", "namespace")
        here = policy.namespace
        repository = policy.cluster.repository_of(policy) if policy.cluster else None
        if not there or not here or there == here or is_templated(there + here) or repository is None:
            continue
        if repository.is_final and obstacles.denied(policy, repository):
            yield policy.report(
                ID,
                SEVERITY,
                ("spec", "imageRepositoryRef", "namespace"),
                f"Flux denies this policy access: {repository.described} has no accessFrom that selects the "
                f"namespace {here}; add namespaceSelectors with matchLabels {{{_NAME}: {here}}}",
            )
