"""A unified diff that `git apply` takes."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NO_NEWLINE = "\\ No newline at end of file\n"


def diff(changes: Mapping[str, tuple[str, str]]) -> str:
    """Return the changes, old and new text by path, as a patch; paths in lexical order.

    An old text of '' is a file that is new. Lines end at line feeds only, as for git.
    """
    return "".join(line for path in sorted(changes) for line in _file(path, *changes[path]))


def _file(path: str, old: str, new: str) -> Iterator[str]:
    yield f"diff --git a/{path} b/{path}\n"
    if not old:
        yield "new file mode 100644\n"
    before = f"a/{path}" if old else "/dev/null"
    for line in difflib.unified_diff(_lines(old), _lines(new), before, f"b/{path}"):
        yield line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}"


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
