"""The process: what it prints arrives, and what it cannot print is said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "fluxmark", "update", "--dry-run", "--latest", "latest.json", "."]
VALUES = 3_000  # more than a pipe holds


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A directory with many values to update."""
    values = "".join(f'a{n}: x # {{"$imagepolicy": "ns:app"}}\n' for n in range(VALUES))
    (tmp_path / "a.yaml").write_text(values)
    (tmp_path / "latest.json").write_text('{"ns:app": {"name": "reg.io/app", "tag": "1"}}')
    return tmp_path


def test_all_output_arrives_before_the_process_leaves(package: Path) -> None:
    done = subprocess.run(COMMAND, cwd=package, capture_output=True, text=True, check=True)

    assert len(done.stdout.splitlines()) == VALUES
    assert done.stderr.endswith("3000 values in 1 file would be updated\n")


def test_a_reader_that_goes_away_is_no_failure(package: Path) -> None:
    with subprocess.Popen(COMMAND, cwd=package, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        error = process.stderr.read()

    assert process.returncode == 0
    assert b"Traceback" not in error


def test_a_full_disk_is_said(package: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(COMMAND, cwd=package, stdout=full, stderr=subprocess.PIPE, check=False)

    assert done.returncode == 2
    assert b"No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


def test_standard_output_may_be_closed(package: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *COMMAND], cwd=package, stderr=subprocess.PIPE, check=False
    )

    assert (done.returncode, os.linesep.encode() in done.stderr) == (0, True)
