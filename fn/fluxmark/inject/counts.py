"""What a run counted: fields by what became of them, and which images it met."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fluxmark.inject.reasons import MARKED, RIGHT

if TYPE_CHECKING:
    from fluxmark.flux.marker import Setter
    from fluxmark.inject.decide import Mark

OUTSIDE = "where"


@dataclass(slots=True)
class Tally:
    """Counts of a run.

    files: that were read. rules: fields by the rule that says what became of them. met: the policies of whose
    images a field was found. outside: of policies whose `where` excluded a field, the kinds of those documents.
    """

    files: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    met: set[Setter] = field(default_factory=set)
    outside: dict[Setter, set[str]] = field(default_factory=dict)

    def add(self, mark: Mark, kind: str) -> None:
        """Count a field of a document of a kind."""
        if mark.rule == OUTSIDE:
            for target in mark.targets:
                self.outside.setdefault(target.setter, set()).add(kind)
            return
        self.rules[mark.rule] += 1
        self.met.update(target.setter for target in mark.targets)

    @property
    def fields(self) -> int:
        """How many image fields a policy selects for."""
        return self.rules.total()

    @property
    def skipped(self) -> dict[str, int]:
        """How many fields were not marked, by the rule that says why, in the order of the rules' names."""
        return {rule: count for rule, count in sorted(self.rules.items()) if rule not in (MARKED, RIGHT)}

    def summary(self) -> str:
        """Return one line for people."""
        skipped = self.skipped
        reasons = ", ".join(f"{count} {rule}" for rule, count in skipped.items())
        parts = [
            _count(self.files, "file") + " read",
            _count(self.fields, "image field") + " found",
            f"{self.rules[MARKED]} marked",
            f"{self.rules[RIGHT]} already right",
            f"{sum(skipped.values())} not marked" + (f" ({reasons})" if reasons else ""),
        ]
        return ", ".join(parts)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
