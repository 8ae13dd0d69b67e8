"""A marker is in a file that SOPS signs.

SOPS signs the values that it does not encrypt as well, unless `mac_only_encrypted` is set. Every update by Flux
breaks the signature: the file cannot be decrypted any more, and the Kustomization that applies it fails.

Fails:
    apiVersion: v1
    kind: Secret
    metadata: {name: app}
    stringData:
      image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}
    sops:
      mac: ENC[AES256_GCM,data:mJjJ,iv:AA==,tag:BB==,type:str]

Passes:
    apiVersion: v1
    kind: Secret
    metadata: {name: app}
    stringData:
      image: example.com/app:1.0.0 # {"$imagepolicy": "flux-system:app"}
    sops:
      mac: ENC[AES256_GCM,data:mJjJ,iv:AA==,tag:BB==,type:str]
      mac_only_encrypted: true

Fix: encrypt the file again with `mac_only_encrypted`, or move the image to a file that is not encrypted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.flux.yaml_file import signed_by_sops
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding

ID: Final = "marker-sops"
SEVERITY: Final = Severity.WARNING


def check(world: Repository) -> Iterator[Finding]:
    """Yield the first working marker of every document that SOPS signs as a whole."""
    seen = set()
    for marker in world.markers:
        manifest = marker.manifest
        if manifest is None or not marker.works or id(manifest) in seen:
            continue
        seen.add(id(manifest))
        if signed_by_sops(manifest.root):
            yield marker.source.finding(
                ID,
                SEVERITY,
                marker.span,
                "SOPS signs this file, so an update of the field breaks its MAC, and it cannot be decrypted; set "
                "mac_only_encrypted, or move the image to a file that is not encrypted",
                resource=manifest.ref,
                path=marker.path,
            )
