"""The schema files keep to what the code that reads them relies on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from fluxmark.flux.releases import SHIPPED
from fluxmark.flux.schema import KINDS, api_version
from fluxmark.flux.schema.data import raw, resource_schema, target
from fluxmark.flux.schema.versions import API_VERSIONS, SERVED

if TYPE_CHECKING:
    from collections.abc import Iterator


def objects(data: Any) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict):
        yield data
    for child in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from objects(child)


@pytest.mark.parametrize("kind", KINDS)
def test_patterns_mean_the_same_in_go_and_python(kind: str) -> None:
    patterns = {part["pattern"] for part in objects(raw(kind)) if isinstance(part.get("pattern"), str)}
    assert patterns
    for pattern in patterns - {
        "^$|^[^+:]"
    }:  # `$` also matches before a last newline, which the other half accepts
        assert re.fullmatch(r"\^[^\\$^]*(\\\.[^\\$^]*)*\$", pattern), pattern


@pytest.mark.parametrize("kind", KINDS)
def test_guards_name_known_versions(kind: str) -> None:
    for part in objects(raw(kind)):
        if "x-api" in part:
            assert re.sub("^(>=|<)", "", part["x-api"]) in API_VERSIONS
        if "x-flux" in part:
            assert re.sub("^(>=|<)", "", part["x-flux"]) in {shipped.flux for shipped in SHIPPED}


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_described(kind: str) -> None:
    for part in objects(raw(kind)):
        for name, field in part.get("properties", {}).items():
            assert "description" in field, name


@pytest.mark.parametrize("kind", KINDS)
def test_every_version_is_a_schema_whose_required_fields_exist(kind: str) -> None:
    for span in SERVED[kind]:
        for flux in (span.first, span.last):
            schema = resource_schema(kind, target(kind, span.api_version, flux))
            jsonschema.Draft202012Validator.check_schema(schema)
            for part in objects(schema):
                if isinstance(part.get("properties"), dict) and isinstance(part.get("required"), list):
                    assert set(part["required"]) <= set(part["properties"])


def test_an_unknown_kind_or_version_has_no_schema() -> None:
    with pytest.raises(KeyError):
        api_version("GitRepository")
    with pytest.raises(KeyError):
        target("ImagePolicy", "v2")
