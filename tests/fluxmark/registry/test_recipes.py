"""Registries as public reports describe them, read as go-containerregistry reads them.

What Flux reads is read alike; what Flux refuses is an error, or is read with a word on why Flux refuses it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fluxmark.image import parse
from fluxmark.registry import (
    TLS,
    CredentialsError,
    Listing,
    Logins,
    RegistryError,
    Request,
    from_docker,
    from_secret,
    transport,
)
from fluxmark.registry.session import Session

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

SHARED = Path(os.environ.get("FLUXMARK_SHARED") or Path(__file__).resolve().parents[3] / "../shared")
RECIPES = SHARED / "conformance" / "registry"
FILES = sorted(path for path in RECIPES.glob("*.json") if path.name != "keyring.json")
REFERENCE = "go-containerregistry 0.22.1"

pytestmark = [
    pytest.mark.skipif(not FILES, reason=f"{RECIPES} is not there"),
    pytest.mark.usefixtures("names"),
]


def _server(recipe: dict[str, Any], context: ssl.SSLContext | None) -> Any:
    """Start the server that the recipes come with."""
    spec = importlib.util.spec_from_file_location("recipe_server", RECIPES / "server.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    server = module.Server(recipe["rules"], context)
    server.dual = recipe.get("dual", True)
    server.host = f"reg.test:{server.port}"
    return server


def _credentials(
    recipe: dict[str, Any], fill: Callable[[str], str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> Logins | None:
    if "secret" in recipe:
        return from_secret(fill(json.dumps(recipe["secret"])).encode())
    if "docker" not in recipe and "docker_raw" not in recipe:
        return None
    data = fill(recipe.get("docker_raw") or json.dumps(recipe["docker"])).encode()
    places = {
        None: ("DOCKER_CONFIG", home, "config.json"),
        "XDG_RUNTIME_DIR": ("XDG_RUNTIME_DIR", home / "run", "containers/auth.json"),
        "XDG_CONFIG_HOME": ("XDG_CONFIG_HOME", home / "config", "containers/auth.json"),
        "REGISTRY_AUTH_FILE": ("REGISTRY_AUTH_FILE", home / "auth.json", ""),
    }
    variable, value, name = places[recipe.get("docker_where")]
    path = value / name if name else value
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((b"\xef\xbb\xbf" if recipe.get("docker_bom") else b"") + data)
    monkeypatch.setenv(variable, str(value))
    return from_docker()


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_registry_is_read_as_flux_reads_it(
    path: Path,
    authority: Path,
    server_context: ssl.SSLContext,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recipe = json.loads(path.read_text())
    for name in (
        "DOCKER_CONFIG",
        "DOCKER_AUTH_CONFIG",
        "XDG_RUNTIME_DIR",
        "XDG_CONFIG_HOME",
        "REGISTRY_AUTH_FILE",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(transport, "_retry_after", lambda _: 0.0)
    server = _server(recipe, server_context if recipe.get("tls") else None)

    def fill(text: str) -> str:
        return text.replace("{HOST}", server.host).replace("{PORT}", str(server.port))

    digest: tuple[str, tuple[str, ...]] | RegistryError | None = None
    with contextlib.closing(server), Session() as session:
        image = parse(fill(recipe["image"]))
        try:
            credentials = _credentials(recipe, fill, tmp_path, monkeypatch)
        except CredentialsError as error:
            listing = Listing(Request(image), error=RegistryError(image.name, str(error)))
        else:
            tls = TLS(ca=authority.joinpath("ca.crt").read_text())
            request = Request(image, recipe.get("insecure", False), 10, credentials, tls)
            listing = session.tags(request)
            if "tag" in recipe and not listing.error:
                try:
                    digest = session.digest(request, recipe["tag"])
                except RegistryError as error:
                    digest = error

    wanted = recipe[REFERENCE]
    if "tags" in wanted:
        assert listing.error is None
        assert list(listing.tags) == list(dict.fromkeys(wanted["tags"]))
        assert not listing.refused
        asked = recipe["go-containerregistry's requests"]
        if "tag" not in recipe:  # else it shakes hands twice
            assert [line.replace("client_id=fluxmark", "client_id=go-containerregistry") for line in server.log][
                : len(asked)
            ] == asked
    else:
        assert listing.error or listing.refused or listing.notes
    if "head_error" in wanted:
        assert isinstance(digest, RegistryError) or (digest and digest[1])
    elif "digest" in wanted:
        assert digest == (wanted["digest"], ())
