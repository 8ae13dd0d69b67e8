"""Globs over paths: matching takes time in proportion to the path for each part of the pattern, never more."""

from __future__ import annotations

from fnmatch import fnmatchcase

ANY_DIRECTORIES = "**"


def matches(path: str, glob: str, *, above: bool = False) -> bool:
    """Tell whether a path with forward slashes matches a glob.

    `*` and `?` stand for characters of one name and `[…]` for one of several; `**` as a name stands for any number
    of directories, at the end for anything. above: whether a directory above the path may match instead.
    """
    names, parts = path.split("/"), glob.split("/")
    if above and parts[-1] != ANY_DIRECTORIES:
        parts.append(ANY_DIRECTORIES)
    name = part = 0
    # where the last `**` is, and the name from which what follows it was compared last: as each part matches
    # one name, no earlier `**` must be tried again
    again: tuple[int, int] | None = None
    while name < len(names) or part < len(parts):
        if part < len(parts) and parts[part] == ANY_DIRECTORIES:
            part += 1
            again = part, name
        elif part < len(parts) and name < len(names) and fnmatchcase(names[name], parts[part]):
            part += 1
            name += 1
        elif again is not None and again[1] < len(names):
            part, name = again[0], again[1] + 1
            again = part, name
        else:
            return False
    return True
