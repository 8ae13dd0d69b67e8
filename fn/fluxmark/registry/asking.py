"""Requests that follow redirects as Flux does, and take a login only to where it belongs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from fluxmark.registry import go_url
from fluxmark.registry.transport import Transport, clean, safe_url, with_port

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmark.registry.connection import Reply

MAX_REDIRECTS: Final = 10
_REDIRECTS: Final = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request. authorization: sent to one host alone, named by `to`. known: the `ETag` of an answer that is
    kept.

    check: says why a redirect is refused.
    """

    method: str
    url: str
    accept: str = "application/json"
    authorization: str = ""
    to: str = ""
    body: bytes | None = None
    known: str = ""
    check: Callable[[str], str] = lambda _: ""

    def headers(self, url: str, scheme: str) -> dict[str, str]:
        """Return the headers for a URL that the request leads to."""
        found = {"Accept": self.accept}
        if self.known:
            found["If-None-Match"] = self.known
        if self.body is not None:
            found["Content-Type"] = "application/x-www-form-urlencoded"
        if self.authorization and same_host(host_of(url), self.to, scheme):
            found["Authorization"] = self.authorization
        return found


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry that is asked: its host with the port, and the scheme that it answers in."""

    transport: Transport
    host: str
    scheme: str

    def ask(self, asked: Asked) -> tuple[Reply, str]:
        """Send a request, and follow redirects. Return the answer, and where it came from. Raises RegistryError.

        The registry itself is asked in its own scheme, whatever scheme leads there, as Flux does
        (go-containerregistry `transport/schemer.go`).
        """
        url, error = asked.url, self.transport.error
        method, body = asked.method, asked.body
        for _ in range(MAX_REDIRECTS + 1):
            url = self._in_scheme(url)
            reply = self.transport.ask(method, url, asked.headers(url, self.scheme), body)
            location = reply.header("location")
            if reply.status not in _REDIRECTS or not location:
                return reply, url
            if reply.status in (301, 302, 303) and method != "HEAD":
                method, body = "GET", None
            target = join(url, location)
            if target is None:
                raise error(f"the registry refers to {clean(location)!r}, which is not a URL")
            if refused := asked.check(target) or self._away(url, target):
                raise error(refused)
            url = target
        raise error(f"the registry leads from one place to another, more than {MAX_REDIRECTS} times")

    def _in_scheme(self, url: str) -> str:
        if url.startswith(f"{self.scheme}:") or not same_host(host_of(url), self.host, self.scheme):
            return url
        return f"{self.scheme}:{url.partition(':')[2]}"

    def _away(self, url: str, target: str) -> str:
        """Say why a redirect is not followed; '' for one that is."""
        host, own = (go_url.split_port(one)[0].strip("[]") for one in (host_of(target), self.host))
        if url.startswith("https:") and not self._in_scheme(target).startswith("https:"):
            return f"the registry leads to {safe_url(target)}, away from TLS"
        if host != own and go_url.is_private(host):
            return f"the registry leads to {safe_url(target)}, an address of a private network; Flux refuses that"
        return ""


def host_of(url: str) -> str:
    """Return the host of a URL with its port, as written; '' if there is none."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return ""


def same_host(one: str, other: str, scheme: str) -> bool:
    """Say whether two hosts with ports are the same; a missing port is that of the scheme."""
    return bool(one and other) and with_port(one, scheme) == with_port(other, scheme)


def join(url: str, reference: str) -> str | None:
    """Resolve a reference that a registry gave; None for one that is not a URL."""
    try:
        found = urljoin(url, reference)
        urlsplit(found)
    except ValueError:
        return None
    return found
