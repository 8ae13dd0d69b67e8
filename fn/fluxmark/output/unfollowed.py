"""One line that says which part of a repository could not be followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fluxmark.cluster.follow import Model

_MOST = 3


def line(model: Model) -> str:
    """Return the line, '' if everything could be followed."""
    found = list(dict.fromkeys(f"{one.what} ({_place(model, one.file, one.start)})" for one in model.unfollowed))
    if not found:
        return ""
    more = f", and {len(found) - _MOST} more" if len(found) > _MOST else ""
    return f"not followed: {', '.join(found[:_MOST])}{more}; what they hold is not known here"


def _place(model: Model, file: str, start: int) -> str:
    source, offset = model.tree.locate(file, start) if model.tree is not None else (None, 0)
    if source is None or not source.exact:
        return file
    return f"{source.show}:{source.lines.position(offset).line}"
