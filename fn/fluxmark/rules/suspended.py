"""A suspended resource keeps markers from being updated.

A suspended ImageRepository is not scanned, a suspended ImagePolicy selects nothing new, a suspended
ImageUpdateAutomation writes nothing. All three stay "ready" with what they had before, so a forgotten `suspend`
looks like a registry without new tags.

Fails:
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}
    ---
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      suspend: true
      imageRepositoryRef: {name: app}
      policy: {semver: {range: '>=1.0.0'}}

Passes:
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}
    ---
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      policy: {semver: {range: '>=1.0.0'}}

Fix: remove `suspend` once the reason for it is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding

ID: Final = "suspended"
SEVERITY: Final = Severity.INFO

_EFFECT = {
    "ImageRepository": "its registry is not scanned, so its policies find no new tag",
    "ImagePolicy": "it selects no new tag, so its markers keep their values",
    "ImageUpdateAutomation": "it writes nothing",
}


def check(world: Repository) -> Iterator[Finding]:
    """Yield every suspended resource."""
    for one in world.image_resources:
        if one.get("spec", "suspend") is True:
            message = f"{one.described} is suspended: {_EFFECT[one.kind]}"
            yield one.report(ID, SEVERITY, ("spec", "suspend"), message)
