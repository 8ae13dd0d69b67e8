"""Reading registries: the tags of repositories, the digests of tags. Nothing else in fluxmark needs the network.

Nothing is read unless a user asks for it, and HTTP is not even imported before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.registry.docker_config import Chain, Credentials, from_docker
from fluxmark.registry.keyring import DOCKER_CONFIG, DOCKER_CONFIG_JSON, Keyring, PullSecret, read as from_secrets
from fluxmark.registry.login import CredentialsError, Found, Login, Logins
from fluxmark.registry.request import DEFAULT_TIMEOUT, TLS, Listing, RegistryError, Request

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "DEFAULT_TIMEOUT",
    "DOCKER_CONFIG",
    "DOCKER_CONFIG_JSON",
    "TLS",
    "Chain",
    "Credentials",
    "CredentialsError",
    "Found",
    "Keyring",
    "Listing",
    "Login",
    "Logins",
    "PullSecret",
    "RegistryError",
    "Request",
    "digest",
    "from_docker",
    "from_secret",
    "from_secrets",
    "list_all",
    "list_tags",
]


def from_secret(data: bytes, name: str = "", kind: str = DOCKER_CONFIG_JSON) -> Keyring:
    """Read what a Secret has under `.dockerconfigjson`, or `.dockercfg` by its type. Raises CredentialsError."""
    key = ".dockercfg" if kind == DOCKER_CONFIG else ".dockerconfigjson"
    return from_secrets([PullSecret(name, kind, {key: data})])


def list_tags(request: Request) -> list[str]:
    """Return the tags of a repository, in the registry's order, each once. Raises RegistryError."""
    (listing,) = list_all([request])
    if listing.error:
        raise listing.error
    return list(listing.tags)


def digest(request: Request, tag: str) -> str:
    """Return the digest of a tag, `sha256:…`; of an image for several platforms that of its index.

    Raises RegistryError.
    """
    from fluxmark.registry.session import Session

    with Session() as session:
        return session.digest(request, tag)[0]


def list_all(requests: Sequence[Request], *, concurrency: int | None = None) -> list[Listing]:
    """Read several repositories, at most `concurrency` of one host at once, and return what came of each, in
    order.

    An error of one is kept in its listing, and the others go on.
    """
    if not requests:
        return []
    from fluxmark.registry.session import PER_HOST, Session

    with Session() as session:
        return session.list_all(requests, per_host=concurrency or PER_HOST)
