"""Flux may speak plain HTTP with this registry, though `insecure` is not set.

For loopback and private IPv4 addresses, `localhost` with a port and names below `.localhost` Flux tries TLS and
then plain HTTP (go-containerregistry, `Registry.Scheme`). Others on the network can then read the login and change
the tags.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageRepository
    metadata: {name: app, namespace: flux-system}
    spec: {image: 192.168.0.40:5000/app, interval: 5m0s}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageRepository
    metadata: {name: app, namespace: flux-system}
    spec: {image: 192.168.0.40:5000/app, interval: 5m0s, insecure: true}

Fix: set `insecure: true` if plain HTTP is wanted, or give the registry a DNS name and a certificate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark import image
from fluxmark.cluster.manifest import is_templated
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding

ID: Final = "repository-plain-http"
SEVERITY: Final = Severity.INFO


def check(world: Repository) -> Iterator[Finding]:
    """Yield the registries that Flux may read over plain HTTP without being told so."""
    from fluxmark.registry.local import speaks_plain_http

    for repository in world.repositories:
        text = repository.text("spec", "image")
        if is_templated(text) or not repository.is_final or repository.get("spec", "insecure") is not None:
            continue
        try:
            host = image.parse(text).registry
        except image.ImageError:
            continue
        if speaks_plain_http(host):
            yield repository.report(
                ID,
                SEVERITY,
                ("spec", "image"),
                f"Flux speaks plain HTTP with {host} if it does not answer in TLS; if that is wanted, "
                "set insecure: true",
            )
