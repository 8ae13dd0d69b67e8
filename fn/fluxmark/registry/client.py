"""Reading one repository: tags, and the digest of a tag.

Source: the OCI distribution specification, https://github.com/opencontainers/distribution-spec/blob/main/spec.md
("Listing tags", "Checking if content exists in the registry").
"""

from __future__ import annotations

import email.utils
import hashlib
import json
import re
import time
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urljoin, urlsplit

from fluxmark.registry.auth import AuthError, authorization
from fluxmark.registry.credentials import Found
from fluxmark.registry.transport import ConnectionLost, Reply, Transport, origin_of, safe_url

if TYPE_CHECKING:
    from fluxmark.registry.request import Request

PAGE: Final = 1000  # tags asked for at once: what most registries allow at most, and the default of `registry`
MAX_PAGES: Final = 5000  # Quay gives 50 tags a page: a quarter of a million tags
MAX_EMPTY_PAGES: Final = 10  # in a row with nothing new; a registry that goes round in circles shows none for ever
MAX_TAGS: Final = 1_000_000
MAX_REDIRECTS: Final = 5
ATTEMPTS: Final = (
    4  # the first and three more, after 0.5, 1 and 2 seconds: a restart of a registry takes about that
)
BACKOFF: Final = 0.5
RETRIED: Final = (429, 500, 502, 503, 504)

MANIFESTS: Final = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
"""What a tag may point to; an index first, as for Flux, so that an image for several platforms has one digest."""

_NEXT = re.compile(r'<([^<>]*)>\s*;(?:[^,]*;)?\s*rel\s*=\s*"?next"?', re.IGNORECASE)
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"sha(?:256:[a-f0-9]{64}|384:[a-f0-9]{96}|512:[a-f0-9]{128})")


