"""Which Flux serves what. The releases named here are those of Flux's upgrade notes."""

from __future__ import annotations

import pytest

from fluxmark.flux.api_groups import GROUP
from fluxmark.flux.releases import (
    FLUX_VERSIONS,
    NEWEST_FLUX,
    UnknownFluxVersionError,
    at_least,
    known,
    note,
    release_of,
)
from fluxmark.flux.schema import KINDS, api_version, served
from fluxmark.flux.schema.data import spec_schema, target
from fluxmark.flux.schema.versions import API_VERSIONS, SERVED


@pytest.mark.parametrize(
    ("flux", "repository", "automation"),
    [
        ("0.13", "v1alpha2", "v1alpha2"),
        ("0.36", "v1beta1", "v1beta1"),
        ("0.41", "v1beta2", "v1beta1"),
        ("2.2", "v1beta2", "v1beta1"),
        ("2.3", "v1beta2", "v1beta2"),
        ("2.6", "v1beta2", "v1beta2"),
        ("2.7", "v1", "v1"),
        (None, "v1", "v1"),
    ],
)
def test_the_newest_served_version_is_used(flux: str | None, repository: str, automation: str) -> None:
    assert api_version("ImageRepository", flux) == f"{GROUP}/{repository}"
    assert api_version("ImagePolicy", flux) == f"{GROUP}/{repository}"
    assert api_version("ImageUpdateAutomation", flux) == f"{GROUP}/{automation}"


@pytest.mark.parametrize(
    ("version", "kind", "first", "last"),
    [
        ("v1beta1", "ImagePolicy", "0.16", "2.6"),
        ("v1beta2", "ImagePolicy", "0.40", "2.8"),
        ("v1beta2", "ImageUpdateAutomation", "2.3", "2.8"),
        ("v1", "ImageRepository", "2.7", NEWEST_FLUX),
    ],
)
def test_a_version_is_served_from_its_first_to_its_last_flux(
    version: str, kind: str, first: str, last: str
) -> None:
    serving = [flux for flux in FLUX_VERSIONS if served(version, kind, flux)]
    assert (serving[0], serving[-1]) == (first, last)
    assert serving == [flux for flux in FLUX_VERSIONS if served(f"{GROUP}/{version}", kind, flux)]


def test_there_is_always_one_that_is_served() -> None:
    for kind in KINDS:
        assert [span.api_version for span in SERVED[kind]] == list(API_VERSIONS)
        for flux in FLUX_VERSIONS:
            assert served(api_version(kind, flux), kind, flux)


def test_what_is_unknown_is_not_served() -> None:
    assert not served("v2", "ImagePolicy", "2.9")
    assert not served("v1", "GitRepository", "2.9")
    assert not served("source.toolkit.fluxcd.io/v1", "ImagePolicy", "2.9")


@pytest.mark.parametrize(
    ("text", "kept"),
    [("2.9", "2.9"), ("v2.9", "2.9"), ("2.9.1", "2.9.1"), ("v2.9.1", "2.9.1")],
)
def test_a_release_is_a_minor_version_or_one_of_its_patch_releases(text: str, kept: str) -> None:
    assert known(text) == kept


@pytest.mark.parametrize("text", ["2", "1.0", "0.12", "0.42", "", "2.9.1.1", "2.9.x", "vv2.9", "2.9.²", " 2.9"])
def test_other_versions_are_refused_with_those_that_are_known(text: str) -> None:
    with pytest.raises(UnknownFluxVersionError) as caught:
        known(text)
    assert str(caught.value).endswith(f"known are 0.13 to 0.41 and 2.0 to {NEWEST_FLUX}")


def test_a_minor_version_is_its_newest_patch_release() -> None:
    assert at_least("2.9", "2.9.4")
    assert at_least("2.9.4", "2.9.4")
    assert not at_least("2.9.3", "2.9.4")
    assert at_least("2.9.0", "2.9")
    assert not at_least("2.8.9", "2.9")


NEWER = ["2.99", "v2.99.1", "3.0"]


@pytest.mark.parametrize("text", NEWER)
@pytest.mark.parametrize("kind", KINDS)
def test_a_newer_flux_is_like_the_newest_known(text: str, kind: str) -> None:
    newer = known(text)
    assert api_version(kind, newer) == api_version(kind, NEWEST_FLUX)
    at, newest = (target(kind, api_version(kind), flux) for flux in (newer, NEWEST_FLUX))
    assert spec_schema(kind, at) == spec_schema(kind, newest)
    assert release_of(newer) == release_of(None)


@pytest.mark.parametrize("text", NEWER)
def test_what_is_assumed_of_a_newer_flux_is_said(text: str) -> None:
    assert note(text) == (
        f"Flux {text} is newer than the newest known, {NEWEST_FLUX}; it is treated like that one"
    )


@pytest.mark.parametrize("text", [None, "2.0", "2.9", "2.9.5"])
def test_nothing_is_said_of_a_known_flux(text: str | None) -> None:
    assert not note(text)
