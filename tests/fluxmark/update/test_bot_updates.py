"""Real commits of the image-automation-controller, replayed: the same values at the same markers.

A commit labelled `clean` changed nothing else, so it must be the same byte for byte. Of the others the label
says what else the controller changed; fluxmark changes the values alone.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from fluxmark.flux.latest_image import LatestImage
from fluxmark.flux.marker import read
from fluxmark.update import update

SHARED = Path(os.environ.get("FLUXMARK_SHARED") or Path(__file__).resolve().parents[3] / "../shared")
COMMITS = SHARED / "corpus/bot_updates.jsonl"

pytestmark = pytest.mark.skipif(not COMMITS.is_file(), reason="needs the corpus of real repositories")

_MARKED = re.compile(r"^[^#\n]*?[\"']?(?P<value>[^\s\"']+)[\"']?[ \t]+(?P<comment>#[ \t]*\{.*)$", re.MULTILINE)


def latest(commit: dict[str, Any]) -> dict[str, LatestImage]:
    """The latest images that the controller had, from the values that it wrote and those that it found right."""
    parts: dict[str, dict[str, str]] = {}
    for line in _MARKED.finditer(commit["after"]):
        setter = read(line["comment"].rstrip("\r"))
        if setter is not None:
            parts.setdefault(setter.key, {})[setter.suffix] = line["value"]
    wanted = {update["policy"] for update in commit["updates"]}
    found = {}
    for policy, values in parts.items():
        if policy not in wanted:
            continue
        name, _, tag = values.get("", "").partition("@")[0].rpartition(":")
        digest = values.get("", "").partition("@")[2]
        found[policy] = LatestImage(
            name or values.get("name", "unknown"),
            tag or values.get("tag", "0"),
            digest or values.get("digest", ""),
        )
    return found


def commits() -> list[dict[str, Any]]:
    return (
        [json.loads(line) for line in COMMITS.read_text(encoding="utf-8").splitlines()]
        if COMMITS.is_file()
        else []
    )


def test_the_same_values_at_the_same_markers() -> None:
    replayed = commits()
    wrong = []
    for commit in replayed:
        done = update(commit["before"], latest(commit), file=commit["path"])
        ours = sorted((change.line, change.old, change.new) for change in done.changes)
        theirs = sorted((made["lineBefore"], made["old"], made["new"]) for made in commit["updates"])
        if ours != theirs:
            wrong.append((commit["path"], ours, theirs))
    assert wrong == []
    assert len(replayed) == 412


def test_a_clean_commit_is_the_same_byte_for_byte() -> None:
    clean = [commit for commit in commits() if commit["labels"] == ["clean"]]
    wrong = [
        commit["path"] for commit in clean if update(commit["before"], latest(commit)).text != commit["after"]
    ]
    assert wrong == []
    assert len(clean) == 332


def test_only_the_lines_of_values_change() -> None:
    for commit in commits():
        done = update(commit["before"], latest(commit))
        before, after = commit["before"].split("\n"), done.text.split("\n")
        different = [n for n, (old, new) in enumerate(zip(before, after, strict=True), 1) if old != new]
        assert different == sorted({change.line for change in done.changes})
