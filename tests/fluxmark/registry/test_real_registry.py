"""A real registry: Debian's `docker-registry`, with a password file, on loopback."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

from fluxmark.image import parse
from fluxmark.registry import Credentials, Login, RegistryError, Request, digest, list_all, list_tags
from registry_server import BASIC, SECRET, why

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.client

MANY = 20_000
# htpasswd -nbB me s3cr3t, with the least cost that there is
HTPASSWD = "me:$2b$04$8Ro3R9gfOo79U1zK20BttePJUVKuKnv.nc3tZW7./E3Dy9/Bjh/VK\n"
CONFIG = """\
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: "{root}/data"}}, maintenance: {{uploadpurging: {{enabled: false}}}}}}
http: {{addr: "{host}"}}
auth: {{htpasswd: {{realm: fluxmark, path: "{root}/htpasswd"}}}}
"""


MEDIA_TYPE = "application/vnd.docker.distribution.manifest.v2+json"
MANIFEST = json.dumps(
    {
        "schemaVersion": 2,
        "mediaType": MEDIA_TYPE,
        "config": {
            "mediaType": "application/vnd.docker.container.image.v1+json",
            "size": 2,
            "digest": f"sha256:{hashlib.sha256(b'{}').hexdigest()}",
        },
        "layers": [],
    }
).encode()
DIGEST = f"sha256:{hashlib.sha256(MANIFEST).hexdigest()}"


def _binary() -> str:
    found = shutil.which("docker-registry") or shutil.which("registry")
    if found is None:
        message = "neither docker-registry nor registry is installed"
        if os.environ.get("FLUXMARK_REQUIRE_CLIENTS") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return found


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running registry that holds `many/tags` with many tags of one manifest, and `one/tag`."""
    binary = _binary()
    root = tmp_path_factory.mktemp("registry")
    with socket.create_server(("127.0.0.1", 0)) as server:
        where = f"127.0.0.1:{server.getsockname()[1]}"
    root.joinpath("htpasswd").write_text(HTPASSWD)
    root.joinpath("config.yml").write_text(CONFIG.format(root=root, host=where))
    _store(root / "data/docker/registry/v2")
    with subprocess.Popen([binary, "serve", str(root / "config.yml")], stderr=subprocess.DEVNULL) as process:
        try:
            _push(where)
            yield where
        finally:
            process.terminate()
            process.wait()
            shutil.rmtree(root)  # rather than leave tens of thousands of directories to pytest


def _tag(number: int) -> str:
    return f"main-{number:07x}-{1_700_000_000 + number}"


def _store(data: Path) -> None:
    """Write tags where the registry keeps them, which takes a second; pushing them would take minutes."""
    tags = data / "repositories/many/tags/_manifests/tags"
    tags.mkdir(parents=True)
    for number in range(MANY):
        tags.joinpath(_tag(number)).mkdir()  # what it would point to is not looked at when tags are listed
    config = hashlib.sha256(b"{}").hexdigest()
    blob = data / f"blobs/sha256/{config[:2]}/{config}"
    blob.mkdir(parents=True)
    blob.joinpath("data").write_bytes(b"{}")
    layer = data / f"repositories/one/tag/_layers/sha256/{config}"
    layer.mkdir(parents=True)
    layer.joinpath("link").write_text(f"sha256:{config}")


def _push(host: str) -> None:
    """Push a manifest, as soon as the registry is up."""
    url = f"http://{host}/v2/one/tag/manifests/v1"
    headers = {"Authorization": BASIC, "Content-Type": MEDIA_TYPE}
    request = urllib.request.Request(url, MANIFEST, headers, method="PUT")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(200):
        try:
            opener.open(request, timeout=5).close()
        except urllib.error.URLError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the registry did not come up")


def _request(host: str, repository: str, password: str = SECRET) -> Request:
    return Request(parse(f"{host}/{repository}"), credentials=Credentials({host: Login("me", password)}))


def test_tens_of_thousands_of_tags_are_listed(host: str) -> None:
    tags = list_tags(_request(host, "many/tags"))
    assert sorted(tags) == [_tag(number) for number in range(MANY)]


def test_a_pushed_tag_has_the_digest_of_its_manifest(host: str) -> None:
    assert list_tags(_request(host, "one/tag")) == ["v1"]
    assert digest(_request(host, "one/tag"), "v1") == DIGEST
    with pytest.raises(RegistryError, match="there is no tag 'v2'"):
        digest(_request(host, "one/tag"), "v2")


def test_what_is_not_there_or_not_allowed_does_not_keep_the_others(host: str) -> None:
    requests = [_request(host, "no/such"), _request(host, "one/tag", "wrong"), _request(host, "one/tag")]
    missing, refused, listed = list_all(requests)
    assert "there is no repository 'no/such'" in str(missing.error)
    assert "NAME_UNKNOWN" in str(missing.error)
    assert "refuses the login that was found for it (401): UNAUTHORIZED" in str(refused.error)
    assert listed.tags == ("v1",)


def test_without_a_login_nothing_is_shown(host: str) -> None:
    assert "no login was found" in why(Request(parse(f"{host}/one/tag"), insecure=True))
