"""A policy has no marker.

It selects tags that nothing writes to a file. The rule does not report policies in a repository without any
marker: they may serve another repository.

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
    kind: ImagePolicy
    metadata: {name: old, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      policy: {semver: {range: 0.x}}

Passes:
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Fix: mark the fields that it should update (`fluxmark inject`), or remove the policy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.cluster.manifest import is_templated
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding

ID: Final = "policy-unused"
SEVERITY: Final = Severity.INFO


def check(world: Repository) -> Iterator[Finding]:
    """Yield the policies that no marker names."""
    if not world.markers or not world.has_comments:
        return
    named = {
        marker.setter.policy
        for marker in world.markers
        if marker.setter is not None and not marker.works  # it is meant, if not well placed
    }
    broken = " ".join(marker.comment.text for marker in world.markers if marker.setter is None)
    for policy in world.policies:
        if is_templated(policy.name) or world.markers_of(policy) or policy.name in named or policy.name in broken:
            continue
        yield policy.report(
            ID,
            SEVERITY,
            ("metadata", "name"),
            f"no marker of this repository names {policy.described}, so what it selects is written nowhere",
        )
