"""What is made from the schema is up to date, and true."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from fluxmark.config import ConfigError, ImageAutomation, load
from fluxmark.config.config_map import KEYS
from fluxmark.config.flux_versions import PAGE, page
from fluxmark.config.generate_docs import DOCUMENTATION, SCHEMA, documentation, published_schema
from fluxmark.flux.schema.unknown_fields import dotted

TEXT = DOCUMENTATION.read_text(encoding="utf-8")
EXAMPLES = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)]
PUBLISHED: dict[str, Any] = json.loads(SCHEMA.read_bytes())


def test_the_published_schema_is_up_to_date() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == published_schema(), "run python -m fluxmark.config.generate_docs"


def test_the_documentation_is_up_to_date() -> None:
    assert documentation(TEXT) == TEXT, "run python -m fluxmark.config.generate_docs"


def test_the_page_about_flux_versions_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m fluxmark.config.generate_docs"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["kind"])
def test_the_examples_of_the_documentation_work(example: dict[str, Any]) -> None:
    assert isinstance(load(example, dotted), ImageAutomation)
    if example["kind"] == "ImageAutomation":
        jsonschema.validate(example, PUBLISHED)


def test_both_forms_have_an_example() -> None:
    assert {example["kind"] for example in EXAMPLES} == {"ImageAutomation", "ConfigMap"}


def test_every_flat_key_is_documented() -> None:
    for key in KEYS:
        assert f"| `{key.name}` | `spec.{'.'.join(key.path)}` |" in TEXT


def test_editors_get_a_schema_that_describes_every_field() -> None:
    jsonschema.Draft202012Validator.check_schema(PUBLISHED)

    def look(schema: dict[str, Any], path: tuple[str, ...]) -> None:
        for name, child in schema.get("properties", {}).items():
            assert child.get("description"), (*path, name)
            look(child, (*path, name))
        if "items" in schema:
            look(schema["items"], path)
        for example in schema.get("examples", ()):
            jsonschema.validate(example, schema)
        if "default" in schema:
            jsonschema.validate(schema["default"], schema)

    look(PUBLISHED, ())


@pytest.mark.parametrize(
    "spec",
    [
        {"insecure": True},
        {"repository": {"secretref": {"name": "x"}}},
        {"images": [{}]},
        {"automation": {"interval": "1d"}},
        {"mode": "inject"},
        {"policy": {"policy": {"alphabetical": {"order": "ASC"}}}},
    ],
)
def test_editors_refuse_what_the_program_refuses(spec: dict[str, Any]) -> None:
    document = {"apiVersion": "fluxmark.io/v1alpha1", "kind": "ImageAutomation", "spec": spec}
    with pytest.raises(ConfigError):
        load(document, dotted)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, PUBLISHED)


def test_the_schema_is_installed_next_to_the_package() -> None:
    assert SCHEMA.parent == Path(__file__).parents[3] / "fn/fluxmark/config"
