"""Logins of Secrets, matched as Flux matches them.

Source: go-containerregistry `pkg/authn/kubernetes/keychain.go`, after the kubelet's keyring,
https://kubernetes.io/docs/concepts/containers/images/. A Secret comes with a package that anyone may have
written, so nothing in it names a program to run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote

from fluxmark.registry import entries, go_json, go_url
from fluxmark.registry.entries import HUB
from fluxmark.registry.login import CredentialsError, Found, Login

if TYPE_CHECKING:
    from collections.abc import Sequence

DOCKER_CONFIG_JSON: Final = "kubernetes.io/dockerconfigjson"
DOCKER_CONFIG: Final = "kubernetes.io/dockercfg"
HUB_KEY: Final = f"https://{HUB}/v1/"
"""The key under which docker and Flux look for Docker Hub's login."""

_KEYS: Final = {DOCKER_CONFIG_JSON: ".dockerconfigjson", DOCKER_CONFIG: ".dockercfg"}
_HUB_NAMES: Final = frozenset(
    ("docker.io", "registry-1.docker.io", "registry.hub.docker.com", "hub.docker.com", HUB)
)


@dataclass(frozen=True, slots=True)
class PullSecret:
    """A Secret. kind: its type. data: what it holds under `.dockerconfigjson` or `.dockercfg`, or both."""

    name: str
    kind: str
    data: dict[str, bytes] = field(repr=False)


class _Entry(NamedTuple):
    """A login of a Secret. key: as Flux compares it, '' if it does not; why: what keeps Flux from this entry.

    fatal: it keeps Flux from the whole repository.
    """

    key: str
    written: str
    login: Login
    where: str
    why: str
    fatal: bool


@dataclass(frozen=True, slots=True)
class Keyring:
    """The logins of Secrets, in the order in which Flux tries them."""

    entries: tuple[_Entry, ...] = field(repr=False)
    places: tuple[str, ...] = ()

    def find(self, registry: str, repository: str) -> Found:
        """Return the login that Flux would use, and one that is meant for the registry but that it does not
        use.
        """
        host = HUB if registry == "docker.io" else registry
        fatal = next((one for one in self.entries if one.fatal), None)
        flux = next((one for one in self.entries if one.key and matches(one.key, host, repository)), None)
        meant = next((one for one in self.entries if _is_meant(one, host, repository)), None)
        login = flux.login if flux else None
        if fatal:
            return Found(None, "", meant.login if meant else None, fatal.why, self.places, fails=True)
        if flux and (twin := next((one for one in self.entries if _collide(one, flux)), None)):
            why = f'Flux takes "{flux.written}" or "{twin.written}" of {flux.where} by chance; keep one of them'
            return Found(login, "", None, why, self.places, fails=True)
        if meant is None or meant is flux or meant.login == login:
            return Found(login, looked=self.places)
        return Found(login, other=meant.login, refused=meant.why or _why(meant, host), looked=self.places)


def read(secrets: Sequence[PullSecret]) -> Keyring:
    """Read Secrets. Raises CredentialsError for one that cannot be read at all."""
    found = [entry for secret in secrets for entry in _entries(secret)]
    # as Flux: keys in descending order, so that the longer of two comes first; the first of a key counts
    found.sort(key=lambda entry: entry.key, reverse=True)
    return Keyring(tuple(found), tuple(f"the Secret {secret.name}" for secret in secrets))


def _entries(secret: PullSecret) -> list[_Entry]:
    where = f"the Secret {secret.name}"
    key, text = next(((key, secret.data[key]) for key in _KEYS.values() if secret.data.get(key)), ("", b""))
    if not text:
        return []
    if _KEYS.get(secret.kind) == key:
        return _used(text, key, where)
    wanted = next(kind for kind, name in _KEYS.items() if name == key)
    why = f"Flux ignores {where}, because its type is {secret.kind or 'Opaque'}; write type: {wanted}"
    try:
        found = _used(text, key, where)
    except CredentialsError:  # Flux does not read it either
        return []
    return [entry._replace(key="", why=why, fatal=False) for entry in found]


