"""Real repositories, where they are at hand: inject finds the fields where people put markers, and no others."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from fluxmark.cluster.read import read_directory
from fluxmark.config import ImageAutomation
from fluxmark.inject.directory import inject
from krmfn.packages.package import Package

SHARED = Path(os.environ.get("FLUXMARK_SHARED") or Path(__file__).resolve().parents[2] / "../shared")
CORPUS = SHARED / "corpus"
REPOSITORIES = sorted(path for path in CORPUS.glob("*") if path.is_dir())
MARKER = re.compile(r'[ \t]*#\s*\{"\$imagepolicy"\s*:\s*"([^":]*:[^":]*)(:\w+)?"\s*\}')
ONLY_A_CONFIGURATION_CAN_KNOW = re.compile(
    r"_VERSION:|_TAG:"  # variables, whose uses the corpus does not hold
    r'|^\s*- "v'  # lists of versions of Kubernetes
    r"|content-hash:|^\s*value: [\w-]+ "  # settings with a tag and no name
    r"|investager-ui:tag"  # a tag whose repository only the chart names
    r"|: '0\.1\."  # versions of apps from a catalogue
    r"|\$\{"  # policies whose name another tool fills in
)

pytestmark = pytest.mark.skipif(not REPOSITORIES, reason="no corpus of real repositories next to the project")


def markers(root: Path, policies: set[str]) -> dict[tuple[str, int], tuple[str, str]]:
    """Return what every marker of a known policy names, and its line, by file and number of the line."""
    found = {}
    for path in sorted(root.rglob("*.y*ml")):
        for number, line in enumerate(path.read_bytes().decode().split("\n"), 1):
            match = MARKER.search(line)
            if match and match[1] in policies and not line.lstrip().startswith("#"):
                found[str(path.relative_to(root)), number] = f"{match[1]}{match[2] or ''}", line
    return found


def remade(repository: Path, root: Path, *, names: bool) -> tuple[dict[tuple[str, int], str], ...]:
    """Strip the markers of a copy of a repository and inject; return the markers before and after."""
    shutil.copytree(repository, root)
    policies = {policy.id for policy in read_directory(Package(root)).policies}
    before = markers(root, policies)
    for path in root.rglob("*.y*ml"):
        path.chmod(0o644)
        text = path.read_bytes().decode()
        path.write_bytes(MARKER.sub(lambda match: "" if match[1] in policies else match[0], text).encode())
    package = Package(root)
    config = ImageAutomation(mark_names=names)
    package.write({path: new for path, (_, new) in inject(package, config).changes.items()})
    after = markers(root, policies)
    known = {at: name for at, (name, line) in before.items() if not ONLY_A_CONFIGURATION_CAN_KNOW.search(line)}
    return known, {at: name for at, (name, _) in after.items()}


@pytest.mark.parametrize("repository", REPOSITORIES, ids=lambda path: path.name)
def test_what_is_marked_already_is_recognised(repository: Path) -> None:
    assert inject(Package(repository), ImageAutomation()).changes == {}


@pytest.mark.slow
@pytest.mark.parametrize("repository", REPOSITORIES, ids=lambda path: path.name)
def test_markers_that_were_stripped_are_made_again(repository: Path, tmp_path: Path) -> None:
    before, after = remade(repository, tmp_path / "tree", names=True)
    assert {at: name for at, name in before.items() if after.get(at) != name} == {}
    assert {at: name for at, name in after.items() if at not in before and not name.endswith(":name")} == {}


@pytest.mark.slow
def test_how_many_markers_are_made_again(tmp_path: Path) -> None:
    counts = {"with names": [0, 0], "without names": [0, 0]}
    for names, count in counts.items():
        for number, repository in enumerate(REPOSITORIES):
            before, after = remade(repository, tmp_path / f"{names}-{number}", names=names == "with names")
            count[0] += len(before)
            count[1] += sum(after.get(at) == name for at, name in before.items())
    assert counts == {"with names": [66, 66], "without names": [66, 42]}
