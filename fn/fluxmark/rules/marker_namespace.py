"""A marker's policy is in a namespace without an automation.

An ImageUpdateAutomation reads the policies of its own namespace only (image-automation-controller, `getPolicies`).
A marker for a policy of any other namespace is ignored without a word.

Fails:
    image: example.com/app:1.0.0 # {"$imagepolicy": "apps:app"}
    ---
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: apps}
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

Passes:
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

Fix: move the policy to the automation's namespace (it may refer to a repository in another one), or give its own
namespace an automation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.cluster.manifest import is_templated
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding

ID: Final = "marker-namespace"
SEVERITY: Final = Severity.ERROR


def check(world: Repository) -> Iterator[Finding]:
    """Yield the markers that no automation can honour, because none is in the namespace of their policy."""
    if not world.is_complete:
        return
    beside: dict[tuple[str, str], set[str]] = {}
    for marker in world.markers:
        setter = marker.setter
        if setter is None or not marker.works:
            continue
        key = setter.namespace, setter.policy
        if key not in beside:
            beside[key] = {one.namespace for cluster in world.holders(*key) for one in cluster.automations}
        namespaces = beside[key]
        if not namespaces or namespaces & {"", setter.namespace} or any(map(is_templated, namespaces)):
            continue
        yield marker.source.finding(
            ID,
            SEVERITY,
            marker.setter_span,
            f"Flux ignores this marker: no automation is in the namespace {setter.namespace}, and those in "
            f"{' and '.join(sorted(namespaces))} see only the policies next to them; move the policy there",
            resource=marker.manifest.ref if marker.manifest else None,
            path=marker.path,
            current=marker.comment.text,
        )
