"""A package: a directory of files, read as text and written all or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from krmfn.text import InputError, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SKIPPED_DIRECTORIES = frozenset((".git",))
NEW_FILE_MODE = 0o644


class WriteError(OSError):
    """Files could not be written; the message says which already were and which were not."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a file looked like when it was read: inode, size and time of change in nanoseconds."""

    inode: int
    size: int
    changed: int


class Package:
    """A directory whose files are named by paths relative to it, with forward slashes.

    Nothing outside the directory is ever read or written: a path is resolved, symbolic links included, and its
    parts are compared.
    """

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)
        if not self.root.is_dir():
            what = "is no directory" if self.root.exists() else "does not exist"
            raise InputError(f"{self.root}: {what}; name the directory that holds the package")
        self._resolved = self.root.resolve()
        self._seen: dict[str, _Seen] = {}

    def walk(self, accepts: Callable[[str], bool], below: str = ".") -> Iterator[str]:
        """Yield the paths of the files below a directory whose name is accepted, in lexical order.

        Hidden directories count, `.git` does not; symbolic links to directories are not followed.
        """
        if below == ".":
            yield from self._walk(self.root, "", accepts)
        else:
            yield from self._walk(self._inside(below), f"{below}/", accepts)

    def exists(self, path: str) -> bool:
        """Tell whether there is a file at a path."""
        return self._inside(path).is_file()

    def is_directory(self, path: str) -> bool:
        """Tell whether there is a directory at a path."""
        return self._inside(path).is_dir()

    def size(self, path: str) -> int:
        """Return a file's size in bytes."""
        return self._inside(path).stat().st_size

    def read_bytes(self, path: str) -> bytes:
        """Read a file's bytes, and remember what it looked like for `write`.

        Raises InputError for a file that cannot be read or lies outside.
        """
        target = self._inside(path)
        try:
            with target.open("rb") as file:
                self._seen[path] = _seen(os.fstat(file.fileno()))
                return file.read()
        except OSError as error:
            raise InputError(f"{self.show(path)}: cannot be read: {_reason(error)}") from None

    def read(self, path: str) -> str:
        """Read a file's text.

        Raises InputError for a file that cannot be read, lies outside, or is not UTF-8.
        """
        return decode(self.read_bytes(path), self.show(path))

    def write(self, texts: Mapping[str, str]) -> None:
        """Write files, existing and new; either all of them are replaced, or the error says which were.

        Every text is first written to a temporary file beside its target and flushed to the disk; only then
        are the targets replaced, one rename each. Modes are kept, symbolic links are written through.

        Raises WriteError, and InputError for a path that leads outside.
        """
        targets = {path: self._inside(path) for path in texts}
        ready: dict[str, Path] = {}
        made: list[Path] = []
        done: list[str] = []
        try:
            for path, text in texts.items():
                self._unchanged(path, targets[path])
                made += _make_directories(targets[path].parent)
                ready[path] = _write_beside(targets[path], text)
            for path, temporary in ready.items():
                temporary.replace(targets[path])
                done.append(path)
        except OSError as error:
            raise WriteError(self._failure(texts, done, error)) from None
        finally:
            for path, temporary in ready.items():
                if path not in done:
                    temporary.unlink(missing_ok=True)
            if not done:
                for directory in reversed(made):
                    with contextlib.suppress(OSError):
                        directory.rmdir()

    def show(self, path: str) -> str:
        """Return a path as a user of the command would write it."""
        return path if str(self.root) == "." else str(self.root / path)

    def _walk(self, directory: Path, prefix: str, accepts: Callable[[str], bool]) -> Iterator[str]:
        try:
            with os.scandir(directory) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            raise InputError(f"{directory}: cannot be read: {_reason(error)}") from None
        for entry in entries:
            path = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED_DIRECTORIES:
                    yield from self._walk(directory / entry.name, f"{path}/", accepts)
            elif accepts(entry.name) and self._is_file(entry, path):
                yield path

    def _is_file(self, entry: os.DirEntry[str], path: str) -> bool:
        """Tell whether an entry is a file of this package; a link that leads out of it is not."""
        if not entry.is_symlink():
            return entry.is_file()
        with contextlib.suppress(InputError):
            return self._inside(path).is_file()
        return False

    def _inside(self, path: str) -> Path:
        """Return the resolved file of a path."""
        if path.startswith("/"):
            raise InputError(f"{path}: the path is absolute; write it relative to {self.root}")
        # os.path, not pathlib: a package may have thousands of files
        root = str(self._resolved)
        target = os.path.realpath(f"{root}/{path}")
        if os.path.commonpath((root, target)) != root:
            raise InputError(f"{path}: the path leads out of {self.root}")
        return Path(target)

    def _unchanged(self, path: str, target: Path) -> None:
        seen = self._seen.get(path)
        if seen is not None and (not target.exists() or _seen(target.stat()) != seen):
            raise OSError(f"{self.show(path)} was changed by another program meanwhile")

    def _failure(self, texts: Mapping[str, str], done: list[str], error: OSError) -> str:
        message = f"cannot write: {_reason(error)}"
        if not done:
            return f"{message}; no file was changed"
        left = [path for path in texts if path not in done]
        return f"{message}; replaced: {', '.join(done)}; not replaced: {', '.join(left)}; run it again to finish"


def _seen(status: os.stat_result) -> _Seen:
    return _Seen(status.st_ino, status.st_size, status.st_mtime_ns)


def _make_directories(directory: Path) -> list[Path]:
    missing = []
    while not directory.exists():
        missing.append(directory)
        directory = directory.parent
    missing.reverse()
    for path in missing:
        path.mkdir()
    return missing


def _write_beside(target: Path, text: str) -> Path:
    """Write a temporary file beside the target, with its mode, flushed to the disk."""
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else NEW_FILE_MODE
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _reason(error: OSError) -> str:
    if error.strerror is None:
        return str(error)
    return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
