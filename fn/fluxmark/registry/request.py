"""What is asked of a registry, and what comes back. Light to import: nothing here speaks HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from fluxmark.errors import FluxmarkError

if TYPE_CHECKING:
    from fluxmark.image import ImageRef
    from fluxmark.registry.credentials import Credentials

DEFAULT_TIMEOUT: Final = 60.0  # seconds; Flux waits for an ImageRepository's interval, mostly one minute

DOCKER_HUB_API: Final = "registry-1.docker.io"  # docker.io itself is a web site


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

    The CA is trusted beside those of the system.
    """

    ca: str = ""
    cert: str = ""
    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """One repository to read.

    insecure: plain HTTP. timeout: seconds for all of it, waiting and retrying included.
    credentials: where to look for a login; None reads without one.
    """

    image: ImageRef
    insecure: bool = False
    timeout: float = DEFAULT_TIMEOUT
    credentials: Credentials | None = None
    tls: TLS | None = None

    @property
    def host(self) -> str:
        """Where the registry's API is, with the port."""
        registry = self.image.registry
        return DOCKER_HUB_API if registry == "docker.io" else registry

    @property
    def base(self) -> str:
        """The URL of the repository in the registry's API."""
        return f"{'http' if self.insecure else 'https'}://{self.host}/v2/{self.image.repository}"


@dataclass(frozen=True, slots=True)
class Listing:
    """What came of a request: the tags in the registry's order, or the error (then `tags` is empty)."""

    request: Request
    tags: tuple[str, ...] = ()
    error: RegistryError | None = None
