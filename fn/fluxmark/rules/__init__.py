"""What Flux does not report: one rule per file.

A rule module has an ID, a SEVERITY, a docstring that is its documentation (`docs/rules.md` is made of them), and
`check(world)`, which yields findings. To add one, write the module and name it in `RULES`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmark.cluster import Repository
    from fluxmark.finding import Finding
    from krmfn.resources.result import Severity


class Rule(Protocol):
    """A rule module."""

    @property
    def ID(self) -> str:  # noqa: N802  (a module's constant)
        """Its name, in kebab case."""

    @property
    def SEVERITY(self) -> Severity:  # noqa: N802
        """How bad its findings are; a rule may say of some that they are less so."""

    def check(self, world: Repository, /) -> Iterator[Finding]:
        """Yield the findings."""
