"""New content waits in a staging directory: out of Git, locked while its process lives, removed afterwards."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from krmfn.packages.atomic_write import WriteError
from krmfn.packages.package import Package
from krmfn.packages.staging import Staging, is_staging, remove_stale

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = ".krmfn-0123456789abcdef.tmp"


def left(root: Path) -> list[str]:
    """Return the staging directories below a directory."""
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if is_staging(path.name))


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def abandon(parent: Path, name: str = NAME, *files: str, ignore: str | None = "*\n") -> Path:
    """Make what a killed run leaves."""
    made = parent / name
    made.mkdir(parents=True)
    for file in files:
        (made / file).write_text("new content\n")
    if ignore is not None:
        (made / ".gitignore").write_text(ignore)
    return made


def test_git_does_not_see_a_staging_directory(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "below").mkdir()
    with Staging(str(tmp_path / "below")) as made:
        file = f"{made.beside(str(tmp_path / 'below'))}/0"
        os.close(os.open(file, os.O_CREAT))
        subprocess.run(["git", "add", "-A"], cwd=tmp_path, check=True)
        seen = subprocess.run(["git", "status", "--porcelain"], cwd=tmp_path, capture_output=True, check=True)
        assert left(tmp_path)
    assert seen.stdout == b""
    assert left(tmp_path) == []


@pytest.mark.parametrize("files", [(), ("0",), ("0", "17")])
@pytest.mark.parametrize("ignore", ["*\n", ""])
@pytest.mark.parametrize("below", [".", "a/b"])
def test_the_next_run_removes_what_a_killed_one_left(
    tmp_path: Path, files: tuple[str, ...], ignore: str, below: str
) -> None:
    abandon(tmp_path / below, NAME, *files, ignore=ignore)
    package = Package(tmp_path)
    assert list(package.walk(lambda _: True)) == []
    package.write({})
    assert left(tmp_path) == []


def test_an_empty_directory_of_a_run_that_was_killed_at_once_is_removed(tmp_path: Path) -> None:
    abandon(tmp_path, ignore=None)
    Package(tmp_path).write({})
    assert left(tmp_path) == []


def test_the_staging_directory_of_a_living_run_stays(tmp_path: Path) -> None:
    with Staging(str(tmp_path)) as made:
        place = made.beside(str(tmp_path))
        program = f"from krmfn.packages.package import Package; Package({str(tmp_path)!r}).write({{'x': 'x'}})"
        subprocess.run([sys.executable, "-c", program], check=True)
        assert [str(tmp_path / name) for name in left(tmp_path)] == [place]
    assert left(tmp_path) == []


def test_a_directory_of_such_a_name_that_holds_something_else_stays(tmp_path: Path) -> None:
    named = abandon(tmp_path, NAME, "0", "notes.yaml")
    other = abandon(tmp_path, NAME.replace("0", "f"), "0", ignore="!*\n")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/0").write_text("mine")
    (tmp_path / "elsewhere/.gitignore").write_text("*\n")
    link = tmp_path / NAME.replace("1", "e")
    link.symlink_to("elsewhere")
    file = tmp_path / NAME.replace("2", "e")
    file.touch()

    Package(tmp_path).write({})

    assert names(named) == [".gitignore", "0", "notes.yaml"]
    assert names(other) == [".gitignore", "0"]
    assert (link / "0").read_text() == "mine"
    assert file.exists()


def test_a_run_that_is_taken_for_a_stale_one_before_its_lock_makes_another_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open
    taken: list[str] = []

    def slow(name: str, flags: int, mode: int = 0o777) -> int:
        if name.endswith(".gitignore") and not taken:
            taken.append(name.rpartition("/")[0])
            remove_stale(taken)
        return real(name, flags, mode)

    monkeypatch.setattr(os, "open", slow)
    with Staging(str(tmp_path)) as made:
        assert made.beside(str(tmp_path)) not in taken


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A directory whose subdirectories `other` and `same` are mounts, of another file system and of the same."""
    for name in ("other", "same", "source"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.yaml").write_text("old")
    mounts = [["-t", "tmpfs", "none", "other"], ["--bind", "source", "same"]]
    done = [arguments[-1] for arguments in mounts if not subprocess.call(["mount", *arguments], cwd=tmp_path)]
    yield tmp_path
    for name in done:
        subprocess.run(["umount", name], cwd=tmp_path, check=True)
    if len(done) < len(mounts):
        pytest.skip("mounting is not allowed here")


def test_files_on_other_mounts_are_staged_there(mounted: Path) -> None:
    texts: dict[str, str | None] = {"a.yaml": "1", "other/a.yaml": "2", "same/a.yaml": "3", "same/new/b.yaml": "4"}
    Package(mounted).write(texts)
    assert {name: (mounted / name).read_text() for name in texts} == texts
    assert left(mounted) == []


def test_a_root_where_nothing_can_be_made_does_not_stop_a_change_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").mkdir()
    real = os.mkdir

    def mkdir(path: str, mode: int = 0o777) -> None:
        if path.rpartition("/")[0] == str(tmp_path):
            raise PermissionError(13, "Permission denied", path)
        real(path, mode)

    monkeypatch.setattr(os, "mkdir", mkdir)
    Package(tmp_path).write({"a/x.yaml": "new"})
    assert (tmp_path / "a/x.yaml").read_text() == "new"
    with pytest.raises(WriteError, match="Permission denied; no file was changed"):
        Package(tmp_path).write({"x.yaml": "new"})


# what another program does between two renames


def test_a_change_while_files_are_renamed_stops_before_that_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("a.yaml", "b.yaml", "c.yaml")
    for name in names:
        (tmp_path / name).write_text("old")
    package = Package(tmp_path)
    for name in names:
        package.read(name)
    real = os.replace

    def replace(source: str, target: str) -> None:
        real(source, target)
        (tmp_path / "b.yaml").write_text("theirs")

    monkeypatch.setattr(os, "replace", replace)
    shown = [str(tmp_path / name) for name in names]
    with pytest.raises(WriteError) as caught:
        package.write(dict.fromkeys(names, "ours"))

    assert [(tmp_path / name).read_text() for name in names] == ["ours", "theirs", "old"]
    assert str(caught.value) == (
        f"cannot write: {shown[1]} was changed by another program meanwhile; replaced: {shown[0]}; "
        f"not replaced: {shown[1]}, {shown[2]}; run it again to finish"
    )
    assert left(tmp_path) == []


# what a file has next to its content


def test_extended_attributes_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("old")
    try:
        os.setxattr(file, "user.origin", b"here")
    except (AttributeError, OSError):
        pytest.skip("this file system has no extended attributes")
    assert Package(tmp_path).write({"a.yaml": "new"}) == []
    assert os.getxattr(file, "user.origin") == b"here"


def test_attributes_that_cannot_be_kept_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("old")

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "listxattr", lambda *_args, **_kwargs: ["user.origin"])
    monkeypatch.setattr(os, "getxattr", lambda *_args, **_kwargs: b"here" if _kwargs else b"")
    monkeypatch.setattr(os, "setxattr", refuse)
    assert Package(tmp_path).write({"a.yaml": "new"}) == [f"{file}: extended attributes are lost: user.origin"]


def test_a_hard_link_that_keeps_the_old_content_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("old")
    os.link(file, tmp_path / "b.yaml")
    assert Package(tmp_path).write({"a.yaml": "new"}) == [f"{file}: 1 other hard link keeps the old content"]
    assert (tmp_path / "b.yaml").read_text() == "old"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to someone else")
def test_the_owner_is_kept_where_that_is_allowed_and_reported_where_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("old")
    os.chown(file, 1234, 1235)
    assert Package(tmp_path).write({"a.yaml": "new"}) == []
    assert (file.stat().st_uid, file.stat().st_gid) == (1234, 1235)

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", refuse)
    assert Package(tmp_path).write({"a.yaml": "newer"}) == [
        f"{file}: its owner changes from 1234 to {os.geteuid()}",
        f"{file}: its group changes from 1235 to {os.getegid()}",
    ]


def test_a_new_file_gets_the_group_that_its_directory_passes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a").chmod(0o2755 | stat.S_ISGID)
    groups = []
    monkeypatch.setattr(os, "fchown", lambda _handle, _owner, group: groups.append(group))
    Package(tmp_path).write({"a/x.yaml": "new", "y.yaml": "new"})
    assert groups == [(tmp_path / "a").stat().st_gid]
