"""The registries of cloud providers: the hosts to which Flux brings a provider's own credentials.

Source: fluxcd/pkg/auth 0.54.3, `ParseArtifactRepository` in its packages aws, azure and gcp.
"""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_AWS_PUBLIC: Final = ("public.ecr.aws", "ecr-public.aws.com")
_AWS_DOMAINS: Final = (
    *("amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "on.aws", "on.amazonwebservices.com.cn"),
    *("sc2s.sgov.gov", "c2s.ic.gov", "cloud.adc-e.uk", "csp.hci.ic.gov"),
)
_ECR: Final = ("dkr.ecr", "dkr-ecr", "dkr.ecr-fips", "dkr-ecr-fips")
_REGION: Final = frozenset(string.ascii_letters + string.digits + "_-")
_AZURE: Final = (".azurecr.io", ".azurecr.cn", ".azurecr.de", ".azurecr.us")


def _is_aws(host: str) -> bool:
    if host in _AWS_PUBLIC:
        return True
    account, _, rest = host.partition(".")
    service = next((one for one in sorted(_ECR, key=len, reverse=True) if rest.startswith(f"{one}.")), "")
    region, _, domain = rest[len(service) + 1 :].partition(".")
    return (
        len(account) == 12
        and account.isascii()
        and account.isdigit()
        and bool(service)
        and 0 < len(region) <= 100
        and region[0] not in "_-"
        and _REGION.issuperset(region)
        and domain in _AWS_DOMAINS
    )


def _is_azure(host: str) -> bool:
    return any(host.endswith(suffix) and host != suffix for suffix in _AZURE)


def _is_gcp(host: str) -> bool:
    return (
        host in ("gcr.io", "docker.s3nsregistry.fr")
        or (host.endswith(".gcr.io") and host != ".gcr.io")
        or (host.endswith("-docker.pkg.dev") and host != "-docker.pkg.dev")
    )


PROVIDERS: Final[dict[str, Callable[[str], bool]]] = {"aws": _is_aws, "azure": _is_azure, "gcp": _is_gcp}
"""Says of each provider, by the name that an ImageRepository gives it, whether a host is one of its registries."""


def of_host(host: str) -> str:
    """Return the provider whose registry a host is; `generic` if it is not one's."""
    return next((name for name, is_its in PROVIDERS.items() if is_its(host)), "generic")