class Client:
    """One image's registry. Use with `with`, from one thread."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._transport = Transport(request.image.name, request.timeout, request.tls)
        self._error = self._transport.error
        self._origin = origin_of(request.base)
        self._authorization = ""
        self._found = Found(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._transport.close()

    def tags(self) -> list[str]:
        """Return all tags, in the registry's order. Raises RegistryError."""
        start = f"{self._request.base}/tags/list"
        url = f"{start}?n={PAGE}"
        found: dict[str, None] = {}
        empty = 0
        for _ in range(MAX_PAGES):
            reply = self._ask("GET", url, "application/json")
            if reply.status == 400 and not found and url != start:
                # "PAGINATION_NUMBER_INVALID": fewer are allowed than were asked for, so let the registry choose.
                url = start
                continue
            before = len(found)
            found.update(dict.fromkeys(self._page(reply)))
            if len(found) > MAX_TAGS:
                raise self._error(f"it has more than {MAX_TAGS:,} tags")
            following = self._next(reply, url)
            if following is None:
                return list(found)
            url = following
            empty = 0 if len(found) > before else empty + 1
            if empty == MAX_EMPTY_PAGES:
                raise self._error(f"the registry sent {empty} pages of tags without a new one, and has still more")
        raise self._error(f"the registry has more than {MAX_PAGES:,} pages of tags")

    def digest(self, tag: str) -> str:
        """Return the digest of what a tag points to. Raises RegistryError."""
        url = f"{self._request.base}/manifests/{tag}"
        accept = ", ".join(MANIFESTS)
        reply = self._ask("HEAD", url, accept)
        if reply.status == 404:
            raise self._error(f"there is no tag {tag!r}")
        self._check(reply)
        digest = reply.headers.get("docker-content-digest", "")
        if not digest:  # a registry may leave it out: it is the digest of the manifest
            reply = self._ask("GET", url, accept)
            self._check(reply)
            manifest = _json(reply.body)
            if not isinstance(manifest, dict) or "schemaVersion" not in manifest:
                raise self._error(f"the registry answered with something that is no manifest of {tag!r}")
            digest = f"sha256:{hashlib.sha256(reply.body).hexdigest()}"
        if not _DIGEST.fullmatch(digest):
            raise self._error(f"the registry says that {_clean(digest)} is the digest of {tag!r}")
        return digest

    def _page(self, reply: Reply) -> list[str]:
        """Read the tags of one page."""
        self._check(reply)
        if _is_html(reply.body):
            raise self._error(f"{self._request.host} answered with a web page; is that a registry?")
        answer = _json(reply.body)
        if not isinstance(answer, dict) or "tags" not in answer:
            raise self._error("the registry answered with something that is no list of tags")
        tags = answer["tags"] or []  # null: a repository all of whose tags are gone
        if not isinstance(tags, list):
            raise self._error("the registry's list of tags is no list")
        for tag in tags:
            if not isinstance(tag, str) or not _TAG.fullmatch(tag):
                raise self._error(f"the registry lists {_clean(repr(tag))}, which is no tag")
        return tags

    def _next(self, reply: Reply, url: str) -> str | None:
        """Return where the next page is, or None. The link may be relative, and its scheme is often wrong."""
        match = _NEXT.search(reply.headers.get("link", ""))
        if match is None:
            return None
        link, here = urlsplit(self._join(url, match[1])), urlsplit(url)
        if link.hostname != here.hostname:
            raise self._error(
                f"the registry says that more tags are on another host, {_clean(str(link.hostname))}"
            )
        following = str(link._replace(scheme=here.scheme, netloc=here.netloc).geturl())
        if following == url:
            raise self._error("the registry's next page of tags is the same page again")
        return following

    def _join(self, url: str, reference: str) -> str:
        """Resolve a reference that the registry gave."""
        try:
            return urljoin(url, reference)
        except ValueError:
            raise self._error(f"the registry refers to {_clean(reference)!r}, which is no URL") from None

    def _ask(self, method: str, url: str, accept: str) -> Reply:
        """Send a request: again where that may help, logging in where it is asked for, to where redirects lead."""
        logged_in = False
        attempt = 0
        while True:
            attempt += 1
            try:
                reply, at = self._follow(method, url, accept)
            except ConnectionLost as lost:
                if attempt == ATTEMPTS:
                    raise self._error(f"{lost}, {ATTEMPTS} times") from None
                self._transport.wait(BACKOFF * 2 ** (attempt - 1))
                continue
            if reply.status == 401 and origin_of(at) != self._origin:
                raise self._error(f"the registry leads to {safe_url(at)}, which wants a login of its own")
            if reply.status == 401 and not logged_in:  # at first, or because a token has run out between two pages
                logged_in = True
                attempt -= 1
                self._log_in(reply)
                continue
            if reply.status not in RETRIED or attempt == ATTEMPTS:
                return reply
            pause = BACKOFF * 2 ** (attempt - 1)
            self._transport.wait(max(pause, _retry_after(reply.headers.get("retry-after", ""))))

    def _follow(self, method: str, url: str, accept: str) -> tuple[Reply, str]:
        """Send a request, follow redirects, and return the answer and where it came from.

        The login goes along only to where the registry itself is.
        """
        for _ in range(MAX_REDIRECTS + 1):
            headers = {"Accept": accept}
            if self._authorization and origin_of(url) == self._origin:
                headers["Authorization"] = self._authorization
            reply = self._transport.send(method, url, headers)
            if reply.status not in (301, 302, 303, 307, 308) or "location" not in reply.headers:
                return reply, url
            target = self._join(url, reply.headers["location"])
            if url.startswith("https:") and not target.startswith("https:"):
                raise self._error(f"the registry leads to {safe_url(target)}, away from TLS")
            url = target
        raise self._error(f"the registry leads from one place to another, more than {MAX_REDIRECTS} times")

    def _log_in(self, reply: Reply) -> None:
        image = self._request.image
        if self._request.credentials is not None and not self._authorization:
            self._found = self._request.credentials.find(image.registry, image.repository)
        challenge = reply.headers.get("www-authenticate", "")
        try:
            self._authorization = authorization(
                challenge, self._request.base, image.repository, self._found.login, self._transport.send
            )
        except AuthError as error:
            raise self._error(self._with_note(str(error))) from None
        except ConnectionLost as lost:
            raise self._error(f"{lost} while logging in") from None

    def _check(self, reply: Reply) -> None:
        """Raise the error that a status stands for, with what the registry says of it."""
        status = reply.status
        if status == 200:
            return
        said = _said(reply.body)
        if status == 404 and _is_html(reply.body):
            raise self._error(f"{self._request.host} answered with a web page; is that a registry?")
        if status in (401, 403):
            who = "the login that was found for it" if self._found.login else "a reader without a login"
            raise self._error(self._with_note(f"the registry refuses {who} ({status}){said}"))
        if status == 404:
            where = f"there is no repository {self._request.image.repository!r} at {self._request.host}"
            raise self._error(f"{where}, or it is not to be seen without a login (404){said}")
        if status == 429:
            raise self._error(f"the registry has had too many requests; try later, or log in (429){said}")
        if status == 400 and b"HTTP request to an HTTPS server" in reply.body:
            raise self._error("the registry speaks TLS; leave 'insecure: true' out")
        raise self._error(f"the registry answered with status {status}{said}")

    def _with_note(self, what: str) -> str:
        return f"{what}; {self._found.note}" if self._found.note else what


def _json(body: bytes) -> Any:
    """Read JSON; None for what is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _is_html(body: bytes) -> bool:
    return body.lstrip()[:1] == b"<"


def _said(body: bytes) -> str:
    """Return what a registry's error says, on one line."""
    try:
        error = _json(body)["errors"][0]
        text = ": ".join(str(error[name]) for name in ("code", "message") if error.get(name))
    except (TypeError, KeyError, IndexError, AttributeError):
        return ""
    return f": {_clean(text)}" if text else ""


def _clean(text: str) -> str:
    """Make a registry's text fit for a terminal: printable, on one line, not without end."""
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
    return shown if len(shown) <= 200 else f"{shown[:199]}…"


def _retry_after(text: str) -> float:
    """Read `Retry-After`: seconds, or a date; 0 for what is neither."""
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return 0.0
