"""A marker is in a template that happens to be YAML.

`{{ .Values.name }}` outside quotes is a mapping within a mapping. Flux reads the file, and when it updates the
marked field it encodes all of it anew: the template becomes `{? {.Values.name: ''} : ''}`, which no chart can use.

Fails:
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: app
      namespace: {{ .Values.namespace }}
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Passes:
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: app
      namespace: "{{ .Values.namespace }}"
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Fix: quote the template, or remove the marker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.flux.yaml_file import braces
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding

ID: Final = "marker-template"
SEVERITY: Final = Severity.ERROR


def check(world: Repository) -> Iterator[Finding]:
    """Yield the first template of every document with a working marker."""
    seen = set()
    for marker in world.markers:
        manifest = marker.manifest
        if manifest is None or not marker.works or id(manifest) in seen or "{{" not in marker.source.text:
            continue
        seen.add(id(manifest))
        node = braces(manifest.root)
        if node is not None:
            yield marker.source.finding(
                ID,
                SEVERITY,
                marker.source.span(node),
                "Flux would rewrite this template when it updates the marked image, because without quotes "
                "{{ … }} is a mapping; quote it, or remove the marker",
                resource=manifest.ref,
            )
