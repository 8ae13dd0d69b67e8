"""Tokens: what the token service of a Bearer challenge gives for a login.

Sources: https://distribution.github.io/distribution/spec/auth/token/ and …/oauth/ (identity tokens), and
go-containerregistry `pkg/v1/remote/transport/bearer.go` for what is asked and in which order.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from fluxmark.registry import go_json
from fluxmark.registry.asking import Asked, Registry, host_of
from fluxmark.registry.challenge import Challenge, realm_fault
from fluxmark.registry.login import Login
from fluxmark.registry.said import said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmark.registry.connection import Reply

CLIENT_ID: Final = "fluxmark"
MAX_ANSWER: Final = 64 << 10
"""Bytes that Flux reads of a token service's answer."""


class Denied(Exception):  # noqa: N818  another way to log in may do
    """A registry or its token service refuses a reader; the message says why, without a secret.

    wants_login: a login may help.
    """

    def __init__(self, message: str, *, wants_login: bool = True) -> None:
        super().__init__(message)
        self.wants_login = wants_login


@dataclass(frozen=True, slots=True)
class Token:
    """A token for the registry. login: what the next one is asked with. refused: what Flux refuses of the
    answer.
    """

    text: str = field(repr=False)
    login: Login | None = field(default=None, repr=False)
    refused: str = ""


def basic(login: Login) -> str:
    """Write a name and a password for an `Authorization` header."""
    return "Basic " + base64.b64encode(f"{login.username}:{login.password}".encode()).decode()


def sent_at_once(login: Login | None) -> str:
    """Return the `Authorization` header that Flux sends where no token service is named; '' for none."""
    if login and login.registry_token:
        return f"Bearer {checked(login.registry_token)}"
    return basic(login) if login and login.username and login.password else ""


def fetch(registry: Registry, challenge: Challenge, login: Login | None, scopes: Sequence[str]) -> Token:
    """Ask a token service for a token to pull with. Raises Denied and RegistryError."""
    if login and login.registry_token:
        return Token(checked(login.registry_token), login)
    realm, service = challenge.parameters["realm"], challenge.parameters.get("service", "")
    reply = None
    if login and login.identity_token:
        reply = _post(registry, realm, service, login, scopes)
    if reply is None or reply.status == 404:  # some services only know GET
        reply = _get(registry, realm, service, login, scopes)
    if reply.status in (400, 401, 403):
        who = "the login that was found" if login else "a request without a login"
        raise Denied(f"the token service refuses {who} ({reply.status}){said(reply.body)}")
    if reply.status != 200:
        raise Denied(f"the token service answered with status {reply.status}{said(reply.body)}")
    return _read(reply.body, login)


def checked(token: str) -> str:
    """Return a token that may be in a header. Raises Denied, since http.client would show it."""
    if not token or any((char < " " and char != "\t") or char == "\x7f" for char in token) or not token.isascii():
        raise Denied("the token is not one: it holds characters that cannot be sent in a header")
    return token


def _get(registry: Registry, realm: str, service: str, login: Login | None, scopes: Sequence[str]) -> Reply:
    try:
        parts = urlsplit(realm)
        given: dict[str, Any] = dict(parse_qsl(parts.query, keep_blank_values=True))
    except ValueError as error:
        raise Denied(f"the registry names a token service that cannot be asked: {error}") from None
    query = {**given, "scope": list(scopes), "service": service}
    url = parts._replace(query=urlencode(sorted(query.items()), doseq=True), fragment="").geturl()
    authorization = basic(login) if login and login.username and login.password else ""
    return _ask(registry, Asked("GET", url, authorization=authorization, to=host_of(url)))


def _post(registry: Registry, realm: str, service: str, login: Login, scopes: Sequence[str]) -> Reply:
    form = {
        "client_id": CLIENT_ID,
        "grant_type": "refresh_token",
        "refresh_token": login.identity_token,
        "scope": " ".join(scopes),
        **({"service": service} if service else {}),
    }
    return _ask(registry, Asked("POST", realm, body=urlencode(form).encode()))


def _ask(registry: Registry, asked: Asked) -> Reply:
    plain = registry.scheme == "http"

    def check(url: str) -> str:
        fault = realm_fault(Challenge("bearer", {"realm": url}), registry.host, plain=plain)
        return f"the token service leads to a place that Flux refuses: {fault.reason}" if fault else ""

    return registry.ask(
        Asked(asked.method, asked.url, asked.accept, asked.authorization, asked.to, asked.body, check=check)
    )[0]


def _read(body: bytes, login: Login | None) -> Token:
    refused = "" if len(body) <= MAX_ANSWER else f"its answer has more than {MAX_ANSWER >> 10} KiB"
    answer: Any
    try:
        answer = go_json.whole(body)
    except go_json.GoJSONError as error:
        refused = refused or str(error)
        try:
            answer = go_json.first(body.removeprefix(go_json.BOM))
        except go_json.GoJSONError:
            answer = None
    try:
        answer = answer if isinstance(answer, go_json.Object) else go_json.Object([])
        token = answer.text("access_token", "Token.access_token") or answer.text("token", "Token.token")
        renewed = answer.text("refresh_token", "Token.refresh_token")
    except go_json.GoJSONError as error:
        raise Denied(f"the token service answered with something that holds no token: {error}") from None
    if not token:
        raise Denied("the token service answered with something that holds no token")
    lasts = answer.get("expires_in")
    if lasts is not None and not (isinstance(lasts, go_json.Number) and lasts.lstrip("-").isdigit()):
        refused = refused or str(go_json.mismatch(lasts, "Token.expires_in", "int"))
    if refused:
        refused = f"Flux cannot read the answer of the token service: {refused}"
    return Token(checked(token), Login(identity_token=renewed) if renewed else login, refused)
