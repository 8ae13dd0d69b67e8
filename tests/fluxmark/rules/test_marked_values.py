"""Marked values: their type, the text around the image, a registry next to them; and prose about markers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from check_packages import check
from fluxmark.flux.latest_image import LatestImage
from fluxmark.flux.setters.update_text import Options, update, update_text

NUMERICAL = {"filterTags": {"pattern": "^[0-9]+$"}, "policy": {"numerical": {"order": "asc"}}}
SEMVER = {"policy": {"semver": {"range": ">=1.0.0"}}}
DATES = {
    "filterTags": {"pattern": "^20[0-9]{2}-[0-9]{2}-[0-9]{2}$"},
    "policy": {"alphabetical": {"order": "asc"}},
}
MARKER = '# {"$imagepolicy": "flux-system:app"}'
TAG = '# {"$imagepolicy": "flux-system:app:tag"}'
NAME = '# {"$imagepolicy": "flux-system:app:name"}'


def found(text: str, policy: dict[str, Any] | None = None, *rules: str) -> list[tuple[str, str, str]]:
    """Return rule, severity and message of what is found in a file next to a policy and its repository."""
    documents = [
        {
            "apiVersion": "image.toolkit.fluxcd.io/v1",
            "kind": kind,
            "metadata": {"name": "app", "namespace": "flux-system"},
            "spec": spec,
        }
        for kind, spec in (
            ("ImageRepository", {"image": "registry.example.com/team/app", "interval": "5m0s"}),
            ("ImagePolicy", {"imageRepositoryRef": {"name": "app"}, **(policy or SEMVER)}),
        )
    ]
    flux = "---\n".join(json.dumps(one) + "\n" for one in documents)
    findings = check({"flux.yaml": flux, "values.yaml": text}, *rules)
    return [(one.rule, str(one.severity), one.message) for one in findings if one.file == "values.yaml"]


@pytest.mark.parametrize(
    ("value", "policy", "severity", "words"),
    [
        ("1", SEMVER, "error", "such as !!int 1.2.3"),
        ("3.6", SEMVER, "error", "such as !!float 1.2.3"),
        ("2024-01-01", SEMVER, "error", "such as !!timestamp 1.2.3"),
        ("150", NUMERICAL, "warning", "Flux writes the next one in quotes, and until then kustomize refuses"),
    ],
)
def test_what_is_true_of_a_value_that_is_not_a_string(
    value: str, policy: dict[str, Any], severity: str, words: str
) -> None:
    ((rule, how_bad, message),) = found(f"newTag: {value} {TAG}\n", policy, "marker-value")
    assert (rule, how_bad) == ("marker-value", severity)
    assert words in message


def test_flux_leaves_dates_as_they_are() -> None:
    assert found(f"tag: 2024-01-01 {TAG}\n", DATES, "marker-value") == []


AROUND = [
    ("--image=registry.example.com/team/app:1.0.0", MARKER, "registry.example.com/team/app:1.0.0"),
    ("VERSION=1.9.0", TAG, "1.9.0"),
    ("docker://registry.example.com/team/app:1.0.0", MARKER, "registry.example.com/team/app:1.0.0"),
    ("oci://registry.example.com/team/app", NAME, "registry.example.com/team/app"),
    ("https://cdn.example.com/1.0.0/app.js", TAG, "1.0.0"),
    ('\'{"image": "registry.example.com/team/app:1.0.0"}\'', MARKER, "registry.example.com/team/app:1.0.0"),
    ("registry.example.com/team/app:1.0.0 registry.example.com/team/app:1.1.0", MARKER, "team/app:1.0.0"),
]


@pytest.mark.parametrize(("value", "marker", "written"), AROUND)
def test_text_around_an_image_would_be_lost(value: str, marker: str, written: str) -> None:
    ((rule, severity, message),) = found(f"key: {value} {marker}\n")
    assert (rule, severity) == ("marker-whole-value", "error")
    assert written in message


@pytest.mark.parametrize(("value", "marker", "_written"), AROUND)
def test_update_skips_text_around_an_image_unless_as_flux(value: str, marker: str, _written: str) -> None:
    text = f"key: {value} {marker}\n"
    latest = {"flux-system:app": LatestImage("registry.example.com/team/app", "1.2.0")}
    kept = update(text, latest, options=Options(whole=False))
    assert kept.text == text
    assert [one.rule for one in kept.findings] == ["more-text"]
    assert update_text(text, latest)[0] != text


@pytest.mark.parametrize(
    "value", ["registry.example.com/team/app:1.0.0", '"registry.example.com/team/app:${TAG}"']
)
def test_an_image_alone_loses_nothing(value: str) -> None:
    assert found(f"key: {value} {MARKER}\n", None, "marker-whole-value") == []


def test_a_registry_next_to_the_repository_is_not_written_twice() -> None:
    text = f"image:\n  registry: registry.example.com\n  repository: team/app {NAME}\n  tag: 1.0.0 {TAG}\n"
    ((rule, _, message),) = found(text)
    assert rule == "marker-image"
    assert "remove this marker, a :tag marker at the tag is enough" in message


@pytest.mark.parametrize(
    "comment",
    [
        '# a `# {"$imagePolicy": "..."}` comment on the line itself decides',
        '# write {"$imagepolicy": "flux-system:app"} at the end of the line',
        '# Markers look like this:\n#   {"$imagepolicy": "flux-system:app"}\n# and are the whole comment.',
        "# The $imagepolicy of this image is app",
    ],
)
def test_prose_that_mentions_markers_is_not_a_marker(comment: str) -> None:
    assert found(f"{comment}\nkey: value\n") == []


@pytest.mark.parametrize(
    ("comment", "rule"),
    [
        ('# {"$imagePolicy": "flux-system:app"}', "marker-malformed"),
        ('# {"$imagepolicy": "flux-system:app"}', "marker-position"),
    ],
)
def test_a_marker_alone_above_a_value_is_meant_as_one(comment: str, rule: str) -> None:
    assert [one[0] for one in found(f"{comment}\nkey: registry.example.com/team/app:1.0.0\n")] == [rule]
