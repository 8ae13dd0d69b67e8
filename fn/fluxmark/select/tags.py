"""Where tags come from: a file, or the registries themselves."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from fluxmark import image
from fluxmark.duration import seconds
from fluxmark.registry import (
    DEFAULT_TIMEOUT,
    TLS,
    Credentials,
    CredentialsError,
    Request,
    from_docker,
    from_secret,
    list_all,
)
from fluxmark.words import SECRET

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fluxmark.cluster.cluster import Cluster
    from fluxmark.cluster.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of one repository, or why there are none to be had."""

    tags: tuple[str, ...] = ()
    error: str = ""


class TagSource(Protocol):
    """Gives the tags of repositories."""

    def tags(self, repositories: Sequence[Manifest]) -> list[Tags]:
        """Return the tags of each ImageRepository, in their order."""


@dataclass(frozen=True, slots=True)
class FileTags:
    """Tags from a file. by_image: canonical name to tags; name: of the file, for messages."""

    by_image: Mapping[str, Sequence[str]]
    name: str

    def tags(self, repositories: Sequence[Manifest]) -> list[Tags]:
        """Return what the file lists for each repository."""
        return [self._of(repository) for repository in repositories]

    def _of(self, repository: Manifest) -> Tags:
        name = str(repository.spec.get("image", ""))
        try:
            tags = self.by_image.get(image.parse(name).canonical)
        except image.ImageError as error:
            return Tags(error=f"{repository.where}: {error}")
        if tags is None:
            return Tags(error=f"{self.name} has no tags for {name}; add `{name}: [tag, …]`")
        return Tags(tuple(tags))


@dataclass(slots=True)
class RegistryTags:
    """Tags from registries, as Flux would read them: with each ImageRepository's own settings.

    resources: where Secrets are looked up; notes: takes what a user should know, one line at a time.
    """

    resources: Cluster
    notes: Callable[[str], None]
    _docker: Credentials | None = field(default=None, init=False)

    def tags(self, repositories: Sequence[Manifest]) -> list[Tags]:
        """Read every registry once for each repository; the failure of one is its own."""
        requests: list[Request | str] = [self._request(repository) for repository in repositories]
        listings = iter(list_all([request for request in requests if isinstance(request, Request)]))
        found = []
        for request in requests:
            if isinstance(request, str):
                found.append(Tags(error=request))
                continue
            listing = next(listings)
            found.append(Tags(listing.tags, str(listing.error) if listing.error else ""))
        return found

    def _request(self, repository: Manifest) -> Request | str:
        spec = repository.spec
        try:
            ref = image.parse(str(spec.get("image", "")))
        except image.ImageError as error:
            return f"{repository.where}: {error}"
        timeout = seconds(str(spec.get("timeout") or spec.get("interval") or "")) or DEFAULT_TIMEOUT
        try:
            credentials = self._credentials(repository)
        except CredentialsError as error:
            return f"{repository.where}: {error}"
        return Request(
            ref,
            insecure=spec.get("insecure") is True,
            timeout=min(timeout, DEFAULT_TIMEOUT),
            credentials=credentials,
            tls=self._tls(repository),
        )

    def _credentials(self, repository: Manifest) -> Credentials:
        data = self._secret(repository, "secretRef", (".dockerconfigjson", ".dockercfg"))
        for key in (".dockerconfigjson", ".dockercfg"):
            if data.get(key):
                return from_secret(data[key])
        if self._docker is None:
            self._docker = from_docker()
        return self._docker

    def _tls(self, repository: Manifest) -> TLS | None:
        data = self._secret(repository, "certSecretRef", ("ca.crt", "tls.crt", "tls.key"))
        if not data:
            return None
        ca, cert, key = (data.get(name, b"").decode(errors="replace") for name in ("ca.crt", "tls.crt", "tls.key"))
        return TLS(ca, cert, key)

    def _secret(self, repository: Manifest, field_name: str, keys: Sequence[str]) -> dict[str, bytes]:
        """Return what a Secret of the package holds under these keys; empty, and noted, where it is not there."""
        reference = repository.get("spec", field_name)
        name = reference.get("name") if isinstance(reference, dict) else None
        if not name:
            return {}
        secret = self.resources.get(SECRET, repository.namespace, str(name))
        instead = "; docker's own configuration is used" if field_name == "secretRef" else ""
        if secret is None:
            self.notes(
                f"{repository.where}: the Secret {repository.namespace}/{name} is not in this package{instead}"
            )
            return {}
        found = {key: value for key in keys if (value := _secret_value(secret, key)) is not None}
        if not found:
            self.notes(f"{secret.where}: the Secret has none of {', '.join(keys)} in the clear{instead}")
        return found


def _secret_value(secret: Manifest, key: str) -> bytes | None:
    """Return a value of a Secret; None where it has none, or not in the clear (SOPS keeps other text there)."""
    plain: Any = secret.get("stringData", key)
    if isinstance(plain, str):
        return plain.encode()
    coded: Any = secret.get("data", key)
    try:
        return base64.b64decode(coded, validate=True) if isinstance(coded, str) else None
    except (binascii.Error, ValueError):
        return None
