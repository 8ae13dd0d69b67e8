"""Flux applies fluxmark's configuration.

An ImageAutomation is not a resource of a cluster. In a directory that Flux builds without a kustomization, or in
one whose kustomization lists it, it is applied with the rest, and the Kustomization fails, unless the annotation
`config.kubernetes.io/local-config` says that it is for tools.

Fails:
    # file: clusters/home/sync.yaml
    apiVersion: kustomize.toolkit.fluxcd.io/v1
    kind: Kustomization
    metadata: {name: flux-system, namespace: flux-system}
    spec:
      interval: 10m
      path: ./
      prune: true
      sourceRef: {kind: GitRepository, name: flux-system}
    # file: clusters/home/fluxmark.yaml
    apiVersion: fluxmark.io/v1alpha1
    kind: ImageAutomation
    metadata: {name: fleet}
    spec: {output: clusters/home/images}

Passes:
    # file: clusters/home/sync.yaml
    apiVersion: kustomize.toolkit.fluxcd.io/v1
    kind: Kustomization
    metadata: {name: flux-system, namespace: flux-system}
    spec:
      interval: 10m
      path: ./
      prune: true
      sourceRef: {kind: GitRepository, name: flux-system}
    # file: clusters/home/fluxmark.yaml
    apiVersion: fluxmark.io/v1alpha1
    kind: ImageAutomation
    metadata:
      name: fleet
      annotations: {config.kubernetes.io/local-config: "true"}
    spec: {output: clusters/home/images}

Fix: add the annotation, or move the file out of the directory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.cluster.repository import manifests_of
from krmfn.resources.metadata import LOCAL_CONFIG
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding

ID: Final = "config-applied"
SEVERITY: Final = Severity.WARNING

_GROUP = "fluxmark.io"


def check(world: Repository) -> Iterator[Finding]:
    """Yield the configurations that a cluster applies."""
    applied = {path: cluster for cluster in world.clusters if cluster.is_root for path in cluster.files}
    for path, cluster in applied.items():
        source = world.tree.source(path)
        if source is None or _GROUP not in source.text:
            continue
        for manifest in manifests_of(source):
            annotation = manifest.get("metadata", "annotations", LOCAL_CONFIG)
            if manifest.group == _GROUP and annotation != "true":
                yield manifest.report(
                    ID,
                    SEVERITY,
                    ("kind",),
                    f"Flux applies this configuration with the rest of {cluster.shown}, and fails: its kind is "
                    f'not known there; add the annotation {LOCAL_CONFIG}: "true", or move the file',
                )
