"""Two resources of one kind, namespace and name are applied in one cluster.

A cluster holds one object of each identity. The two replace each other whenever one of them is applied, and which
one counts is left to chance; within one kustomization, kustomize refuses the build.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      policy: {semver: {range: 1.x}}
    ---
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      policy: {semver: {range: 2.x}}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      policy: {semver: {range: 1.x}}
    ---
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app-next, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      policy: {semver: {range: 2.x}}

Fix: rename one of them, or remove it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.cluster.manifest import is_templated
from fluxmark.flux.api_groups import GROUP
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding

ID: Final = "resource-twice"
SEVERITY: Final = Severity.WARNING


def check(world: Repository) -> Iterator[Finding]:
    """Yield the second and further resources of an identity."""
    for cluster in world.clusters:
        for first, second in cluster.twice:
            if second.group != GROUP or is_templated(second.name) or is_templated(second.namespace):
                continue
            yield second.report(
                ID,
                SEVERITY,
                ("metadata", "name"),
                f"{second.described} is there twice: {':'.join(map(str, first.shown_place('metadata', 'name')))} "
                "defines it, too, and one replaces the other in the cluster; rename one, or remove it",
            )
