"""Hosts to which Flux speaks plain HTTP without `insecure: true`.

Source: go-containerregistry `pkg/name/registry.go`, `Registry.Scheme`.
"""

from __future__ import annotations


def speaks_plain_http(host: str) -> bool:
    """Say whether Flux tries plain HTTP for a host[:port], after TLS."""
    name, colon, port = host.rpartition(":")
    if (
        not colon
        or not (port.isascii() and port.isdigit() and len(port) <= 5)
        or (":" in name and name[-1] != "]")
    ):
        name, port = host, ""
    if name == "localhost":
        return host.startswith("localhost:")
    return (
        name.endswith(".localhost")
        or name == "127.0.0.1"
        or name in ("::1", "[::1]")
        or _is_private(host.partition(":")[0])
    )


def _is_private(name: str) -> bool:
    """Say whether a name is an IPv4 address of 10/8, 172.16/12 or 192.168/16, as Go reads it: no leading zeros."""
    parts = name.split(".")
    if len(parts) != 4 or not all(map(_is_number, parts)):
        return False
    first, second, *rest = map(int, parts)
    if max(first, second, *rest) > 255:
        return False
    return first == 10 or (first == 172 and 16 <= second < 32) or (first == 192 and second == 168)


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) <= 3 and str(int(part)) == part
