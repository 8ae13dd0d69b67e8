"""One limit on the size of files holds for every command and every way in which a file is read."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from fluxmark.__main__ import main
from fluxmark.commands import load_config
from krmfn.errors import InputError
from krmfn.packages import limits
from krmfn.packages.input_file import text_of

if TYPE_CHECKING:
    from pathlib import Path

MARKED = 'kind: A\nimage: x # {"$imagepolicy": "flux-system:app"}\n'
GROUP = "apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImagePolicy\nmetadata: {name: a, namespace: a}\n"
LATEST = '{"flux-system:app": {"name": "reg.io/app", "tag": "1"}}'
COMMANDS = [
    ["inject"],
    ["check"],
    ["check", "--fix"],
    ["select", "--tags", "tags.json"],
    ["update"],
    ["update", "--latest", "latest.json"],
    ["update", "--tags", "tags.json"],
]


def run(root: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.chdir(root)
    monkeypatch.setattr(sys, "argv", ["fluxmark", *arguments])
    return main()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with a file above the limit, which is 1 MiB here."""
    monkeypatch.setenv(limits.VARIABLE, "1")
    (tmp_path / "big.yaml").write_text(MARKED + GROUP + f"data: {'x' * (1 << 20)}\n")
    (tmp_path / "latest.json").write_text(LATEST)
    (tmp_path / "tags.json").write_text('{"reg.io/app": ["1"]}')
    return tmp_path


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_command_reads_a_file_above_the_limit(
    root: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (root / "big.yaml").read_text()
    status = run(root, arguments, monkeypatch)
    error = capsys.readouterr().err
    assert "big.yaml: the file has more than 1 MB, the limit for such files" in error
    assert status == 2 or "skipped: " in error
    assert (root / "big.yaml").read_text() == before


@pytest.mark.parametrize("option", ["--latest", "--tags"])
@pytest.mark.parametrize("stdin", [False, True])
def test_no_list_above_the_limit_is_read(root: Path, option: str, stdin: bool) -> None:
    (root / "big.yaml").unlink()
    (root / "list.json").write_text(" " * (1 << 20) + LATEST)
    command = [sys.executable, "-m", "fluxmark", "update", option, "-" if stdin else "list.json"]
    with (root / "list.json").open() as given:
        done = subprocess.run(command, cwd=root, stdin=given, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "the file has more than 1 MB" in done.stderr


def test_a_configuration_has_a_limit_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fluxmark.yaml").write_text("x" * (load_config.LARGEST + 1))
    with pytest.raises(InputError, match=r"fluxmark.yaml: the file has more than 4 MB, the limit for such files$"):
        load_config.load(None, tmp_path)
    monkeypatch.setenv(limits.VARIABLE, "1")
    (tmp_path / "x.yaml").write_text("x" * (1 << 20))
    assert text_of(tmp_path / "x.yaml")


def test_a_stream_without_an_end_is_read_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(limits.VARIABLE, "1")
    with pytest.raises(InputError, match="/dev/zero: the file has more than 1 MB"):
        text_of("/dev/zero")


@pytest.mark.parametrize("value", ["0", "-1", "x", "1.5", "1" * 20, "²"])
def test_a_limit_that_is_not_a_number_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(limits.VARIABLE, value)
    with pytest.raises(InputError, match="is not a number of MiB above 0"):
        limits.check("x", 1)
