"""Message templates of public repositories come out as today's controller makes them.

They are other people's work, so they are not in this project: the test runs where the shared corpus is.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from fluxmark.flux.template import TemplateError, render
from fluxmark.flux.value_change import Change
from krmfn.resources.result import ResourceRef

SHARED = Path(os.environ.get("FLUXMARK_SHARED") or Path(__file__).resolve().parents[3] / "../shared")
TEMPLATES = SHARED / "corpus/message_templates.jsonl"
CHANGE = Change(
    "a/deploy.yaml",
    1,
    "flux-system:app",
    "library/app:v1.0.0",
    "library/app:v1.0.1",
    ResourceRef("apps/v1", "Deployment", "app", "default"),
)


@pytest.mark.skipif(not TEMPLATES.exists(), reason=f"{TEMPLATES} is not here (set FLUXMARK_SHARED)")
def test_every_template_of_the_corpus_gives_the_recorded_outcome() -> None:
    for line in TEMPLATES.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        recorded = row["currentController"]
        if recorded["ok"]:
            # the record ends before a white line
            assert message(row["template"]).rstrip() == recorded["output"].rstrip(), row["repo"]
            continue
        with pytest.raises(TemplateError) as caught:
            message(row["template"])
        # the record was made by a program whose types are all in its package main
        said = caught.value.cause.removeprefix("failed to run template from spec: ")
        said = said.replace("source.TemplateData", "main.TemplateData").replace("update.", "main.")
        assert f"exec: {said}" == recorded["error"]
        assert bool(caught.value.removed_field) == row["uses"]["Updated"], row["repo"]


def message(template: str) -> str:
    return render(template, [CHANGE], automation=("flux-system", "flux-system"), values={})
