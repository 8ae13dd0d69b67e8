"""Logins for registries, from docker's `config.json` and from Secrets of type `kubernetes.io/dockerconfigjson`.

Only the user's own configuration may name programs to run (`credHelpers`, `credsStore`). A Secret comes with a
package that anybody may have written, so in it those fields are ignored.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from fluxmark.errors import FluxmarkError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HELPER_TIMEOUT: Final = 30  # seconds; a helper may ask a cloud for a token, but nobody answers a question here
MAX_CONFIG: Final = 1 << 20  # bytes; Kubernetes allows a Secret 1 MiB

DOCKER_HUB_KEY: Final = "https://index.docker.io/v1/"  # what docker calls Docker Hub in its configuration
_HUB_NAMES = ("docker.io", "index.docker.io", "registry-1.docker.io")
_PROGRAM = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_SCHEME = re.compile(r"https?://")
_API_PATH = re.compile(r"/v[12]/?$")


class CredentialsError(FluxmarkError):
    """Docker's configuration or a Secret cannot be read; says what is wrong with it, never what is in it."""


@dataclass(frozen=True, slots=True)
class Login:
    """How to log in: name and password, an identity token (to get tokens with), or a token for the registry."""

    username: str = ""
    password: str = field(default="", repr=False)
    identity_token: str = field(default="", repr=False)
    registry_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up gave: a login or None, and why there is none where that is worth telling."""

    login: Login | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Where to look for logins. auths: by host, or host/path. helpers: programs by host; store: for all others."""

    auths: Mapping[str, Login] = field(default_factory=dict, repr=False)
    helpers: Mapping[str, str] = field(default_factory=dict)
    store: str = ""

    def find(self, registry: str, repository: str) -> Found:
        """Return the login for a repository. The order is docker's: helper of the host, store, `auths`."""
        note = ""
        helper = _of_host(self.helpers, registry) or self.store
        if helper:
            found = _ask_helper(helper, registry)
            if found.login:
                return found
            note = found.note
        candidates = [(key, login) for key, login in self.auths.items() if _covers(key, registry, repository)]
        if not candidates:
            return Found(None, note)
        # The longest path is the closest; of two hosts the one without a wildcard.
        _, login = max(candidates, key=lambda row: (row[0].count("/"), "*" not in row[0], len(row[0])))
        return Found(login, note)


def from_secret(data: bytes) -> Credentials:
    """Read what a Secret has under `.dockerconfigjson` (or, of old, `.dockercfg`). Raises CredentialsError."""
    config = _json_object(data, "the Secret's docker configuration")
    return Credentials(auths=_auths(config.get("auths", config), "the Secret's docker configuration"))


def from_docker(directory: Path | None = None) -> Credentials:
    """Read docker's `config.json`, from `directory`, `$DOCKER_CONFIG` or `~/.docker`; without one, no logins.

    Raises CredentialsError for one that cannot be read.
    """
    import os
    from pathlib import Path

    directory = directory or Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
    path = directory / "config.json"
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return Credentials()
    except OSError as error:
        raise CredentialsError(f"{path}: cannot be read: {error.strerror}") from None
    config = _json_object(data, str(path))
    helpers, store = config.get("credHelpers", {}), config.get("credsStore", "")
    if not isinstance(helpers, dict) or not all(isinstance(name, str) for name in (*helpers.values(), store)):
        raise CredentialsError(f"{path}: 'credHelpers' must map hosts to names, and 'credsStore' be a name")
    return Credentials(
        auths=_auths(config.get("auths", {}), str(path)),
        helpers={_normal(host): name for host, name in helpers.items()},
        store=store,
    )


def _json_object(data: bytes, where: str) -> dict[str, Any]:
    import json

    if len(data) > MAX_CONFIG:
        raise CredentialsError(f"{where} has more than {MAX_CONFIG} bytes")
    try:
        config = json.loads(data)
    except (ValueError, RecursionError):
        config = None
    if not isinstance(config, dict):
        raise CredentialsError(f"{where} is not a JSON object")
    return config


def _auths(auths: object, where: str) -> dict[str, Login]:
    if not isinstance(auths, dict):
        raise CredentialsError(f"{where}: 'auths' is not an object")
    return {_normal(host): login for host, entry in auths.items() if (login := _login(entry, host, where))}


