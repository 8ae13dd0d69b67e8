"""What is reported about a resource that the API server would not take, or would not take whole."""

from __future__ import annotations

import copy
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, strategies as st

from fluxmark.flux.schema import ErrorKind, Introduced, SchemaError, introduced, validate
from fluxmark.flux.schema.data import resource_schema, target
from fluxmark.flux.schema.validator import problems as by_walker
from jsonschema_oracle import problems as by_jsonschema

POLICY: dict[str, Any] = {"imageRepositoryRef": {"name": "web"}, "policy": {"semver": {"range": "1.x"}}}
REPOSITORY: dict[str, Any] = {"image": "ghcr.io/acme/web", "interval": "1m0s"}
AUTOMATION: dict[str, Any] = {
    "interval": "1m0s",
    "sourceRef": {"kind": "GitRepository", "name": "flux-system"},
    "git": {"commit": {"author": {"email": "bot@example.com"}}},
}
SPECS = {"ImagePolicy": POLICY, "ImageRepository": REPOSITORY, "ImageUpdateAutomation": AUTOMATION}


def resource(kind: str, spec: object, version: str = "v1") -> dict[str, Any]:
    metadata = {"name": "web", "namespace": "flux-system", "labels": {"a": "b"}}
    return {
        "apiVersion": f"image.toolkit.fluxcd.io/{version}",
        "kind": kind,
        "metadata": metadata,
        "spec": spec,
    }


def only(errors: list[SchemaError]) -> SchemaError:
    assert len(errors) == 1, [str(error) for error in errors]
    return errors[0]


@pytest.mark.parametrize("kind", SPECS)
def test_a_good_resource_is_good(kind: str) -> None:
    assert validate(resource(kind, SPECS[kind])) == []


@pytest.mark.parametrize(
    ("kind", "change", "text"),
    [
        (
            "ImageRepository",
            {"secretref": {"name": "x"}},
            "spec.secretref: unknown field: did you mean secretRef?",
        ),
        ("ImageRepository", {"interval": 5}, "spec.interval: must be a string, not 5: put it in quotes"),
        ("ImageRepository", {"interval": "5m\n"}, r"spec.interval: must be a duration in ms, s, m or h, such as"),
        ("ImageRepository", {"timeout": "1h"}, "spec.timeout: must be a duration in ms, s or m, such as 30s"),
        ("ImageRepository", {"provider": "AWS"}, "not 'AWS': did you mean aws?"),
        (
            "ImageRepository",
            {"secretRef": "creds"},
            "spec.secretRef: must be a mapping, not 'creds': write {name: creds}",
        ),
        ("ImageRepository", {"exclusionList": "x"}, "must be a list, not 'x': write [x]"),
        ("ImageRepository", {"exclusionList": ["x"] * 26}, "must have at most 25 items, not 26"),
        (
            "ImageRepository",
            {"serviceAccountName": "x" * 254},
            "must have at most 253 characters, not 254",
        ),
        (
            "ImagePolicy",
            {"range": "1.x"},
            "spec.range: unknown field here: it belongs at spec.policy.semver.range",
        ),
        ("ImagePolicy", {"policy": {"semVer": {"range": "1"}}}, "spec.policy.semVer: unknown field: did you mean"),
        (
            "ImagePolicy",
            {"policy": {"semver": {}}},
            "spec.policy.semver.range: is required, for example '>=1.0.0'",
        ),
        ("ImageUpdateAutomation", {"branch": "main"}, "spec.git.checkout.ref.branch"),
        ("ImageUpdateAutomation", {"checkout": {}}, "it belongs at spec.git.checkout"),
        ("ImageUpdateAutomation", {"git": []}, "spec.git: must be a mapping, not a list"),
    ],
)
def test_an_error_says_where_and_what_to_write(kind: str, change: dict[str, Any], text: str) -> None:
    assert text in str(only(validate(resource(kind, SPECS[kind] | change))))


