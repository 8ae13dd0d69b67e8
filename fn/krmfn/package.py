"""A package: a directory of files, read as text and written all or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from krmfn.text import InputError, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SKIPPED_DIRECTORIES = frozenset((".git",))
NEW_FILE_MODE = 0o644
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)


class WriteError(OSError):
    """Files could not be written; the message says which already were and which were not."""


class _Seen(NamedTuple):
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
        self._plain: set[str] = set()  # found by walking: files, and no link leads to them

    def walk(self, accepts: Callable[[str], bool], below: str = ".") -> Iterator[str]:
        """Yield the paths of the files below a directory whose name is accepted, in lexical order.

        Hidden directories count, `.git` does not; symbolic links to directories are not followed.
        """
        start, prefix = (self.root, "") if below == "." else (self._inside(below), f"{below}/")
        stack = [iter(self._entries(start, prefix))]
        while stack:
            for path, entry in stack[-1]:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in SKIPPED_DIRECTORIES:
                        stack.append(iter(self._entries(Path(entry.path), f"{path}/")))
                        break
                elif accepts(entry.name) and self._is_file(entry, path, linked=below != "."):
                    yield path
            else:
                stack.pop()

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

        Raises InputError for what is no file, cannot be read or lies outside.
        """
        target = self._resolved / path if path in self._plain else self._inside(path)
        try:
            if path not in self._plain and target.exists() and not target.is_file():
                raise InputError(f"{self.show(path)}: is no file")  # opening a pipe would wait forever
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

    def write(self, texts: Mapping[str, str | None]) -> None:
        """Write files, existing and new; either all of them are replaced, or the error says which were.

        Every text is first written to a temporary file beside its target and flushed to the disk; only then
        are the targets replaced, one rename each. Modes are kept, symbolic links are written through. None
        deletes a file, after all others were written.

        Raises WriteError: where a file cannot be written, is read-only, or was changed since it was read; and
        InputError for a path that leads outside, or two texts for the same file.
        """
        targets = self._targets(texts)
        ready: dict[str, Path] = {}
        made: list[Path] = []
        done: list[str] = []
        try:
            for path, target in targets.items():
                text = texts[path]
                self._check(path, target)
                if text is not None:
                    _make_directories(target.parent, made)
                    ready[path] = _write_beside(target, text)
            for path, target in targets.items():
                self._check(path, target)
            for path in sorted(targets, key=lambda path: texts[path] is None):
                if path in ready:
                    ready[path].replace(targets[path])
                else:
                    targets[path].unlink()
                done.append(path)
            _flush({target.parent for target in targets.values()})
        except OSError as error:
            raise WriteError(self._failure(targets, done, error)) from None
        finally:
            for path, temporary in ready.items():
                if path not in done:
                    with contextlib.suppress(OSError):
                        temporary.unlink(missing_ok=True)
            if not done:
                for directory in reversed(made):
                    with contextlib.suppress(OSError):
                        directory.rmdir()
        for path in done:
            self._seen.pop(path, None)

    def show(self, path: str) -> str:
        """Return a path as a user of the command would write it."""
        return path if str(self.root) == "." else str(self.root / path)

    def _entries(self, directory: Path, prefix: str) -> list[tuple[str, os.DirEntry[str]]]:
        try:
            with os.scandir(directory) as found:
                return [(prefix + entry.name, entry) for entry in sorted(found, key=lambda entry: entry.name)]
        except OSError as error:
            raise InputError(f"{directory}: cannot be read: {_reason(error)}") from None

    def _is_file(self, entry: os.DirEntry[str], path: str, *, linked: bool) -> bool:
        """Tell whether an entry is a file of this package; a link that leads out of it is not."""
        if entry.is_symlink():
            with contextlib.suppress(InputError):
                return self._inside(path).is_file()
            return False
        if entry.is_file() and not linked:
            self._plain.add(path)
        return entry.is_file()

    def _inside(self, path: str) -> Path:
        """Return the resolved file of a path."""
        pure = PurePosixPath(path)
        if pure.is_absolute():
            raise InputError(f"{path}: the path is absolute; write it relative to {self.root}")
        try:
            target = (self._resolved / pure).resolve()
        except (OSError, RuntimeError, ValueError) as error:  # links in a circle, a NUL in the name
            raise InputError(f"{self.show(path)!r}: is no path: {error}") from None
        if not target.is_relative_to(self._resolved):
            raise InputError(f"{path}: the path leads out of {self.root}")
        return target

    def _targets(self, texts: Mapping[str, str | None]) -> dict[str, Path]:
        """Return the file of every path; of several paths to one file, a link and its target, the first only."""
        names: dict[Path, str] = {}
        for path, text in texts.items():
            other = names.setdefault(self._inside(path), path)
            if texts[other] != text:
                raise InputError(f"{other} and {path} name the same file, which cannot have two texts")
        return {path: target for target, path in names.items()}

    def _check(self, path: str, target: Path) -> None:
        """Raise OSError for a file that is not to be written: it is read-only, or not what was read."""
        status = target.stat() if target.exists() else None
        seen = self._seen.get(path)
        if seen is not None and (status is None or _seen(status) != seen):
            raise OSError(f"{self.show(path)} was changed by another program meanwhile")
        if status is not None and not stat.S_IMODE(status.st_mode) & 0o222:
            raise OSError(f"{self.show(path)} is read-only")

    def _failure(self, targets: Mapping[str, Path], done: list[str], error: OSError) -> str:
        message = f"cannot write: {_reason(error)}"
        if not done:
            return f"{message}; no file was changed"
        left = [path for path in targets if path not in done]
        return f"{message}; replaced: {', '.join(done)}; not replaced: {', '.join(left)}; run it again to finish"


def _seen(status: os.stat_result) -> _Seen:
    return _Seen(status.st_ino, status.st_size, status.st_mtime_ns)


def _make_directories(directory: Path, made: list[Path]) -> None:
    """Make a directory and those above it; what was made is appended, also when the rest fails."""
    missing = []
    while not directory.exists():
        missing.append(directory)
        directory = directory.parent
    for path in reversed(missing):
        path.mkdir()
        made.append(path)


def _write_beside(target: Path, text: str) -> Path:
    """Write a temporary file beside the target, with its mode and owner, flushed to the disk."""
    status = target.stat() if target.exists() else None
    temporary = target.with_name(f".{target.name[:200]}.{os.getpid()}.{os.urandom(4).hex()}.tmp")
    handle = os.open(temporary, _NEW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            if status is not None and (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
                with contextlib.suppress(PermissionError):
                    os.fchown(handle, status.st_uid, status.st_gid)
            os.fchmod(handle, stat.S_IMODE(status.st_mode) if status else NEW_FILE_MODE)
            file.write(text.encode())
            file.flush()
            os.fsync(handle)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _flush(directories: set[Path]) -> None:
    """Flush renames to the disk, where the file system can."""
    for directory in directories:
        with contextlib.suppress(OSError):
            handle = os.open(directory, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _reason(error: OSError) -> str:
    if error.strerror is None:
        return str(error)
    return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
