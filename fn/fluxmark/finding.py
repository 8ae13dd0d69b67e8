"""Findings: what fluxmark says about a package, on a terminal or as a function's results."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from krmfn.resources.result import Field, File, ResourceRef, Result, Severity
from krmfn.yaml.path import show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from krmfn.yaml.edit import Editor

_ORDER = list(Severity)


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that is safe to make without asking: what it does, in a few words, and how.

    apply: states the change on an editor of the whole file, whose nodes are those that the rule saw.
    """

    description: str
    apply: Callable[[Editor], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say.

    rule: a short name in kebab case. file: relative to the root, '' if that is unknown. line and column: of
    the faulty part, from 1; 0 if they are unknown, as in a ResourceList, whose text is not that of the file.
    length: of the faulty part on its line, in code points; 0 if that is unknown. path: of the field. current
    and proposed: its value, where a value is at issue. also: findings of the same cause in other places, which the
    message lists.
    """

    rule: str
    severity: Severity
    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    index: int = 0
    resource: ResourceRef | None = None
    path: tuple[str | int, ...] = ()
    current: str | None = None
    proposed: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    length: int = 0
    fix: Fix | None = field(default=None, compare=False)
    also: tuple[Finding, ...] = field(default=(), compare=False)

    @property
    def where(self) -> str:
        """`file:line:column`, as far as it is known."""
        parts = [self.file] if self.file else []
        if self.file and self.line:
            parts += [str(self.line), str(self.column)]
        return ":".join(parts)

    def to_result(self) -> Result:
        """Return the finding as a result; where and rule stand in the message, too, as kpt shows no others."""
        where = f"{self.where}: " if self.file else ""
        named = self.resource if self.resource and self.resource.kind else None
        return Result(
            f"{where}{self.message} [{self.rule}]",
            self.severity,
            named,
            # the specification wants a resource wherever there is a field
            Field(show(self.path), self.current, self.proposed) if named and self.path else None,
            File(self.file, self.index) if self.file else None,
            {"rule": self.rule, **self.tags},
        )


def of_notes(notes: Iterable[str]) -> list[Finding]:
    """Return what could not be kept of the files that were written."""
    return [Finding("file-attributes", Severity.INFO, note) for note in notes]


def results(findings: Iterable[Finding]) -> list[Result]:
    """Return findings as results, the worst first: kpt shows four."""
    return [finding.to_result() for finding in sorted(findings, key=lambda one: _ORDER.index(one.severity))]
