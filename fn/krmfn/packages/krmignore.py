"""`.krmignore`: the files and directories of a package that are none of its resources.

It reads as a .gitignore does and means what kpt makes of it, which is less: this is measured, and held by a test
with the real kpt.

- `#` starts a comment, `\\#` a pattern; blanks around a pattern are cut off.
- A pattern is compared with as many parts of the path as it has itself: with the last ones, or, where it starts
  with a slash, with all of them. So `a/b` means `x/a/b`, too, as for git it would not.
- `*` and `?` stand for anything but a slash, `[a-c]` and `[^a-c]` for a character; a backslash takes the meaning
  from the next one. `**` is no more than `*`: `a/**/b` means `a/x/b`, not `a/b`, and not `a/x/y/b`.
- A slash at the end means a directory. What is in an ignored directory is not looked at.
- `!` keeps what a pattern says, wherever it is: git goes by the last pattern that matches.
- A pattern that is malformed (`[`), and for that matter `/` alone, matches nothing.

Source: https://github.com/kubernetes-sigs/kustomize/blob/master/kyaml/kio/ignorefilesmatcher.go and the
go-gitignore that it uses; Go's path/filepath.Match.
"""

from __future__ import annotations

import re
from typing import NamedTuple

NAME = ".krmignore"
_SPECIAL = re.compile(r"[*?\[]")
_PIECE = re.compile(
    r"(\*+)|(\?)|\[(\^?)((?:(?:\\.|[^\\\]-])(?:-(?:\\.|[^\\\]-]))?)+)\]|\\(.)|([^\\\[])", re.DOTALL
)
_RANGE = re.compile(r"(\\.|[^\\])(?:-(\\.|[^\\]))?", re.DOTALL)


class _Pattern(NamedTuple):
    """A pattern: as many parts as it compares, whether with all of a path, and whether only with directories."""

    regex: re.Pattern[str]
    parts: int
    anchored: bool
    directory: bool

    def matches(self, parts: list[str], *, directory: bool) -> bool:
        if self.directory and not directory:
            return False
        if len(parts) != self.parts if self.anchored else len(parts) < self.parts:
            return False
        return self.regex.fullmatch("/".join(parts[-self.parts :])) is not None


class Ignore:
    """The patterns of a .krmignore; an empty text ignores nothing."""

    def __init__(self, text: str) -> None:
        """Read the text of a file. What cannot be understood matches nothing, as with kpt."""
        self._ignored: list[_Pattern] = []
        self._kept: list[_Pattern] = []
        for line in text.split("\n"):
            written = line.removesuffix("\r").strip(" ")
            if not written or written.startswith("#"):
                continue
            kept = written.startswith("!")
            pattern = _pattern(written.removeprefix("!") if kept else re.sub(r"^\\#", "#", written))
            if pattern is not None:
                (self._kept if kept else self._ignored).append(pattern)

    def ignores(self, path: str, *, directory: bool = False) -> bool:
        """Tell whether a file or directory is ignored; path: relative to the .krmignore, with forward slashes.

        What lies in an ignored directory is not found by this alone: ask for the directory.
        """
        if not self._ignored:
            return False
        parts = path.split("/")
        if any(pattern.matches(parts, directory=directory) for pattern in self._kept):
            return False
        return any(pattern.matches(parts, directory=directory) for pattern in self._ignored)


def _pattern(text: str) -> _Pattern | None:
    bare = text.strip("/")
    regex = go_glob(bare) if _SPECIAL.search(text) else re.escape(bare)
    if not bare or regex is None:
        return None
    return _Pattern(re.compile(regex, re.DOTALL), bare.count("/") + 1, text.startswith("/"), text.endswith("/"))


def go_glob(text: str) -> str | None:
    """Return a regular expression for a pattern of Go's filepath.Match; None for one that is malformed.

    What is between two stars matches where it fits first, and is not tried again further on: that would find
    nothing more, and take time that is exponential in the number of stars.
    """
    pieces = [""]  # what is before, between and after the stars; each element of it matches one character
    offset = 0
    while offset < len(text):
        found = _PIECE.match(text, offset)
        if found is None:
            return None
        stars, any_one, negated, ranges, escaped, plain = found.groups()
        if stars:
            pieces.append("")
        elif any_one:
            pieces[-1] += "[^/]"
        elif ranges:
            pieces[-1] += _class(ranges, negated=bool(negated))
        else:
            pieces[-1] += re.escape(escaped or plain)
        offset = found.end()
    first, *between = pieces
    if not between:
        return first
    return first + "".join(f"(?>[^/]*?{piece})" for piece in between[:-1]) + f"[^/]*{between[-1]}"


def _class(ranges: str, *, negated: bool) -> str:
    """Return a class of characters; a range that runs backwards holds none."""
    members = ""
    for low, high in _RANGE.findall(ranges):
        first, last = low[-1], (high or low)[-1]
        if first <= last:
            members += f"{re.escape(first)}-{re.escape(last)}"
    if not members:
        return r"[\s\S]" if negated else r"(?!)"
    return f"[{'^' if negated else ''}{members}]"
