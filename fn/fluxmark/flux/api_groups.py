"""Words by which Flux's files are distinguished from others. Nothing is imported for them."""

from __future__ import annotations

from typing import Final

GROUP: Final = "image.toolkit.fluxcd.io"
"""The API group of image resources."""

KEY: Final = "$imagepolicy"
"""The key of a marker's JSON object."""

TOKEN: Final = f'"{KEY}"'
"""Flux looks into no file without this text (image-automation-controller, `internal/update/setters.go`)."""

SECRET: Final = "Secret"  # noqa: S105  (a kind)
SERVICE_ACCOUNT: Final = "ServiceAccount"

REPOSITORY, POLICY, AUTOMATION = "ImageRepository", "ImagePolicy", "ImageUpdateAutomation"
"""The kinds of that group."""

SOURCE_GROUP: Final = "source.toolkit.fluxcd.io"
"""The API group of what Flux fetches."""

GIT_REPOSITORY: Final = "GitRepository"

FLUX_KUSTOMIZE_GROUP: Final = "kustomize.toolkit.fluxcd.io"
"""The API group of Flux's own Kustomization."""

OPERATOR_GROUP: Final = "fluxcd.controlplane.io"
"""The API group of flux-operator's FluxInstance."""

KUSTOMIZE_GROUP: Final = "kustomize.config.k8s.io"
"""The API group of kustomize's Kustomization and Component, which may leave it out."""

KUSTOMIZATION_NAMES: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""What kustomize takes for a kustomization, in its order of preference."""

FLUX: Final = "fluxcd."
"""In the name of each of these groups."""

LOGIN_WORD: Final = ".dockerc"
"""A file with this may hold a Secret that logs in to a registry: `.dockerconfigjson` or `.dockercfg`."""

MODEL_WORDS: Final = (GROUP, SOURCE_GROUP, FLUX_KUSTOMIZE_GROUP, OPERATOR_GROUP)
"""A file with one of these may hold a resource that the model of the clusters is made of."""
