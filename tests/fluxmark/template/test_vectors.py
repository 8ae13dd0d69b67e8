"""What Go makes of more than a thousand small templates, one to six for each function.

vectors.jsonl holds observed outputs of Go 1.26's text/template with sprig 3.3.0's hermetic functions (and semver
3.5.0, cast 1.8.0, as image-automation-controller 1.2 has them), on the data below. The templates were written, or
drawn at random, for this project.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fluxmark.flux.template import TemplateError, render
from fluxmark.flux.template.functions import BUILTIN_NAMES
from fluxmark.flux.template.sprig import MODULES
from fluxmark.flux.value_change import Change
from krmfn.resources.result import ResourceRef

WEB = ResourceRef("apps/v1", "Deployment", "web", "prod")
CHANGES = (
    Change("a/b.yaml", 1, "flux-system:x", "r/x:1.0", "r/x:1.1", WEB),
    Change("a/b.yaml", 2, "flux-system:x:tag", "1.0", "1.1", WEB),
)
VALUES = {"cluster": "prod", "ticket": "OPS-1", "empty": ""}
VECTORS: dict[str, list[dict[str, str]]] = {}
for line in (Path(__file__).parent / "vectors.jsonl").read_text(encoding="utf-8").split("\n")[:-1]:
    vector = json.loads(line)
    VECTORS.setdefault(vector.pop("group"), []).append(vector)


def outcome(template: str) -> dict[str, str]:
    try:
        return {"output": render(template, CHANGES, automation=("flux-system", "flux-system"), values=VALUES)}
    except TemplateError as error:
        return {"error": str(error)}


@pytest.mark.parametrize("group", VECTORS)
def test_go_says_the_same(group: str) -> None:
    outcomes = [{"template": vector["template"], **outcome(vector["template"])} for vector in VECTORS[group]]
    assert outcomes == VECTORS[group]


def test_every_function_is_among_the_vectors() -> None:
    templates = [vector["template"] for group in VECTORS.values() for vector in group]
    called = {word for template in templates for word in template.strip("{}").replace("(", " ").split()}
    implemented = {name for names in MODULES.values() for name in names} | BUILTIN_NAMES
    assert implemented - called == set()
