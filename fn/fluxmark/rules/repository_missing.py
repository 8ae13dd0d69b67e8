"""A policy refers to an ImageRepository that does not exist.

The policy then waits (`DependencyNotReady`) and selects nothing. The rule reports only where the cluster has other
repositories of that namespace.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: apps}
      policy: {semver: {range: '>=1.0.0'}}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      policy: {semver: {range: '>=1.0.0'}}

Fix: correct the name, or write the ImageRepository.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.cluster.manifest import is_templated
from fluxmark.flux.schema.did_you_mean import nearest
from fluxmark.rules.policies import final_policies, may_be
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding

ID: Final = "repository-missing"
SEVERITY: Final = Severity.ERROR


def check(world: Repository) -> Iterator[Finding]:
    """Yield the policies whose repository is missing."""
    for policy in final_policies(world):
        cluster = policy.cluster
        name = policy.text("spec", "imageRepositoryRef", "name")
        namespace = policy.text("spec", "imageRepositoryRef", "namespace") or policy.namespace
        if cluster is None or world.has_templates:
            continue
        if not name or is_templated(name + namespace):
            continue
        if any(may_be(one, namespace, name) for one in cluster.repositories):
            continue
        names = [one.name for one in cluster.repositories if one.namespace in (namespace, "")]
        elsewhere = [one.namespace for one in cluster.repositories if one.name == name]
        if not names and not elsewhere:
            continue
        close = nearest(name, names)
        if not (cluster.is_complete or close or elsewhere):
            continue
        hint = (
            f"the namespace {elsewhere[0]} has one of that name: write namespace: {elsewhere[0]} next to the name"
            if elsewhere
            else f"did you mean {close[0]}?"
            if close
            else "write the ImageRepository"
        )
        yield policy.report(
            ID,
            SEVERITY,
            ("spec", "imageRepositoryRef", "name"),
            f"this policy selects nothing: there is no ImageRepository {namespace}/{name}; {hint}",
        )
