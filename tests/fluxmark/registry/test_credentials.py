"""Logins are found where docker and Flux look for them, and never shown."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from fluxmark.registry import Credentials, CredentialsError, Login, from_docker, from_secret

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "s3cr3t"


def _auth(username: str, password: str = SECRET) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{username}:{password}".encode()).decode()}


def _secret(**auths: dict[str, Any]) -> Credentials:
    return from_secret(json.dumps({"auths": auths}).encode())


@pytest.mark.parametrize(
    ("key", "registry", "repository", "found"),
    [
        ("ghcr.io", "ghcr.io", "o/app", True),
        ("https://ghcr.io", "ghcr.io", "o/app", True),
        ("https://ghcr.io/v2/", "ghcr.io", "o/app", True),
        ("GHCR.io", "ghcr.io", "o/app", True),
        ("ghcr.io", "ghcr.io:443", "o/app", False),
        ("192.168.0.40:5000", "192.168.0.40:5000", "frontend", True),
        ("192.168.0.40", "192.168.0.40:5000", "frontend", False),
        ("https://index.docker.io/v1/", "docker.io", "library/nginx", True),
        ("docker.io", "docker.io", "library/nginx", True),
        ("registry-1.docker.io", "docker.io", "library/nginx", True),
        ("*.example.com", "reg.example.com", "a", True),
        ("*.example.com", "example.com", "a", False),
        ("*.example.com", "a.b.example.com", "a", False),
        ("reg*.example.com", "registry.example.com", "a", True),
        ("ghcr.io/o", "ghcr.io", "o/app", True),
        ("ghcr.io/o/app", "ghcr.io", "o/app", True),
        ("ghcr.io/o", "ghcr.io", "other/app", False),
        ("ghcr.io/o", "ghcr.io", "oo/app", False),
    ],
)
def test_an_entry_is_for_its_host_and_path(key: str, registry: str, repository: str, *, found: bool) -> None:
    login = _secret(**{key: _auth("me")}).find(registry, repository).login
    assert login == (Login("me", SECRET) if found else None)


def test_the_closest_entry_wins() -> None:
    credentials = _secret(
        **{
            "*.io": _auth("wild"),
            "ghcr.io": _auth("host"),
            "ghcr.io/o": _auth("path"),
            "ghcr.io/o/a": _auth("deep"),
        }
    )
    names = {path: credentials.find("ghcr.io", path).login for path in ("x/y", "o/b", "o/a", "o/a/c")}
    assert {path: login and login.username for path, login in names.items()} == {
        "x/y": "host",
        "o/b": "path",
        "o/a": "deep",
        "o/a/c": "deep",
    }


@pytest.mark.parametrize(
    ("entry", "login"),
    [
        ({"username": "me", "password": SECRET}, Login("me", SECRET)),
        (_auth("me", "with:colon"), Login("me", "with:colon")),
        (_auth("me", SECRET + "\0\0"), Login("me", SECRET)),
        ({"identitytoken": "t"}, Login(identity_token="t")),
        ({"registrytoken": "t"}, Login(registry_token="t")),
        ({}, None),
        ({"auth": ""}, None),
    ],
)
def test_every_form_of_an_entry_is_read(entry: dict[str, str], login: Login | None) -> None:
    assert _secret(**{"ghcr.io": entry}).find("ghcr.io", "a").login == login


def test_the_old_form_of_a_secret_has_no_auths() -> None:
    credentials = from_secret(json.dumps({"ghcr.io": _auth("me")}).encode())
    assert credentials.find("ghcr.io", "a").login == Login("me", SECRET)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"auths": []}',
        b'{"auths": {"h": "x"}}',
        b'{"auths": {"h": {"auth": 5}}}',
        b'{"auths": {"h": {"auth": "s3cr3t"}}}',
        b'{"auths": {"h": {"auth": "czNjcjN0"}}}',
        b'{"auths": {"h": {"username": ["s3cr3t"]}}}',
        b"[" * 100_000,
        b'"' + b" " * (1 << 20) + b'"',
    ],
)
def test_a_broken_secret_is_an_error_that_shows_nothing_of_it(data: bytes) -> None:
    with pytest.raises(CredentialsError) as caught:
        from_secret(data)
    assert SECRET not in str(caught.value)
    assert "Secret's docker configuration" in str(caught.value)


def test_a_login_does_not_show_its_secrets() -> None:
    login = Login("me", SECRET, SECRET, SECRET)
    credentials = Credentials({"ghcr.io": login})
    assert SECRET not in f"{login} {credentials} {credentials.find('ghcr.io', 'a')}"


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory for docker's configuration, with programs on the PATH."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


def _configure(docker: Path, **config: object) -> None:
    docker.joinpath("config.json").write_text(json.dumps(config))


def _program(docker: Path, name: str, script: str) -> None:
    path = docker / f"docker-credential-{name}"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_without_a_configuration_there_are_no_logins(docker: Path) -> None:
    assert from_docker() == Credentials()
    assert from_docker(docker / "config.json" / "deeper") == Credentials()


def test_dockers_configuration_is_read(docker: Path) -> None:
    _configure(docker, auths={"https://index.docker.io/v1/": _auth("me")}, HttpHeaders={"x": "y"})
    assert from_docker().find("docker.io", "library/nginx").login == Login("me", SECRET)


@pytest.mark.parametrize(
    "config", [{"credHelpers": []}, {"credHelpers": {"h": 1}}, {"credsStore": 1}, {"auths": 5}]
)
def test_a_broken_configuration_is_named(docker: Path, config: dict[str, object]) -> None:
    _configure(docker, **config)
    with pytest.raises(CredentialsError, match=r"config\.json"):
        from_docker()


def test_a_helper_is_asked_for_its_host(docker: Path) -> None:
    _configure(docker, credHelpers={"ghcr.io": "one"}, credsStore="all")
    _program(
        docker, "one", """read server; echo "{\\"Username\\": \\"$1-$server\\", \\"Secret\\": \\"s3cr3t\\"}" """
    )
    _program(docker, "all", """read server; echo '{"Username": "<token>", "Secret": "t"}'""")
    assert from_docker().find("ghcr.io", "a").login == Login("get-ghcr.io", SECRET)
    assert from_docker().find("quay.io", "a").login == Login(identity_token="t")


def test_docker_hub_has_a_name_of_its_own_for_helpers(docker: Path) -> None:
    _configure(docker, credsStore="all")
    _program(docker, "all", """read server; echo "{\\"Username\\": \\"$server\\", \\"Secret\\": \\"x\\"}" """)
    assert from_docker().find("docker.io", "library/nginx").login == Login("https://index.docker.io/v1/", "x")


@pytest.mark.parametrize(
    ("script", "note"),
    [
        ("echo 'credentials not found in native keychain'; exit 1", ""),
        ("echo s3cr3t; echo s3cr3t >&2; exit 3", "docker-credential-all failed with exit status 3"),
        ("echo s3cr3t", "docker-credential-all answered with something that is not a login"),
        ('echo \'{"Username": "s3cr3t"}\'', "docker-credential-all answered with something that is not a login"),
    ],
)
def test_what_a_failing_helper_prints_is_not_passed_on(docker: Path, script: str, note: str) -> None:
    _configure(docker, credsStore="all", auths={"quay.io": _auth("me")})
    _program(docker, "all", script)
    found = from_docker().find("ghcr.io", "a")
    assert (found.login, found.note) == (None, note)
    assert from_docker().find("quay.io", "a").login == Login("me", SECRET)


@pytest.mark.parametrize("name", ["not-there", "../all", "a b"])
def test_a_helper_that_cannot_be_run_is_told_of(docker: Path, name: str) -> None:
    _configure(docker, credsStore=name)
    _program(docker, "all", "echo '{}'")
    found = from_docker().find("ghcr.io", "a")
    assert found.login is None
    assert name in found.note


def test_a_secret_runs_no_program(docker: Path) -> None:
    """A package may come from anybody."""
    _program(docker, "evil", f"touch {docker}/ran")
    data = json.dumps({"auths": {}, "credsStore": "evil", "credHelpers": {"ghcr.io": "evil"}}).encode()
    assert from_secret(data).find("ghcr.io", "a").login is None
    assert not docker.joinpath("ran").exists()
