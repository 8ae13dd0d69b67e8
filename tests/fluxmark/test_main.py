"""The process: what it prints arrives, and what it cannot print is said.

What was written is said in every way in which a run can end.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

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


def test_a_reader_that_goes_away_is_not_a_failure(package: Path) -> None:
    with subprocess.Popen(COMMAND, cwd=package, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        error = process.stderr.read()

    assert process.returncode == 0
    assert b"Traceback" not in error


def test_a_reader_that_goes_away_does_not_hide_findings(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text('a: x # {"$imagePolicy": "ns:app"}\n' * VALUES)
    command = [sys.executable, "-m", "fluxmark", "check", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
    assert process.returncode == 1


# how a run can end

FILES = ("a.yaml", "b/c.yaml", "d.yaml")
OLD = 'kind: Pod\nimage: x # {"$imagepolicy": "ns:app"}\n'
LATEST = '{"ns:app": {"name": "reg.io/app", "tag": "1"}}'
NEW = OLD.replace("x", "reg.io/app:1")
SELECT = ["select", "--tags", "latest.json", "."]
UPDATE = ["update", "--latest", "latest.json", "."]
SIGNALLED = """
import os, signal, sys
name, nth, number = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in a shell's background
    signal.signal(signal.SIGINT, signal.default_int_handler)
real = getattr(os, name)
def call(*arguments):
    global nth
    nth -= 1
    if nth == 0:
        os.kill(os.getpid(), number)
    return real(*arguments)
setattr(os, name, call)
sys.argv[:4] = ["fluxmark"]
from fluxmark.__main__ import run
run()
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A directory with three files to update."""
    (tmp_path / "latest.json").write_text(LATEST)
    for name in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(OLD)
    return tmp_path


def texts(root: Path) -> dict[str, str]:
    found = {path.relative_to(root).as_posix(): path.read_text() for path in root.rglob("*") if path.is_file()}
    del found["latest.json"]
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_signal_before_the_first_rename_leaves_everything_as_it_was(root: Path, nth: int, number: int) -> None:
    command = [sys.executable, "-c", SIGNALLED, "fsync", str(nth), str(int(number)), *UPDATE]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (128 + number, "interrupted; nothing was written\n")
    assert texts(root) == dict.fromkeys(FILES, OLD)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize("nth", [1, 3])
def test_a_signal_while_files_are_renamed_waits_until_all_are(root: Path, nth: int, number: int) -> None:
    command = [sys.executable, "-c", SIGNALLED, "replace", str(nth), str(int(number)), *UPDATE]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    said = "interrupted; these files were written: a.yaml, b/c.yaml, d.yaml\n"
    assert (done.returncode, done.stderr) == (128 + number, said)
    assert texts(root) == dict.fromkeys(FILES, NEW)


def test_a_signal_that_is_ignored_stays_so(root: Path) -> None:
    command = [sys.executable, "-c", SIGNALLED, "fsync", "1", str(int(signal.SIGHUP)), *UPDATE]
    done = subprocess.run(["sh", "-c", 'trap "" HUP; exec "$@"', "sh", *command], cwd=root, check=False)
    assert done.returncode == 0
    assert texts(root) == dict.fromkeys(FILES, NEW)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(
    "arguments", [UPDATE, ["inject", "."], ["check", "."], ["select", "--tags", "latest.json", "."]]
)
def test_closed_streams_change_nothing_but_what_is_shown(root: Path, arguments: list[str], closed: str) -> None:
    command = [sys.executable, "-m", "fluxmark", *arguments]
    expected = subprocess.run(command, cwd=root, capture_output=True, check=False)
    after = texts(root)
    for name in FILES:
        (root / name).write_text(OLD)
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *command], cwd=root, capture_output=True, check=False
    )
    assert done.returncode == expected.returncode
    assert texts(root) == after
    assert done.stdout == (b"" if " >" in f" {closed}" else expected.stdout)
    assert done.stderr == (b"" if "2>" in closed else expected.stderr)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- 2>&-"])
def test_a_function_without_input_or_output_fails(closed: str) -> None:
    given = b"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n"
    command = [sys.executable, "-m", "fluxmark"]
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *command], input=given, capture_output=True, check=False
    )
    name = {"<&-": "input", ">&-": "output"}.get(closed)
    if closed == "2>&-":
        assert (done.returncode, done.stdout) == (0, given)
    else:
        assert (done.returncode, done.stdout) == (2 if "<" in closed else 1, b"")
        assert f"fluxmark: standard {name} is closed" in done.stderr.decode() or "2>" in closed
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_full_disk_after_a_stream_fails_the_run_and_the_files_are_named(root: Path, stream: str) -> None:
    command = [sys.executable, "-m", "fluxmark", *UPDATE]
    streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, cwd=root, check=False, **(streams | {stream: full}))
    assert done.returncode == 2
    assert texts(root) == dict.fromkeys(FILES, NEW)
    if stream == "stdout":
        assert done.stderr == (
            b"cannot write to standard output: No space left on device; "
            b"these files were written: a.yaml, b/c.yaml, d.yaml\n"
        )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_function_whose_list_cannot_be_printed_fails() -> None:
    given = b"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n"
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "fluxmark"]
        done = subprocess.run(command, input=given, stdout=full, stderr=subprocess.PIPE, check=False)
    said = b"fluxmark: cannot write to standard output: No space left on device\n"
    assert (done.returncode, done.stderr) == (1, said)
