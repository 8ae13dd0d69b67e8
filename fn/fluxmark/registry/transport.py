"""HTTP as a registry needs it: one deadline, retries, proxies, TLS, kept connections, and errors in one sentence.

Built on http.client rather than urllib.request, because here redirects, credentials and time limits are the point.
"""

from __future__ import annotations

import email.utils
import http.client
import socket
import ssl
import time
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, quote, unquote, urlsplit
from urllib.request import getproxies_environment, proxy_bypass

from fluxmark import __version__
from fluxmark.registry.connection import Connections, Line, Reply, TooMuch, exchange
from fluxmark.registry.request import RegistryError, Request

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

_PORTS: Final = {"http": 80, "https": 443}
_URL_CHARACTERS: Final = "%/:?#[]@!$&'()*+,;=~-._"

ATTEMPTS: Final = 3
"""How often a request is sent, with a pause of 1 and of 3 seconds, as go-containerregistry does (`options.go`)."""

BACKOFF: Final = 1.0
RETRIED: Final = (408, 429, 499, 500, 502, 503, 504, 522)


class ConnectionLost(Exception):  # noqa: N818  not an error yet: the next try may do
    """The connection broke before the answer was whole; asking again may help."""


class Transport:
    """Sends requests for one image, within one deadline. Not for use by several threads."""

    def __init__(self, request: Request, connections: Connections) -> None:
        self._request = request
        self._deadline = time.monotonic() + request.timeout
        self._connections = connections

    def error(self, what: str) -> RegistryError:
        """Make an error about the image that this is for."""
        return RegistryError(self._request.image.name, what)

    def remaining(self) -> float:
        """Return the seconds that are left. Raises RegistryError when there are none."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise self._too_long()
        return left

    def may_speak_tls(self, host: str, patience: float) -> bool:
        """Say whether a host[:port] answers in TLS; true where that cannot be told.

        Nothing is sent but the beginning of TLS, and no certificate is looked at: to load those of the system
        takes longer than to read a repository, and most hosts that may speak plain HTTP do.
        """
        parts = urlsplit(f"https://{host}")
        try:
            if self._proxy(parts):
                return True
            at = (parts.hostname or "", parts.port or _PORTS["https"])
        except ValueError:
            return True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        try:
            with socket.create_connection(at, min(patience, self.remaining())) as plain:
                context.wrap_socket(plain, server_hostname=parts.hostname).close()
        except (OSError, UnicodeError):
            return False
        return True

    def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Reply:
        """Send a request, again where that may help. Raises RegistryError."""
        for attempt in range(1, ATTEMPTS + 1):
            pause = BACKOFF * 3 ** (attempt - 1)
            last = attempt == ATTEMPTS or pause >= self.remaining()
            try:
                reply = self.send(method, url, headers, body)
            except ConnectionLost as lost:
                if last:
                    raise self.error(f"{lost}, {attempt} times" if attempt > 1 else str(lost)) from None
            else:
                if reply.status not in RETRIED or last:
                    return reply
                pause = max(pause, _retry_after(reply.header("retry-after")))
            self._wait(pause)
        raise AssertionError

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        patience: float | None = None,
    ) -> Reply:
        """Send one request and read all of the answer; redirects are the caller's.

        patience: seconds for the connection, TLS included. Raises RegistryError for what will not get better,
        ConnectionLost for what may.
        """
        try:
            parts = urlsplit(quote(url, _URL_CHARACTERS, encoding="latin-1"))
            key = (origin_of(parts.geturl()), self._request.tls, self._request.proxy)
        except (ValueError, UnicodeError):
            raise self.error(f"{safe_url(url)!r} is not a URL that can be asked") from None
        line = self._connections.take(key)
        if line is not None:
            try:
                return self._send(line, key, parts, method, headers, body, None)
            except ConnectionLost:
                pass  # a server may close a kept connection at any time
        return self._send(self._connect(parts), key, parts, method, headers, body, patience)

    def _send(
        self,
        line: Line,
        key: Hashable,
        parts: SplitResult,
        method: str,
        headers: Mapping[str, str],
        body: bytes | None,
        patience: float | None,
    ) -> Reply:
        connection = line.connection
        try:
            if connection.sock is None:
                left = self.remaining()
                connection.timeout = left if patience is None else min(left, patience)
                connection.connect()
            target = parts._replace(scheme="", netloc="", path=parts.path or "/", fragment="").geturl()
            sent = {"User-Agent": f"fluxmark/{__version__}", **headers}
            if method != "HEAD":  # as Go: a packed answer to HEAD would have no length
                sent["Accept-Encoding"] = "gzip"
            if line.by_proxy:
                target = f"{parts.scheme}://{parts.netloc}{target}"
                sent |= line.headers
            reply, keep = exchange(line, self, method, target, sent, body)
        except BaseException as error:
            connection.close()
            if isinstance(error, RegistryError) or not isinstance(error, Exception):
                raise
            raise self._explain(error, parts, patient=patience is None) from None
        if keep:
            self._connections.keep(key, line)
        else:
            connection.close()
        return reply

    def _wait(self, seconds: float) -> None:
        """Sleep, unless that would be for longer than there is time."""
        if seconds >= self.remaining():
            raise self.error(
                f"the registry asks to wait for {seconds:g} s, longer than {self._request.timeout:g} s in all"
            )
        time.sleep(seconds)

    def _connect(self, parts: SplitResult) -> Line:
        """Prepare a connection to where a URL points, or to the proxy for it."""
        try:
            port = parts.port or _PORTS[parts.scheme]
        except (ValueError, KeyError):
            port = 0
        if not port or not parts.hostname:
            raise self.error(f"the registry points to {safe_url(parts.geturl())}, which is not an HTTP URL")
        proxy = self._proxy(parts)
        host, at = (proxy.hostname or "", proxy.port or _PORTS["http"]) if proxy else (parts.hostname, port)
        headers = _proxy_headers(proxy) if proxy else {}
        connection: http.client.HTTPConnection
        try:
            if parts.scheme == "https":
                connection = http.client.HTTPSConnection(host, at, context=self._tls_context())
                if proxy:
                    connection.set_tunnel(parts.hostname, port, headers)
            else:
                connection = http.client.HTTPConnection(host, at)
        except (http.client.HTTPException, ValueError):
            raise self.error(f"{safe_url(parts.geturl())!r} is not a URL that can be asked") from None
        return Line(connection, proxy is not None and parts.scheme == "http", headers)

    def _proxy(self, parts: SplitResult) -> SplitResult | None:
        url, whose = self._request.proxy, "the proxy of the proxySecretRef"
        if not url:
            url, whose = getproxies_environment().get(parts.scheme, ""), "the proxy of the environment"
            if not url or proxy_bypass(parts.netloc):
                return None
        try:
            proxy = urlsplit(url if "://" in url else f"http://{url}")
            if proxy.scheme == "http" and proxy.hostname and proxy.port != 0:
                return proxy
        except ValueError:
            pass
        raise self.error(f"{whose} must be http://host:port; other kinds are not supported")

    def _tls_context(self) -> ssl.SSLContext:
        try:
            return self._connections.context(self._request.tls)
        except (ssl.SSLError, ValueError):
            raise self.error("the certificates or the key given for it are not PEM that fits together") from None
        except OSError as error:
            raise self.error(
                f"a client certificate needs a temporary directory, and none can be used "
                f"({error.strerror}); set TMPDIR"
            ) from None

    def _too_long(self) -> RegistryError:
        return self.error(f"the registry took longer than {self._request.timeout:g} s")

    def _explain(self, error: Exception, parts: SplitResult, *, patient: bool) -> Exception:
        """Turn what Python raises about the network into one sentence."""
        where = clean(parts.netloc.rpartition("@")[2])
        match error:
            case TooMuch():
                return self.error(f"the registry sent {error}")
            case ssl.SSLCertVerificationError():
                return self.error(
                    f"the certificate of {where} is not trusted: {error.verify_message}; give its CA in a "
                    f"certSecretRef"
                )
            case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
                return ConnectionLost(f"{where} broke the connection")
            case ssl.SSLError() if "WRONG_VERSION_NUMBER" in str(error) or "HTTP_REQUEST" in str(error):
                return self.error(f"{where} does not speak TLS; for plain HTTP set 'insecure: true'")
            case ssl.SSLError():
                return self.error(f"TLS with {where} failed: {error.reason or 'unknown reason'}")
            case TimeoutError():
                return self._too_long() if patient else ConnectionLost(f"{where} does not answer in TLS")
            case socket.gaierror():
                return self.error(f"there is no host {where}")
            case ConnectionRefusedError():
                return self.error(f"{where} refused the connection: nothing listens there")
            case ConnectionError() | http.client.RemoteDisconnected():
                return ConnectionLost(f"{where} broke the connection")
            case http.client.IncompleteRead():
                return ConnectionLost("the registry broke off in the middle of an answer")
            case UnicodeError() | http.client.InvalidURL():
                return self.error(f"{safe_url(parts.geturl())!r} is not a URL that can be asked")
            case OSError():
                return self.error(f"no connection to {where}: {error.strerror or type(error).__name__}")
            case _:
                return self.error(f"{where} did not answer in HTTP")


def origin_of(url: str) -> tuple[str, str]:
    """Return what must be the same for a connection to be used again: scheme, and host with port."""
    parts = urlsplit(url)
    return parts.scheme, with_port(parts.netloc.rpartition("@")[2].lower(), parts.scheme)


def with_port(host: str, scheme: str) -> str:
    """Return a host with its port, the scheme's own where it names none."""
    name, colon, port = host.rpartition(":")
    if colon and port.isdigit() and (":" not in name or name.endswith("]")):
        return host
    return f"{host.removesuffix(':')}:{_PORTS.get(scheme, 0)}"


def safe_url(url: str) -> str:
    """Return a URL for a message: on one line, without login, and without the query, which may hold a
    signature.
    """
    scheme, colon, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    host = authority.rpartition("@")[2]
    return clean(f"{scheme}{colon}{host}{slash}{path}".partition("?")[0])


def clean(text: str) -> str:
    """Make a registry's text fit for a terminal: printable, on one line, not without end."""
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text[:201])
    return shown if len(shown) <= 200 else f"{shown[:199]}…"


def _proxy_headers(proxy: SplitResult) -> dict[str, str]:
    if not proxy.username:
        return {}
    import base64

    login = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}


def _retry_after(text: str) -> float:
    """Read `Retry-After`: seconds, or a date; 0 for what is neither."""
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError, IndexError):
        return 0.0
