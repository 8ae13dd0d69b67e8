"""Entries of docker's configuration: `{"auth": base64(name:password), "identitytoken": …}`.

Read as go-containerregistry (`pkg/authn/authn.go`) does, for Secrets and for the user's own configuration.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

from fluxmark.registry import go_json
from fluxmark.registry.login import CredentialsError, Login

MAX_CONFIG: Final = 1 << 20
"""Bytes that a configuration may have: Kubernetes allows a Secret 1 MiB."""

HUB: Final = "index.docker.io"
"""The host by which docker and Flux know Docker Hub."""

_FIELDS: Final = ("username", "password", "auth", "identitytoken", "registrytoken")


def config(data: bytes, where: str) -> go_json.Object:
    """Read a configuration; an empty one is `null`. Raises CredentialsError, which shows nothing of it."""
    if len(data) > MAX_CONFIG:
        raise CredentialsError(f"{where} has more than {MAX_CONFIG} bytes")
    try:
        found = go_json.whole(data)
    except go_json.GoJSONError as error:
        raise CredentialsError(f"{where} is not a JSON object: {error}") from None
    if found is None:
        return go_json.Object([])
    if not isinstance(found, go_json.Object):
        raise CredentialsError(f"{where} is not a JSON object")
    return found


def logins(auths: Any, where: str) -> dict[str, Login]:
    """Read `auths`, null like an empty one. Raises CredentialsError."""
    if auths is None:
        return {}
    if not isinstance(auths, go_json.Object):
        raise CredentialsError(f"{where}: 'auths' is not an object")
    return {host: _login(entry, host, where) for host, entry in auths.members}


def _login(entry: Any, host: str, where: str) -> Login:
    if entry is None:
        return Login()
    if not isinstance(entry, go_json.Object):
        raise CredentialsError(f"{where}: the entry of {host!r} is not an object")
    try:
        username, password, auth, identity, token = (entry.text(name, name) for name in _FIELDS)
    except go_json.GoJSONError:
        raise CredentialsError(f"{where}: the entry of {host!r} has a field that is not a string") from None
    if auth:
        username, password = _basic(auth, host, where)
    return Login(username, password, identity, token)


def _basic(auth: str, host: str, where: str) -> tuple[str, str]:
    """Decode `auth`: line breaks and missing padding do not count, since Secrets often have them."""
    text = "".join(auth.split("\n")).replace("\r", "")
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise CredentialsError(f"{where}: 'auth' of {host!r} is not base64") from None
    username, colon, password = decoded.decode(errors="replace").partition(":")
    if not colon:
        raise CredentialsError(f"{where}: 'auth' of {host!r} is not 'name:password' in base64")
    return username, password
