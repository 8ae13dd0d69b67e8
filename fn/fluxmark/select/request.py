"""How Flux reads an ImageRepository: with which login, certificates and proxy.

Source: image-reflector-controller `internal/registry/options.go`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from fluxmark import image
from fluxmark.flux.api_groups import SECRET, SERVICE_ACCOUNT
from fluxmark.flux.duration import seconds
from fluxmark.flux.latest_image import LatestImage, objection
from fluxmark.flux.providers import PROVIDERS, of_host
from fluxmark.registry import (
    DEFAULT_TIMEOUT,
    TLS,
    CredentialsError,
    Logins,
    PullSecret,
    Request,
    from_docker,
    from_secrets,
)
from fluxmark.select.secrets import PULL_KEYS, pull_secret, values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fluxmark.cluster.cluster import Cluster
    from fluxmark.cluster.manifest import Manifest

_TLS_KEYS = ("ca.crt", "tls.crt", "tls.key")
_PROXY_KEYS = ("address", "username", "password")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for an ImageRepository: a request, or the error that keeps one from being made.

    refused: what Flux refuses of its settings, with the remedy. own: the login is the user's own, and the
    ImageRepository names none, so that Flux has none.
    """

    request: Request | None = None
    error: str = ""
    refused: tuple[str, ...] = ()
    own: bool = False


@dataclass(slots=True)
class Planner:
    """Plans requests. cluster: has the Secrets. notes: takes what a user should know.

    plain_login: the user's own login may go over plain HTTP.
    """

    cluster: Cluster
    notes: Callable[[str], None]
    plain_login: bool = False
    _docker: Logins | None = field(default=None, init=False)

    def plan(self, repository: Manifest) -> Plan:
        """Return how a repository is read."""
        spec = repository.spec
        try:
            ref = image.parse(str(spec.get("image", "")))
        except image.ImageError as error:
            return Plan(error=f"{repository.where}: {error}")
        timeout = seconds(str(spec.get("timeout") or spec.get("interval") or "")) or DEFAULT_TIMEOUT
        try:
            secrets, complete = self._pull_secrets(repository)
            own = not secrets
            request = Request(
                ref,
                insecure=spec.get("insecure") is True,
                timeout=min(timeout, DEFAULT_TIMEOUT),
                credentials=self._own() if own else from_secrets(secrets),
                tls=self._tls(repository),
                proxy=self._proxy(repository),
                plain_login=self.plain_login or not own,
            )
        except CredentialsError as error:
            return Plan(error=f"{repository.where}: {error}")
        return Plan(request, "", (*_image(ref), *_provider(repository, ref.registry)), own and complete)

    def _own(self) -> Logins:
        if self._docker is None:
            self._docker = from_docker()
        return self._docker

    def _pull_secrets(self, repository: Manifest) -> tuple[list[PullSecret], bool]:
        """Return the Secrets with logins, and whether the package holds all that Flux would look at."""
        wanted = [name for name in (_reference(repository, "secretRef"),) if name]
        complete = not wanted
        account_name = repository.spec.get("serviceAccountName")
        if account_name:
            complete = False
            account = self.cluster.get(SERVICE_ACCOUNT, repository.namespace, str(account_name))
            if account is None:
                self.notes(
                    f"{repository.where}: the ServiceAccount {repository.namespace}/{account_name} is not in this "
                    "package; your own login is used"
                )
            else:
                listed = account.get("imagePullSecrets")
                wanted += [
                    str(one["name"])
                    for one in (listed if isinstance(listed, list) else [])
                    if isinstance(one, dict) and one.get("name")
                ]
        found = []
        for name in wanted:
            secret, _ = self._secret(repository, name, PULL_KEYS, "; your own login is used")
            if secret is not None and (held := pull_secret(secret)):
                found.append(held)
        return found, complete

    def _tls(self, repository: Manifest) -> TLS | None:
        name = _reference(repository, "certSecretRef")
        _, data = self._secret(repository, name, _TLS_KEYS, "; only the system's CAs are trusted")
        if not data:
            return None
        ca, cert, key = (data.get(name, b"").decode(errors="replace") for name in _TLS_KEYS)
        return TLS(ca, cert, key)

    def _proxy(self, repository: Manifest) -> str:
        name = _reference(repository, "proxySecretRef")
        _, data = self._secret(repository, name, _PROXY_KEYS, "; the proxy of the environment is used")
        address, username, password = (data.get(key, b"").decode(errors="replace").strip() for key in _PROXY_KEYS)
        if not address or not username:
            return address
        scheme, colon, rest = address.rpartition("://")
        return f"{scheme}{colon}{quote(username, '')}:{quote(password, '')}@{rest}"

    def _secret(
        self, repository: Manifest, name: str, keys: Sequence[str], instead: str
    ) -> tuple[Manifest | None, dict[str, bytes]]:
        """Return a Secret of the package and what it holds under some keys; a note says why that is empty."""
        if not name:
            return None, {}
        secret = self.cluster.get(SECRET, repository.namespace, name)
        if secret is None:
            self.notes(f"the Secret {repository.namespace}/{name} is not in this package{instead}")
            return None, {}
        found = values(secret, keys)
        if not found:
            self.notes(f"{secret.where}: the Secret has none of {', '.join(keys)} in the clear{instead}")
        return secret, found


def _reference(repository: Manifest, field_name: str) -> str:
    reference = repository.get("spec", field_name)
    return str(reference.get("name") or "") if isinstance(reference, dict) else ""


def _image(ref: image.ImageRef) -> Iterator[str]:
    """Yield what Flux refuses of the image of a repository."""
    if ref.tag or ref.digest:
        yield f"Flux fails there: image '{ref}' should not include a tag; write {ref.name}"
    elif objection(LatestImage(ref.name, "x")):
        yield (
            f"Flux fails there: a repository name must be between 2 and 255 characters in length: {ref.name}; "
            "give the repository a longer name"
        )


def _provider(repository: Manifest, host: str) -> Iterator[str]:
    """Yield what Flux refuses of a provider."""
    provider = str(repository.spec.get("provider") or "")
    is_its = PROVIDERS.get(provider)
    if is_its is None:
        return
    if not is_its(host):
        yield f"Flux fails there: {host} is not a registry of {provider}; write provider: {of_host(host)}"
    elif name := _reference(repository, "secretRef"):
        yield (
            f"Flux ignores the Secret {repository.namespace}/{name}, because provider: {provider} has "
            f"credentials of "
            "its own; remove one of the two"
        )
