"""docs/inject.md says every rule that the code can say, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from fluxmark.inject import reach
from fluxmark.inject.reasons import MARKED, NOT_MARKED
from fluxmark.inject.unmatched_images import RULE

DOCS = Path(__file__).resolve().parents[3] / "docs" / "inject.md"


def test_every_rule_is_documented() -> None:
    table = DOCS.read_text().partition("| rule | what it means |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE)) == {
        *NOT_MARKED,
        MARKED,
        RULE,
        reach.RULE,
        "no-kustomization",
    }
