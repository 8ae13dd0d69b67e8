"""A resource breaks the schema of its kind.

The API server refuses it, and Flux's Kustomization with it (`dry-run failed`); a field that the schema does not
know is refused by Flux's server-side apply, or dropped. Schemas are those of the CRDs, in the version that the
resource names.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageRepository
    metadata: {name: app, namespace: flux-system}
    spec: {image: example.com/app, interval: 5m0s, timeout: 1h}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageRepository
    metadata: {name: app, namespace: flux-system}
    spec: {image: example.com/app, interval: 5m0s, timeout: 60s}

Fix: follow the message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.cluster.manifest import is_templated
from fluxmark.flux import schema
from fluxmark.flux.schema import ErrorKind
from fluxmark.flux.schema.unknown_fields import dotted
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Manifest, Repository
    from fluxmark.finding import Finding

ID: Final = "schema-invalid"
SEVERITY: Final = Severity.ERROR


def check(world: Repository) -> Iterator[Finding]:
    """Yield what the API server would refuse, drop or fill in."""
    for one in world.image_resources:
        if not one.is_final:
            continue
        flux = world.flux_version
        if flux and not schema.served(one.api_version, one.kind, flux):
            flux = None  # another rule's; judge it by the last Flux that serves it
        for error in schema.validate(one.data, flux_version=flux):
            if error.kind is ErrorKind.UNSERVED or _is_filled_in(one, error.path):
                continue
            severity = Severity.INFO if error.kind is ErrorKind.DEFAULTED else SEVERITY
            yield one.report(
                ID,
                severity,
                tuple(error.path),
                f"{dotted(error.path)}: {error.message}",
                tags={"kind": str(error.kind)},
            )


def _is_filled_in(one: Manifest, path: tuple[str | int, ...]) -> bool:
    """Tell whether a value, or one around it, is text that is filled in later."""
    return any(is_templated(one.get(*path[:end])) for end in range(1, len(path) + 1))
