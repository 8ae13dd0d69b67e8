"""A functionConfig is read as the documentation says, and every problem of one is said."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import yaml
from hypothesis import given, settings, strategies as st

from fluxmark.config import (
    ConfigError,
    Image,
    ImageAutomation,
    Where,
    automation_specs,
    load,
    parse,
    policy_spec,
    repository_spec,
    tag_format,
)
from fluxmark.config.problems import existing
from fluxmark.config.schema import config_schema
from fluxmark.flux.releases import FLUX_VERSIONS, NEWEST_FLUX
from fluxmark.flux.schema import KINDS, api_version, validate
from fluxmark.flux.schema.unknown_fields import dotted
from fluxmark.modes import MODES

HEAD = {"apiVersion": "fluxmark.io/v1alpha1", "kind": "ImageAutomation", "metadata": {"name": "production"}}


def document(spec: str | dict[str, Any]) -> dict[str, Any]:
    return {**HEAD, "spec": yaml.safe_load(spec) if isinstance(spec, str) else spec}


def config(spec: str | dict[str, Any]) -> ImageAutomation:
    return parse(document(spec), lambda path: f"c.yaml:{dotted(path)}")


def problems(spec: str | dict[str, Any]) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        config(spec)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems


def only(spec: str | dict[str, Any]) -> str:
    found = problems(spec)
    assert len(found) == 1, found
    return found[0]


def test_everything_that_can_be_said_is_read() -> None:
    assert config("""
        namespace: apps
        output: ./flux//image-automation/
        fluxVersion: v2.8.1
        mode: Check
        force: true
        repository: {insecure: true}
        policy: {policy: {semver: {range: 1.x}}}
        images:
        - image: 192.168.0.40:5000/frontend
        - image: ghcr.io/acme/back_end
          where: {paths: ['a/**'], kinds: [Deployment], namespaces: [shop]}
        - {image: ghcr.io/acme/web, name: w, tagFormat: 'main-<unix>', repository: {interval: 5m}}
        automation: {name: updates}
        files: [./backend/docker-compose.yml]
    """) == ImageAutomation(
        name="production",
        namespace="apps",
        output="flux/image-automation",
        flux_version="2.8.1",
        mode="Check",
        force=True,
        repository={"insecure": True},
        policy={"policy": {"semver": {"range": "1.x"}}},
        images=(
            Image("frontend", "192.168.0.40:5000/frontend"),
            Image("back-end", "ghcr.io/acme/back_end", where=Where(("a/**",), ("Deployment",), ("shop",))),
            Image("w", "ghcr.io/acme/web", tag_format="main-<unix>", repository={"interval": "5m"}),
        ),
        automation={"name": "updates"},
        files=("backend/docker-compose.yml",),
    )


@pytest.mark.parametrize("spec", [{}, None, {"images": None, "repository": None, "files": []}])
def test_nothing_said_means_the_defaults(spec: dict[str, Any] | None) -> None:
    assert parse({**HEAD, "spec": spec}, str) == ImageAutomation(name="production")
    assert parse(HEAD, str) == ImageAutomation(name="production")
    assert load(None, str) == ImageAutomation()


def test_the_defaults_are_those_of_the_schema() -> None:
    fields = config_schema(FLUX_VERSIONS[-1])["properties"]["spec"]["properties"]
    defaults = {field.name: field.default for field in dataclasses.fields(ImageAutomation)}
    for name in ("namespace", "output", "mode", "force"):
        assert defaults[name] == fields[name]["default"]
    ((name, automation),) = automation_specs(ImageAutomation(automation={}))
    assert fields["automation"]["properties"]["name"]["default"] == name
    for kind, section, spec in (
        ("ImageUpdateAutomation", "automation", automation),
        ("ImageRepository", "repository", repository_spec(ImageAutomation(), Image("a", "a"))),
    ):
        assert spec["interval"] == fields[section]["properties"]["interval"]["default"], kind


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        # misspelt
        ("repository: {secretref: {name: x}}", "secretref: unknown field: did you mean secretRef?"),
        ("imagess: []", "spec.imagess: unknown field: did you mean images?"),
        ("mode: inject", f"must be one of {', '.join(MODES)}, not 'inject': did you mean Inject?"),
        # misplaced
        ("insecure: true", "spec.insecure: unknown field here: it belongs at spec.repository.insecure"),
        ("automation: {branch: main}", "or spec.automation.git.checkout.ref.branch"),
        ("automation: {author: {}}", "it belongs at spec.automation.git.commit.author"),
        ("order: asc", "at spec.policy.policy.alphabetical.order or spec.policy.policy.numerical.order"),
        ("repository: {image: a/b}", "it belongs at spec.images[].image"),
        ("semver: {range: 1.x}", "it belongs at spec.policy.policy.semver"),
        ("policy: {semver: {range: 1.x}}", "it belongs at spec.policy.policy.semver"),
        # of the wrong type
        ("fluxVersion: 2.9", "spec.fluxVersion: must be a string, not 2.9: put it in quotes"),
        ("repository: {secretRef: harbor}", "must be a mapping, not 'harbor': write {name: harbor}"),
        ("images: [ghcr.io/a/b]", "must be a mapping, not 'ghcr.io/a/b': write {image: ghcr.io/a/b}"),
        ("images: {image: a}", "spec.images: must be a list, not a mapping"),
        ("files: compose.yml", "spec.files: must be a list, not 'compose.yml': write [compose.yml]"),
        ("force: 'yes'", "spec.force: must be true or false, not 'yes'"),
        # of the wrong form
        ("repository: {interval: 1d}", "must be a duration in ms, s, m or h, such as 1m0s, not '1d'"),
        ("namespace: Flux", "must be a name of at most 63 lower-case letters, digits and hyphens (RFC 1123)"),
        ("automation: {name: a_b}", "must be a name of lower-case letters, digits, hyphens and dots (RFC 1123)"),
        ("fluxVersion: '1.4'", f"unknown Flux version '1.4': known are 0.13 to 0.41 and 2.0 to {NEWEST_FLUX}"),
        ("fluxVersion: newest", "must be a version such as \"2.9\", not 'newest'"),
        ("output: /etc", "spec.output: must be relative to the repository's root, not '/etc'"),
        ("output: a/../../b", "spec.output: must not leave the repository's root, as 'a/../../b' does"),
        ("output: ''", "spec.output: must name a directory, not ''"),
        ("files: [a.yml, ../b.yml]", "spec.files[1]: must not leave the repository's root"),
        ("files: ['']", "spec.files[0]: must name a directory, not ''"),
        ("files: ['a\\b.yml']", "spec.files[0]: must be a path with forward slashes"),
        # against each other
        (
            "{tagFormat: x-<n>, policy: {filterTags: {pattern: x}}}",
            "spec.policy.filterTags: is what tagFormat stands for: set only one of them",
        ),
        (
            "policy: {policy: {semver: {range: 1.x}, numerical: {}}}",
            "spec.policy.policy: has semver and numerical: choose one",
        ),
        ("{fluxVersion: '2.4', policy: {interval: 1m}}", "needs Flux 2.6 or newer, and fluxVersion"),
    ],
)  # fmt: skip
def test_a_problem_says_what_to_write(spec: str, problem: str) -> None:
    assert any(problem in line for line in problems(spec)), problems(spec)


@pytest.mark.parametrize(
    ("image", "problem"),
    [
        ("ghcr.io/a/b:1.0", "must have no tag, not 'ghcr.io/a/b:1.0': write ghcr.io/a/b"),
        (f"ghcr.io/a/b@sha256:{'0' * 64}", "must have no digest, not"),
        ("https://r:5000/a", "it has a URL scheme; remove 'https://'"),
        ("ghcr.io/Acme/Web", "the repository 'Acme/Web' must be lower case"),
        ("a b", "'a b' is not an image: it contains white space"),
        ("", "the image is empty"),
    ],
)
def test_an_image_is_a_repository(image: str, problem: str) -> None:
    assert problem in only({"tagFormat": "x-<n>", "images": [{"image": image}]})


@pytest.mark.parametrize(
    "image", ["nginx", "localhost:5000/a", "192.168.0.40:5000/a/b_c", "[::1]:5000/a", "r.io/a"]
)
def test_registries_may_have_ports(image: str) -> None:
    assert config({"tagFormat": "x-<n>", "images": [{"image": image}]}).images[0].image == image


def test_two_images_of_one_name_are_told_of_each_other() -> None:
    text = only("{tagFormat: x-<n>, images: [{image: a/app}, {image: b/app}, {image: c/app, name: c}]}")
    assert text == (
        "c.yaml:spec.images[1]: spec.images[1]: has the name app of the image at c.yaml:spec.images[0]: "
        "give one of them another `name`"
    )


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ("images: [{image: a/b}]", "spec.images[0]: b has no policy: set tagFormat or policy.policy"),
        ("{tagFormat: x-<n>, images: [{image: a/b, policy: {filterTags: {}}}]}", "b has no policy"),
        (
            "{policy: {policy: {semver: {}}}, images: [{image: a/b}, {image: a/c}]}",
            "c.yaml:spec.policy.policy.semver: spec.policy.policy.semver.range: is required",
        ),
        (
            "images: [{image: a/b, policy: {policy: {semver: {}}}}]",
            "c.yaml:spec.images[0].policy.policy.semver: ",
        ),
        (
            "{tagFormat: x-<n>, policy: {digestReflectionPolicy: Always}, images: [{image: a/b}]}",
            "c.yaml:spec.policy.digestReflectionPolicy: spec.policy.digestReflectionPolicy: spec.interval must be",
        ),
        (
            "{tagFormat: x-<n>, policy: {interval: 5m}, images: [{image: a/b}]}",
            "spec.policy.interval: spec.interval is only accepted when",
        ),
        ("automation: {git: {checkout: {}}}", "spec.automation.git.checkout.ref: is required"),
    ],
)
def test_what_is_missing_in_the_whole_is_said_once(spec: str, problem: str) -> None:
    assert problem in only(spec)


def test_all_problems_are_said_at_once() -> None:
    assert (
        len(problems("{a: 1, namespace: X, output: /, images: [7, {image: 'a:1'}, {nmae: x}], files: ['']}")) == 8
    )


def test_the_kind_and_the_version_are_checked() -> None:
    for change in ({"kind": "ImageAutomatio"}, {"apiVersion": "fluxmark.io/v1"}, {"kind": None}):
        with pytest.raises(ConfigError, match=r"ImageAutomation|fluxmark.io/v1alpha1|is required"):
            load({**HEAD, **change}, str)
    with pytest.raises(ConfigError, match="has neither apiVersion nor kind"):
        load({}, str)


class TestSpecs:
    """What an image has is what is said for all, and what is said for it."""

    def test_the_image_wins_field_by_field(self) -> None:
        found = config("""
            repository: {interval: 5m, insecure: true, secretRef: {name: all}}
            policy: {policy: {semver: {range: 1.x}}, filterTags: {pattern: a, extract: b}}
            images:
            - image: a/b
            - image: a/c
              repository: {insecure: null, secretRef: {name: one}}
              policy: {policy: {numerical: {}}, filterTags: {pattern: c}}
        """)
        assert repository_spec(found, found.images[0]) == {
            "image": "a/b",
            "interval": "5m",
            "insecure": True,
            "secretRef": {"name": "all"},
        }
        assert repository_spec(found, found.images[1]) == {
            "image": "a/c",
            "interval": "5m",
            "secretRef": {"name": "one"},
        }
        assert policy_spec(found, found.images[1]) == {
            "imageRepositoryRef": {"name": "c"},
            "policy": {"numerical": {}},
            "filterTags": {"pattern": "c"},
        }

    @pytest.mark.parametrize(
        ("everywhere", "image", "expected"),
        [
            ("tagFormat: x-<n>", "", "x-<n>"),
            ("tagFormat: x-<n>", "tagFormat: y-<n>", "y-<n>"),
            ("tagFormat: x-<n>", "policy: {policy: {semver: {range: 1.x}}}", None),
            ("policy: {policy: {semver: {range: 1.x}}}", "tagFormat: y-<n>", "y-<n>"),
            ("policy: {policy: {semver: {range: 1.x}}}", "policy: {filterTags: {pattern: y}}", None),
        ],
    )
    def test_a_tag_format_and_a_policy_displace_each_other(
        self, everywhere: str, image: str, expected: str | None
    ) -> None:
        found = config(f"{{{everywhere}, images: [{{image: a/b, {image}}}]}}")
        assert tag_format(found, found.images[0]) == expected
        spec = policy_spec(found, found.images[0])
        assert ("policy" in spec) == (expected is None)

    @pytest.mark.parametrize("flux", FLUX_VERSIONS)
    def test_every_flux_takes_what_follows_from_the_defaults(self, flux: str) -> None:
        found = config(
            {"fluxVersion": flux, "policy": {"policy": {"alphabetical": {}}}, "images": [{"image": "a/b"}]}
        )
        specs = {
            "ImageRepository": repository_spec(found, found.images[0]),
            "ImagePolicy": policy_spec(found, found.images[0]),
            "ImageUpdateAutomation": automation_specs(dataclasses.replace(found, automation={}))[0][1],
        }
        for kind in KINDS:
            resource = {
                "apiVersion": api_version(kind, flux),
                "kind": kind,
                "metadata": {"name": "b"},
                "spec": specs[kind],
            }
            assert validate(resource, flux_version=flux) == []


def places(schema: dict[str, Any], path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found: list[tuple[str | int, ...]] = []
    for name, child in schema.get("properties", {}).items():
        found += [(*path, name), *places(child, (*path, name))]
        if child.get("type") == "array":
            found += places(child["items"], (*path, name, 0))
    return found


KEYS = [path for path in places(config_schema(FLUX_VERSIONS[-1])) if path[:1] == ("spec",) and len(path) > 1]


def with_key(path: tuple[str | int, ...]) -> dict[str, Any]:
    data: Any = None
    for step in reversed(path):
        data = [data] if isinstance(step, int) else {step: data}
    return {**HEAD, **data}


@settings(max_examples=300)
@given(path=st.sampled_from(KEYS), data=st.data())
def test_every_misspelling_by_one_letter_is_answered_with_the_key(
    path: tuple[str | int, ...], data: st.DataObject
) -> None:
    *parent, key = path
    assert isinstance(key, str)
    at = data.draw(st.integers(0, len(key) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"))
    misspelt = data.draw(
        st.sampled_from(
            [
                key[:at] + key[at + 1 :],
                key[:at] + letter + key[at:],
                key[:at] + letter + key[at + 1 :],
                key[:at] + key[at + 1 : at + 2] + key[at] + key[at + 2 :],
            ]
        )
    )
    if misspelt in {place[-1] for place in KEYS if place[:-1] == path[:-1]}:
        return  # no misspelling
    with pytest.raises(ConfigError) as caught:
        parse(with_key((*parent, misspelt)), dotted)
    line = next(line for line in caught.value.problems if misspelt in line)
    assert "did you mean" in line
    assert key in line.partition("did you mean ")[2].rstrip("?").split(" or ")


NAMES = st.sampled_from([path[-1] for path in KEYS if isinstance(path[-1], str)]) | st.text(max_size=4) | st.none()
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | st.binary(max_size=2)
TEXTS = st.text(max_size=8) | st.sampled_from(["1m", "a/b", "../x", "2.9", "2.3", "Always", "ghcr.io/a/b:1", "v1"])
VALUES = st.recursive(
    SCALARS | TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4)
)
IMAGES = st.lists(
    st.fixed_dictionaries(
        {"image": TEXTS},
        optional={"name": TEXTS, "policy": VALUES, "repository": VALUES, "where": VALUES, "tagFormat": TEXTS},
    ),
    max_size=3,
)


@given(
    st.dictionaries(NAMES, VALUES)
    | st.fixed_dictionaries({"spec": st.dictionaries(NAMES, VALUES)}).map(lambda spec: HEAD | spec)
    | st.fixed_dictionaries({"images": IMAGES, "policy": VALUES}).map(lambda spec: {**HEAD, "spec": spec})
)
def test_anything_is_a_configuration_or_has_problems_with_places(data: dict[str, Any]) -> None:
    def where(path: tuple[str | int, ...]) -> str:
        assert existing(data, path) == path
        return "PLACE"

    problems: tuple[str, ...] = ()
    try:
        assert isinstance(parse(data, where), ImageAutomation)
    except ConfigError as error:
        problems = error.problems
    assert all(line.startswith("PLACE: ") and len(line.splitlines()) == 1 for line in problems)
