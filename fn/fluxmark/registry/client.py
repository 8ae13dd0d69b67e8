"""Reading one repository: tags, and the digest of a tag, as Flux reads them.

What Flux refuses, but can be understood, is read anyway, and `access.refused` says what Flux would say of
it. Sources: go-containerregistry 0.22 `pkg/v1/remote`, with which image-reflector-controller reads registries,
and the OCI distribution specification, https://github.com/opencontainers/distribution-spec/blob/main/spec.md.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, TypeVar

from fluxmark.registry import go_json
from fluxmark.registry.access import Access
from fluxmark.registry.pages import next_page, tags_of
from fluxmark.registry.rate import warning
from fluxmark.registry.said import is_html, said
from fluxmark.registry.token import Denied
from fluxmark.registry.transport import Transport, clean

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from fluxmark.registry.connection import Connections, Reply
    from fluxmark.registry.handshake import Handshake
    from fluxmark.registry.request import Request
    from fluxmark.registry.token import Token

_Read = TypeVar("_Read")

PAGE: Final = 1000  # tags asked for at once, as Flux does
MAX_PAGES: Final = 5000  # Quay gives 50 tags a page: a quarter of a million tags
MAX_TAGS: Final = 1_000_000

MANIFESTS: Final = (
    "application/vnd.docker.distribution.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v1+prettyjws",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.index.v1+json",
)
"""What a tag may point to, as Flux asks for it; an image for several platforms has the digest of its index."""

_NEEDED: Final = ("Content-Type", "Content-Length", "Docker-Content-Digest")
_HEX: Final = frozenset("0123456789abcdef")
_DIGITS: Final = {"sha256": 64, "sha512": 128}


class Client:
    """Reads one repository. Not for use by several threads.

    etag: of the list of tags that was read, '' if it has several pages or the registry gave none. limit: what a
    user should know of the registry's rate limit.
    """

    def __init__(
        self,
        request: Request,
        handshake: Handshake,
        connections: Connections,
        tokens: dict[Hashable, Token],
    ) -> None:
        transport = Transport(request, connections)
        self._request = request
        self._error = transport.error
        self._base = f"{handshake.scheme}://{request.host}/v2/{request.image.repository}"
        self.access = Access(request, handshake, transport, tokens)
        self.etag = ""
        self.limit = ""

    def tags(self, known: str = "") -> list[str] | None:
        """Return all tags, in the registry's order. Raises RegistryError.

        known: the `ETag` of a list that is kept; None is returned where that has not changed.
        """
        return self._read(lambda: self._tags(known))

    def digest(self, tag: str) -> str:
        """Return the digest of what a tag points to. Raises RegistryError."""
        return self._read(lambda: self._digest(tag))

    def _read(self, work: Callable[[], _Read]) -> _Read:
        try:
            return self.access.read(work)
        except Denied as denied:
            raise self._error(str(denied)) from None

    def _tags(self, known: str) -> list[str] | None:
        start = f"{self._base}/tags/list"
        url = f"{start}?n={PAGE}"
        found: dict[str, None] = {}
        asked: set[str] = set()
        while len(asked) < MAX_PAGES:
            asked.add(url)
            reply, at = self.access.ask("GET", url, "application/json", "" if found else known)
            self.limit = self.limit or warning(reply.header, self._request.image.registry)
            if reply.status == 304 and known:
                self.etag = known
                return None
            if reply.status == 400 and len(asked) == 1:
                self.access.refuse(
                    f"Flux fails there: the registry refuses n={PAGE}{said(reply.body)}; let it allow pages "
                    f"of that size"
                )
                url = start
                continue
            if reply.status in (400, 404) and found:
                raise self._error(_lost_page(reply, start, url))
            self._check(reply)
            page = tags_of(reply)
            following = next_page(reply, at, page.next, self._request)
            if fault := page.fault or following.fault:
                raise self._error(fault)
            for refused in filter(None, (page.refused, following.refused)):
                self.access.refuse(refused)
            if not page.tags and (words := said(reply.body)):
                self.access.notes.append(
                    f"{self._request.image.name}: the registry answers with status 200{words}"
                )
            found.update(dict.fromkeys(page.tags))
            if len(found) > MAX_TAGS:
                raise self._error(f"it has more than {MAX_TAGS:,} tags")
            if not following.url:
                self.etag = reply.header("etag") if len(asked) == 1 else ""
                return list(found)
            url = following.url
            if url in asked:
                raise self._error(
                    "the registry's next page of tags is one that it has sent before; Flux would go on"
                )
        raise self._error(f"the registry has more than {MAX_PAGES:,} pages of tags")

    def _digest(self, tag: str) -> str:
        url = f"{self._base}/manifests/{tag}"
        accept = ",".join(MANIFESTS)
        reply, _ = self.access.ask("HEAD", url, accept)
        self.limit = warning(reply.header, self._request.image.registry)
        if reply.status == 404:
            raise self._error(
                f"there is no tag {tag!r}; if the registry lists it, its manifest is lost or still being pushed"
            )
        self._check(reply)
        if missing := next((name for name in _NEEDED if not reply.header(name.lower())), ""):
            self.access.refuse(
                f"Flux cannot get the digest of {tag!r}: response did not include {missing} header; the registry "
                "must send it, or the policy must not reflect digests"
            )
        digest = reply.header("docker-content-digest")
        if not digest:  # it is that of the manifest
            reply, _ = self.access.ask("GET", url, accept)
            self._check(reply)
            if not _is_manifest(reply.body):
                raise self._error(f"the registry answered with something that is not a manifest of {tag!r}")
            digest = f"sha256:{hashlib.sha256(reply.body).hexdigest()}"
        if not _is_digest(digest):
            raise self._error(f"the registry says that {clean(digest)} is the digest of {tag!r}")
        return digest

    def _check(self, reply: Reply) -> None:
        """Raise the error that a status stands for, with what the registry says of it."""
        status, host, repository = reply.status, self._request.host, self._request.image.repository
        if status == 200:
            return
        words = said(reply.body)
        if status == 404 and is_html(reply.body):
            raise self._error(f"{host} answered with a web page; is that a registry?")
        if status in (401, 403) and self.access.sends_login:
            raise Denied(f"the registry refuses the login that was found for it ({status}){words}")
        if status in (401, 403):
            raise Denied(
                f"the registry refuses a reader without a login ({status}){words}; "
                f"either it needs one, or there is no repository {repository!r}: check the name"
            )
        if status == 404:
            raise Denied(
                f"there is no repository {repository!r} at {host}, or it is not shown without a login "
                f"(404){words}",
                wants_login=not self.access.sends_login,
            )
        if status == 429:
            raise self._error(f"the registry has had too many requests; try later, or log in (429){words}")
        if status == 400 and b"HTTP request" in reply.body and b"HTTPS" in reply.body:
            raise self._error("the registry speaks TLS on this port; remove 'insecure: true'")
        raise self._error(f"the registry answered with status {status}{words}")


def _lost_page(reply: Reply, start: str, url: str) -> str:
    """Say that the page to which the registry itself led is not there."""
    what = (
        f"the registry says that more tags are at {clean(url)}, and answers {reply.status} there{said(reply.body)}"
    )
    if url.partition("?")[0] == start:
        return what
    return (
        f"{what}; that is not the address of this repository: its links lose a part of the path "
        "(Artifactory, RTFACT-18971: use the sub-domain or port method; Nexus: use the port of the "
        "repository itself)"
    )


def _is_manifest(body: bytes) -> bool:
    try:
        manifest = go_json.whole(body)
    except go_json.GoJSONError:
        return False
    return isinstance(manifest, go_json.Object) and manifest.get("schemaVersion") is not None


def _is_digest(text: str) -> bool:
    algorithm, _, digits = text.partition(":")
    return len(digits) == _DIGITS.get(algorithm) and _HEX.issuperset(digits)
