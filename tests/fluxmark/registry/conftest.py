"""No proxy of the environment, and no waiting between tries, in any of these tests."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from fluxmark.registry import transport

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every name below `.test` be this machine."""
    real = socket.getaddrinfo

    def resolved(host: str, *args: Any, **kwargs: Any) -> list[Any]:
        return real("127.0.0.1" if host.endswith(".test") else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)


@pytest.fixture(autouse=True)
def _no_proxy_and_no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr(transport, "BACKOFF", 0.001)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CA, and certificates of it for a server on loopback and for a client."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    directory = tmp_path_factory.mktemp("tls")
    directory.joinpath("server.ext").write_text(
        "subjectAltName=IP:127.0.0.1,DNS:registry.test,DNS:reg.test,DNS:other.test"
    )
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
