"""Connections to registries: what is kept open between requests, and one answer read within its limits."""

from __future__ import annotations

import http.client
import io
import threading
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Hashable, Mapping

    from fluxmark.registry.request import TLS

MAX_BODY: Final = 32 << 20
"""Bytes of one answer: 200,000 tags of the greatest length are 26 MB."""

MAX_HEAD: Final = 1 << 20
"""Bytes of all the headers of one answer; one that is read may have 64 KiB."""

_READ: Final = frozenset(
    (
        *(
            b"connection",
            b"content-encoding",
            b"content-length",
            b"content-type",
            b"docker-content-digest",
            b"etag",
        ),
        *(b"link", b"location", b"ratelimit-limit", b"ratelimit-remaining", b"retry-after", b"transfer-encoding"),
        b"www-authenticate",
    )
)
"""The headers that someone reads; proxies add many others, some of them long."""


class TooMuch(Exception):  # noqa: N818  not every caller takes it for an error
    """An answer is over a limit; says which."""


class Clock(Protocol):
    """Knows how much time is left."""

    def remaining(self) -> float:
        """Return the seconds that are left; raises if there are none."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: status, headers by lower-case name, each with its lines in order, and the body."""

    status: int
    headers: Mapping[str, tuple[str, ...]]
    body: bytes

    def header(self, name: str) -> str:
        """Return the first line of a header; '' if there is none."""
        return self.headers.get(name, ("",))[0]


@dataclass(slots=True)
class Line:
    """A connection. by_proxy: to a proxy, which takes whole URLs; headers: additional ones for the proxy."""

    connection: http.client.HTTPConnection
    by_proxy: bool
    headers: Mapping[str, str]
    used: bool = False


class Connections:
    """Connections that are kept, and TLS contexts, for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[Hashable, list[Line]] = {}
        self._contexts: dict[TLS | None, ssl.SSLContext] = {}

    def take(self, key: Hashable) -> Line | None:
        """Return a kept connection, which nobody else gets; None if there is none."""
        with self._lock:
            kept = self._kept.get(key)
            return kept.pop() if kept else None

    def keep(self, key: Hashable, line: Line) -> None:
        """Keep a connection for the next request."""
        line.used = True
        with self._lock:
            self._kept.setdefault(key, []).append(line)

    def context(self, tls: TLS | None) -> ssl.SSLContext:
        """Return the TLS context for certificates; raises what `ssl` does for bad ones."""
        with self._lock:
            if tls not in self._contexts:
                self._contexts[tls] = _context(tls)
            return self._contexts[tls]

    def close(self) -> None:
        """Close what was kept."""
        with self._lock:
            for lines in self._kept.values():
                for line in lines:
                    line.connection.close()
            self._kept.clear()


def exchange(
    line: Line, clock: Clock, method: str, target: str, headers: Mapping[str, str], body: bytes | None
) -> tuple[Reply, bool]:
    """Send a request on an open connection, read the answer, and say whether the connection can be used again.

    Raises TooMuch, and what `http.client` and sockets raise.
    """
    connection = line.connection
    connection.sock.settimeout(clock.remaining())
    connection.response_class = lambda sock, *args, **kwargs: _Response(sock, clock, *args, **kwargs)  # type: ignore[assignment]
    connection.request(method, target, body=body, headers=dict(headers))
    answer = connection.getresponse()
    content = answer.read(MAX_BODY + 1)
    if len(content) > MAX_BODY:
        raise TooMuch(f"more than {MAX_BODY >> 20} MiB in one answer")
    if answer.length and method != "HEAD":
        raise http.client.IncompleteRead(content, answer.length)
    named: dict[str, tuple[str, ...]] = {}
    for name, value in answer.getheaders():
        key = name.lower()
        named[key] = (*named.get(key, ()), value.strip())
    reply = Reply(answer.status, named, content)
    if content and reply.header("content-encoding").lower() == "gzip":
        reply = Reply(answer.status, named, _unpacked(content))
    return reply, answer.isclosed() and not answer.will_close


def _unpacked(content: bytes) -> bytes:
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    found = unpacker.decompress(content, MAX_BODY + 1)
    if len(found) > MAX_BODY:
        raise TooMuch(f"more than {MAX_BODY >> 20} MiB in one compressed answer")
    if not unpacker.eof:
        raise http.client.IncompleteRead(found)
    return found


class _Response(http.client.HTTPResponse):
    """An answer whose headers may be many and long, and whose bytes come in time."""

    def __init__(self, sock: socket.socket, clock: Clock, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Timed(self.fp.detach(), sock, clock))

    def begin(self) -> None:
        """Read the head; http.client parses only the headers that someone reads."""
        stream = self.fp
        self.fp = io.BufferedReader(io.BytesIO(_head(stream)))
        try:
            super().begin()
        finally:
            self.fp = stream

    def _read_next_chunk_size(self) -> int:
        size: int = super()._read_next_chunk_size()  # type: ignore[misc]
        if size < 0:
            raise http.client.HTTPException("a chunk of negative size")
        return size


def _head(stream: io.BufferedReader) -> bytes:
    """Read status line and headers, up to the empty line, and keep the headers that are read."""
    left = MAX_HEAD

    def line() -> bytes:
        nonlocal left
        found = stream.readline(left + 1)
        left -= len(found)
        if left < 0:
            raise TooMuch(f"more than {MAX_HEAD >> 20} MiB of headers")
        return found

    while True:
        status = line()
        if not status:
            raise http.client.RemoteDisconnected("nothing was sent")
        kept = [status]
        keep = False
        while (header := line()) not in (b"\r\n", b"\n", b""):
            if header[:1] not in (b" ", b"\t"):  # else it continues the one before
                name, colon, _ = header.partition(b":")
                if not colon:
                    raise http.client.HTTPException("a header without a colon")
                keep = name.lower() in _READ
            if keep:
                kept.append(header)
        if not status.split(b" ", 1)[-1].startswith((b"100", b"102", b"103")):
            return b"".join(kept) + b"\r\n"


class _Timed(io.RawIOBase):
    """Reads from a socket until the deadline, however slowly the bytes drip."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, clock: Clock) -> None:
        self._raw = raw
        self._sock = sock
        self._clock = clock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._clock.remaining())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _context(tls: TLS | None) -> ssl.SSLContext:
    import ssl

    context = ssl.create_default_context()
    # as Go does, and Python before 3.13: a CA of one's own often lacks extensions that RFC 5280 asks for
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if tls and tls.ca:
        context.load_verify_locations(cadata=tls.ca)
    if tls and tls.cert:
        _load_client_certificate(context, tls)
    return context


def _load_client_certificate(context: ssl.SSLContext, tls: TLS) -> None:
    """Load a certificate and its key, for which OpenSSL wants files: they are the user's alone, and soon gone."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory(prefix="fluxmark-") as directory:  # made with mode 0700
        cert, key = Path(directory, "tls.crt"), Path(directory, "tls.key")
        cert.write_text(tls.cert)
        key.write_text(tls.key or tls.cert)
        context.load_cert_chain(cert, key, password="")  # so that an encrypted key is an error, not a prompt
