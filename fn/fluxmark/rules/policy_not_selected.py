"""A marker's policy is selected by no automation.

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

from fluxmark.world.manifest import is_templated
from krmfn.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.finding import Finding
    from fluxmark.world import Manifest, World

ID: Final = "policy-not-selected"
SEVERITY: Final = Severity.ERROR


def check(world: World) -> Iterator[Finding]:
    """Yield the policies with markers that every automation of their namespace leaves out."""
    if world.transforms.relabels or world.has_templates:
        return
    for policy in world.policies:
        namespace = world.namespace(policy)
        automations = [one for one in world.automations if world.namespace(one) in (namespace, "")]
        if not namespace or not automations or not world.markers_of(policy):
            continue
        if all(_leaves_out(automation, policy) for automation in automations):
            wanted = " or ".join(_shown(one.spec["policySelector"]) for one in automations)
            yield policy.report(
                ID,
                SEVERITY,
                ("metadata", "name"),
                f"no automation takes this policy, so its markers are ignored: give it the label {wanted}",
            )


def _leaves_out(automation: Manifest, policy: Manifest) -> bool:
    selector = automation.get("spec", "policySelector")
    if not isinstance(selector, dict) or is_templated(str(selector)):
        return False
    labels = policy.labels
    matches = selector.get("matchLabels") or {}
    expressions = selector.get("matchExpressions") or []
    if not isinstance(matches, dict) or not isinstance(expressions, list):
        return False
    return any(labels.get(key) != value for key, value in matches.items()) or any(
        not _holds(one, labels) for one in expressions if isinstance(one, dict)
    )


def _holds(expression: dict[str, Any], labels: dict[str, Any]) -> bool:
    """Evaluate one expression of a LabelSelector, as the API machinery does."""
    key, values = str(expression.get("key")), expression.get("values") or []
    match expression.get("operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    return True


def _shown(selector: dict[str, Any]) -> str:
    matches = [f"{key}: {value}" for key, value in (selector.get("matchLabels") or {}).items()]
    matches += [
        " ".join(map(str, filter(None, (one.get("key"), one.get("operator"), one.get("values")))))
        for one in selector.get("matchExpressions") or []
    ]
    return ", ".join(matches)
