"""Runs rules over a world: selection, suppressing comments, order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fluxmark.errors import FluxmarkError
from fluxmark.flux.schema.did_you_mean import nearest
from fluxmark.rules.merging import merged
from fluxmark.rules.registry import RULES
from fluxmark.rules.suppressions import Suppressions
from krmfn.errors import KrmError
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding
    from fluxmark.rules import Rule

BY_ID: dict[str, Rule] = {rule.ID: rule for rule in RULES}
_NUMBER = re.compile(r"\d+")


class RuleFailedError(RuntimeError):
    """A rule raised an error of its own: a fault of fluxmark. The message names the rule."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rules run: those selected, all if none is, but none of the ignored ones."""

    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()

    @classmethod
    def of(cls, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> Selection:
        """Return a selection; raises FluxmarkError for a name that no rule has."""
        return cls(known_rules(select), known_rules(ignore))

    def __contains__(self, rule: object) -> bool:
        """Tell whether a rule, by its name, runs."""
        return (not self.select or rule in self.select) and rule not in self.ignore


def run(world: Repository, selection: Selection | None = None) -> list[Finding]:
    """Return the findings of the selected rules that no comment suppresses, by file and position."""
    wanted = selection or Selection()
    found = [finding for rule in RULES if rule.ID in wanted for finding in _findings(rule, world)]
    suppressions = Suppressions(world)
    kept = (one for one in found if world.is_in_focus(one.file) and not suppressions.cover(one))
    # what several clusters share is reported once
    return merged(sorted({(*_place(one), one.path): one for one in kept}.values(), key=_place))


def _findings(rule: Rule, world: Repository) -> Iterator[Finding]:
    try:
        yield from rule.check(world)
    except (KrmError, OSError):
        raise  # what is wrong with the input names its file
    except Exception as error:
        raise RuleFailedError(f"the rule {rule.ID} failed: {error!r}") from error


def known_rules(names: Iterable[str]) -> frozenset[str]:
    """Return names of rules; raises FluxmarkError for a name that no rule has."""
    found = frozenset(names)
    for name in sorted(found - BY_ID.keys()):
        close = nearest(name, BY_ID)
        hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(BY_ID)}"
        raise FluxmarkError(f"there is no rule {name!r}: {hint}")
    return found


def _place(finding: Finding) -> tuple[str, int, int, int, int, str, str]:
    severity = list(Severity).index(finding.severity)
    return finding.file, finding.index, finding.line, finding.column, severity, finding.rule, finding.message
