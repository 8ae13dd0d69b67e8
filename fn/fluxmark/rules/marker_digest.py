"""A marker requests a digest that its policy does not reflect.

Only with `digestReflectionPolicy: Always` or `IfNotPresent` does a policy have a digest (since Flux 2.6). Without
one, a marker with `:digest` makes Flux write an empty text.

Fails:
    digest: sha256:0000000000000000000000000000000000000000000000000000000000000000 # {"$imagepolicy": "flux-system:app:digest"}

Passes:
    digest: sha256:0000000000000000000000000000000000000000000000000000000000000000 # {"$imagepolicy": "flux-system:app:digest"}
    ---
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImagePolicy
    metadata: {name: app, namespace: flux-system}
    spec:
      imageRepositoryRef: {name: app}
      policy: {semver: {range: '>=1.0.0'}}
      digestReflectionPolicy: IfNotPresent

Fix: set the policy's `digestReflectionPolicy`, or remove the marker.
"""  # noqa: E501

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.cluster.manifest import is_templated
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Manifest, Repository
    from fluxmark.finding import Finding

ID: Final = "marker-digest"
SEVERITY: Final = Severity.ERROR


def check(world: Repository) -> Iterator[Finding]:
    """Yield the markers that Flux would answer with nothing."""
    for marker in world.markers:
        setter, node = marker.setter, marker.node
        if setter is None or setter.suffix != "digest" or node is None or not marker.works:
            continue
        policies = world.policies_of(marker)
        if not any(map(_looks_up_none, policies)):
            continue
        yield marker.source.finding(
            ID,
            SEVERITY,
            marker.setter_span,
            f"Flux would write an empty text here, because the policy {setter.key} looks up no digest; "
            "set its digestReflectionPolicy to IfNotPresent or Always",
            resource=marker.manifest.ref if marker.manifest else None,
            path=marker.path,
        )


def _looks_up_none(policy: Manifest) -> bool:
    """Tell whether a policy finds no digest, for sure."""
    reflects = policy.get("spec", "digestReflectionPolicy")
    return policy.is_final and not is_templated(reflects) and reflects not in ("Always", "IfNotPresent")
