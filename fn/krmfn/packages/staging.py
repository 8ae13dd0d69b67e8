"""Staging directories: where new file content waits until it replaces a file.

A staging directory is `.krmfn-HEX.tmp` in the root of the package. Its `.gitignore` keeps all of it out of Git,
and a lock on that file tells other runs that its process is alive. A process number would not: those repeat, in
containers above all. A directory that a killed process left is removed by the next run that writes.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

_PREFIX, _SUFFIX = ".krmfn-", ".tmp"
_IGNORE = ".gitignore"
_IGNORE_ALL = b"*\n"
_RANDOM_BYTES = 8
_ATTEMPTS = 10
_FLAGS = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
_NOT_HERE = (errno.EACCES, errno.EPERM, errno.EROFS)
"""Errors of a directory in which nothing can be made, while one below it may allow that."""


class _Area(NamedTuple):
    path: str
    lock: int


class Staging:
    """The staging directories of one run; there are several only where renames cannot cross a mount.

    A context manager, which removes the directories and what is left in them.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._areas: list[_Area] = []
        self._of: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for area in self._areas:
            _remove(area.path)
            os.close(area.lock)

    def beside(self, directory: str) -> str:
        """Return a staging directory whose files can be renamed into a directory. Raises OSError."""
        found = self._of.get(directory)
        if found is None:
            found = self._of[directory] = self._find(directory)
        return found

    def _find(self, directory: str) -> str:
        for area in self._areas:
            if _can_rename(area.path, directory):
                return area.path
        for parent in (directory,) if self._areas else (self._root, directory):
            try:
                area = _make(parent)
            except OSError as error:
                if parent == directory or error.errno not in _NOT_HERE:
                    raise
                continue
            self._areas.append(area)
            if _can_rename(area.path, directory):
                return area.path
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), directory)


def is_staging(name: str) -> bool:
    """Tell whether a directory of this name is for staging."""
    middle = name[len(_PREFIX) : -len(_SUFFIX)]
    return name == f"{_PREFIX}{middle}{_SUFFIX}" and len(middle) == 2 * _RANDOM_BYTES and middle.isalnum()


def remove_stale(directories: Iterable[str]) -> None:
    """Remove those of these staging directories whose process has ended; errors leave a directory in place.

    A directory that holds anything but numbered files is not ours, and stays.
    """
    for directory in directories:
        with contextlib.suppress(OSError):
            if not stat.S_ISDIR(os.lstat(directory).st_mode):
                continue
            try:
                lock = os.open(f"{directory}/{_IGNORE}", os.O_RDWR | _FLAGS)
            except FileNotFoundError:
                os.rmdir(directory)  # its process was killed before anything was in it
                continue
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                ours = os.read(lock, len(_IGNORE_ALL) + 1) in (b"", _IGNORE_ALL)
                if ours and all(name == _IGNORE or name.isdigit() for name in os.listdir(directory)):
                    _remove(directory)
            finally:
                os.close(lock)


def _make(parent: str) -> _Area:
    """Make a staging directory and lock it. Raises OSError."""
    for _ in range(_ATTEMPTS):
        path = f"{parent}/{_PREFIX}{os.urandom(_RANDOM_BYTES).hex()}{_SUFFIX}"
        os.mkdir(path, 0o700)
        try:
            lock = os.open(f"{path}/{_IGNORE}", os.O_RDWR | os.O_CREAT | os.O_EXCL | _FLAGS, 0o600)
        except FileNotFoundError:
            continue  # another run took it for a stale one before it was locked
        except BaseException:
            _remove(path)
            raise
        try:
            if _locks(lock):
                os.write(lock, _IGNORE_ALL)
                return _Area(path, lock)
        except BaseException:
            _remove(path)
            os.close(lock)
            raise
        os.close(lock)
    raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), parent)


def _locks(handle: int) -> bool:
    """Lock a new file; tell whether it is still there, or another run removes it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks: nothing on it is ever taken for stale
    return os.fstat(handle).st_nlink > 0


def _remove(directory: str) -> None:
    """Remove a staging directory and the files in it, as far as that is possible."""
    with contextlib.suppress(OSError):
        for name in sorted(os.listdir(directory), key=lambda name: name == _IGNORE):  # the mark goes last
            os.unlink(f"{directory}/{name}")
        os.rmdir(directory)


def _can_rename(source: str, directory: str) -> bool:
    """Tell whether files can be renamed from one directory into another: both must be on one mount."""
    if os.stat(source).st_dev != os.stat(directory).st_dev:
        return False
    try:
        os.rename(f"{source}/missing", f"{directory}/missing")  # Linux compares the mounts first
    except OSError as error:
        return error.errno != errno.EXDEV
    return True
