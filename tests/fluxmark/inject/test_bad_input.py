"""Bad input: one clear message with where and what to do, an exit status, and not one byte touched."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from fluxmark.__main__ import main
from inject_helpers import CONFIG, tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COMPOSE = "services:\n  web:\n    image: reg.io/app:1\n"


@pytest.fixture
def inject(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def call(*argv: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["fluxmark", "inject", *argv])
        status = main()
        return status, capsys.readouterr().err

    return call


def contents(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


FILES = {
    "unparsable": (b"image: [reg.io/app\nb: c: d\n", "bad.yaml:2:2: did not find expected ',' or ']'"),
    "tab": (b"services:\n\timage: reg.io/app\n", "bad.yaml:2:1: "),
    "UTF-16": ("services: reg.io/app".encode("utf-16"), "bad.yaml:1:1: the text is UTF-16 or UTF-32"),
    "not UTF-8": (b"a: b\nservices: reg.io/app \xff\n", "bad.yaml:2:22: byte 0xff is not UTF-8"),
    "control character": (
        b"services: reg.io/app\nb: \x07\n",
        "bad.yaml:2:4: the character '\\x07' is not",
    ),
    "deep": (b"services: reg.io/app\na: " + b"[" * 100_000, "bad.yaml:2:259: nesting is deeper than 256 levels"),
    "large": (b"# reg.io/app services\n" + b"#" * 100_000_000, "bad.yaml: the file has more than 32 MB"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_matters_and_cannot_be_read(
    case: str, tmp_path: Path, inject: Callable[..., tuple[int, str]]
) -> None:
    data, message = FILES[case]
    root = tree(tmp_path, {"compose.yaml": COMPOSE, "bad.yaml": ""})
    (root / "bad.yaml").write_bytes(data)
    before = contents(root)
    status, said = inject(str(root))
    assert status == 2
    assert f"{root}/{message}" in said
    assert contents(root) == before


def test_a_file_without_images_may_be_anything(tmp_path: Path, inject: Callable[..., tuple[int, str]]) -> None:
    root = tree(tmp_path, {"compose.yaml": COMPOSE, "other.yaml": "{{ if }}: [\n"})
    assert inject(str(root))[0] == 0


CONFIGS = {
    "no YAML": ("a: [", "fluxmark.yaml:1:5: "),
    "two documents": ("a: b\n---\nc: d\n", "fluxmark.yaml:1:1: expected one document"),
    "another kind": (
        "apiVersion: fluxmark.io/v1alpha1\nkind: ImageAutomatoin\n",
        "fluxmark.yaml:2:1: ",
    ),
    "misspelt key": (
        CONFIG.replace("  output: flux\n", "  output: flux\n  repository: {secretref: {name: x}}\n"),
        "fluxmark.yaml:6:16: spec.repository.secretref: ",
    ),
    "misplaced key": (CONFIG + "  insecure: true\n", "fluxmark.yaml:9:3: spec.insecure: "),
    "unknown Flux version": (CONFIG + '  fluxVersion: "0.1"\n', "fluxmark.yaml:9:3: spec.fluxVersion: "),
    "two images of one name": (
        CONFIG.replace("[{image: reg.io/app}]", "[{image: reg.io/app}, {image: x.io/app}]"),
        "has the name app of the image at",
    ),
    "absolute output": (
        CONFIG.replace("output: flux", "output: /flux"),
        "must be relative to the repository's root",
    ),
    "output outside": (CONFIG.replace("output: flux", "output: ../flux"), "must not leave the repository's root"),
    "tag format": (CONFIG.replace("main-<sha:7>-<unix>", "main-<shah>"), "fluxmark.yaml:6:3: spec.tagFormat: "),
}


@pytest.mark.parametrize("case", CONFIGS)
def test_a_configuration_that_is_wrong(case: str, tmp_path: Path, inject: Callable[..., tuple[int, str]]) -> None:
    config, message = CONFIGS[case]
    root = tree(tmp_path, {"compose.yaml": COMPOSE}, config)
    before = contents(root)
    status, said = inject(str(root))
    assert status == 2
    assert message in said
    assert contents(root) == before


def test_a_directory_or_configuration_that_is_not_there(
    tmp_path: Path, inject: Callable[..., tuple[int, str]]
) -> None:
    missing = f"{tmp_path}/missing"
    assert inject(missing) == (2, f"{missing}: does not exist; name the directory that holds the package\n")
    status, said = inject(str(tmp_path), "-c", f"{missing}.yaml")
    assert (status, said) == (2, f"{missing}.yaml: cannot be read: No such file or directory\n")


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes to read-only directories")
def test_a_read_only_directory(tmp_path: Path, inject: Callable[..., tuple[int, str]]) -> None:
    root = tree(tmp_path, {"sub/compose.yaml": COMPOSE})
    (root / "sub").chmod(0o555)
    before = contents(root)
    status, said = inject(str(root))
    (root / "sub").chmod(0o755)
    assert status == 2
    assert "no file was changed" in said
    assert contents(root) == before


def test_a_failing_write_is_said_and_leaves_every_file(
    tmp_path: Path, inject: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tree(tmp_path, {"a.yaml": COMPOSE, "b.yaml": COMPOSE})
    before = contents(root)
    real = os.fsync
    calls = []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) > 2:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr("os.fsync", full)
    status, said = inject(str(root))
    assert (status, said.splitlines()[-1]) == (2, "cannot write: No space left on device; no file was changed")
    assert contents(root) == before


def test_files_keep_their_modes(tmp_path: Path, inject: Callable[..., tuple[int, str]]) -> None:
    root = tree(tmp_path, {"a.yaml": COMPOSE})
    (root / "a.yaml").chmod(0o640)
    assert inject(str(root))[0] == 0
    assert stat.S_IMODE((root / "a.yaml").stat().st_mode) == 0o640


def test_a_link_is_written_through_and_one_that_leads_out_is_left(
    tmp_path: Path, inject: Callable[..., tuple[int, str]]
) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text(COMPOSE)
    root = tree(tmp_path / "root", {"real/a.yaml": COMPOSE})
    (root / "inside.yaml").symlink_to("real/a.yaml")
    (root / "out.yaml").symlink_to(outside)
    assert inject(str(root))[0] == 0
    assert (root / "inside.yaml").is_symlink()
    assert "$imagepolicy" in (root / "real/a.yaml").read_text()
    assert outside.read_text() == COMPOSE
