"""Replaces files, all or none: every new text is on the disk, beside its target, before the first rename."""

from __future__ import annotations

import contextlib
import os
import stat
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NEW_FILE_MODE = 0o644
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)


class WriteError(OSError):
    """Files could not be written; the message says which already were and which were not."""


class Seen(NamedTuple):
    """What a file looked like when it was read: inode, size and time of change in nanoseconds."""

    inode: int
    size: int
    changed: int


class Target(NamedTuple):
    """A file to be replaced, made or deleted.

    name: for messages; file: its path, without symbolic links; text: None deletes it; seen: what it has to look
    like still.
    """

    name: str
    file: str
    text: str | None
    seen: Seen | None = None


def seen(status: os.stat_result) -> Seen:
    """Return what a file looks like."""
    return Seen(status.st_ino, status.st_size, status.st_mtime_ns)


def replace(targets: Sequence[Target]) -> None:
    """Give every target its text, and its mode and owner back; what is to be deleted goes last.

    Raises WriteError where a file cannot be written, is read-only, or is not what was seen: before the first
    rename nothing has happened, after it the message names what was replaced and what was not.
    """
    owner = os.geteuid(), os.getegid()
    unique = f".{os.getpid()}.{os.urandom(4).hex()}"
    ready: list[tuple[Target, str]] = []
    made: list[str] = []
    done: list[str] = []
    try:
        for target in targets:
            status = _check(target)
            if target.text is not None:
                if status is None:
                    _make_directories(_directory(target), made)
                _write_beside(target, status, unique, owner, ready)
        for target in targets:
            _check(target)
        for target, temporary in ready:
            os.replace(temporary, target.file)
            done.append(target.name)
        for target in targets:
            if target.text is None:
                os.unlink(target.file)
                done.append(target.name)
        _flush(set(map(_directory, targets)))
    except OSError as error:
        raise WriteError(_failure(targets, done, error)) from None
    finally:
        for _, temporary in ready[len(done) :]:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        if not done:
            for directory in reversed(made):
                with contextlib.suppress(OSError):
                    os.rmdir(directory)


def reason(error: OSError) -> str:
    """Return what an OSError says, for a message, with the file where it names one."""
    if error.strerror is None:
        return str(error)
    return f"{error.filename}: {error.strerror}" if error.filename else error.strerror


def _directory(target: Target) -> str:
    return target.file.rpartition("/")[0]


def _check(target: Target) -> os.stat_result | None:
    """Return a target's status, None where it is not there.

    Raises OSError for a file that is not to be written: it is read-only, or not what was seen.
    """
    try:
        status = os.lstat(target.file)
    except FileNotFoundError:
        status = None
    if target.seen is not None and (status is None or seen(status) != target.seen):
        raise OSError(f"{target.name} was changed by another program meanwhile")
    if status is not None and not stat.S_IMODE(status.st_mode) & 0o222:
        raise OSError(f"{target.name} is read-only")
    return status


def _make_directories(directory: str, made: list[str]) -> None:
    """Make a directory and those above it; what was made is appended, also when the rest fails."""
    missing = []
    while not os.path.exists(directory):
        missing.append(directory)
        directory = os.path.dirname(directory)
    for path in reversed(missing):
        os.mkdir(path)
        made.append(path)


def _write_beside(
    target: Target,
    status: os.stat_result | None,
    unique: str,
    owner: tuple[int, int],
    ready: list[tuple[Target, str]],
) -> None:
    """Write a temporary file beside a target, with its mode and owner, flushed to the disk; append it.

    owner: who runs this.
    """
    assert target.text is not None
    temporary = f"{_directory(target)}/{unique}.{len(ready)}.tmp"
    handle = os.open(temporary, _NEW, 0o600)
    ready.append((target, temporary))
    try:
        if status is not None and (status.st_uid, status.st_gid) != owner:
            with contextlib.suppress(PermissionError):
                os.fchown(handle, status.st_uid, status.st_gid)
        os.fchmod(handle, stat.S_IMODE(status.st_mode) if status else NEW_FILE_MODE)
        rest = memoryview(target.text.encode())
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def _flush(directories: Iterable[str]) -> None:
    """Flush renames to the disk, where the file system can."""
    for directory in directories:
        with contextlib.suppress(OSError):
            handle = os.open(directory, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _failure(targets: Sequence[Target], done: Sequence[str], error: OSError) -> str:
    message = f"cannot write: {reason(error)}"
    if not done:
        return f"{message}; no file was changed"
    left = [target.name for target in targets if target.name not in set(done)]
    return f"{message}; replaced: {', '.join(done)}; not replaced: {', '.join(left)}; run it again to finish"
