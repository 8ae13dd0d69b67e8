"""The tags that Flux wrote in public repositories, replayed.

Of each policy that is still at the newest commit, the selection over every prefix of its history is compared with
what Flux wrote. The tags that the registry held at that time are not known, only those that were written.
"""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from fluxmark.flux.policy import PolicyError, latest
from fluxmark.flux.policy.explanation import explain

SHARED = Path(os.environ.get("FLUXMARK_SHARED") or Path(__file__).resolve().parents[3] / "../shared")
HISTORY = SHARED / "corpus/tag_history.jsonl"

pytestmark = pytest.mark.skipif(not HISTORY.is_file(), reason="needs the corpus of real repositories")


def policies() -> dict[tuple[str, str], dict[str, Any]]:
    """The first spec of each policy, by repository and name."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for path in sorted(HISTORY.parent.rglob("*.y*ml")):
        repository = path.relative_to(HISTORY.parent).parts[0].replace("+", "/")
        try:
            documents = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
        except (yaml.YAMLError, UnicodeDecodeError):
            continue
        for document in documents:
            if isinstance(document, dict) and document.get("kind") == "ImagePolicy":
                found.setdefault((repository, document["metadata"]["name"]), document["spec"])
    return found


def takes(spec: dict[str, Any], tag: str) -> bool:
    """Whether the policy as it is today would take the tag at all."""
    try:
        return latest(spec, [tag]).tag == tag
    except PolicyError:
        return False


def replay(spec: dict[str, Any], written: list[str]) -> Counter[str]:
    """Sort each step of a history into a category; fail for one that is in none."""
    steps: Counter[str] = Counter()
    known: list[str] = []
    for tag in written:
        if not takes(spec, tag):
            # The policy was another one when Flux wrote this: its range or its filter has changed since.
            steps["not a tag of today's policy"] += 1
            continue
        known.append(tag)
        selected = latest(spec, known)
        if tag == selected.tag or tag in selected.ties:
            steps["as Flux wrote it"] += 1
            continue
        # A lower tag was written after a higher one, which must be gone from the registry, or was reverted.
        best = [candidate.tag for candidate in explain(spec, known, best=len(known)).best]
        gone = set(best[: best.index(tag)])
        assert selected.tag in gone
        known = [other for other in known if other not in gone]
        assert latest(spec, known).tag == tag
        steps["went back"] += 1
    return steps


def test_flux_wrote_what_is_selected() -> None:
    specs = policies()
    total: Counter[str] = Counter()
    odd: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for line in HISTORY.read_text(encoding="utf-8").splitlines():
        history = json.loads(line)
        name = history["policy"].partition(":")[2]
        spec = specs.get((history["repo"], name))
        if spec is None:  # no longer at the newest commit, or named by substitution
            continue
        steps = replay(spec, [tag for _, tag in history["tags"]])
        total += steps
        odd[name] += steps
    same = total["as Flux wrote it"]
    comparable = same + total["went back"]
    assert comparable > 1000
    assert same / comparable > 0.95, {name: steps for name, steps in odd.items() if len(steps) > 1}
