"""What Flux leaves out of a source: `.sourceignore`, `spec.ignore`, and its own defaults; read as a .gitignore.

Source: github.com/fluxcd/pkg, `sourceignore/sourceignore.go` and `sourceignore/gitignore/pattern.go`.
"""

from __future__ import annotations

import re
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple

from krmfn.packages.krmignore import go_glob

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fluxmark.kustomize.library import Files
    from krmfn.yaml.parser import Document

NAME = ".sourceignore"
_VCS = ".git/,.gitignore,.gitmodules,.gitattributes"
_DEFAULTS = (
    "*.jpg,*.jpeg,*.gif,*.png,*.wmv,*.flv,*.tar.gz,*.zip,"
    ".github/,.circleci/,.travis.yml,.gitlab-ci.yml,appveyor.yml,.drone.yml,cloudbuild.yaml,"
    "codeship-services.yml,codeship-steps.yml,**/.goreleaser.yml,**/.sops.yaml,**/.flux.yaml"
)


class Pattern(NamedTuple):
    """A pattern: the directory that it counts below, its parts, and what it does."""

    domain: tuple[str, ...]
    parts: tuple[str, ...]
    keeps: bool
    directory: bool
    anchored: bool

    def matches(self, path: tuple[str, ...], *, directory: bool) -> bool:
        """Tell whether a path, or a directory above it, matches."""
        if len(path) <= len(self.domain) or path[: len(self.domain)] != self.domain:
            return False
        below = path[len(self.domain) :]
        return self._anchored(below, directory) if self.anchored else self._anywhere(below, directory)

    def _anywhere(self, path: tuple[str, ...], directory: bool) -> bool:
        for number, name in enumerate(path):
            if _matches(self.parts[0], name):
                return not (self.directory and not directory and number == len(path) - 1)
        return False

    def _anchored(self, path: tuple[str, ...], directory: bool) -> bool:
        matched = False
        can_traverse = False
        left = list(path)
        for number, part in enumerate(self.parts):
            if part == "":
                can_traverse = False
                continue
            if part == "**":
                if number == len(self.parts) - 1:
                    break
                can_traverse = True
                continue
            if "**" in part:
                return False
            if not left:
                return False
            if can_traverse:
                can_traverse = False
                while left:
                    name = left.pop(0)
                    if _matches(part, name):
                        matched = True
                        break
                    if not left:
                        matched = False
            else:
                if not _matches(part, left[0]):
                    return False
                matched = True
                left.pop(0)
        if matched and self.directory and not directory and not left:
            matched = False
        return matched


@cache
def _regex(text: str) -> re.Pattern[str] | None:
    regex = go_glob(text)
    return None if regex is None else re.compile(regex, re.DOTALL)


def _matches(text: str, name: str) -> bool:
    """Match a name with a pattern of Go's filepath.Match; one that is malformed matches nothing."""
    regex = _regex(text)
    return regex is not None and regex.fullmatch(name) is not None


def patterns(text: str, domain: tuple[str, ...] = ()) -> list[Pattern]:
    """Return the patterns of a text; domain: the directory that they count below."""
    return [_pattern(line, domain) for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _pattern(text: str, domain: tuple[str, ...]) -> Pattern:
    keeps = text.startswith("!")
    text = text.removeprefix("!")
    if not text.endswith("\\ "):
        text = text.rstrip(" ")
    directory = text.endswith("/")
    text = text.removesuffix("/")
    parts = tuple(text.split("/"))
    if len(parts) == 2 and parts[0] == "**" != parts[1]:
        parts = parts[1:]  # the same, and faster
    return Pattern(domain, parts, keeps, directory, anchored=len(parts) > 1)


class Source:
    """The files of a repository that a source of Flux delivers.

    ignore: the source's `spec.ignore`, which takes the place of the defaults; None if it has none.
    """

    def __init__(self, files: Files, ignore: str | None) -> None:
        self.files = files
        self.ignore = ignore
        self._cached: dict[tuple[str, bool], bool] = {}

    @cached_property
    def _patterns(self) -> list[Pattern]:
        found = [_pattern(text, ()) for text in _VCS.split(",")]
        if self.ignore is None:
            found += [_pattern(text, ()) for text in _DEFAULTS.split(",")]
        found += self._below("")
        if self.ignore is not None:
            found += patterns(self.ignore)
        return found

    def _below(self, directory: str) -> Iterable[Pattern]:
        found: list[Pattern] = []
        pending = [directory]
        while pending:
            here = pending.pop(0)
            domain = tuple(here.split("/")) if here else ()
            text = self.files.read(f"{here}/{NAME}".lstrip("/"))
            if text is not None:
                found += patterns(text, domain)
            for name in self.files.names(here):
                path = f"{here}/{name}".lstrip("/")
                if name != ".git" and self.files.is_directory(path):
                    pending.append(path)
        return found

    @cached_property
    def _names(self) -> re.Pattern[str]:
        """Matches the names that patterns without a slash are about, few of which are in a repository."""
        globs = (go_glob(pattern.parts[0]) for pattern in self._patterns if not pattern.anchored)
        return re.compile("|".join(f"(?:{regex})" for regex in globs if regex is not None), re.DOTALL)

    @cached_property
    def _anchored(self) -> bool:
        return any(pattern.anchored for pattern in self._patterns)

    def excludes(self, path: str, *, directory: bool = False) -> bool:
        """Tell whether a file or directory is left out."""
        key = (path, directory)
        if key not in self._cached:
            self._cached[key] = self._excludes(tuple(path.split("/")), directory)
        return self._cached[key]

    def _excludes(self, path: tuple[str, ...], directory: bool) -> bool:
        if not self._anchored and not any(map(self._names.fullmatch, path)):
            return False
        for pattern in reversed(self._patterns):
            if pattern.matches(path, directory=directory):
                return not pattern.keeps
        return False

    def read(self, path: str) -> str | None:
        """Return the text of a file that is delivered."""
        return None if self.excludes(path) else self.files.read(path)

    def documents(self, path: str) -> Sequence[Document]:
        """Return the documents of a file."""
        return self.files.documents(path)

    def names(self, directory: str) -> list[str]:
        """Return the names in a directory that are delivered."""
        return [
            name
            for name in self.files.names(directory)
            if not self.excludes(
                path := f"{directory}/{name}".lstrip("/"), directory=self.files.is_directory(path)
            )
        ]

    def is_directory(self, path: str) -> bool:
        """Tell whether there is a directory at a path."""
        return self.files.is_directory(path) and not (path and self.excludes(path, directory=True))
