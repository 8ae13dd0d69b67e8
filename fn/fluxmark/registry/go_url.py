"""URLs as Go's `net/url` reads them: what it refuses, Flux refuses. Source: https://pkg.go.dev/net/url,
`url.go`.
"""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

_SCHEME: Final = frozenset(string.ascii_letters + string.digits + "+-.")
_HOST: Final = frozenset(string.ascii_letters + string.digits + "-_.~!$&'()*+,;=:[]<>\"")
_HEX: Final = frozenset(string.hexdigits)
_NUMBERS: Final = string.hexdigits + "xX."
_PRIVATE: Final = (
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/24"),
    *("0.0.0.0/32", "::/128", "::1/128", "fc00::/7", "fe80::/10", "ff02::/16"),
)
"""Networks that are private, of this machine, or of the link."""


class GoURLError(ValueError):
    """Why Go refuses a URL, in its words."""


class GoURL(NamedTuple):
    """A URL in parts: the scheme in lower case, the host with its port as written, the path not decoded."""

    scheme: str
    host: str
    path: str
    query: str = ""

    @property
    def hostname(self) -> str:
        """The host without port and brackets."""
        return split_port(self.host)[0].strip("[]")


def parse(text: str) -> GoURL:
    """Read a URL. Raises GoURLError."""
    if any(char < " " or char == "\x7f" for char in text):
        raise GoURLError("net/url: invalid control character in URL")
    rest = text.partition("#")[0]
    scheme, rest = _scheme(rest)
    rest, _, query = rest.partition("?")
    if not rest.startswith("/"):
        if scheme:
            return GoURL(scheme, "", "", query)
        if ":" in rest.partition("/")[0]:
            raise GoURLError("first path segment in URL cannot contain colon")
    host = ""
    if rest.startswith("//"):
        authority, slash, path = rest[2:].partition("/")
        host, rest = _host(authority.rpartition("@")[2]), slash + path
    _check_escapes(rest)
    return GoURL(scheme, host, rest, query)


def split_port(host: str) -> tuple[str, str]:
    """Return a host and its port, '' if it has none."""
    name, colon, port = host.rpartition(":")
    if not colon or "]" in port or (":" in name and not name.startswith("[")):
        return host, ""
    return name, port


def is_private(host: str) -> bool:
    """Say whether a host is an address of a private network, of this machine or of the link; a name is not.

    Every spelling that a resolver takes counts: `127.1`, `0x7f000001`, `2130706433`, `::ffff:10.0.0.1`.
    Source: go-containerregistry `internal/ipaddr`.
    """
    from ipaddress import ip_network

    address = _address(host.partition("%")[0])
    if address is None:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in ip_network(network) for network in _PRIVATE)


def _address(host: str) -> IPv4Address | IPv6Address | None:
    import socket
    from ipaddress import IPv4Address, ip_address

    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host)) if host and not host.strip(_NUMBERS) else None
    except OSError:
        return None


def _scheme(text: str) -> tuple[str, str]:
    name, colon, rest = text.partition(":")
    if not colon or not name or not name[0].isascii() or not name[0].isalpha() or not _SCHEME.issuperset(name):
        if text.startswith(":"):
            raise GoURLError("missing protocol scheme")
        return "", text
    return name.lower(), rest


def _host(host: str) -> str:
    if host.startswith("["):
        inside, bracket, port = host[1:].partition("]")
        if not bracket:
            raise GoURLError("missing ']' in host")
        from ipaddress import IPv6Address

        try:
            IPv6Address(inside.partition("%")[0])
        except ValueError:
            raise GoURLError("invalid IP-literal") from None
    else:
        if "[" in host or "]" in host:
            raise GoURLError("invalid IP-literal")
        colon = host.rfind(":")
        port = host[colon:] if colon >= 0 else ""
    if port and not (port.startswith(":") and (not port[1:] or (port[1:].isascii() and port[1:].isdigit()))):
        raise GoURLError(f"invalid port {port!r} after host")
    for char in host:
        if char < "\x80" and char not in _HOST and not (char == "%" and host.startswith("[")):
            raise GoURLError(f"invalid character {char!r} in host name")
    return host


def _check_escapes(path: str) -> None:
    at = path.find("%")
    while at >= 0:
        if len(path) < at + 3 or not _HEX.issuperset(path[at + 1 : at + 3]):
            raise GoURLError(f"invalid URL escape {path[at : at + 3]!r}")
        at = path.find("%", at + 3)