def test_a_field_in_the_wrong_part_of_the_resource_is_sent_to_spec() -> None:
    error = only(validate({**resource("ImageRepository", REPOSITORY), "suspend": True}))
    assert (error.path, error.kind) == (("suspend",), ErrorKind.UNKNOWN)
    assert error.message == "unknown field here: it belongs at spec.suspend"


@pytest.mark.parametrize(
    ("kind", "spec", "version", "text"),
    [
        (
            "ImageUpdateAutomation",
            {"policySelector": {}},
            "v1beta1",
            "it needs image.toolkit.fluxcd.io/v1beta2 (or newer) of Flux 2.3",
        ),
        ("ImagePolicy", {"digestReflectionPolicy": "Never"}, "v1beta1", "v1beta2 (or newer) of Flux 2.6"),
    ],
)
def test_a_field_that_came_later_says_what_it_needs(
    kind: str, spec: dict[str, Any], version: str, text: str
) -> None:
    whole = SPECS[kind] | spec | ({"update": {"strategy": "Setters"}} if kind == "ImageUpdateAutomation" else {})
    assert text in str(only(validate(resource(kind, whole, version))))


def test_the_flux_that_is_named_decides_which_fields_there_are() -> None:
    obj = resource("ImageRepository", REPOSITORY | {"insecure": True}, "v1beta2")
    assert validate(obj, flux_version="2.2") == []
    assert "of Flux 2.2 (or newer)" in str(only(validate(obj, flux_version="2.1")))


def test_a_version_that_flux_does_not_serve_says_which_one_to_use() -> None:
    error = only(validate(resource("ImagePolicy", POLICY, "v1beta2"), flux_version="2.9"))
    assert error.kind is ErrorKind.UNSERVED
    assert str(error) == (
        "apiVersion: Flux 2.9 does not serve image.toolkit.fluxcd.io/v1beta2: use image.toolkit.fluxcd.io/v1"
    )


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"kind": "ImagePolicies"}, "did you mean ImagePolicy?"),
        ({"kind": None}, "not None"),
        ({"apiVersion": "image.toolkit.fluxcd.io/v2"}, "did you mean image.toolkit.fluxcd.io/v1"),
        ({"apiVersion": "v1"}, "must be one of image.toolkit.fluxcd.io/v1,"),
        ({"apiVersion": 1}, "not 1"),
        ({"metadata": {}}, "metadata.name: is required"),
        ({"spec": 1}, "spec: must be a mapping, not 1"),
    ],
)
def test_what_names_a_resource_is_checked(change: dict[str, Any], text: str) -> None:
    assert text in str(only(validate(resource("ImagePolicy", POLICY) | change)))


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (
            {"interval": "5m"},
            "spec.interval is only accepted when spec.digestReflectionPolicy is set to 'Always'",
        ),
        (
            {"digestReflectionPolicy": "Always"},
            "spec.interval must be set when spec.digestReflectionPolicy is set to 'Always'",
        ),
    ],
)
def test_the_two_rules_speak_with_upstreams_words(change: dict[str, Any], text: str) -> None:
    for version in ("v1beta2", "v1"):
        assert only(validate(resource("ImagePolicy", POLICY | change, version))).message == text


def test_a_null_is_a_field_that_is_not_there() -> None:
    spec = POLICY | {"filterTags": None, "interval": None, "digestReflectionPolicy": None}
    assert validate(resource("ImagePolicy", spec)) == []
    assert "is required" in str(only(validate(resource("ImagePolicy", POLICY | {"policy": None}))))
    assert "unknown field" in str(only(validate(resource("ImagePolicy", POLICY | {"filterTag": None}))))


def test_a_required_field_that_the_api_server_fills_in_is_told_apart() -> None:
    spec = AUTOMATION | {"sourceRef": {"name": "flux-system"}}
    assert only(validate(resource("ImageUpdateAutomation", spec))).kind is ErrorKind.DEFAULTED