def _used(text: bytes, key: str, where: str) -> list[_Entry]:
    """Read the data of a Secret that Flux looks into. Raises CredentialsError."""
    fatal = ""
    if text.startswith(go_json.BOM):
        text, fatal = (
            text.removeprefix(go_json.BOM),
            f"Flux fails at {where}: it begins with a byte order mark; remove that",
        )
    config = entries.config(text, where)
    auths, why = (config, "") if key == ".dockercfg" else (config.get("auths"), "")
    if auths is None and config.members:
        auths, why = config, f"Flux finds no 'auths' in {where}; put its entries below 'auths'"
    logins = entries.logins(auths, where)
    if not (fatal or why):
        fatal = next(filter(None, (_invalid(written, where) for written in logins)), "")
    reason = fatal or why
    found = [
        _Entry("" if reason else flux_key(written), written, login, where, reason, bool(fatal))
        for written, login in logins.items()
    ]
    if fatal and not found:
        return [_Entry("", "", Login(), where, fatal, fatal=True)]
    return found


def _invalid(written: str, where: str) -> str:
    """Say that one key keeps Flux from all of a Secret; '' for a key that does not."""
    try:
        flux_key(written)
    except go_url.GoURLError as error:
        return f'Flux fails at the entry "{written}" of {where}: {error}; write the host alone'
    return ""


def flux_key(written: str) -> str:
    """Return the key of an entry as Flux compares it: host[:port][/path]. Raises GoURLError if Flux fails."""
    url = go_url.parse(written if written.startswith(("https://", "http://")) else f"https://{written}")
    path = unquote(url.path)
    path = path[3:] if path.startswith(("/v1/", "/v2/")) else path
    return url.host + ("" if path == "/" else path)


def matches(key: str, host: str, repository: str) -> bool:
    """Say whether Flux uses a key for a repository: equal ports, labels with `*` in them, and the path in
    front.
    """
    try:
        wanted = go_url.parse(f"https://{key}")
    except go_url.GoURLError:
        return False
    (name, port), (target, target_port) = go_url.split_port(wanted.host), go_url.split_port(host)
    labels, target_labels = name.split("."), target.split(".")
    return (
        port == target_port
        and len(labels) == len(target_labels)
        and f"/{repository}".startswith(unquote(wanted.path))
        and all(map(label_matches, labels, target_labels))
    )


def label_matches(pattern: str, label: str) -> bool:
    """Say whether a label of a host matches a pattern, in which `*` stands for any text; in linear time."""
    head, *rest = pattern.split("*")
    if not rest:
        return head == label
    *middle, tail = rest
    if len(label) < len(head) + len(tail) or not (label.startswith(head) and label.endswith(tail)):
        return False
    at, end = len(head), len(label) - len(tail)
    for piece in filter(None, middle):
        at = label.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


def _collide(one: _Entry, flux: _Entry) -> bool:
    """Say whether Flux, which reads entries in no order, may take one for the other."""
    return one.key == flux.key and one.where == flux.where and one.login != flux.login


def _is_meant(entry: _Entry, host: str, repository: str) -> bool:
    """Say whether a person would take an entry for one of this repository."""
    if entry.login.is_empty:
        return False
    text = entry.written.strip().lower().rpartition("://")[2].lstrip("/")
    name, _, path = text.partition("/")
    path = path.strip("/")
    for version in ("v1", "v2"):
        if path == version or path.startswith(f"{version}/"):
            path = path[len(version) + 1 :]
    same = (
        name == host.lower()
        or (host == HUB and name in _HUB_NAMES)
        or _default_port(name) == _default_port(host.lower())
    )
    return same and (not path or f"{repository}/".startswith(f"{path}/"))


def _default_port(host: str) -> str:
    return host.removesuffix(":443")


def _why(entry: _Entry, host: str) -> str:
    right = HUB_KEY if host == HUB else host
    return f'Flux does not use the entry "{entry.written}" of {entry.where} for {host}; write "{right}"'
