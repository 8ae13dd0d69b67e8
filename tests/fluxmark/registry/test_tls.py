"""TLS with a CA and certificates of one's own, and what is said where it fails."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest

from fluxmark.image import parse
from fluxmark.registry import TLS, Request, list_tags
from registry_server import Answer, Registry, pages, why

if TYPE_CHECKING:
    from pathlib import Path


def test_a_registry_with_a_ca_of_its_own_is_trusted_if_that_is_given(
    authority: Path, server_context: ssl.SSLContext
) -> None:
    with Registry(pages(["a"]), server_context) as registry:
        assert "is not trusted: unable to get local issuer certificate" in why(registry.request(insecure=False))
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


@pytest.mark.usefixtures("names")
def test_tls_on_one_side_only_is_explained(server_context: ssl.SSLContext) -> None:
    with Registry(pages(["a"])) as registry:
        image = parse(f"registry.test:{registry.server.server_port}/app")
        said = why(Request(image, timeout=5))
        assert "broke the connection, 3 times" in said
        assert "if it speaks plain HTTP, set 'insecure: true'" in said
    with Registry(pages(["a"]), server_context) as registry:
        assert why(registry.request())


@pytest.mark.usefixtures("names")
def test_an_insecure_registry_that_speaks_tls_is_asked_over_tls(
    authority: Path, server_context: ssl.SSLContext
) -> None:
    with Registry(pages(["a"]), server_context) as registry:
        image = parse(f"registry.test:{registry.server.server_port}/app")
        tls = TLS(ca=authority.joinpath("ca.crt").read_text())
        assert list_tags(Request(image, insecure=True, tls=tls)) == ["a"]


def test_a_redirect_away_from_tls_is_not_followed(authority: Path, server_context: ssl.SSLContext) -> None:
    moved = Answer({}, 302, {"Location": "http://127.0.0.1:1/v2/app/tags/list"})
    tls = TLS(ca=authority.joinpath("ca.crt").read_text())
    with Registry(lambda _: moved, server_context, handshake=Answer({})) as registry:
        assert "leads to http://127.0.0.1:1/v2/app/tags/list, away from TLS" in why(
            registry.request(insecure=False, tls=tls)
        )
