"""A package is written all or not at all, never outside, and with its modes and links."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING, Any

import pytest

from krmfn.errors import InputError
from krmfn.packages.atomic_write import WriteError
from krmfn.packages.package import Package

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "package"
    (made / "b").mkdir(parents=True)
    for name in ("a.yaml", "b/c.yaml", "d.yaml"):
        (made / name).write_text(f"{name}\n")
    return made


def texts(root: Path) -> dict[str, str]:
    """Every file below a directory, temporary ones included."""
    return {str(path.relative_to(root)): path.read_text() for path in sorted(root.rglob("*")) if path.is_file()}


def test_files_are_found_in_lexical_order_and_git_is_not_looked_into(root: Path) -> None:
    for name in (".git/x.yaml", ".github/w.yaml", "b.yaml", "b/.hidden.yaml"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("")
    found = list(Package(root).walk(lambda name: name.endswith(".yaml")))
    assert found == [".github/w.yaml", "a.yaml", "b/.hidden.yaml", "b/c.yaml", "b.yaml", "d.yaml"]
    assert list(Package(root).walk(lambda _: True, "b")) == ["b/.hidden.yaml", "b/c.yaml"]


def test_texts_keep_their_bytes(root: Path) -> None:
    package = Package(root)
    text = "\ufeffa: 1\r\nb: ü\r"
    package.write({"new/dir/x.yaml": text})
    assert (root / "new/dir/x.yaml").read_bytes() == text.encode()
    assert package.read("new/dir/x.yaml") == text


def test_the_mode_of_a_file_stays_and_a_new_one_is_for_all_to_read(root: Path) -> None:
    (root / "a.yaml").chmod(0o750)
    Package(root).write({"a.yaml": "x", "n.yaml": "y"})
    assert stat.S_IMODE((root / "a.yaml").stat().st_mode) == 0o750
    assert stat.S_IMODE((root / "n.yaml").stat().st_mode) == 0o644


def test_a_link_is_written_through(root: Path) -> None:
    (root / "link.yaml").symlink_to("b/c.yaml")
    Package(root).write({"link.yaml": "new"})
    assert (root / "link.yaml").is_symlink()
    assert (root / "b/c.yaml").read_text() == "new"


def test_a_link_and_its_target_are_one_file(root: Path) -> None:
    (root / "link.yaml").symlink_to("b/c.yaml")
    Package(root).write({"link.yaml": "new", "b/c.yaml": "new"})
    assert (root / "b/c.yaml").read_text() == "new"
    with pytest.raises(InputError, match=r"link.yaml and b/c.yaml name the same file"):
        Package(root).write({"link.yaml": "one", "b/c.yaml": "other"})
    assert (root / "b/c.yaml").read_text() == "new"


@pytest.mark.parametrize(
    "path", ["../x.yaml", "/etc/x.yaml", "b/../../x.yaml", "out/x.yaml", "out.yaml", "round", "a\0b"]
)
def test_nothing_outside_is_read_or_written(root: Path, path: str) -> None:
    (root.parent / "elsewhere").mkdir()
    (root.parent / "elsewhere/x.yaml").write_text("secret")
    (root / "out").symlink_to(root.parent / "elsewhere")
    (root / "out.yaml").symlink_to(root.parent / "elsewhere/x.yaml")
    (root / "round").symlink_to("round")
    package = Package(root)
    with pytest.raises(InputError):
        package.read(path)
    with pytest.raises(InputError):
        package.write({path: "evil"})
    assert texts(root.parent / "elsewhere") == {"x.yaml": "secret"}
    assert list(package.walk(lambda name: name.endswith(".yaml"))) == ["a.yaml", "b/c.yaml", "d.yaml"]


def test_a_directory_with_a_similar_name_is_outside(root: Path) -> None:
    (root.parent / "package-other").mkdir()
    with pytest.raises(InputError, match="leads out"):
        Package(root).write({"../package-other/x": ""})


def test_a_pipe_is_not_waited_for(root: Path) -> None:
    os.mkfifo(root / "pipe")
    with pytest.raises(InputError, match="is not a file"):
        Package(root).read("pipe")
    assert "pipe" not in list(Package(root).walk(lambda _: True))


@pytest.mark.parametrize("change", ["rewrite", "replace", "remove"])
def test_a_file_that_another_program_changed_meanwhile_stops_everything(root: Path, change: str) -> None:
    package = Package(root)
    assert package.read("b/c.yaml") == "b/c.yaml\n"
    if change == "rewrite":
        (root / "b/c.yaml").write_text("theirs")
    elif change == "replace":
        (root / "theirs").write_text("b/c.yaml\n")
        (root / "theirs").replace(root / "b/c.yaml")
    else:
        (root / "b/c.yaml").unlink()
    before = texts(root)
    with pytest.raises(
        WriteError, match=r"b/c.yaml was changed by another program meanwhile; no file was changed"
    ):
        package.write({"a.yaml": "ours", "b/c.yaml": "ours"})
    assert texts(root) == before


def test_a_read_only_file_stops_everything(root: Path) -> None:
    (root / "d.yaml").chmod(0o444)
    before = texts(root)
    with pytest.raises(WriteError, match=r"d.yaml is read-only; no file was changed"):
        Package(root).write({"a.yaml": "new", "d.yaml": "new"})
    assert texts(root) == before


def test_files_are_deleted_after_the_others_were_written(root: Path) -> None:
    Package(root).write({"a.yaml": None, "n.yaml": "new"})
    assert texts(root) == {"b/c.yaml": "b/c.yaml\n", "d.yaml": "d.yaml\n", "n.yaml": "new"}


class Fault:
    """Lets the nth call of a function fail, as a full disk would."""

    def __init__(self, function: Any, nth: int, code: int = errno.ENOSPC) -> None:
        self.function, self.left, self.code = function, nth, code

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.left -= 1
        if self.left == 0:
            raise OSError(self.code, os.strerror(self.code))
        return self.function(*args, **kwargs)


NEW = {"a.yaml": "new a", "b/c.yaml": "new c", "new/e.yaml": "new e"}


@pytest.fixture(params=[(name, nth) for name in ("open", "fsync", "fchmod", "write") for nth in (1, 2, 3)])
def fault(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    name, nth = request.param
    monkeypatch.setattr(os, name, Fault(getattr(os, name), nth))
    yield name
    monkeypatch.undo()


def test_a_full_disk_leaves_every_file_as_it_was(root: Path, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    del fault
    before = texts(root)
    with pytest.raises(WriteError, match=r"No space left on device; no file was changed"):
        Package(root).write(NEW)
    monkeypatch.undo()
    assert texts(root) == before
    assert not (root / "new").exists()


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_what_was_replaced_and_what_not_is_said_when_a_rename_fails(
    root: Path, nth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.replace
    count = 0

    def replace(temporary: str, target: str) -> None:
        nonlocal count
        count += 1
        if count == nth:
            raise OSError(errno.EIO, os.strerror(errno.EIO), target)
        real(temporary, target)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(WriteError) as caught:
        Package(root).write(NEW)
    monkeypatch.undo()
    names = list(NEW)
    done, left = names[: nth - 1], names[nth - 1 :]
    found = texts(root)
    assert all(found[name] == NEW[name] for name in done)
    assert all(found.get(name) != NEW[name] for name in left)
    assert not [name for name in found if name.endswith(".tmp")]
    said = str(caught.value)
    assert "Input/output error" in said
    shown_done, shown_left = (", ".join(str(root / name) for name in names) for names in (done, left))
    expected = f"replaced: {shown_done}; not replaced: {shown_left}; run it again" if done else "no file"
    assert expected in said


def test_a_disk_that_takes_a_byte_at_a_time_gets_the_whole_text(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda handle, data: real(handle, data[:1]))
        Package(root).write(NEW)
    assert texts(root) == {"d.yaml": "d.yaml\n", **NEW}


@pytest.mark.parametrize("swap", ["file", "directory"])
def test_a_link_that_takes_the_place_of_what_was_read_leads_nowhere(root: Path, swap: str) -> None:
    (root.parent / "elsewhere").mkdir()
    (root.parent / "elsewhere/c.yaml").write_text("theirs")
    package = Package(root)
    for path in package.walk(lambda name: name.endswith(".yaml")):
        package.read(path)
    if swap == "file":
        (root / "b/c.yaml").unlink()
        (root / "b/c.yaml").symlink_to(root.parent / "elsewhere/c.yaml")
    else:
        (root / "b").rename(root / "old")
        (root / "b").symlink_to(root.parent / "elsewhere")
    with pytest.raises((InputError, WriteError)):
        package.write({"a.yaml": "ours", "b/c.yaml": "ours"})
    assert (root.parent / "elsewhere/c.yaml").read_text() == "theirs"
    assert (root / "a.yaml").read_text() == "a.yaml\n"


def test_an_interrupt_leaves_no_temporary_file(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_handle: int) -> None:
        raise KeyboardInterrupt

    before = texts(root)
    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        Package(root).write(NEW)
    monkeypatch.undo()
    assert texts(root) == before


def test_a_directory_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="does not exist"):
        Package(tmp_path / "nowhere")
    with pytest.raises(InputError, match="is not a directory"):
        Package(tmp_path / "file")


@pytest.fixture(params=["here", "ahead"])
def searched(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Searches by this process, and by one of its own."""
    from krmfn.packages import package, process_pool

    monkeypatch.setattr(process_pool, "_processors", lambda: 2)
    monkeypatch.setattr(package, "_MANY", 1 if request.param == "ahead" else 1_000_000)


