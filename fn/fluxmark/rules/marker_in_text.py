"""A marker is inside a string, not in a comment.

In a block scalar (`patch: |`, the data of a ConfigMap) and in quotes a `#` is a character like any other. Flux
sees one long text, and no marker in it. Templates that make such files (GitOpsTemplate, CAPITemplate) are left
alone.

Fails:
    patches:
      - patch: |-
          - op: replace
            path: /spec/image
            value: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Passes:
    patches:
      - path: patch.yaml

Fix: move the patch to a file of its own, as a strategic merge patch (a list at the top of a file is not read,
either), or set the image with kustomize's `images`, which can hold markers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.cluster import Spot
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding

ID: Final = "marker-in-text"
SEVERITY: Final = Severity.WARNING


def check(world: Repository) -> Iterator[Finding]:
    """Yield every well-formed marker within a scalar."""
    for marker in world.markers:
        if marker.setter is None or marker.spot is not Spot.TEXT:
            continue
        if marker.manifest and marker.manifest.kind.endswith("Template"):
            continue
        yield marker.source.finding(
            ID,
            SEVERITY,
            marker.span,
            "Flux does not see this marker: it is part of a text, no comment; give the value a field of its own",
            resource=marker.manifest.ref if marker.manifest else None,
            path=marker.path,
        )
