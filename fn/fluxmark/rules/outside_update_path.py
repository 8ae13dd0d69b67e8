"""A marked file lies outside every path that an automation updates.

An ImageUpdateAutomation looks only below `spec.update.path`. A marker anywhere else is never read, and nothing
says so. The rule does not report anything if a path is templated, or where it is not known which directory is the
repository's root.

Fails:
    # file: apps/app.yaml
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}
    # file: clusters/automation.yaml
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageUpdateAutomation
    metadata: {name: all, namespace: flux-system}
    spec:
      interval: 1m0s
      sourceRef: {kind: GitRepository, name: flux-system}
      git: {commit: {author: {email: flux@example.com}}}
      update: {path: ./clusters}

Passes:
    # file: apps/app.yaml
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}
    # file: clusters/automation.yaml
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageUpdateAutomation
    metadata: {name: all, namespace: flux-system}
    spec:
      interval: 1m0s
      sourceRef: {kind: GitRepository, name: flux-system}
      git: {commit: {author: {email: flux@example.com}}}
      update: {path: ./apps}

Fix: widen `spec.update.path`, add an automation for the file's directory, or move the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.cluster import Origin
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding

ID: Final = "outside-update-path"
SEVERITY: Final = Severity.ERROR


def check(world: Repository) -> Iterator[Finding]:
    """Yield the markers that no automation of their policy's namespace and cluster can reach."""
    if not world.is_complete:
        return
    for marker in world.markers:
        setter = marker.setter
        if setter is None or not marker.works:
            continue
        holders = world.holders(setter.namespace, setter.policy)
        if world.policies and not holders:
            continue  # another rule's
        updating = (one for one in world.updating(marker.source.path) if world.covers(one, marker.source))
        if any(
            one.automation.namespace in ("", setter.namespace)
            and (not holders or one.cluster.policy(setter.namespace, setter.policy) is not None)
            for one in updating
        ):
            continue
        scopes = [
            scope
            for cluster in holders or world.clusters
            for scope in cluster.scopes
            if scope.automation.namespace in ("", setter.namespace)
        ]
        here = [scope for scope in scopes if scope.origin is not Origin.OTHER]
        if not here or any(world.covers(scope, marker.source) is not False for scope in here):
            continue
        paths = sorted({scope.automation.text("spec", "update", "path") for scope in here})
        yield marker.source.finding(
            ID,
            SEVERITY,
            marker.span,
            f"Flux never reads this marker: the automations of {setter.namespace} update only "
            f"{' and '.join(paths)}; widen update.path, or move the file",
            resource=marker.manifest.ref if marker.manifest else None,
            path=marker.path,
        )
