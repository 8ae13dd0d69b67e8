"""The user's own logins: docker's and podman's configuration, and the programs that these name.

Flux sees none of them. Sources: docker/cli `cli/config`, containers-auth.json(5), and for `DOCKER_AUTH_CONFIG`
docker/cli and GitLab's runner.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fluxmark.registry import entries, go_json, helper
from fluxmark.registry.entries import HUB
from fluxmark.registry.keyring import HUB_KEY, label_matches
from fluxmark.registry.login import CredentialsError, Found, Login

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HUB_NAMES: Final = ("docker.io", HUB, "registry-1.docker.io")


@dataclass(frozen=True, slots=True)
class Credentials:
    """One configuration. auths: by host, or host/path. helpers: programs by host; store: for all other hosts.

    where: what it was read from. note: what is wrong with it.
    """

    auths: Mapping[str, Login] = field(default_factory=dict, repr=False)
    helpers: Mapping[str, str] = field(default_factory=dict)
    store: str = ""
    where: str = ""
    note: str = ""

    def find(self, registry: str, repository: str) -> Found:
        """Return the login for a repository. The order is docker's: helper of the host, store, `auths`."""
        note, looked = self.note, (self.where,) if self.where else ()
        if name := self.helpers.get(_normal(registry)) or self.store:
            login, failure = helper.ask(name, HUB_KEY if _normal(registry) == "docker.io" else registry)
            if login:
                return Found(login, note, looked=looked)
            note = failure or note
        covering = [(key, login) for key, login in self.auths.items() if _covers(key, registry, repository)]
        if not covering:
            return Found(None, note, looked=looked)
        # The longest path is the closest; of two hosts the one without a wildcard.
        _, login = max(covering, key=lambda row: (row[0].count("/"), "*" not in row[0], len(row[0])))
        return Found(login, note, looked=looked)


@dataclass(frozen=True, slots=True)
class Chain:
    """Several configurations, of which the first with a login counts. links: also the names of those not there."""

    links: tuple[Credentials | str, ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        """Where logins are looked for."""
        return tuple(link if isinstance(link, str) else link.where for link in self.links)

    def find(self, registry: str, repository: str) -> Found:
        """Return the first login for a repository, or all the places where none was found."""
        notes, looked = [], []
        for link in self.links:
            if isinstance(link, str):
                looked.append(link)
                continue
            found = link.find(registry, repository)
            looked += found.looked
            if found.note:
                notes.append(found.note)
            if found.login:
                return Found(found.login, "; ".join(notes), looked=tuple(looked))
        return Found(None, "; ".join(notes), looked=tuple(looked))


def from_docker(directory: Path | None = None) -> Chain:
    """Read the user's own configurations, each from where its program looks for it.

    directory: of docker's `config.json`, instead of `$DOCKER_CONFIG` or `~/.docker`. Raises CredentialsError for
    one that cannot be read.
    """
    links: list[Credentials | str] = []
    if given := os.environ.get("DOCKER_AUTH_CONFIG"):
        links.append(_read(given.encode(), "$DOCKER_AUTH_CONFIG"))
    for path in _files(directory):
        try:
            data = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            links.append(str(path))
            continue
        except OSError as error:
            raise CredentialsError(f"{path}: cannot be read: {error.strerror}") from None
        links.append(_read(data, str(path)))
    return Chain(tuple(links))


def _files(directory: Path | None) -> Iterator[Path]:
    environment = os.environ.get
    home = Path(os.path.expanduser("~"))  # noqa: PTH111  Path.home() raises if there is none
    yield (directory or Path(environment("DOCKER_CONFIG") or home / ".docker")) / "config.json"
    if given := environment("REGISTRY_AUTH_FILE"):
        yield Path(given)
    if runtime := environment("XDG_RUNTIME_DIR"):
        yield Path(runtime, "containers", "auth.json")
    yield Path(environment("XDG_CONFIG_HOME") or home / ".config") / "containers" / "auth.json"


def _read(data: bytes, where: str) -> Credentials:
    note = ""
    if data.startswith(go_json.BOM):
        data, note = (
            data.removeprefix(go_json.BOM),
            f"docker cannot read {where}: it begins with a byte order mark",
        )
    config = _config(data, where)
    helpers, store = config.get("credHelpers"), config.get("credsStore")
    programs = dict(helpers.members) if isinstance(helpers, go_json.Object) else {}
    names = [name for name in (*programs.values(), store) if name is not None]
    if (helpers is not None and not isinstance(helpers, go_json.Object)) or not all(map(go_json.is_text, names)):
        raise CredentialsError(f"{where}: 'credHelpers' must map hosts to names, and 'credsStore' be a name")
    auths = entries.logins(config.get("auths"), where)
    return Credentials(
        {_normal(host): _trimmed(login) for host, login in auths.items() if not _nothing(login)},
        {_normal(host): name for host, name in programs.items() if name},
        store or "",
        where,
        note,
    )


def _config(data: bytes, where: str) -> Any:
    return entries.config(data if data.strip() else b"null", where)


def _nothing(login: Login) -> bool:
    """Say whether an entry is what docker leaves behind when the login is in a store."""
    return not (login.password or login.identity_token or login.registry_token)


def _trimmed(login: Login) -> Login:
    """Remove the padding that docker's configuration may have after a password."""
    return Login(login.username, login.password.rstrip("\x00"), login.identity_token, login.registry_token)


def _normal(key: str) -> str:
    """Bring the key of an entry into one form: host[:port][/path], Docker Hub's as `docker.io`."""
    text = key.removeprefix("https://").removeprefix("http://").strip("/")
    for version in ("/v1", "/v2"):
        text = text.removesuffix(version)
    host, slash, path = text.strip("/").partition("/")
    host = host.lower()
    return ("docker.io" if host in _HUB_NAMES else host) + slash + path


def _covers(key: str, registry: str, repository: str) -> bool:
    """Say whether an entry is for a repository: its host, label by label with wildcards, and its path in front."""
    host, _, path = key.partition("/")
    labels, wanted = host.split("."), _normal(registry).split(".")
    if len(labels) != len(wanted) or not all(map(label_matches, labels, wanted)):
        return False
    return not path or f"{repository}/".startswith(f"{path}/")
