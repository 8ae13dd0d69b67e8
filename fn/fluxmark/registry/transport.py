"""HTTP as a registry needs it: one deadline, a limit on every body, proxies, TLS, kept connections.

Built on http.client rather than urllib.request, because here redirects, credentials and time limits are the point.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies_environment, proxy_bypass

from fluxmark import __version__
from fluxmark.registry.request import TLS, RegistryError

if TYPE_CHECKING:
    from collections.abc import Mapping

# A registry without pagination sends all tags at once: 200,000 tags of the greatest length are 26 MB.
MAX_BODY: Final = 32 << 20
_PORTS = {"http": 80, "https": 443}


class ConnectionLost(Exception):  # noqa: N818  not an error yet: the next try may do
    """The connection broke before the answer was whole; asking again may help."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: status, headers (by lower-case name, those of one name joined by commas), and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Line:
    """A connection. by_proxy: to a proxy that is asked for whole URLs; headers: what that proxy wants besides."""

    connection: http.client.HTTPConnection
    by_proxy: bool
    headers: Mapping[str, str]


class Transport:
    """Sends requests for one image, within one deadline. Not for use by several threads."""

    def __init__(self, image: str, timeout: float, tls: TLS | None = None) -> None:
        self._image = image
        self._timeout = timeout
        self._deadline = time.monotonic() + timeout
        self._tls = tls
        self._context: ssl.SSLContext | None = None
        self._kept: dict[tuple[str, str], _Line] = {}

    def close(self) -> None:
        """Close the connections that were kept."""
        for line in self._kept.values():
            line.connection.close()
        self._kept.clear()

    def error(self, what: str) -> RegistryError:
        """Make an error about the image that this is for."""
        return RegistryError(self._image, what)

    def remaining(self) -> float:
        """Return the seconds that are left. Raises RegistryError when there are none."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise self.error(f"the registry took longer than {self._timeout:g} s")
        return left

    def wait(self, seconds: float) -> None:
        """Sleep, unless that would be for longer than there is time."""
        if seconds >= self.remaining():
            raise self.error(
                f"the registry asks to wait for {seconds:g} s, longer than {self._timeout:g} s in all"
            )
        time.sleep(seconds)

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Reply:
        """Send one request and read all of the answer; redirects are the caller's.

        Raises RegistryError for what will not get better, ConnectionLost for what may.
        """
        parts = urlsplit(url)
        origin = origin_of(url)
        line = self._kept.pop(origin, None) or self._connect(parts)
        try:
            reply, keep = self._exchange(line, method, parts, headers, body)
        except BaseException as error:
            line.connection.close()
            if isinstance(error, OSError | UnicodeError | http.client.HTTPException):
                raise self._explain(error, parts) from None
            raise
        if keep:
            self._kept[origin] = line
        else:
            line.connection.close()
        return reply

    def _exchange(
        self, line: _Line, method: str, parts: SplitResult, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[Reply, bool]:
        """Send a request, read the answer, and say whether the connection can be used again."""
        connection = line.connection
        left = self.remaining()
        if connection.sock is None:
            connection.timeout = left
            connection.connect()
        connection.sock.settimeout(left)
        target = parts._replace(scheme="", netloc="", path=parts.path or "/", fragment="").geturl()
        sent = {"User-Agent": f"fluxmark/{__version__}", **headers}
        if line.by_proxy:
            target = f"{parts.scheme}://{parts.netloc}{target}"
            sent |= line.headers
        connection.request(method, target, body=body, headers=sent)
        answer = connection.getresponse()
        content = answer.read(MAX_BODY + 1)
        if len(content) > MAX_BODY:
            raise self.error(f"the registry sent more than {MAX_BODY >> 20} MiB in one answer")
        if answer.length and method != "HEAD":
            raise ConnectionLost("the registry broke off in the middle of an answer")
        named: dict[str, str] = {}
        for name, value in answer.getheaders():
            key = name.lower()
            named[key] = f"{named[key]}, {value}" if key in named else value
        return Reply(answer.status, named, content), answer.isclosed() and not answer.will_close

    def _connect(self, parts: SplitResult) -> _Line:
        """Prepare a connection to where a URL points, or to the proxy that the environment names for it."""
        try:
            port = parts.port or _PORTS[parts.scheme]
        except (ValueError, KeyError):
            port = 0
        if not port or not parts.hostname:
            raise self.error(f"the registry points to {safe_url(parts.geturl())}, which is no HTTP URL")
        proxy = self._proxy(parts)
        host, at = (proxy.hostname or "", proxy.port or _PORTS["http"]) if proxy else (parts.hostname, port)
        headers = _proxy_headers(proxy) if proxy else {}
        connection: http.client.HTTPConnection
        if parts.scheme == "https":
            connection = http.client.HTTPSConnection(host, at, context=self._tls_context())
            if proxy:
                connection.set_tunnel(parts.hostname, port, headers)
        else:
            connection = http.client.HTTPConnection(host, at)
        connection.response_class = self._response  # type: ignore[assignment]
        return _Line(connection, proxy is not None and parts.scheme == "http", headers)

    def _proxy(self, parts: SplitResult) -> SplitResult | None:
        url = getproxies_environment().get(parts.scheme, "")
        if not url or proxy_bypass(parts.netloc):
            return None
        proxy = urlsplit(url if "://" in url else f"http://{url}")
        if proxy.scheme != "http" or not proxy.hostname:
            raise self.error(f"the proxy of the environment must be http://host:port, not {proxy.scheme}://…")
        return proxy

    def _response(self, sock: socket.socket, *args: Any, **kwargs: Any) -> http.client.HTTPResponse:
        response = http.client.HTTPResponse(sock, *args, **kwargs)
        response.fp = io.BufferedReader(_Timed(response.fp.detach(), sock, self))
        return response

    def _tls_context(self) -> ssl.SSLContext:
        if self._context is None:
            context = ssl.create_default_context()
            # as Go does, and Python before 3.13: a CA of one's own often lacks extensions that RFC 5280 asks for
            context.verify_flags &= ~ssl.VERIFY_X509_STRICT
            try:
                if self._tls and self._tls.ca:
                    context.load_verify_locations(cadata=self._tls.ca)
                if self._tls and self._tls.cert:
                    _load_client_certificate(context, self._tls)
            except (ssl.SSLError, ValueError, OSError):
                raise self.error(
                    "the certificates or the key given for it are not PEM that fits together"
                ) from None
            self._context = context
        return self._context

    def _explain(self, error: Exception, parts: SplitResult) -> Exception:
        """Turn what Python raises about the network into one sentence."""
        where = parts.netloc.rpartition("@")[2]
        match error:
            case ssl.SSLCertVerificationError():
                return self.error(
                    f"the certificate of {where} is not to be trusted: {error.verify_message}; "
                    "give its CA in a certSecretRef"
                )
            case ssl.SSLError() if "WRONG_VERSION_NUMBER" in str(error) or "HTTP_REQUEST" in str(error):
                return self.error(f"{where} does not speak TLS; for plain HTTP set 'insecure: true'")
            case ssl.SSLError():
                return self.error(f"TLS with {where} failed: {error.reason or 'unknown reason'}")
            case TimeoutError():
                return self.error(f"the registry took longer than {self._timeout:g} s")
            case socket.gaierror():
                return self.error(f"there is no host {where}")
            case ConnectionRefusedError():
                return self.error(f"{where} refused the connection: nothing listens there")
            case ConnectionError() | http.client.RemoteDisconnected() | http.client.IncompleteRead():
                return ConnectionLost(f"{where} broke the connection")
            case UnicodeError() | http.client.InvalidURL():
                return self.error(f"{safe_url(parts.geturl())!r} is no URL to ask for")
            case http.client.HTTPException():
                return self.error(f"{where} did not answer in HTTP; if it speaks TLS, leave 'insecure: true' out")
            case _:
                reason = getattr(error, "strerror", None) or type(error).__name__
                return self.error(f"no connection to {where}: {reason}")


class _Timed(io.RawIOBase):
    """Reads from a socket until the deadline, however slowly the bytes drip."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, transport: Transport) -> None:
        self._raw = raw
        self._sock = sock
        self._transport = transport

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._transport.remaining())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def origin_of(url: str) -> tuple[str, str]:
    """Return what must be the same for credentials to be sent along: scheme, and host with port."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower()
    default = f":{_PORTS.get(parts.scheme, 0)}"
    return parts.scheme, host.removesuffix(default)


def safe_url(url: str) -> str:
    """Return a URL for a message: without login, and without the query, which may hold a signature."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _proxy_headers(proxy: SplitResult) -> dict[str, str]:
    if not proxy.username:
        return {}
    import base64

    login = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}


def _load_client_certificate(context: ssl.SSLContext, tls: TLS) -> None:
    """Load a certificate and its key, for which OpenSSL wants files: they are the user's alone, and soon gone."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory(prefix="fluxmark-") as directory:  # made with mode 0700
        cert, key = Path(directory, "tls.crt"), Path(directory, "tls.key")
        cert.write_text(tls.cert)
        key.write_text(tls.key or tls.cert)
        context.load_cert_chain(cert, key, password="")  # so that an encrypted key is an error, not a prompt
