"""How findings and selections are shown: one module per format of `check --format`, listed in FORMATS."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Final

from krmfn.yaml.text import Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fluxmark.finding import Finding

FORMATS: Final = ("text", "json", "sarif", "github")
"""The formats of findings. Each is a module here, with `render(report)`, which returns a string."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run of `check` found.

    findings: sorted by file and position. text_of: returns the text of a file, None if it is unknown. paint: adds
    the colours of a terminal to a string. scope: what was checked, such as `61 files, 2 clusters, 43 rules`.
    """

    findings: Sequence[Finding]
    text_of: Callable[[str], str | None] = field(default=lambda _: None)
    paint: Callable[[str, str], str] = field(default=lambda text, _: text)
    scope: str = ""
    _lines: dict[str, Lines] = field(default_factory=dict)

    def line_of(self, finding: Finding) -> str:
        """Return the source line of a finding; empty if it has none."""
        if not finding.line:
            return ""
        if finding.file not in self._lines:
            self._lines[finding.file] = Lines(self.text_of(finding.file) or "")
        lines = self._lines[finding.file]
        return lines.line(finding.line) if finding.line <= len(lines.starts) else ""


def render(name: str, report: Report) -> str:
    """Return a report in one of the FORMATS."""
    rendered: str = import_module(f"fluxmark.output.{name}").render(report)
    return rendered
