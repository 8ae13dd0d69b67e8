"""An ImageRepository's provider does not fit its host, is missing, or makes Flux ignore its secret.

Since Flux 2.6 the host of the image must be one of the provider's (`aws`, `azure`, `gcp`), or the scan fails.
With one of them Flux ignores `secretRef`. Without provider, secret and service account Flux asks anonymously:
Amazon's registries refuse that (`401 Unauthorized`), and so do Azure's that do not allow anonymous pulls.

Fails:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageRepository
    metadata: {name: app, namespace: flux-system}
    spec: {image: ghcr.io/example/app, interval: 5m0s, provider: aws}

Passes:
    apiVersion: image.toolkit.fluxcd.io/v1
    kind: ImageRepository
    metadata: {name: app, namespace: flux-system}
    spec: {image: 123456789012.dkr.ecr.eu-north-1.amazonaws.com/app, interval: 5m0s, provider: aws}

Fix: name the provider of the host, or none (`generic`) to use a secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark import image
from fluxmark.cluster.manifest import is_templated
from fluxmark.flux import providers
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding

ID: Final = "repository-provider"
SEVERITY: Final = Severity.ERROR

_ALWAYS_PRIVATE: Final = "aws"
_PRIVATE: Final = (_ALWAYS_PRIVATE, "azure")
_PUBLIC: Final = ("public.ecr.aws", "ecr-public.aws.com")
_CREDENTIALS: Final = ("secretRef", "serviceAccountName")


def check(world: Repository) -> Iterator[Finding]:
    """Yield the providers of other hosts, and the secrets that a provider makes useless."""
    for repository in world.repositories:
        provider, text = repository.text("spec", "provider"), repository.text("spec", "image")
        is_its = providers.PROVIDERS.get(provider)
        if is_templated(text) or not repository.is_final:
            continue
        try:
            host = image.parse(text).registry
        except image.ImageError:
            continue
        if is_its is None:
            wanted = providers.of_host(host) if host not in _PUBLIC else ""
            if wanted in _PRIVATE and all(repository.get("spec", field) is None for field in _CREDENTIALS):
                always = wanted == _ALWAYS_PRIVATE
                when = "it refuses" if always else "works only if it allows anonymous pulls"
                yield repository.report(
                    ID,
                    Severity.WARNING if always else Severity.INFO,
                    ("spec", "image"),
                    f"Flux asks {host} anonymously, which {when}; write provider: {wanted}, or name a secret",
                    tags={"host": host},
                )
        elif not is_its(host):
            yield repository.report(
                ID,
                SEVERITY,
                ("spec", "provider"),
                f"Flux cannot scan this repository: {host} is not a registry of {provider}; "
                f"write provider: {providers.of_host(host)}",
            )
        elif repository.get("spec", "secretRef") is not None:
            yield repository.report(
                ID,
                Severity.WARNING,
                ("spec", "secretRef"),
                f"Flux ignores this secret, because the provider {provider} has its own credentials; "
                "remove one of the two",
            )
