"""A leftover annotation fails every run of the automation.

KRM tools keep the path of a resource in `config.kubernetes.io/path` and `internal.config.kubernetes.io/path`
while they work. Where one is left in a file with a marker (or with its text anywhere), and does not say where the
file is, the whole run fails: `resource input to function has mismatched legacy and internal path annotations`.

Fails:
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: app
      annotations:
        config.kubernetes.io/path: old/place.yaml
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Passes:
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: app
    image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}

Fix: remove the annotation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.flux.api_groups import TOKEN
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository, Source
    from fluxmark.finding import Finding

ID: Final = "path-annotation"
SEVERITY: Final = Severity.ERROR

_NAMES = ("config.kubernetes.io/path", "internal.config.kubernetes.io/path")


def check(world: Repository) -> Iterator[Finding]:
    """Yield every such annotation that does not name its own file, in files that Flux reads."""
    for source in world.sources:
        # in a ResourceList the annotations are in use
        if not source.exact or _NAMES[0] not in source.text or TOKEN not in source.text:
            continue
        for manifest in world.manifests[source]:
            for name in _NAMES:
                value = manifest.get("metadata", "annotations", name)
                if isinstance(value, str) and value not in _own_paths(world, source):
                    yield manifest.report(
                        ID,
                        SEVERITY,
                        ("metadata", "annotations", name),
                        "this annotation, left by some tool, fails the whole run of the automation, "
                        f"as it does not say {source.path}; remove it",
                    )


def _own_paths(world: Repository, source: Source) -> set[str]:
    """Return the paths that Flux would find right: the file's, relative to what each automation updates."""
    return {source.path} | {
        source.path[len(scope.path) :].lstrip("/")
        for scope in world.scopes
        if scope.path and scope.covers(source.path)
    }
