"""Real repositories, where they are at hand: inject finds the places where people put markers, and no others."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from fluxmark.config import ImageAutomation
from fluxmark.inject.directory import inject
from krmfn.package import Package

SHARED = Path(os.environ.get("FLUXMARK_SHARED") or Path(__file__).resolve().parents[2] / "../shared")
CORPUS = SHARED / "corpus"
REPOSITORIES = sorted(path for path in CORPUS.glob("*") if path.is_dir())
MARKER = re.compile(r'[ \t]*#\s*\{"\$imagepolicy"\s*:\s*"([^"]*)"\s*\}')

pytestmark = pytest.mark.skipif(not REPOSITORIES, reason="no corpus of real repositories beside the project")


def markers(root: Path) -> dict[tuple[str, int], str]:
    """Return what every marker names, by file and line; those of commented-out fields are none."""
    found = {}
    for path in sorted(root.rglob("*.y*ml")):
        for number, line in enumerate(path.read_bytes().decode().split("\n"), 1):
            match = MARKER.search(line)
            if match and not line.lstrip().startswith("#"):
                found[str(path.relative_to(root)), number] = match[1]
    return found


@pytest.mark.parametrize("repository", REPOSITORIES, ids=lambda path: path.name)
def test_what_is_marked_already_is_recognised(repository: Path) -> None:
    assert inject(Package(repository), ImageAutomation()).changes == {}


def test_markers_that_were_taken_away_come_back_where_they_were(tmp_path: Path) -> None:
    recovered = 0
    for repository in REPOSITORIES:
        root = shutil.copytree(repository, tmp_path / repository.name)
        before = markers(root)
        for path in root.rglob("*.y*ml"):
            path.chmod(0o644)
            path.write_bytes(MARKER.sub("", path.read_bytes().decode()).encode())
        package = Package(root)
        package.write({path: new for path, (_, new) in inject(package, ImageAutomation()).changes.items()})
        after = markers(root)
        assert {place: before.get(place) for place in after} == after, repository.name
        recovered += len(after)
    assert recovered >= 30
