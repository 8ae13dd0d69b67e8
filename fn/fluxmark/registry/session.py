"""Reading many repositories: one handshake for each host, connections used again, so many at once and no more."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Self

from fluxmark.registry.cache import Cache, Entry
from fluxmark.registry.client import Client
from fluxmark.registry.connection import Connections
from fluxmark.registry.handshake import Handshake, shake
from fluxmark.registry.request import Listing, RegistryError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from fluxmark.registry.request import Request
    from fluxmark.registry.token import Token

PER_HOST: Final = 4
"""Repositories of one host that are read at once: registries limit the rate."""

AT_ONCE: Final = 16
"""Repositories that are read at once."""


class _Host:
    """What is known of a host: its handshake, or why there was none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: Handshake | RegistryError | None = None

    def handshake(self, request: Request, connections: Connections) -> Handshake:
        """Return the host's handshake; the first caller makes it. Raises RegistryError."""
        with self._lock:
            if self._known is None:
                try:
                    self._known = shake(request, connections)
                except RegistryError as error:
                    self._known = error
        if isinstance(self._known, RegistryError):
            raise RegistryError(request.image.name, self._known.what)
        return self._known


class Session:
    """Reads repositories, from several threads at once. Use with `with`.

    cache: where lists of tags are kept. notes: takes what a user should know of the digest of a tag.
    """

    def __init__(self, cache: Cache | None = None, notes: Callable[[str], None] = lambda _: None) -> None:
        self._cache = cache
        self._notes = notes
        self._connections = Connections()
        self._hosts: dict[Hashable, _Host] = {}
        self._tokens: dict[Hashable, Token] = {}
        self._read: dict[Hashable, Listing] = {}
        self._limited: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are kept."""
        self._connections.close()

    def tags(self, request: Request) -> Listing:
        """Read the tags of a repository, once; an error is kept in the listing."""
        key = _key(request)
        if key not in self._read:
            self._read[key] = self._tags(request)
        return replace(self._read[key], request=request)

    def _tags(self, request: Request) -> Listing:
        entry = self._cache.get(request) if self._cache else None
        if entry and entry.is_fresh:
            return Listing(request, entry.tags, None, entry.refused, (), entry.login)
        client = None
        try:
            client = self._client(request)
            tags = client.tags(entry.etag if entry else "")
        except RegistryError as error:
            return Listing(request, (), error, *self._told(client))
        if tags is None and entry:
            listing = Listing(request, entry.tags, None, *self._told(client))
        else:
            listing = Listing(request, tuple(tags or ()), None, *self._told(client))
        return self._kept(listing, client.etag) if self._cache else listing

    def digest(self, request: Request, tag: str) -> tuple[str, tuple[str, ...]]:
        """Return the digest of a tag, and what Flux refuses of the answers. Raises RegistryError."""
        client = self._client(request)
        found = client.digest(tag)
        for note in self._told(client)[1]:
            self._notes(note)
        return found, tuple(client.access.refused)

    def list_all(
        self,
        requests: Sequence[Request],
        *,
        per_host: int = PER_HOST,
        progress: Callable[[int, int], None] = lambda _done, _all: None,
    ) -> list[Listing]:
        """Read several repositories, and return what came of each, in their order.

        per_host: how many of one host are read at once. progress: called with the number of those that are read,
        and of all; with 0 before the first.
        """
        found: list[Listing | None] = [None] * len(requests)
        failures: list[BaseException] = []
        queues: dict[str, list[int]] = {}
        for number in reversed(range(len(requests))):
            queues.setdefault(requests[number].host, []).append(number)
        hosts = [queue for turn in range(per_host) for queue in queues.values() if turn < len(queue)]
        lock = threading.Lock()
        done = 0

        def drain(queue: list[int]) -> None:
            nonlocal done
            while True:
                with lock:
                    if not queue or failures:
                        return
                    number = queue.pop()
                found[number] = self.tags(requests[number])
                with lock:
                    done += 1
                    progress(done, len(requests))

        def work() -> None:
            try:
                while True:
                    with lock:
                        if not hosts or failures:
                            return
                        queue = hosts.pop(0)
                    drain(queue)
            except BaseException as error:  # noqa: BLE001  raised where the threads are waited for
                failures.append(error)

        progress(0, len(requests))
        # daemons: when the user interrupts, nobody waits for registries that do not answer
        threads = [threading.Thread(target=work, daemon=True) for _ in range(min(AT_ONCE, len(hosts)))]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        except BaseException as error:
            failures.append(error)
            raise
        if failures:
            raise failures[0]
        return [listing for listing in found if listing is not None]

    def _client(self, request: Request) -> Client:
        key = (request.host, request.plain, request.tls, request.proxy)
        host = self._hosts.setdefault(key, _Host())
        return Client(request, host.handshake(request, self._connections), self._connections, self._tokens)

    def _told(self, client: Client | None) -> tuple[tuple[str, ...], tuple[str, ...], str]:
        """Return what is refused, what a user should know, and which login was used."""
        if client is None:
            return (), (), ""
        notes = list(client.access.notes)
        host = client.access.host
        if client.limit and host not in self._limited:
            self._limited.add(host)
            notes.append(client.limit)
        return tuple(client.access.refused), tuple(notes), client.access.login

    def _kept(self, listing: Listing, etag: str) -> Listing:
        assert self._cache is not None
        try:
            self._cache.put(listing.request, Entry(listing.tags, listing.refused, listing.login, etag))
        except OSError as error:
            note = f"{self._cache.directory}: lists cannot be kept there: {error.strerror}"
            return replace(listing, notes=(*listing.notes, note))
        return listing


def _key(request: Request) -> Hashable:
    """Return what two requests have in common that read the same: also the login, however it was found."""
    try:
        credentials = hash(request.credentials)
    except TypeError:
        credentials = id(request.credentials)
    return (
        *(request.image.registry, request.image.repository, request.insecure, request.tls, request.proxy),
        *(request.plain_login, credentials),
    )
