"""What is asked of a registry, and what comes back. Light to import: nothing here speaks HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from fluxmark.errors import FluxmarkError
from fluxmark.registry.entries import HUB
from fluxmark.registry.local import speaks_plain_http

if TYPE_CHECKING:
    from fluxmark.image import ImageRef
    from fluxmark.registry.login import Logins

DEFAULT_TIMEOUT: Final = 60.0  # seconds; Flux waits for an ImageRepository's interval, mostly one minute


class RegistryError(FluxmarkError):
    """A registry could not be read: says which image, what happened, and what to do where that is known.

    `image` is the name as it was asked for. Neither holds a secret.
    """

    def __init__(self, image: str, what: str) -> None:
        super().__init__(f"{image}: {what}")
        self.image = image
        self.what = what


@dataclass(frozen=True, slots=True)
class TLS:
    """PEM text for TLS, as a `certSecretRef` Secret holds it: `ca.crt`, `tls.crt` and `tls.key`; any may be empty.

    The CA is trusted next to those of the system.
    """

    ca: str = ""
    cert: str = ""
    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """One repository to read.

    insecure: plain HTTP may be used where the registry does not speak TLS. timeout: seconds for all of it, waiting
    and retrying included. credentials: where to look for a login; None reads without one. proxy: the URL of the
    proxy of a `proxySecretRef`, with its login; '' uses that of the environment. plain_login: whether a login may
    go over plain HTTP.
    """

    image: ImageRef
    insecure: bool = False
    timeout: float = DEFAULT_TIMEOUT
    credentials: Logins | None = None
    tls: TLS | None = None
    proxy: str = field(default="", repr=False)
    plain_login: bool = True

    @property
    def host(self) -> str:
        """Where the registry's API is, with the port: Docker Hub's is `index.docker.io`, as in Flux."""
        registry = self.image.registry
        return HUB if registry == "docker.io" else registry

    @property
    def plain(self) -> bool:
        """Whether plain HTTP may be used: because the user says so, or because Flux does so for this host."""
        return self.insecure or speaks_plain_http(self.host)


@dataclass(frozen=True, slots=True)
class Listing:
    """What came of a request: the tags in the registry's order, or the error (then `tags` is empty).

    refused: what Flux refuses of the answer or of the login, each with the remedy. notes: what else a user should
    know. login: where the login came from, '' if none was sent.
    """

    request: Request
    tags: tuple[str, ...] = ()
    error: RegistryError | None = None
    refused: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    login: str = ""
