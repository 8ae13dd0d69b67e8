"""Reading registries: the tags of repositories, the digests of tags. Nothing else in fluxmark needs the network.

Nothing is read unless a user asks for it, and HTTP is not even imported before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmark.registry.credentials import Credentials, CredentialsError, Login, from_docker, from_secret
from fluxmark.registry.request import DEFAULT_TIMEOUT, TLS, Listing, RegistryError, Request

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "DEFAULT_CONCURRENCY",
    "DEFAULT_TIMEOUT",
    "TLS",
    "Credentials",
    "CredentialsError",
    "Listing",
    "Login",
    "RegistryError",
    "Request",
    "digest",
    "from_docker",
    "from_secret",
    "list_all",
    "list_tags",
]

DEFAULT_CONCURRENCY: Final = 8  # repositories at once: most of the time is waiting, and registries limit the rate


def list_tags(request: Request) -> list[str]:
    """Return the tags of a repository, in the registry's order, each once. Raises RegistryError."""
    from fluxmark.registry.client import Client

    with Client(request) as client:
        return client.tags()


def digest(request: Request, tag: str) -> str:
    """Return the digest of a tag, `sha256:…`; of an image for several platforms that of its index.

    Raises RegistryError.
    """
    from fluxmark.registry.client import Client

    with Client(request) as client:
        return client.digest(tag)


def list_all(requests: Sequence[Request], *, concurrency: int = DEFAULT_CONCURRENCY) -> list[Listing]:
    """Read several repositories, at most `concurrency` at once, and return what came of each, in their order.

    An error of one is kept in its listing, and the others go on.
    """
    if not requests:
        return []
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=min(concurrency, len(requests)), thread_name_prefix="registry") as pool:
        futures = [pool.submit(_listing, request) for request in requests]
        try:
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _listing(request: Request) -> Listing:
    try:
        return Listing(request, tuple(list_tags(request)))
    except RegistryError as error:
        return Listing(request, error=error)
