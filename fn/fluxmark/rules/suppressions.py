"""Comments that silence rules: `# fluxmark: ignore[rule, …]` and, for a file, `# fluxmark: ignore-file[rule, …]`.

The first is on the line itself or on the one above. On a marker's line it would break the marker, which must
be the whole comment, so there it is above.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository, Source
    from fluxmark.finding import Finding

SILENCE = re.compile(r"#\s*fluxmark:\s*(?P<verb>ignore(?:-file)?)\[(?P<rules>[^\]\n]*)\]")
_RULE = re.compile(r"[^\s,]+")


class Suppressions:
    """What the comments of a world silence; a text is looked at once it has a finding."""

    def __init__(self, world: Repository) -> None:
        self._sources = {(source.path, source.index): source for source in world.sources}
        self._tree = world.tree
        self._known: dict[tuple[str, int], frozenset[tuple[str, int]]] = {}

    def cover(self, finding: Finding) -> bool:
        """Tell whether a comment suppresses a finding."""
        place = finding.file, finding.index
        if place not in self._known:
            source = self._sources.get(place)
            if source is None and finding.file in self._tree.unparsed:
                source = self._tree.source(finding.file)
            self._known[place] = frozenset(_silenced(source)) if source else frozenset()
        known = self._known[place]
        return (finding.rule, 0) in known or (finding.rule, finding.line) in known


def silencers(source: Source) -> Iterator[tuple[str, str, int, int]]:
    """Yield verb, rule, and where the rule's name starts and ends, of every suppressing comment."""
    if "fluxmark:" not in source.text:
        return
    for found in SILENCE.finditer(source.text):
        for name in _RULE.finditer(found["rules"]):
            start = found.start("rules") + name.start()
            yield found["verb"], name[0], start, start + len(name[0])


def _silenced(source: Source) -> Iterator[tuple[str, int]]:
    """Yield the rules that are silent, with the line, 0 for the whole file."""
    for verb, rule, start, _ in silencers(source):
        if verb == "ignore-file" or not source.exact:
            yield rule, 0  # an item of a list has no lines of its own: the comment counts for all of it
        else:
            line = source.lines.position(start).line
            yield rule, line
            yield rule, line + 1
