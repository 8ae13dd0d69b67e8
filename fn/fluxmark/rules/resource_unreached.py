"""A resource that Flux needs is in a directory that no Kustomization applies.

Flux applies what its Kustomizations build. An ImagePolicy next to them is never applied: nothing is scanned, and
no marker that names it is updated. The rule reports nothing if something outside of the repository may apply it.

Fails:
    # file: clusters/home/flux-system/gotk-sync.yaml
    apiVersion: kustomize.toolkit.fluxcd.io/v1
    kind: Kustomization
    metadata: {name: flux-system, namespace: flux-system}
    spec:
      interval: 10m
      path: ./clusters/home
      prune: true
      sourceRef: {kind: GitRepository, name: flux-system}
    # file: images/policy.yaml
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      policy: {semver: {range: '>=1.0.0'}}

Passes:
    # file: clusters/home/flux-system/gotk-sync.yaml
    apiVersion: kustomize.toolkit.fluxcd.io/v1
    kind: Kustomization
    metadata: {name: flux-system, namespace: flux-system}
    spec:
      interval: 10m
      path: ./
      prune: true
      sourceRef: {kind: GitRepository, name: flux-system}
    # file: clusters/home/policy.yaml
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      policy: {semver: {range: '>=1.0.0'}}

Fix: move it below a directory that is applied, or list its directory in the kustomization above it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding

ID: Final = "resource-unreached"
SEVERITY: Final = Severity.WARNING


def check(world: Repository) -> Iterator[Finding]:
    """Yield the image resources that no cluster applies, the first of each file."""
    roots = [cluster for cluster in world.clusters if cluster.is_root]
    if not roots or not world.is_complete or world.tree.is_partial:
        return
    applied = {path for cluster in roots for path in cluster.files}
    paths = ", ".join(cluster.shown for cluster in roots[:5])
    seen = set()
    for manifest in world.model.unreached:
        path = manifest.source.path
        if path in seen or path in applied:
            continue
        seen.add(path)
        yield manifest.report(
            ID,
            SEVERITY,
            ("kind",),
            f"no cluster applies this: it is in no directory that the Kustomizations of {paths} build",
        )
