"""The next page of tags: the `Link` header of an answer, as Flux follows it and as RFC 8288 means it.

Flux (go-containerregistry `pkg/v1/remote/list.go`) follows the first link of the first header, whatever its
relation. Each character is looked at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_END: Final = frozenset(" \t;,")


class LinkError(ValueError):
    """A header that is not a link; says why, in Flux's wording."""


@dataclass(frozen=True, slots=True)
class Next:
    """Where the next page is, '' if this is the last. refused: why Flux reads it elsewhere or not at all."""

    url: str = ""
    refused: str = ""


def following(lines: Sequence[str]) -> Next:
    """Read the `Link` headers of an answer. Raises LinkError if no link can be read."""
    if not lines or not lines[0]:
        return Next()
    flux = _first(lines[0])
    links = [link for line in lines for link in _links(line)]
    marked = next((url for url, relations in links if "next" in relations), None)
    if flux is None:
        if marked is None:
            raise LinkError(f"failed to parse link header: missing '<' or '>' in: {lines[0]}")
        return Next(marked, "failed to parse link header: it does not begin with '<…>'")
    if marked is not None and marked != flux:
        return Next(marked, "the first link of the header is not the next page, and Flux follows the first")
    return Next(flux)


def _first(line: str) -> str | None:
    end = line.find(">")
    return line[1:end] if line.startswith("<") and end > 0 else None


def _links(line: str) -> list[tuple[str, frozenset[str]]]:
    """Return the links of a line with their relations, in lower case."""
    found: list[tuple[str, frozenset[str]]] = []
    at = line.find("<")
    while at >= 0:
        end = line.find(">", at)
        if end < 0:
            break
        url = line[at + 1 : end]
        relations, at = _parameters(line, end + 1)
        found.append((url, relations))
    return found


def _parameters(line: str, at: int) -> tuple[frozenset[str], int]:
    """Return the relations among the parameters of one link, and where the next link begins, or -1."""
    relations: frozenset[str] = frozenset()
    name, start = "", at
    while at < len(line):
        char = line[at]
        if char == "<":
            return relations, at
        if char in _END:
            start = at + 1
            at += 1
        elif char == "=":
            name = line[start:at].strip().lower()
            value, at = _value(line, at + 1)
            if name == "rel" and not relations:
                relations = frozenset(value.lower().split())
            start = at
        else:
            at += 1
    return relations, -1


def _value(line: str, at: int) -> tuple[str, int]:
    while at < len(line) and line[at] in " \t":
        at += 1
    quote = line[at : at + 1]
    if quote in ('"', "'"):
        end = line.find(quote, at + 1)
        end = len(line) if end < 0 else end
        return line[at + 1 : end], end + 1
    start = at
    while at < len(line) and line[at] not in _END and line[at] != "<":
        at += 1
    return line[start:at], at
