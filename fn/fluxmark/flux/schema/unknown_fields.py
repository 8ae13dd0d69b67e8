"""What an unknown field probably was meant to be: another name, another place, another version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmark.flux.schema.did_you_mean import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fluxmark.flux.schema.data import Schema
    from fluxmark.flux.schema.validator import Path

_PLACES = 3
_SHORT = 4


def describe(root: Schema, path: Path) -> str:
    """Return what is reported about the unknown field at a path below the root of a plain schema.

    In this order: a field next to it that is one typing error away, a field of that name elsewhere, a field
    next to it that is further away, one elsewhere that is, the fields there are.
    """
    *parent, key = path
    if not isinstance(key, str):
        return f"unknown field: a key must be a string, not {key!r}"
    beside = _object_at(root, parent).get("properties", {})
    if close := nearest(key, beside, few=1):
        return f"unknown field: did you mean {' or '.join(close)}?"
    places = _places(root, tuple(parent))
    if exact := [place for place in places if place[-1] == key]:
        return f"unknown field here: it belongs at {_listed(exact)}"
    if close := nearest(key, beside):
        return f"unknown field: did you mean {' or '.join(close)}?"
    elsewhere = nearest(key, {place[-1] for place in places})
    if far := [place for place in places if place[-1] in elsewhere]:
        return f"unknown field: did you mean {_listed(far)}?"
    if inner := [place for place in places if _shares_word(key, place[-1])]:
        return f"unknown field: did you mean {_listed(inner[:1])}?"
    return f"unknown field: known here are {', '.join(beside)}" if beside else "unknown field"


def _shares_word(word: str, name: str) -> bool:
    """Tell whether one name is within the other: `insecure` in `allowInsecure`, `extract` in `filterExtracts`."""
    short, long = sorted((word.lower(), name.lower()), key=len)
    return len(short) > _SHORT and short in long


def dotted(path: Sequence[str | int]) -> str:
    """Return a path as it is written in messages, on one line: `spec.images[0].name`."""
    text = ""
    for step in path:
        is_plain = isinstance(step, str) and step.isprintable() and step and " " not in step
        text += f".{step}" if is_plain else f"[{step!r}]"
    return text.removeprefix(".")


def _object_at(root: Schema, path: Sequence[str | int]) -> Schema:
    for step in path:
        root = root["items"] if isinstance(step, int) else root.get("properties", {}).get(step, {})
    return root


def _places(root: Schema, here: Path) -> list[tuple[str, ...]]:
    """Return the places of all fields: first those below `here`, then the others, each time the shallow first.

    A place in a list's items is left out where the same field can be given once for all of them, unless the
    field was found in an item.
    """
    start = tuple("[]" if isinstance(step, int) else step for step in here)
    places = sorted(_walk(root, ()), key=lambda place: (place[: len(start)] != start, len(place)))
    if "[]" in start:
        return places
    tails = {place[1:] for place in places if "[]" not in place}
    return [place for place in places if "[]" not in place or place[place.index("[]") + 1 :] not in tails]


def _walk(schema: Schema, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name, child in schema.get("properties", {}).items():
        yield (*path, name)
        yield from _walk(child, (*path, name))
    if isinstance(schema.get("items"), dict):
        yield from _walk(schema["items"], (*path, "[]"))


def _listed(places: Sequence[tuple[str, ...]]) -> str:
    return " or ".join(".".join(place).replace(".[]", "[]") for place in places[:_PLACES])
