"""Flux does not find a login in the Secret that an ImageRepository names.

Flux reads only Secrets of type `kubernetes.io/dockerconfigjson` or `kubernetes.io/dockercfg`, and compares their
keys with the registry as they are written: Docker Hub's is `https://index.docker.io/v1/` and not `docker.io`,
`GHCR.io` is not `ghcr.io`, and a key without a port does not match a registry with one. Without a login private
repositories cannot be read. Secrets that are encrypted, or not in the repository, are not checked.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageRepository
    metadata: {name: app, namespace: flux-system}
    spec: {image: example/app, interval: 5m0s, secretRef: {name: login}}
    ---
    apiVersion: v1
    kind: Secret
    metadata: {name: login, namespace: flux-system}
    type: kubernetes.io/dockerconfigjson
    stringData: {.dockerconfigjson: '{"auths": {"docker.io": {"auth": "bmFtZTpwYXNzd29yZA=="}}}'}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageRepository
    metadata: {name: app, namespace: flux-system}
    spec: {image: example/app, interval: 5m0s, secretRef: {name: login}}
    ---
    apiVersion: v1
    kind: Secret
    metadata: {name: login, namespace: flux-system}
    type: kubernetes.io/dockerconfigjson
    stringData: {.dockerconfigjson: '{"auths": {"https://index.docker.io/v1/": {"auth": "bmFtZTpwYXNzd29yZA=="}}}'}

Fix: write the key or the type that the message names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark import image
from fluxmark.cluster.manifest import is_templated
from fluxmark.flux.api_groups import SECRET
from fluxmark.flux.providers import PROVIDERS
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Manifest, Repository
    from fluxmark.finding import Finding

ID: Final = "repository-secret"
SEVERITY: Final = Severity.WARNING


def check(world: Repository) -> Iterator[Finding]:
    """Yield the Secrets in which Flux finds no login, or which it cannot read."""
    for repository in world.repositories:
        name = repository.get("spec", "secretRef", "name")
        if (
            not isinstance(name, str)
            or repository.text("spec", "provider") in PROVIDERS
            or not repository.is_final
        ):
            continue
        secret = repository.cluster.get(SECRET, repository.namespace, name) if repository.cluster else None
        if secret is None or not secret.is_final:
            continue
        if found := _fault(secret, repository.text("spec", "image")):
            severity, message = found
            yield repository.report(ID, severity, ("spec", "secretRef", "name"), message)


def _fault(secret: Manifest, text: str) -> tuple[Severity, str] | None:
    """Return what keeps Flux from the login; None if nothing does, or where that is not known."""
    from fluxmark.registry import CredentialsError, from_secrets  # few repositories have a readable Secret
    from fluxmark.select.secrets import pull_secret

    held = pull_secret(secret)
    if held is None or any(is_templated(value.decode(errors="replace")) for value in held.data.values()):
        return None
    try:
        ref = image.parse(text)
        found = from_secrets([held]).find(ref.registry, ref.repository)
    except image.ImageError:
        return None
    except CredentialsError as error:
        return Severity.ERROR, f"Flux cannot read this Secret: {error}"
    if found.fails:
        return Severity.ERROR, found.refused
    if found.refused:
        return SEVERITY, found.refused
    if found.login is None:
        return SEVERITY, f"Flux finds no login for {ref.registry} in the Secret {held.name}; add an entry for it"
    return None
