"""The first question to a registry, `GET /v2/`: whether it speaks TLS, and how it wants to be logged in to.

Source: go-containerregistry `pkg/v1/remote/transport/ping.go`; the specification calls it the API version check.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fluxmark.registry.asking import Asked, Registry
from fluxmark.registry.request import RegistryError
from fluxmark.registry.said import said
from fluxmark.registry.transport import ConnectionLost, Transport

if TYPE_CHECKING:
    from fluxmark.registry.connection import Connections, Reply
    from fluxmark.registry.request import Request

PATIENCE: Final = 0.3
"""Seconds that TLS gets before plain HTTP is tried, where that may be used."""


@dataclass(frozen=True, slots=True)
class Handshake:
    """What a registry answered.

    lines: its `WWW-Authenticate` lines, none if it wants no login. refused: what Flux refuses about the answer.
    """

    scheme: str
    lines: tuple[str, ...] = ()
    refused: str = ""


def shake(request: Request, connections: Connections) -> Handshake:
    """Ask a registry for `/v2/`. Raises RegistryError if it cannot be reached."""
    transport = Transport(request, connections)
    if not request.plain:
        return _secure(transport, request.host)
    try:
        first = _tls(transport, request.host)
    except RegistryError as error:
        first = error
    if isinstance(first, Handshake) and not first.refused:
        return first
    try:
        second = _ask(transport, request.host, "http")
    except RegistryError as error:
        if isinstance(first, Handshake):
            return first
        raise transport.error(_both(first, error)) from None
    return first if isinstance(first, Handshake) and second.refused else second


def _secure(transport: Transport, host: str) -> Handshake:
    try:
        return _ask(transport, host, "https")
    except RegistryError as error:
        if "broke the connection" not in error.what:
            raise
        raise transport.error(f"{error.what}; if it speaks plain HTTP, set 'insecure: true'") from None


def _tls(transport: Transport, host: str) -> Handshake | RegistryError:
    """Try TLS, once and not for long."""
    if not transport.may_speak_tls(host, PATIENCE):
        return transport.error(f"{host} does not speak TLS")
    headers = {"Accept": "application/json"}
    try:
        reply = transport.send("GET", f"https://{host}/v2/", headers, patience=PATIENCE)
    except ConnectionLost as lost:
        return transport.error(str(lost))
    return _read("https", reply)


def _ask(transport: Transport, host: str, scheme: str) -> Handshake:
    reply, _ = Registry(transport, host, scheme).ask(Asked("GET", f"{scheme}://{host}/v2/"))
    return _read(scheme, reply)


def _read(scheme: str, reply: Reply) -> Handshake:
    if reply.status == 401:
        return Handshake(scheme, reply.headers.get("www-authenticate", ()))
    if reply.status == 200:
        return Handshake(scheme)
    return Handshake(
        scheme,
        refused=f"Flux fails there: the registry answers {reply.status} to /v2/{said(reply.body)}; "
        "it must answer 200, or 401 with a challenge",
    )


def _both(tls: RegistryError, plain: RegistryError) -> str:
    """Return why neither TLS nor plain HTTP did, without saying one thing twice."""
    if "does not speak TLS" in tls.what:
        return plain.what
    if "certificate" in tls.what:  # the host speaks TLS, so it is this that counts
        return tls.what
    return plain.what if tls.what == plain.what else f"{tls.what}; over plain HTTP: {plain.what}"