@pytest.mark.usefixtures("searched")
def test_a_search_finds_the_files_with_one_of_its_words(root: Path) -> None:
    (root / "e.yaml").write_text("other\n")
    (root / "f.txt").write_text("a.yaml\n")
    (root / "link.yaml").symlink_to("/etc/passwd")

    finish = Package(root).search(lambda name: name.endswith(".yaml"), [b"a.y", b"c.y", b"aml"])

    files = {"a.yaml": b"a.yaml\n", "b/c.yaml": b"b/c.yaml\n", "d.yaml": b"d.yaml\n"}
    assert finish() == (files, [])
    assert Package(root).search(lambda _: False, [b"a"])() == ({}, [])


@pytest.mark.usefixtures("searched")
def test_a_search_names_what_it_cannot_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def refuse(name: str, *arguments: int) -> int:
        if name.endswith("d.yaml"):
            raise PermissionError(13, "Permission denied", name)
        return real(name, *arguments)

    monkeypatch.setattr(os, "open", refuse)
    found = Package(root).search(lambda _: True, [b"yaml"])()

    assert list(found.files) == ["a.yaml", "b/c.yaml"]
    assert found.unreadable == [f"{root}/d.yaml: cannot be read: Permission denied"]


@pytest.mark.usefixtures("searched")
def test_a_file_that_changed_since_the_search_stops_everything(root: Path) -> None:
    package = Package(root)
    package.search(lambda _: True, [b"yaml"])()
    (root / "d.yaml").write_text("changed\n")

    with pytest.raises(WriteError, match="changed by another program"):
        package.write({"a.yaml": "x\n", "d.yaml": "y\n"})
    assert (root / "a.yaml").read_text() == "a.yaml\n"


def test_a_file_that_grows_meanwhile_is_read_to_its_end(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fstat

    def before_it_grew(handle: int) -> os.stat_result:
        status = real(handle)
        with (root / "a.yaml").open("a") as file:
            file.write("more\n" * 1000)
        return status

    monkeypatch.setattr(os, "fstat", before_it_grew)
    assert Package(root).read("a.yaml") == "a.yaml\n" + "more\n" * 1000
