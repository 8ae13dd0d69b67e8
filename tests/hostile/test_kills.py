"""A run that is killed at any instant leaves every file old or new, and nothing behind after the next run.

`FLUXMARK_KILLS` says how many runs are killed by each signal: every second one at any instant, the others while
files are renamed, which is a small part of a run.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

FILES = 500
RENAMING = 0.05
"""Seconds that it takes to rename the files, about."""
KILLS = int(os.environ.get("FLUXMARK_KILLS", "12"))
OLD = 'apiVersion: v1\nkind: Pod\nimage: x # {"$imagepolicy": "flux-system:app"}\n'
NEW = OLD.replace("x #", "reg.io/app:1 #")
COMMAND = [sys.executable, "-m", "fluxmark", "update", "--latest", "latest.json", "."]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A Git repository of files that an update changes."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".git/info/exclude").write_text("latest.json\n")
    (tmp_path / "latest.json").write_text('{"flux-system:app": {"name": "reg.io/app", "tag": "1"}}')
    for number in range(FILES):
        file = tmp_path / f"d{number % 20}/f{number}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(OLD)
    subprocess.run(["git", "add", "-A"], cwd=tmp_path, check=True)
    return tmp_path


def contents(root: Path) -> list[str]:
    return [(root / f"d{number % 20}/f{number}.yaml").read_text() for number in range(FILES)]


def reset(root: Path) -> None:
    for number in range(FILES):
        (root / f"d{number % 20}/f{number}.yaml").write_text(OLD)


def unknown(root: Path) -> list[str]:
    """Return what Git would add, and every name that is none of ours."""
    status = subprocess.run(["git", "status", "--porcelain"], cwd=root, capture_output=True, text=True, check=True)
    added = [line for line in status.stdout.splitlines() if line.startswith("??")]
    names = {f"f{number}.yaml" for number in range(FILES)} | {f"d{number}" for number in range(20)}
    return added + [
        path.name
        for path in [*root.iterdir(), *root.glob("d*/*")]
        if path.name not in names | {".git", "latest.json"}
    ]


def wait_until_staged(root: Path, process: subprocess.Popen[str]) -> None:
    """Wait until all new content is staged, or the run has ended."""
    while process.poll() is None:
        for staging in root.glob(".krmfn-*.tmp"):
            if (staging / str(FILES - 1)).exists():
                return
        time.sleep(0.001)


def duration(root: Path) -> float:
    """Return how long a run takes that nobody kills."""
    start = time.monotonic()
    subprocess.run(COMMAND, cwd=root, check=True, capture_output=True)
    taken = time.monotonic() - start
    assert contents(root) == [NEW] * FILES
    reset(root)
    return taken


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_run_leaves_whole_files_and_the_next_run_nothing_else(root: Path, number: signal.Signals) -> None:
    taken = duration(root)
    instants = random.Random(int(number))
    caught: dict[str, int] = {}
    for kill in range(KILLS):
        process = subprocess.Popen(COMMAND, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if kill % 2:
            wait_until_staged(root, process)
        time.sleep(instants.uniform(0, RENAMING if kill % 2 else taken))
        process.send_signal(number)
        _, error = process.communicate()

        found = contents(root)
        assert set(found) <= {OLD, NEW}
        renamed = found.count(NEW)
        assert not [line for line in unknown(root) if line.startswith("??")]
        if number is signal.SIGTERM and process.returncode > 0:
            assert process.returncode == 143
            assert not unknown(root)
            assert renamed in (0, FILES)
            words = "nothing was written" if renamed == 0 else "these files were written: "
            assert f"interrupted; {words}" in error
        else:
            assert process.returncode in (0, -number)
        kind = "before" if renamed == 0 else "after" if renamed == FILES else "between"
        caught[kind] = caught.get(kind, 0) + 1

        if renamed < FILES or unknown(root):
            subprocess.run(COMMAND, cwd=root, check=True, capture_output=True)
        assert contents(root) == [NEW] * FILES
        assert unknown(root) == []
        reset(root)
    print(f"{number.name}: {caught}")
    assert len(caught) > 1, "the instants are all alike"
