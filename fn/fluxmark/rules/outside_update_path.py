"""A marked file lies outside every path that an automation updates.

An ImageUpdateAutomation looks only below `spec.update.path`. A marker anywhere else is never read, and nothing
says so. The rule keeps silent where a path is templated, or where it is not known which directory is the
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

from krmfn.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.finding import Finding
    from fluxmark.world import World

ID: Final = "outside-update-path"
SEVERITY: Final = Severity.ERROR


def check(world: World) -> Iterator[Finding]:
    """Yield the markers that no automation of their namespace can reach."""
    if world.has_templates:
        return
    for marker in world.markers:
        setter = marker.setter
        if setter is None or not marker.works:
            continue
        if world.policies and world.policy(setter.namespace, setter.policy) is None:
            continue  # another rule's
        automations = [one for one in world.automations if world.namespace(one) in ("", setter.namespace)]
        covered = [world.covers(one, marker.source) for one in automations]
        if not covered or any(answer is not False for answer in covered):
            continue
        paths = sorted({one.text("spec", "update", "path") for one in automations})
        yield marker.source.finding(
            ID,
            SEVERITY,
            marker.span,
            f"Flux never reads this marker: the automations of {setter.namespace} update only "
            f"{' and '.join(paths)}; widen update.path, or move the file",
            resource=marker.manifest.ref if marker.manifest else None,
            path=marker.path,
        )
