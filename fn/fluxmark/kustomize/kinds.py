"""The kinds of resources that builds keep, and how their texts are distinguished from others."""

from __future__ import annotations

import re
from typing import Final

IMAGE: Final = "image.toolkit.fluxcd.io"
SOURCE: Final = "source.toolkit.fluxcd.io"
FLUX: Final = "kustomize.toolkit.fluxcd.io"

KINDS: Final = frozenset(
    [
        (IMAGE, "ImageRepository"),
        (IMAGE, "ImagePolicy"),
        (IMAGE, "ImageUpdateAutomation"),
        (SOURCE, "GitRepository"),
        (SOURCE, "OCIRepository"),
        (SOURCE, "HelmRepository"),
        (SOURCE, "Bucket"),
        (FLUX, "Kustomization"),
        ("helm.toolkit.fluxcd.io", "HelmRelease"),
        ("fluxcd.controlplane.io", "FluxInstance"),
        ("", "ConfigMap"),
        ("", "Secret"),
        ("", "ServiceAccount"),
        ("", "Namespace"),
    ]
)
"""(group, kind) of the resources that a build returns."""

CLUSTER_SCOPED: Final = frozenset([("", "Namespace")])
"""Those of them that kustomize knows to have no namespace."""

MENTION: Final = re.compile(
    r"\.toolkit\.fluxcd\.io/|fluxcd\.controlplane\.io/|kind[\"']?\s*:\s*[\"']?(?:ConfigMap|Secret|ServiceAccount|Namespace)\b"
)
"""Finds the texts that may hold such a resource; others are not parsed."""
