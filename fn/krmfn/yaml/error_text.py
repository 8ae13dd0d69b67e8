"""What error messages say of values and keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_LONGEST_SHOWN = 60


def shown(data: Any) -> str:
    """Return data for a message, as YAML would write it; a collection is only named."""
    if isinstance(data, Mapping):
        return "a mapping"
    if isinstance(data, list | tuple):
        return "a list"
    if isinstance(data, str):
        return f'"{data[:_LONGEST_SHOWN]}…"' if len(data) > _LONGEST_SHOWN else f'"{data}"'
    if isinstance(data, bool):
        return "true" if data else "false"
    return "null" if data is None else str(data)


def unknown(key: str, known: Sequence[str]) -> str:
    """Return what to say of a key that is not known."""
    from difflib import get_close_matches

    near = get_close_matches(key, known, 1)
    if near:
        return f"is not known; did you mean {near[0]}?"
    return f"is not known; known are {', '.join(known)}" if known else "is not known; no key is"
