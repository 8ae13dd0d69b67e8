"""Logins are found where docker and Flux look for them, and never shown."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest

from fluxmark.image import parse
from fluxmark.registry import (
    Credentials,
    CredentialsError,
    Found,
    Keyring,
    Login,
    PullSecret,
    from_docker,
    from_secret,
    from_secrets,
)
from fluxmark.registry.keyring import label_matches

SHARED = Path(os.environ.get("FLUXMARK_SHARED") or Path(__file__).resolve().parents[3] / "../shared")
KEYRING = SHARED / "conformance" / "registry" / "keyring.json"
SECRET = "s3cr3t"


def _auth(username: str, password: str = SECRET) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{username}:{password}".encode()).decode()}


def _secret(**auths: Any) -> Keyring:
    return from_secret(json.dumps({"auths": auths}).encode())


@pytest.mark.parametrize(
    ("key", "registry", "repository", "found"),
    [
        ("ghcr.io", "ghcr.io", "o/app", True),
        ("https://ghcr.io", "ghcr.io", "o/app", True),
        ("https://ghcr.io/v2/", "ghcr.io", "o/app", True),
        ("https://ghcr.io/v2", "ghcr.io", "o/app", False),
        ("GHCR.io", "ghcr.io", "o/app", False),
        ("ghcr.io", "ghcr.io:443", "o/app", False),
        ("192.168.0.40:5000", "192.168.0.40:5000", "frontend", True),
        ("192.168.0.40", "192.168.0.40:5000", "frontend", False),
        ("https://index.docker.io/v1/", "docker.io", "library/nginx", True),
        ("docker.io", "docker.io", "library/nginx", False),
        ("registry-1.docker.io", "docker.io", "library/nginx", False),
        ("*.example.com", "reg.example.com", "a", True),
        ("*.example.com", "example.com", "a", False),
        ("*.example.com", "a.b.example.com", "a", False),
        ("reg*.example.com", "registry.example.com", "a", True),
        ("r*g*y.example.com", "registry.example.com", "a", True),
        ("*reg*reg*.example.com", "registry.example.com", "a", False),
        ("ghcr.io/o", "ghcr.io", "o/app", True),
        ("ghcr.io/o/app", "ghcr.io", "o/app", True),
        ("ghcr.io/o", "ghcr.io", "other/app", True),  # as Flux: the path is a prefix of the text
        ("ghcr.io/p", "ghcr.io", "other/app", False),
        ("ghcr.io/%6f", "ghcr.io", "o/app", True),
    ],
)
def test_flux_finds_the_login_of_a_secret(key: str, registry: str, repository: str, *, found: bool) -> None:
    login = _secret(**{key: _auth("me")}).find(registry, repository).login
    assert login == (Login("me", SECRET) if found else None)


@pytest.mark.parametrize(
    ("key", "registry", "right"),
    [
        ("docker.io", "docker.io", "https://index.docker.io/v1/"),
        ("registry-1.docker.io", "docker.io", "https://index.docker.io/v1/"),
        ("GHCR.IO", "ghcr.io", "ghcr.io"),
        ("https://ghcr.io/v2", "ghcr.io", "ghcr.io"),
        ("ghcr.io:443", "ghcr.io", "ghcr.io"),
        ("oci://ghcr.io", "ghcr.io", "ghcr.io"),
    ],
)
def test_a_login_that_flux_does_not_find_is_named_with_the_right_key(key: str, registry: str, right: str) -> None:
    found = _secret(**{key: _auth("me")}).find(registry, "o/app")
    assert (found.login, found.other) == (None, Login("me", SECRET))
    assert f'does not use the entry "{key}"' in found.refused
    assert f'write "{right}"' in found.refused


def test_a_login_for_another_registry_is_not_meant() -> None:
    found = _secret(**{"quay.io": _auth("me")}).find("ghcr.io", "o/app")
    assert (found.login, found.other, found.refused) == (None, None, "")


@pytest.mark.parametrize(
    ("kind", "why"),
    [("Opaque", "its type is Opaque"), ("", "its type is Opaque"), ("kubernetes.io/dockercfg", "its type is")],
)
def test_a_secret_of_another_type_is_not_used_by_flux(kind: str, why: str) -> None:
    data = json.dumps({"auths": {"ghcr.io": _auth("me")}}).encode()
    found = from_secrets([PullSecret("ns/login", kind, {".dockerconfigjson": data})]).find("ghcr.io", "a")
    assert (found.login, found.other) == (None, Login("me", SECRET))
    assert f"Flux ignores the Secret ns/login, because {why}" in found.refused
    assert "write type: kubernetes.io/dockerconfigjson" in found.refused


def test_of_two_entries_with_one_key_flux_takes_one_by_chance() -> None:
    found = _secret(**{"ghcr.io": _auth("me"), "https://ghcr.io/v2/": _auth("you")}).find("ghcr.io", "a")
    assert found.login is not None
    assert found.fails
    assert 'Flux takes "ghcr.io" or "https://ghcr.io/v2/" of the Secret' in found.refused
    assert not _secret(**{"ghcr.io": _auth("me"), "https://ghcr.io": _auth("me")}).find("ghcr.io", "a").fails


def test_what_flux_ignores_may_be_broken() -> None:
    assert (
        from_secrets([PullSecret("ns/login", "Opaque", {".dockerconfigjson": b"{"})]).find("h", "a").login is None
    )


def test_a_secret_with_a_byte_order_mark_fails_in_flux() -> None:
    data = b"\xef\xbb\xbf" + json.dumps({"auths": {"ghcr.io": _auth("me")}}).encode()
    found = from_secret(data).find("ghcr.io", "a")
    assert (found.login, found.other, found.fails) == (None, Login("me", SECRET), True)
    assert from_secret(b'\xef\xbb\xbf{"auths": {}}').find("ghcr.io", "a").fails


def test_the_first_of_two_secrets_counts_and_the_longer_key_before_it() -> None:
    def secret(name: str, key: str) -> PullSecret:
        data = json.dumps({"auths": {key: _auth(name)}}).encode()
        return PullSecret(name, "kubernetes.io/dockerconfigjson", {".dockerconfigjson": data})

    keyring = from_secrets([secret("one", "ghcr.io"), secret("two", "ghcr.io"), secret("three", "ghcr.io/o")])
    names = {path: login.username for path in ("o/a", "x") if (login := keyring.find("ghcr.io", path).login)}
    assert names == {"o/a": "three", "x": "one"}


def test_a_key_that_is_not_an_url_keeps_flux_from_all_logins() -> None:
    found = _secret(**{"ghcr.io": _auth("me"), "reg.[a].io": _auth("me")}).find("ghcr.io", "a")
    assert found.fails
    assert found.login is None
    assert "invalid IP-literal" in found.refused


@pytest.mark.skipif(not KEYRING.is_file(), reason=f"{KEYRING} is not there")
def test_secrets_are_read_as_go_containerregistry_reads_them() -> None:
    for row in json.loads(KEYRING.read_text()):
        image = parse(row["image"])
        try:
            found = from_secret(json.dumps(row["secret"]).encode()).find(image.registry, image.repository)
        except CredentialsError:
            assert "error" in row["ggcr"], row
            continue
        login, wanted = found.login or Login(), row["ggcr"].get("login")
        if wanted is None:
            assert found.fails, row
        else:
            read = (login.username, login.password, login.identity_token, login.registry_token)
            assert read == tuple(wanted[key] for key in ("username", "password", "identity", "registry")), row


@pytest.mark.parametrize("stars", [1000, 4000])
def test_wildcards_are_matched_in_linear_time(stars: int) -> None:
    """A matcher that tries every way needs more than a lifetime for this."""
    assert not label_matches("*a" * stars + "b", "a" * stars)


@pytest.mark.parametrize(
    ("entry", "login"),
    [
        ({"username": "me", "password": SECRET}, Login("me", SECRET)),
        (_auth("me", "with:colon"), Login("me", "with:colon")),
        ({"auth": _auth("me")["auth"].rstrip("=")}, Login("me", SECRET)),
        ({"auth": _auth("me")["auth"][:6] + "\r\n" + _auth("me")["auth"][6:] + "\n"}, Login("me", SECRET)),
        ({"Auth": _auth("me")["auth"]}, Login("me", SECRET)),
        ({"identitytoken": "t"}, Login(identity_token="t")),
        ({"registrytoken": "t"}, Login(registry_token="t")),
        ({}, Login()),
        (None, Login()),
        ({"auth": ""}, Login()),
    ],
)
def test_every_form_of_an_entry_is_read(entry: dict[str, Any] | None, login: Login) -> None:
    assert _secret(**{"ghcr.io": entry}).find("ghcr.io", "a").login == login


def test_the_old_form_of_a_secret_has_no_auths() -> None:
    credentials = from_secret(json.dumps({"ghcr.io": _auth("me")}).encode())
    found = credentials.find("ghcr.io", "a")
    assert (found.login, found.other) == (None, Login("me", SECRET))
    assert "finds no 'auths'" in found.refused


@pytest.mark.parametrize(
    "data",
    [
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
        from_secret(data, "ns/login")
    assert SECRET not in str(caught.value)
    assert "the Secret ns/login" in str(caught.value)


def test_a_login_does_not_show_its_secrets() -> None:
    login = Login("me", SECRET, SECRET, SECRET)
    credentials = Credentials({"ghcr.io": login})
    assert SECRET not in f"{login} {credentials} {credentials.find('ghcr.io', 'a')}"


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory for docker's configuration, with programs on the PATH."""
    for name in ("DOCKER_AUTH_CONFIG", "REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


def _configure(docker: Path, **config: object) -> None:
    docker.joinpath("config.json").write_text(json.dumps(config))


def _program(docker: Path, name: str, script: str) -> None:
    path = docker / f"docker-credential-{name}"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_without_a_configuration_the_places_are_told(docker: Path) -> None:
    places = (str(docker / "config.json"), str(docker / "config/containers/auth.json"))
    assert from_docker().find("ghcr.io", "a") == Found(None, looked=places)
    assert from_docker(docker / "config.json" / "deeper").find("ghcr.io", "a").login is None


def test_every_place_is_looked_at_in_order(docker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def auths(**hosts: str) -> str:
        return json.dumps({"auths": {host: _auth(name) for host, name in hosts.items()}})

    monkeypatch.setenv("XDG_RUNTIME_DIR", str(docker / "run"))
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(docker / "mine.json"))
    monkeypatch.setenv("DOCKER_AUTH_CONFIG", auths(a="variable"))
    docker.joinpath("config.json").write_text(auths(a="docker", b="docker"))
    docker.joinpath("mine.json").write_text(auths(b="file", c="file"))
    for number, folder in enumerate(("run", "config")):
        path = docker / folder / "containers" / "auth.json"
        path.parent.mkdir(parents=True)
        path.write_text(auths(**{"c": folder, "d": folder, **({"e": folder} if number else {})}))
    found = {host: from_docker().find(host, "x") for host in "abcdef"}
    names = {host: one.login.username for host, one in found.items() if one.login}
    assert names == {"a": "variable", "b": "docker", "c": "file", "d": "run", "e": "config"}
    assert found["c"].looked == ("$DOCKER_AUTH_CONFIG", str(docker / "config.json"), str(docker / "mine.json"))
    assert len(found["f"].looked) == 5


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "null",
        "{}",
        '{"auths": null, "credsStore": null, "credHelpers": null}',
        '{"auths": {"h": null}}',
    ],
)
def test_a_configuration_may_be_empty(docker: Path, text: str) -> None:
    docker.joinpath("config.json").write_text(text)
    assert from_docker().find("h", "a").login is None


def test_a_byte_order_mark_is_told_of(docker: Path) -> None:
    docker.joinpath("config.json").write_bytes(
        b"\xef\xbb\xbf" + json.dumps({"auths": {"h": _auth("me")}}).encode()
    )
    found = from_docker().find("h", "a")
    assert found.login == Login("me", SECRET)
    assert "byte order mark" in found.note


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
        ("yes s3cr3t", "docker-credential-all printed more than 1 MiB"),
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
    """A package may come from anyone."""
    _program(docker, "evil", f"touch {docker}/ran")
    data = json.dumps({"auths": {}, "credsStore": "evil", "credHelpers": {"ghcr.io": "evil"}}).encode()
    assert from_secret(data).find("ghcr.io", "a").login is None
    assert not docker.joinpath("ran").exists()
