"""What upstream's CRDs accept is accepted, and nothing else.

`fixtures/conformance/schemas.json` holds observed verdicts of the CRDs that image-reflector-controller and
image-automation-controller released, for inputs that were written for this project.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fluxmark.flux.schema import ErrorKind, validate
from fluxmark.flux.schema.data import resource_schema, target
from fluxmark.flux.schema.validator import problems as by_walker
from jsonschema_oracle import problems as by_jsonschema

CASES = json.loads((Path(__file__).parents[3] / "fixtures/conformance/schemas.json").read_text(encoding="utf-8"))[
    "cases"
]
RELEASES = {"v1.2.1": "2.9.0", "v1.2.5": "2.9.5", "v1.3.0": "2.10"}
"""The Flux that shipped each image-automation-controller."""


def accepts(resource: dict[str, Any], flux_version: str | None = None) -> bool:
    """Whether the API server accepts a resource; what it fills in first does not count."""
    return all(error.kind is ErrorKind.DEFAULTED for error in validate(resource, flux_version=flux_version))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_verdict_is_upstreams(case: dict[str, Any]) -> None:
    assert accepts(case["object"]) == case["valid"]


@pytest.mark.parametrize("controller", RELEASES)
@pytest.mark.parametrize(
    "case", [case for case in CASES if "valid_by_controller" in case], ids=lambda case: case["name"]
)
def test_the_verdict_is_that_of_the_release(case: dict[str, Any], controller: str) -> None:
    assert accepts(case["object"], RELEASES[controller]) == case["valid_by_controller"][controller]


@pytest.mark.parametrize(
    "case", [case for case in CASES if "at" in case and not case["valid"]], ids=lambda case: case["name"]
)
def test_the_field_at_fault_is_found(case: dict[str, Any]) -> None:
    paths = {".".join(map(str, error.path[1:])) for error in validate(case["object"])}
    for at in (path.removeprefix("spec.") for path in case["at"]):
        # a missing or an unknown field has a path of its own, upstream names what surrounds it
        assert any(path == at or path.rpartition(".")[0] == at for path in paths), paths


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_walker_and_jsonschema_find_the_same(case: dict[str, Any]) -> None:
    obj = case["object"]
    at = target(obj["kind"], obj["apiVersion"])
    walked = {(p.path, p.keyword) for p in by_walker(resource_schema(obj["kind"], at), obj)}
    assert walked == {(p.path, p.keyword) for p in by_jsonschema(obj["kind"], at, obj)}
