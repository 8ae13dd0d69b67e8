"""The flat form says the same as the long one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from fluxmark.config import ConfigError, ImageAutomation, from_config_map, load, parse
from fluxmark.config.config_map import KEYS
from fluxmark.config.schema import config_schema
from fluxmark.flux.releases import FLUX_VERSIONS
from fluxmark.flux.schema.unknown_fields import dotted

HEAD = {"apiVersion": "fluxmark.io/v1alpha1", "kind": "ImageAutomation"}


def problems(data: Any) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        from_config_map(data, dotted)
    return caught.value.problems


def test_flat_keys_are_paths_in_the_spec() -> None:
    flat = {
        "images": "ghcr.io/acme/web, api=ghcr.io/acme/backend,",
        "semver": "1.x",
        "insecure": "true",
        "secretRef": "creds",
        "branch": "main",
        "automation": "updates",
        "files": "a.yml, b.yml",
    }
    spec = {
        "images": [{"image": "ghcr.io/acme/web"}, {"image": "ghcr.io/acme/backend", "name": "api"}],
        "policy": {"policy": {"semver": {"range": "1.x"}}},
        "repository": {"insecure": True, "secretRef": {"name": "creds"}},
        "automation": {"name": "updates", "git": {"checkout": {"ref": {"branch": "main"}}}},
        "files": ["a.yml", "b.yml"],
    }
    assert from_config_map(flat, dotted) == parse({**HEAD, "spec": spec}, dotted)


def test_every_key_stands_for_a_field_of_its_type() -> None:
    for key in KEYS:
        schema = config_schema(FLUX_VERSIONS[-1])["properties"]["spec"]
        for step in key.path:
            schema = schema["properties"][step]
        sample = {"string": "x", "boolean": "true", "array": "x"}[schema["type"]]
        types = {"string": str, "boolean": bool, "array": list}
        assert isinstance(key.convert(sample), types[schema["type"]]), key.name
    assert len({key.name for key in KEYS}) == len({key.path for key in KEYS}) == len(KEYS)


@pytest.mark.parametrize("document", [None, {"data": {}}, {"data": None}, {}])
def test_kpts_placeholder_is_not_a_configuration(document: dict[str, Any] | None) -> None:
    head = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "function-input"}}
    assert load(None if document is None else {**head, **document}, dotted) == ImageAutomation()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"image": "a/b"}, "data.image: unknown key 'image': did you mean images?"),
        ({"secretref": "x"}, "data.secretref: unknown key 'secretref': did you mean secretRef?"),
        ({"wholly": "x"}, "data.wholly: unknown key 'wholly': known are images, tagFormat,"),
        ({"insecure": "yes"}, "data.insecure: must be true or false, not 'yes'"),
        ({"interval": 5}, "data.interval: must be a string: put 5 in quotes"),
        ({"interval": "1d"}, "data.interval: must be a duration in ms, s, m or h"),
        ({"output": "/x"}, "data.output: must be relative to the repository's root"),
        ({"provider": "AWS"}, "data.provider: must be one of generic, aws, azure, gcp"),
        (
            {"images": "a/b:1", "tagFormat": "x-<n>"},
            "data.images: must have no tag, not 'a/b:1': write a/b",
        ),
        (
            {"images": "a/b,c/b", "tagFormat": "x-<n>"},
            "data.images: has the name b of the image at data.images",
        ),
        ({"images": "a/b"}, "data.images: b has no policy"),
        ({"images": "=a/b", "tagFormat": "x-<n>"}, "data.images: must be a name of lower-case letters"),
        ({"semver": "1", "numerical": "asc"}, "semver: has semver and numerical: choose one"),
        ({"fluxVersion": "2.4", "digestReflectionPolicy": "Never"}, "needs Flux 2.6 or newer"),
    ],
)
def test_a_problem_names_the_flat_key(data: dict[str, Any], problem: str) -> None:
    found = problems(data)
    assert len(found) == 1
    assert problem in found[0]


def test_data_that_is_not_a_mapping_is_refused() -> None:
    with pytest.raises(ConfigError, match="data: must be a mapping"):
        load({"apiVersion": "v1", "kind": "ConfigMap", "data": ["x"]}, dotted)


NAMES = st.sampled_from([key.name for key in KEYS]) | st.text(max_size=4)
TEXTS = st.text(max_size=8) | st.sampled_from(["1m", "a/b,c=d/e", "true", "asc", "2.3", "Always"])


@given(st.dictionaries(NAMES, TEXTS | st.none() | st.integers()))
def test_anything_is_a_configuration_or_has_problems_with_places(data: dict[str, Any]) -> None:
    def where(path: tuple[str | int, ...]) -> str:
        assert path[0] == "data"
        assert path[1] in data
        return "PLACE"

    problems: tuple[str, ...] = ()
    try:
        assert isinstance(from_config_map(data, where), ImageAutomation)
    except ConfigError as error:
        problems = error.problems
    assert all(line.startswith("PLACE: ") and len(line.splitlines()) == 1 for line in problems)