def test_the_moves_of_v1alpha1_are_known() -> None:
    spec = {
        "interval": "1m",
        "checkout": {"gitRepositoryRef": {"name": "x"}, "branch": "main"},
        "commit": {"authorName": "a", "authorEmail": "b"},
    }
    assert validate(resource("ImageUpdateAutomation", spec, "v1alpha1")) == []
    assert len(validate(resource("ImageUpdateAutomation", spec, "v1alpha2"))) == 3
    unknown = validate(resource("ImageUpdateAutomation", AUTOMATION, "v1alpha1"))
    assert {error.path[-1] for error in unknown} == {"sourceRef", "git", "checkout", "commit"}


@pytest.mark.parametrize(
    ("kind", "path", "api", "flux"),
    [
        ("ImageUpdateAutomation", ("git", "commit", "messageTemplateValues"), "v1beta2", "2.5"),
        ("ImageUpdateAutomation", ("git", "commit", "messageTemplateValues", "key"), "v1beta2", "2.5"),
        ("ImageUpdateAutomation", ("git", "commit", "signingKey", "type"), "v1", "2.9"),
        ("ImageUpdateAutomation", ("policySelector", "matchExpressions", 0, "key"), "v1beta2", "2.3"),
        ("ImageUpdateAutomation", ("git", "push", "options"), "v1beta1", "2.1"),
        ("ImageRepository", ("insecure",), "v1beta2", "2.2"),
        ("ImageRepository", ("provider",), "v1beta2", "0.40"),
        ("ImagePolicy", ("suspend",), "v1beta2", "2.7"),
        ("ImagePolicy", ("policy", "semver", "range"), "v1alpha1", "0.13"),
    ],
)
def test_when_a_field_came(kind: str, path: tuple[str | int, ...], api: str, flux: str) -> None:
    assert introduced(kind, path) == Introduced(f"image.toolkit.fluxcd.io/{api}", flux)


def test_a_field_that_never_was_or_is_gone_never_came() -> None:
    assert introduced("ImagePolicy", ("bogus",)) is None
    assert introduced("ImagePolicy", ("policy", "semver", "range", "bogus")) is None
    assert introduced("ImageUpdateAutomation", ("checkout", "branch")) is None


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["1m", "asc", "Always"])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
)


@given(
    kind=st.sampled_from(sorted(SPECS)),
    version=st.sampled_from(["v1beta1", "v1beta2", "v1"]),
    data=st.data(),
)
def test_both_engines_agree_on_anything(kind: str, version: str, data: st.DataObject) -> None:
    at = target(kind, version)
    schema = resource_schema(kind, at)
    spec = copy.deepcopy(SPECS[kind])
    place, fields = spec, schema["properties"]["spec"]
    while True:  # walk down to some field, and put anything there
        name = data.draw(st.sampled_from([*fields["properties"], "bogus"]))
        child = fields["properties"].get(name, {})
        if "properties" not in child or data.draw(st.booleans()):
            place[name] = data.draw(VALUES)
            break
        place, fields = place.setdefault(name, {}), child
    obj = resource(kind, spec, version)
    walked = {(p.path, p.keyword) for p in by_walker(schema, obj)}
    assert walked == {(p.path, p.keyword) for p in by_jsonschema(kind, at, obj)}
    assert bool(walked) <= bool(validate(obj))


@given(st.dictionaries(st.sampled_from(["apiVersion", "kind", "metadata", "spec", "status", "x"]), VALUES))
def test_no_resource_is_too_odd_to_be_judged(obj: dict[str, Any]) -> None:
    full = {"apiVersion": "image.toolkit.fluxcd.io/v1", "kind": "ImagePolicy"} | obj
    for error in validate(full):
        assert "\n" not in str(error)


def test_importing_costs_no_regular_expressions_of_go() -> None:
    code = "import sys, fluxmark.flux.schema, fluxmark.config; print({'re2'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
