"""The challenge of a registry: how it wants to be logged in to, read as Flux reads it and as RFC 9110 means it.

Flux (go-containerregistry `internal/authchallenge`) takes one challenge from each `WWW-Authenticate` line, and
wants quotes around what is not a token. Both readers look at each character once.
"""

from __future__ import annotations

import string
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from fluxmark.registry import go_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_TOKEN: Final = frozenset(string.ascii_letters + string.digits + "!#$%&'*+-.^_`|~")
_SPACE: Final = " \t\r\n"
_KNOWN: Final = ("basic", "bearer")


@dataclass(frozen=True, slots=True)
class Challenge:
    """One way to log in: a scheme in lower case, '' if the registry wants no login, and its parameters."""

    scheme: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why Flux refuses a token service, and what to do. usable: whether a login may be sent there anyway."""

    reason: str
    remedy: str
    usable: bool


def of_flux(lines: Iterable[str]) -> list[Challenge]:
    """Return the challenges that Flux sees in `WWW-Authenticate` lines, at most one in each."""
    return [found for line in lines if (found := _one(line)).scheme]


def chosen(found: list[Challenge]) -> Challenge:
    """Return the challenge that Flux meets: the first Basic or Bearer, else the first of all."""
    return next((one for one in found if one.scheme in _KNOWN), found[0] if found else Challenge())


def meant(lines: Iterable[str]) -> Challenge:
    """Return what the lines mean, where that can be told: Bearer with a realm before Basic.

    Several challenges may be in one line, values may lack their quotes, and blanks around them do not count.
    """
    found = [one for line in lines for one in _several(line)]
    bearers = (one for one in found if one.scheme == "bearer" and one.parameters.get("realm"))
    return next(bearers, next((one for one in found if one.scheme == "basic"), Challenge()))


def realm_fault(challenge: Challenge, host: str, *, plain: bool) -> Fault | None:
    """Say why Flux refuses the token service of a Bearer challenge; None for a good one.

    host: of the registry, with its port. plain: the registry itself speaks plain HTTP.
    Source: go-containerregistry `pkg/v1/remote/transport/bearer.go`, `validateRealmURL`.
    """
    realm = challenge.parameters.get("realm")
    if realm is None:
        return Fault(
            "malformed www-authenticate, missing realm", "the registry must name its token service", usable=False
        )
    try:
        url = go_url.parse(realm)
    except go_url.GoURLError as error:
        return Fault(
            f"invalid realm in www-authenticate: {error}",
            "the registry must write realm as a URL without blanks",
            usable=False,
        )
    if url.scheme == "http" and not plain:
        return Fault(
            'realm scheme "http" not allowed for a secure registry; use https',
            f"no login is sent to {url.host} without TLS; set the external URL of the registry to https "
            "(Harbor: externalURL; behind a proxy: X-Forwarded-Proto)",
            usable=False,
        )
    if url.scheme not in ("http", "https") or not url.host:
        return Fault(
            f'realm scheme "{url.scheme}" not allowed; must be https (or http for insecure registries)',
            'the registry must write realm="https://…" in quotes',
            usable=False,
        )
    if url.host != host and go_url.is_private(url.hostname):
        return Fault(
            f'realm host "{url.hostname}" is a private or link-local address',
            "the registry must name its token service by a DNS name",
            usable=True,
        )
    return None


def _one(line: str) -> Challenge:
    """Read one line as Flux does: where it does not understand, it stops."""
    scheme, rest = _token(line)
    parameters: dict[str, str] = {}
    rest = "," + rest.lstrip(_SPACE)
    while scheme and rest.startswith(","):
        name, rest = _token(rest[1:].lstrip(_SPACE))
        if not name or not rest.startswith("="):
            break
        value, rest = _quoted(rest[1:]) if rest.startswith('="') else _token(rest[1:])
        if not value:
            break
        parameters[name.lower()] = value
        rest = rest.lstrip(_SPACE)
    return Challenge(scheme.lower(), parameters)


def _several(line: str) -> list[Challenge]:
    found: list[tuple[str, dict[str, str]]] = []
    at, end = 0, len(line)
    while at < end:
        if line[at] in ", \t\r\n=":
            at += 1
            continue
        start = at
        while at < end and line[at] not in ', \t\r\n="':
            at += 1
        name = line[start:at].lower()
        while at < end and line[at] in _SPACE:
            at += 1
        if at < end and line[at] == "=" and found:
            value, at = _value(line, at + 1)
            found[-1][1].setdefault(name, value.strip())
        elif name:
            found.append((name, {}))
        else:  # a quote where none belongs
            at += 1
    return [Challenge(scheme, parameters) for scheme, parameters in found]


def _value(line: str, at: int) -> tuple[str, int]:
    while at < len(line) and line[at] in _SPACE:
        at += 1
    if line[at : at + 1] == '"':
        value, rest = _quoted(line[at:])
        return value, len(line) - len(rest)
    start = at
    while at < len(line) and line[at] not in ", \t\r\n":
        at += 1
    return line[start:at], at


def _token(text: str) -> tuple[str, str]:
    end = next((at for at, char in enumerate(text) if char not in _TOKEN), len(text))
    return text[:end], text[end:]


def _quoted(text: str) -> tuple[str, str]:
    """Split what begins with a quote after the closing one; without one nothing is left."""
    value: list[str] = []
    at = 1
    while at < len(text):
        if text[at] == '"':
            return "".join(value), text[at + 1 :]
        if text[at] == "\\":
            at += 1
        value.append(text[at : at + 1])
        at += 1
    return "", ""
