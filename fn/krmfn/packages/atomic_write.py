"""Replaces files, all or none: every new text is on the disk, in a staging directory, before the first rename."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import TYPE_CHECKING, Final, NamedTuple

from krmfn.packages.signals import held_back
from krmfn.packages.staging import Staging

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NEW_FILE_MODE = 0o644
WRITTEN: Final[list[str]] = []
"""The names of the files that this process has replaced, made or deleted so far, for its last words."""
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


def replace(root: str, targets: Sequence[Target]) -> list[str]:
    """Give every target its text, with its mode, owner and extended attributes; files are deleted last.

    root: the directory in which new content is staged. Returns what could not be kept, a sentence each.

    Raises WriteError if a file cannot be written, is read-only, or is not what was seen. Each file is checked
    before the first rename, when nothing has happened yet, and again right before its own. The message names
    what was replaced and what was not. Signals that end the process wait while files are renamed.
    """
    made: list[str] = []
    done: list[str] = []
    notes: list[str] = []
    with Staging(root) as staging:
        try:
            ready: list[tuple[Target, str]] = []
            for target in targets:
                status = _check(target)
                if target.text is not None:
                    if status is None:
                        _make_directories(_directory(target), made)
                    ready.append((target, _stage(target, status, staging, str(len(ready)), notes)))
            for target in targets:
                _check(target)
            with held_back():
                for target, staged in ready:
                    _check(target)
                    os.replace(staged, target.file)
                    _record(target, done)
                for target in targets:
                    if target.text is None:
                        _check(target)
                        os.unlink(target.file)
                        _record(target, done)
            _flush(set(map(_directory, targets)))
        except OSError as error:
            raise WriteError(_failure(targets, done, error)) from None
        finally:
            if not done:
                for directory in reversed(made):
                    with contextlib.suppress(OSError):
                        os.rmdir(directory)
    return notes


def reason(error: OSError) -> str:
    """Return what an OSError says, for a message, with the file where it names one."""
    if error.strerror is None:
        return str(error)
    return f"{error.filename}: {error.strerror}" if error.filename else error.strerror


def _record(target: Target, done: list[str]) -> None:
    done.append(target.name)
    WRITTEN.append(target.name)


def _directory(target: Target) -> str:
    return target.file.rpartition("/")[0]


def _check(target: Target) -> os.stat_result | None:
    """Return a target's status, None if it is not there.

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


def _stage(target: Target, status: os.stat_result | None, staging: Staging, name: str, notes: list[str]) -> str:
    """Write a target's text to a file in a staging directory, flushed to the disk; return its path.

    What cannot be kept of the target is appended to the notes.
    """
    assert target.text is not None
    directory = _directory(target)
    if not os.access(directory, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), directory)
    staged = f"{staging.beside(directory)}/{name}"
    handle = os.open(staged, _NEW, 0o600)
    try:
        if status is not None:
            notes += _keep(handle, target, status)
        else:
            _inherit(handle, directory)
        os.fchmod(handle, stat.S_IMODE(status.st_mode) if status else NEW_FILE_MODE)
        rest = memoryview(target.text.encode())
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    return staged


def _keep(handle: int, target: Target, status: os.stat_result) -> list[str]:
    """Give a new file the owner, group and extended attributes of its target; return what cannot be kept."""
    notes = []
    new = os.fstat(handle)
    if (new.st_uid, new.st_gid) != (status.st_uid, status.st_gid):
        for owner, group in ((-1, status.st_gid), (status.st_uid, -1)):
            with contextlib.suppress(PermissionError):
                os.fchown(handle, owner, group)
        new = os.fstat(handle)
        if new.st_uid != status.st_uid:
            notes.append(f"{target.name}: its owner changes from {status.st_uid} to {new.st_uid}")
        if new.st_gid != status.st_gid:
            notes.append(f"{target.name}: its group changes from {status.st_gid} to {new.st_gid}")
    if status.st_nlink > 1:
        others = status.st_nlink - 1
        links = "1 other hard link keeps" if others == 1 else f"{others} other hard links keep"
        notes.append(f"{target.name}: {links} the old content")
    lost = _copy_attributes(handle, target.file)
    if lost:
        notes.append(f"{target.name}: extended attributes are lost: {', '.join(lost)}")
    return notes


def _copy_attributes(handle: int, file: str) -> list[str]:
    """Copy extended attributes (access control lists are some); return the names of those that are not allowed."""
    if not hasattr(os, "listxattr"):  # they are Linux's
        return []
    lost = []
    try:
        names = os.listxattr(file, follow_symlinks=False)
    except OSError:  # a file system without
        return []
    for name in names:
        try:
            value = os.getxattr(file, name, follow_symlinks=False)
            if name not in os.listxattr(handle) or os.getxattr(handle, name) != value:
                os.setxattr(handle, name, value)
        except OSError:
            lost.append(name)
    return lost


def _inherit(handle: int, directory: str) -> None:
    """Give a new file the group that its directory passes on."""
    status = os.stat(directory)
    if status.st_mode & stat.S_ISGID:
        with contextlib.suppress(PermissionError):
            os.fchown(handle, -1, status.st_gid)


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
    if not left:
        return f"{message}; replaced: {', '.join(done)}"
    return f"{message}; replaced: {', '.join(done)}; not replaced: {', '.join(left)}; run it again to finish"
