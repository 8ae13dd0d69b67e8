"""Paths of fields: `spec.template.spec.containers[0].image`, `metadata.annotations["a.b/c"]`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

Step: TypeAlias = str | int
Path: TypeAlias = str | Sequence[Step]

_STEP = re.compile(r"""\.?(?:([^.\[\]"']+)|\[(-?\d+)\]|\["([^"]*)"\]|\['([^']*)'\])""")
_SIMPLE = re.compile(r"""[^.\[\]"']+""")


def steps(path: Path) -> tuple[Step, ...]:
    """Return the keys and indexes of a path; a sequence of them is taken as it is.

    A key that holds a dot or a bracket is written `["in.quotes"]`.

    Raises ValueError for a path that is not of this form.
    """
    if not isinstance(path, str):
        return tuple(path)
    found: list[Step] = []
    offset = 0
    while offset < len(path):
        match = _STEP.match(path, offset)
        if match is None:
            raise ValueError(f"the path {path!r} is malformed at {path[offset:]!r}")
        name, index, double, single = match.groups()
        found.append(int(index) if index is not None else name or double or single or "")
        offset = match.end()
    return tuple(found)


def show(path: Path) -> str:
    """Return a path as text, the form that results use."""
    out = ""
    for step in steps(path):
        if isinstance(step, int):
            out += f"[{step}]"
        elif step.isalnum() or _SIMPLE.fullmatch(step):
            out += f".{step}" if out else step
        else:
            out += f"['{step}']" if '"' in step else f'["{step}"]'
    return out
