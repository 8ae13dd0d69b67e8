"""No automation selects a marker's policy.

With `policySelector` an automation takes only the policies with certain labels (since Flux 2.3). A policy without
them keeps selecting tags, and its markers are never updated.

Fails:
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}
    ---
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      policy: {semver: {range: '>=1.0.0'}}
    ---
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageUpdateAutomation
    metadata: {name: all, namespace: flux-system}
    spec:
      interval: 1m0s
      sourceRef: {kind: GitRepository, name: flux-system}
      git: {commit: {author: {email: flux@example.com}}}
      policySelector: {matchLabels: {team: web}}

Passes:
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}
    ---
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system, labels: {team: web}}
    spec:
      imageRepositoryRef: {name: app}
      policy: {semver: {range: '>=1.0.0'}}
    ---
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageUpdateAutomation
    metadata: {name: all, namespace: flux-system}
    spec:
      interval: 1m0s
      sourceRef: {kind: GitRepository, name: flux-system}
      git: {commit: {author: {email: flux@example.com}}}
      policySelector: {matchLabels: {team: web}}

Fix: give the policy the labels that the message names, or remove the selector.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fluxmark.cluster.manifest import is_templated
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository, Scope
    from fluxmark.finding import Finding

ID: Final = "policy-not-selected"
SEVERITY: Final = Severity.ERROR


def check(world: Repository) -> Iterator[Finding]:
    """Yield the policies with markers that every automation of their namespace leaves out."""
    if world.has_templates:
        return
    for cluster in world.clusters:
        for policy in cluster.policies:
            scopes = [one for one in cluster.scopes if one.automation.namespace in (policy.namespace, "")]
            if not policy.namespace or not scopes or not policy.is_final or not world.markers_of(policy):
                continue
            if any(scope.takes(policy) or _is_open(scope) for scope in scopes):
                continue
            wanted = " or ".join(_shown(one.automation.spec["policySelector"]) for one in scopes if one.selects)
            if wanted:
                yield policy.report(
                    ID,
                    SEVERITY,
                    ("metadata", "name"),
                    f"no automation takes this policy, so its markers are ignored: give it the label {wanted}",
                )


def _is_open(scope: Scope) -> bool:
    """Tell whether what an automation selects is not known, or another rule's to report."""
    automation = scope.automation
    return (
        not automation.is_final
        or scope.selects is None
        or is_templated(str(automation.get("spec", "policySelector")))
    )


def _shown(selector: dict[str, Any]) -> str:
    matches = [f"{key}: {value}" for key, value in (selector.get("matchLabels") or {}).items()]
    matches += [
        " ".join(map(str, filter(None, (one.get("key"), one.get("operator"), one.get("values")))))
        for one in selector.get("matchExpressions") or []
    ]
    return ", ".join(matches)
