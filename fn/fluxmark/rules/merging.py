"""Findings of one cause in many places become one finding that lists the places."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from fluxmark.finding import Finding

CAUSES: Final[Mapping[str, Callable[[Finding], object]]] = {
    "api-version": lambda one: one.current,
    "marker-policy-missing": lambda one: one.tags.get("policy"),
    "reformat": lambda one: one.rule,
    "repository-provider": lambda one: one.tags.get("host") or one.where,
}
"""The rules whose findings have a cause outside the place where they are found, and what that cause is."""

_MOST: Final = 8
"""Places that a message lists."""


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings, of one rule, severity and cause only the first, with the others in its `also`."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for number, one in enumerate(findings):
        cause = CAUSES.get(one.rule)
        key = (one.rule, one.severity, cause(one)) if cause else (number,)
        groups.setdefault(key, []).append(one)
    return [_listed(first, others) if others else first for first, *others in groups.values()]


def _listed(first: Finding, others: list[Finding]) -> Finding:
    places = [f"{one.file}:{one.line}" if one.line else one.file or one.where for one in others]
    known = [place for place in dict.fromkeys(places) if place]
    more = f" and {len(known) - _MOST} more" if len(known) > _MOST else ""
    where = f": {', '.join(known[:_MOST])}{more}" if known else ""
    count = f"{len(others)} other place{'s' if len(others) > 1 else ''}"
    return replace(first, message=f"{first.message}; the same in {count}{where}", also=tuple(others))
