"""What policies select, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fluxmark.output.json import dumps
from krmfn.escape import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fluxmark.flux.policy.explanation import Explanation
    from fluxmark.select import PolicyReport

WIDTH = 80
"""Columns of the text on a terminal."""


def as_json(clusters: Iterable[tuple[str, Sequence[PolicyReport]]]) -> str:
    """Return `{"policies": [{"cluster", "policy", "image", "latest", "extracted", "ties", "error", …}]}`."""
    entries = [{"cluster": cluster, **_entry(report)} for cluster, reports in clusters for report in reports]
    return dumps({"policies": entries})


def as_text(clusters: Sequence[tuple[str, Sequence[PolicyReport]]], *, width: int | None = None) -> str:
    """Return the reports as blocks of lines, those of several clusters one by one.

    width: where lines are folded; None folds none.
    """
    several = len(clusters) > 1
    return "\n".join(
        (f"cluster {printable(cluster) or '.'}\n\n" if several and not number else "")
        + "".join(f"{printable(line)}\n" for row in _block(report) for line in _folded(*row, width))
        for cluster, reports in clusters
        for number, report in enumerate(reports)
    )


def _entry(report: PolicyReport) -> dict[str, Any]:
    found = report.explanation
    selection = found.selection if found else None
    return {
        "policy": report.policy.id,
        "image": report.image,
        "latest": selection.tag if selection else report.live or None,
        "extracted": selection.extracted if selection else None,
        "ties": list(selection.ties) if selection else [],
        "error": report.error or None,
        "tags": found.total if found else None,
        "dropped": [{"reason": one.reason, "count": one.count, "example": one.example} for one in found.dropped]
        if found
        else [],
        "best": [{"tag": one.tag, "extracted": one.extracted} for one in found.best] if found else [],
        "suggestion": report.hint or None,
        "where": report.policy.where,
        "fluxRefuses": list(report.refused),
        **({"whatIf": _what_if(report.what_if)} if report.what_if else {}),
    }


def _what_if(report: PolicyReport) -> dict[str, Any]:
    entry = _entry(report)
    return {name: entry[name] for name in ("latest", "extracted", "ties", "error", "dropped", "best")}


_Row = tuple[str, str]
"""A label with its indentation, and the text after it, which may be folded."""


def _block(report: PolicyReport) -> Iterator[_Row]:
    yield "", f"{report.policy.id}  {report.image}".rstrip()
    found = report.explanation
    if found is not None:
        yield from _explained(found)
    if report.live:
        yield "  latest    ", report.live
    if report.error:
        yield "  error     ", report.error
    for refused in report.refused:
        if refused != report.error:
            yield "  in Flux   ", refused
    if report.hint:
        yield "  try       ", report.hint
    if report.what_if is not None:
        yield from _instead(report.what_if)


def _instead(report: PolicyReport) -> Iterator[_Row]:
    """Yield what another filter or policy would select; its rows do not begin with `latest`."""
    found = report.explanation
    for one in found.dropped if found else ():
        yield f"  - {one.count:<8}", f"{one.reason}, such as {one.example} (what if)"
    if found is not None and found.selection is not None:
        tag, key = found.selection.tag, found.selection.extracted
        yield "  would be  ", f"{tag}, by {key}" if key != tag else tag
    else:
        yield "  would fail  ", report.error


def _explained(found: Explanation) -> Iterator[_Row]:
    yield "  tags      ", str(found.total)
    for one in found.dropped:
        yield f"  - {one.count:<8}", f"{one.reason}, such as {one.example}"
    yield "  ordered   ", str(found.remaining)
    width = max((len(one.tag) for one in found.best), default=0)
    for number, best in enumerate(found.best, 1):
        key = f"  by {best.extracted}" if best.extracted != best.tag else ""
        yield f"    {number}. {best.tag:<{width if key else 0}}{key}", ""
    if found.selection is not None:
        yield "  latest    ", found.selection.tag
        others = [tag for tag in found.selection.ties if tag != found.selection.tag]
        if others:
            yield "  ties      ", f"Flux decides by chance; could also be: {', '.join(others)}"


def _folded(label: str, text: str, width: int | None) -> Iterator[str]:
    """Yield a row in lines of at most so many columns; a word that is longer stands alone."""
    if width is None or not label or len(label) + len(text) <= width:
        yield label + text
        return
    line, empty = label, True
    for word in text.split(" "):  # a line break within a tag is for the reader to see
        if not empty and len(line) + 1 + len(word) > width:
            yield line
            line, empty = " " * len(label), True
        line += word if empty else f" {word}"
        empty = False
    yield line
