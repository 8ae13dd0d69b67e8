"""A package: a directory of files, read as text and written all or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from krmfn.errors import InputError
from krmfn.escape import printable
from krmfn.packages.atomic_write import Seen, Target, reason, replace, seen
from krmfn.packages.limits import check
from krmfn.packages.process_pool import ahead
from krmfn.packages.staging import is_staging, remove_stale
from krmfn.yaml.text import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

T = TypeVar("T")
SKIPPED_DIRECTORIES = frozenset((".git",))
_READ = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)  # a pipe is not waited for


_MANY = 1000
"""How many files are worth a process that reads them."""


class Found(NamedTuple):
    """Files by path, in the order in which they were searched; and why others could not be read."""

    files: dict[str, bytes]
    unreadable: list[str]


class Package:
    """A directory whose files are named by paths relative to it, with forward slashes.

    Nothing outside the directory is ever read or written: a path is resolved, symbolic links included, and its
    parts are compared.
    """

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)
        if not self.root.is_dir():
            what = "is not a directory" if self.root.exists() else "does not exist"
            raise InputError(f"{self.root}: {what}; name the directory that holds the package")
        self._resolved = self.root.resolve()
        self._prefix = f"{self._resolved}/"
        self._shown = "" if str(self.root) == "." else f"{self.root}/"
        self._seen: dict[str, Seen] = {}
        self._plain: set[str] = set()  # found by walking: files, and no link leads to them
        self._staging: set[str] = set()  # staging directories, found by walking

    def walk(
        self, accepts: Callable[[str], bool], below: str = ".", *, enters: Callable[[str], bool] | None = None
    ) -> Iterator[str]:
        """Yield the paths of the files below a directory whose name is accepted, in lexical order.

        enters: whether the files of a directory count, by its path; asked for each once, before them. Hidden
        directories count, `.git` does not; symbolic links to directories are not followed.
        """
        start, prefix = (self.root, "") if below == "." else (self._inside(below), f"{below}/")
        stack = [iter(self._entries(start, prefix))]
        while stack:
            for path, entry in stack[-1]:
                if entry.is_dir(follow_symlinks=False):
                    if is_staging(entry.name):
                        self._staging.add(entry.path)
                    elif entry.name not in SKIPPED_DIRECTORIES and (enters is None or enters(path)):
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

        Raises InputError for what is not a file, cannot be read, lies outside, or is larger than
        `krmfn.packages.limits` allows.
        """
        data, status = self._read(path)
        self._seen[path] = seen(status)
        return data

    def _read(self, path: str) -> tuple[bytes, os.stat_result]:
        """Return a file's bytes, and what it looked like before they were read."""
        file = self._prefix + path if path in self._plain else str(self._inside(path))
        try:
            handle = os.open(file, _READ)
            try:
                status = os.fstat(handle)
                if not stat.S_ISREG(status.st_mode):
                    raise InputError(f"{self.show(path)}: is not a file")
                check(self.show(path), status.st_size)
                data = os.read(handle, status.st_size + 1)
                if len(data) != status.st_size:  # it changes just now, or does not tell its size
                    while more := os.read(handle, 1 << 20):
                        data += more
                        check(self.show(path), len(data))
            finally:
                os.close(handle)
        except OSError as error:
            raise InputError(f"{self.show(path)}: cannot be read: {error.strerror}") from None
        return data, status

    def search(
        self, accepts: Callable[[str], bool], words: Sequence[bytes], *, always: Collection[str] = ()
    ) -> Callable[[], Found]:
        """Start to look for words in the files whose name is accepted; return what waits for those that hold one.

        always: names of files that are found whatever they hold. Many files are read in a process of its own: this
        one can do something else meanwhile.
        """
        paths = list(self.walk(accepts))
        search = partial(self._search, paths, words, always)
        start = ahead(search) if len(paths) >= _MANY else search

        def finish() -> Found:
            found, looks = start()
            self._seen |= looks
            return found

        return finish

    def read(self, path: str) -> str:
        """Read a file's text.

        Raises InputError for a file that cannot be read, lies outside, or is not UTF-8.
        """
        return decode(self.read_bytes(path), self.show(path))

    def write(self, texts: Mapping[str, str | None]) -> list[str]:
        """Write files, existing and new; either all of them are replaced, or the error says which were.

        Every text is first written to a staging directory and flushed to the disk; only then are the targets
        replaced, one rename each. Modes, owners and extended attributes are kept as far as that is allowed; what
        is not kept is returned, a sentence each. Symbolic links are written through. None deletes a file, after
        all others were written. Staging directories that a killed run left are removed.

        Raises WriteError: where a file cannot be written, is read-only, or was changed since it was read; and
        InputError for a path that leads outside, or two texts for the same file.
        """
        self._remove_stale()
        notes = replace(str(self._resolved), self._targets(texts)) if texts else []
        for path in texts:
            self._seen.pop(path, None)
        return notes

    def _remove_stale(self) -> None:
        """Remove what killed runs left: in the root, and where a walk found it."""
        with contextlib.suppress(OSError), os.scandir(self._resolved) as found:
            self._staging |= {entry.path for entry in found if is_staging(entry.name)}
        remove_stale(self._staging)

    def show(self, path: str) -> str:
        """Return a path as a user of the command would write it."""
        return printable(f"{self._shown}{path}")

    def _search(
        self, paths: Sequence[str], words: Sequence[bytes], always: Collection[str]
    ) -> tuple[Found, dict[str, Seen]]:
        """Return the files with one of these words, and what they looked like."""
        found = Found({}, [])
        looks: dict[str, Seen] = {}
        for path in paths:
            try:
                data, status = self._read(path)
            except InputError as error:
                found.unreadable.append(str(error))
                continue
            for word in words:
                if word in data:
                    break
            else:
                if path.rpartition("/")[2] not in always:
                    continue
            found.files[path] = data
            looks[path] = seen(status)
        return found, looks

    def _entries(self, directory: Path, prefix: str) -> list[tuple[str, os.DirEntry[str]]]:
        try:
            with os.scandir(directory) as found:
                return [(prefix + entry.name, entry) for entry in sorted(found, key=lambda entry: entry.name)]
        except OSError as error:
            raise InputError(f"{directory}: cannot be read: {reason(error)}") from None

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
            circle = target.is_symlink()
        except (
            OSError,
            RuntimeError,
            ValueError,
        ) as error:  # a NUL in the name; links in a circle up to Python 3.12
            raise InputError(f"{self.show(path)!r}: is not a path: {error}") from None
        if circle:
            raise InputError(f"{self.show(path)!r}: is not a path: its links lead in a circle")
        if not target.is_relative_to(self._resolved):
            raise InputError(f"{path}: the path leads out of {self.root}")
        return target

    def by_file(self, changes: Mapping[str, T]) -> dict[str, T]:
        """Return changes by the paths of the files that their paths lead to, links and `./` resolved.

        Raises InputError for two different changes of one file.
        """
        files: dict[str, T] = {}
        names: dict[str, str] = {}
        for path, change in changes.items():
            file = self._inside(path).relative_to(self._resolved).as_posix()
            if files.setdefault(file, change) != change:
                raise InputError(f"{names[file]} and {path} name the same file, which cannot have two texts")
            names.setdefault(file, path)
        return files

    def _targets(self, texts: Mapping[str, str | None]) -> list[Target]:
        """Return the file of every path; of several paths to one file, a link and its target, the first only."""
        directories: dict[str, str] = {}
        names: dict[str, str] = {}
        for path, text in texts.items():
            other = names.setdefault(self._file(path, directories), path)
            if texts[other] != text:
                raise InputError(f"{other} and {path} name the same file, which cannot have two texts")
        return [Target(self.show(path), file, texts[path], self._seen.get(path)) for file, path in names.items()]

    def _file(self, path: str, directories: dict[str, str]) -> str:
        """Return the resolved file of a path; directories: those that are resolved already.

        A link that took a file's place meanwhile is replaced, not followed.
        """
        above, _, name = path.rpartition("/")
        if path not in self._plain:
            return str(self._inside(path))
        if above not in directories:
            directories[above] = str(self._inside(above))
        return f"{directories[above]}/{name}"
