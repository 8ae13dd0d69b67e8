"""TLS with a CA and certificates of one's own, and what is said where it fails."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from typing import TYPE_CHECKING

import pytest

from fluxmark.registry import TLS, list_tags
from registry_server import Answer, Registry, pages, why

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CA, and certificates of it for a server on loopback and for a client."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    directory = tmp_path_factory.mktemp("tls")
    directory.joinpath("server.ext").write_text("subjectAltName=IP:127.0.0.1")
    directory.joinpath("client.ext").write_text("extendedKeyUsage=clientAuth")
    new = "openssl req -newkey rsa:2048 -nodes -subj /CN={0} -keyout {0}.key"
    commands = [new.format("ca") + " -x509 -out ca.crt -days 2"]
    for name in ("server", "client"):
        commands.append(new.format(name) + f" -out {name}.csr")
        sign = f"openssl x509 -req -in {name}.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2"
        commands.append(f"{sign} -extfile {name}.ext -out {name}.crt")
    for command in commands:
        subprocess.run(command.split(), cwd=directory, check=True, capture_output=True)
    return directory


@pytest.fixture
def server_context(authority: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "server.crt", authority / "server.key")
    return context


def test_a_registry_with_a_ca_of_its_own_is_trusted_if_that_is_given(
    authority: Path, server_context: ssl.SSLContext
) -> None:
    with Registry(pages(["a"]), server_context) as registry:
        assert "is not to be trusted: unable to get local issuer certificate" in why(
            registry.request(insecure=False)
        )
        tls = TLS(ca=authority.joinpath("ca.crt").read_text())
        assert list_tags(registry.request(insecure=False, tls=tls)) == ["a"]


def test_a_client_shows_its_certificate(authority: Path, server_context: ssl.SSLContext) -> None:
    server_context.verify_mode = ssl.CERT_REQUIRED
    server_context.load_verify_locations(authority / "ca.crt")
    ca, cert, key = (authority.joinpath(name).read_text() for name in ("ca.crt", "client.crt", "client.key"))
    with Registry(pages(["a"]), server_context) as registry:
        assert list_tags(registry.request(insecure=False, tls=TLS(ca, cert, key))) == ["a"]
        assert why(registry.request(insecure=False, tls=TLS(ca)))
        for broken in (
            TLS("x"),
            TLS(ca, cert, "x"),
            TLS(ca, "x", key),
            TLS(ca, authority.joinpath("ca.crt").read_text(), key),
        ):
            said = why(registry.request(insecure=False, tls=broken))
            assert "are not PEM that fits together" in said
            assert "PRIVATE" not in said
    assert "PRIVATE" not in repr(TLS(ca, cert, key))


def test_tls_on_one_side_only_is_explained(server_context: ssl.SSLContext) -> None:
    with Registry(pages(["a"])) as registry:
        assert "does not speak TLS; for plain HTTP set 'insecure: true'" in why(registry.request(insecure=False))
    with Registry(pages(["a"]), server_context) as registry:
        assert why(registry.request())


def test_a_redirect_away_from_tls_is_not_followed(authority: Path, server_context: ssl.SSLContext) -> None:
    moved = Answer({}, 302, {"Location": "http://127.0.0.1:1/v2/app/tags/list"})
    tls = TLS(ca=authority.joinpath("ca.crt").read_text())
    with Registry(lambda _: moved, server_context) as registry:
        assert "leads to http://127.0.0.1:1/v2/app/tags/list, away from TLS" in why(
            registry.request(insecure=False, tls=tls)
        )
