"""What image-automation-controller renders, on the vectors of fixtures/conformance/templates.json.

Those are observed outputs of the released controller's template code; the inputs were written for this project.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fluxmark.flux.template import TemplateError, render
from fluxmark.flux.value_change import Change
from krmfn.resources.result import ResourceRef

VECTORS = json.loads(
    (Path(__file__).resolve().parents[3] / "fixtures/conformance/templates.json").read_text(encoding="utf-8")
)


def changes(name: str) -> list[Change]:
    return [
        Change(
            change["file"],
            1,
            change["setter"],
            change["old"],
            change["new"],
            ResourceRef(change["apiVersion"], change["kind"], change["name"], change["namespace"]),
        )
        for change in VECTORS["changesets"][name]
    ]


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_the_message_is_the_controllers(case: dict[str, Any]) -> None:
    automation = (VECTORS["automation"]["namespace"], VECTORS["automation"]["name"])
    try:
        text = render(case["template"], changes(case["changes"]), automation=automation, values=VECTORS["values"])
        outcome = {"output": text}
    except TemplateError as error:
        outcome = {"error": str(error)}
    assert outcome in case["results"]
