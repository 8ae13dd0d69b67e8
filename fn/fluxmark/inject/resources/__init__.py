"""The custom resources that fluxmark writes: one file per kind.

A module says its KIND, the FILE that it goes to, the HEADER comment of that file, and builds the specs.
"""

from __future__ import annotations

from fluxmark.inject.resources import image_policies, image_repositories, image_update_automation, kustomization

KINDS = (image_repositories, image_policies, image_update_automation)

__all__ = ["KINDS", "image_policies", "image_repositories", "image_update_automation", "kustomization"]