def _login(entry: object, host: str, where: str) -> Login | None:
    """Read one entry of `auths`; None for an empty one, which docker leaves when the login is in a store."""
    if not isinstance(entry, dict):
        raise CredentialsError(f"{where}: the entry of '{host}' is not an object")
    names = ("username", "password", "auth", "identitytoken", "registrytoken")
    texts = {name: entry.get(name) or "" for name in names}
    if not all(isinstance(text, str) for text in texts.values()):
        raise CredentialsError(f"{where}: the entry of '{host}' holds something that is not a string")
    username, password = texts["username"], texts["password"]
    if texts["auth"]:
        username, password = _basic(texts["auth"], host, where)
    if not (password or texts["identitytoken"] or texts["registrytoken"]):
        return None
    return Login(username, password, texts["identitytoken"], texts["registrytoken"])


def _basic(auth: str, host: str, where: str) -> tuple[str, str]:
    import base64

    try:
        username, colon, password = base64.b64decode(auth.encode(), validate=True).decode().partition(":")
    except ValueError:
        username, colon, password = "", "", ""
    if not colon:
        raise CredentialsError(f"{where}: 'auth' of '{host}' is not 'name:password' in base64")
    return username, password.rstrip("\x00")  # docker pads passwords so


def _normal(key: str) -> str:
    """Bring the key of an entry into one form: host[:port][/path], Docker Hub's as `docker.io`."""
    host, slash, path = _API_PATH.sub("", _SCHEME.sub("", key)).strip("/").partition("/")
    host = host.lower()
    return ("docker.io" if host in _HUB_NAMES else host) + slash + path


def _of_host(helpers: Mapping[str, str], registry: str) -> str:
    return helpers.get(_normal(registry), "")


def _covers(key: str, registry: str, repository: str) -> bool:
    """Say whether an entry is for a repository: its host, label by label with wildcards, and its path in front.

    Source: the kubelet's keyring, which Flux uses too, https://kubernetes.io/docs/concepts/containers/images/
    """
    host, _, path = key.partition("/")
    labels, wanted = host.split("."), _normal(registry).split(".")
    if len(labels) != len(wanted) or not all(map(_label_matches, labels, wanted)):
        return False
    return not path or repository == path or repository.startswith(f"{path}/")


def _label_matches(pattern: str, label: str) -> bool:
    if "*" not in pattern:
        return pattern == label
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), label) is not None


def _ask_helper(name: str, registry: str) -> Found:
    """Ask `docker-credential-<name>` for the login of a registry.

    Protocol: https://github.com/docker/docker-credential-helpers (the server's name on stdin, JSON on stdout).
    What a helper prints when it fails is not passed on: nobody knows what it holds.
    """
    import json
    import subprocess

    program = f"docker-credential-{name}"
    if not _PROGRAM.fullmatch(name):
        return Found(
            None, f"docker's configuration names a credential helper {name!r}, which is not a program's name"
        )
    server = DOCKER_HUB_KEY if _normal(registry) == "docker.io" else registry
    try:
        done = subprocess.run(  # noqa: S603  the program is the user's choice, without a shell
            [program, "get"], input=server.encode(), capture_output=True, timeout=HELPER_TIMEOUT, check=False
        )
    except FileNotFoundError:
        return Found(None, f"{program}, which docker's configuration names, is not installed")
    except (OSError, subprocess.TimeoutExpired) as error:
        return Found(None, f"{program} failed: {type(error).__name__}")
    if done.returncode:
        missing = b"credentials not found" in done.stdout
        return Found(None, "" if missing else f"{program} failed with exit status {done.returncode}")
    try:
        answer = json.loads(done.stdout[:MAX_CONFIG])
        username, secret = answer["Username"], answer["Secret"]
    except (ValueError, TypeError, KeyError):
        username, secret = None, None
    if not (isinstance(username, str) and isinstance(secret, str)):
        return Found(None, f"{program} answered with something that is not a login")
    if username == "<token>":
        return Found(Login(identity_token=secret))
    return Found(Login(username, secret))
