"""Logging in: the challenge that a registry answers 401 with, and the token that meets it.

Sources: RFC 9110 section 11 (challenges), https://distribution.github.io/distribution/spec/auth/token/ and
…/oauth/ (identity tokens).
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fluxmark.registry.credentials import Login
    from fluxmark.registry.transport import Reply

    Send = Callable[[str, str, Mapping[str, str], bytes | None], Reply]

CLIENT_ID: Final = "fluxmark"
_PIECE = re.compile(
    r'(?P<name>[A-Za-z0-9_-]+)\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^\s,"]+))|(?P<scheme>[A-Za-z][A-Za-z0-9-]*)'
)
_TOKEN = re.compile(r"[\x21-\x7e]+")


class AuthError(Exception):
    """No way to log in; the message says why, without a secret."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """One way to log in that a registry offers: a scheme in lower case, and its parameters."""

    scheme: str
    parameters: dict[str, str]


def challenges(header: str) -> list[Challenge]:
    """Read a `WWW-Authenticate` header."""
    found: list[Challenge] = []
    for piece in _PIECE.finditer(header):
        if piece["scheme"]:
            found.append(Challenge(piece["scheme"].lower(), {}))
        elif found:
            value = piece["bare"] or re.sub(r"\\(.)", r"\1", piece["quoted"])
            found[-1].parameters.setdefault(piece["name"].lower(), value)
    return found


def authorization(header: str, base: str, repository: str, login: Login | None, send: Send) -> str:
    """Return the `Authorization` header that meets a challenge, asking the token service where there is one.

    base: the URL that was asked for; over TLS the token service must be, too. Raises AuthError.
    """
    offered = {challenge.scheme: challenge.parameters for challenge in reversed(challenges(header))}
    if "bearer" in offered:
        if login and login.registry_token:
            return _bearer(login.registry_token)
        return _bearer(_token(offered["bearer"], base, repository, login, send))
    if "basic" in offered:
        if login is None or not login.password:
            raise AuthError("the registry wants a login, and none was found for it")
        return basic(login)
    raise AuthError("the registry wants a login of a kind that is not known here (Bearer and Basic are)")


def basic(login: Login) -> str:
    """Write a name and a password for an `Authorization` header."""
    return "Basic " + base64.b64encode(f"{login.username}:{login.password}".encode()).decode()


def _token(parameters: Mapping[str, str], base: str, repository: str, login: Login | None, send: Send) -> str:
    """Ask the token service that a challenge names for a token to pull with."""
    try:
        realm = urlsplit(parameters.get("realm", ""))
    except ValueError:
        realm = urlsplit("")
    if realm.scheme not in ("http", "https") or not realm.netloc:
        raise AuthError("the registry names no token service ('realm') to log in at")
    if realm.scheme == "http" and base.startswith("https:"):
        raise AuthError("the registry wants the login sent to a token service without TLS")
    query = {"scope": parameters.get("scope") or f"repository:{repository}:pull"}
    if service := parameters.get("service"):
        query["service"] = service
    if login and login.identity_token:
        form = {
            "grant_type": "refresh_token",
            "refresh_token": login.identity_token,
            "client_id": CLIENT_ID,
            **query,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        reply = send("POST", realm.geturl(), headers, urlencode(form).encode())
    else:
        headers = {"Accept": "application/json"}
        if login:
            headers["Authorization"] = basic(login)
        url = realm._replace(query="&".join(filter(None, (realm.query, urlencode(query))))).geturl()
        reply = send("GET", url, headers, None)
    if reply.status in (400, 401, 403):
        who = "the login that was found" if login else "a request without a login"
        raise AuthError(f"the token service refuses {who} ({reply.status})")
    if reply.status != 200:
        raise AuthError(f"the token service answered with status {reply.status}")
    try:
        answer = json.loads(reply.body)
        return str(answer.get("token") or answer["access_token"])
    except (ValueError, RecursionError, AttributeError, KeyError):
        raise AuthError("the token service answered with something that holds no token") from None


def _bearer(token: str) -> str:
    # http.client would refuse a line break too, but with the token in its message.
    if not _TOKEN.fullmatch(token):
        raise AuthError("the token is not one: it holds white space or other characters that have no place there")
    return f"Bearer {token}"
